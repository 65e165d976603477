"""From a command to the clip: the real bot with a Discord and a provider that bill and limit as the real ones do."""

import pytest

from tests.e2e.assertions import THREAD_STARTER
from tests.e2e.bot_process import texts, until
from tests.e2e.member import buttons, links, videos

QUICK = {"duration": 3, "resolution": "720P"}


def test_a_clip_from_words_goes_from_command_to_thread_and_is_paid_for_once(bot, member):
    job = member.ask("/video text", prompt="A red kite over a quiet harbour, wind and far gulls", seed=7, **QUICK)
    clip = member.clip(job)
    row = bot.books.ended(job)
    assert (row["state"], row["charged"], row["cost"]) == ("done", 42, 42)
    assert bot.books.ledger(job) == {"reserve": -42, "settle": 0}
    assert [entry["cost"] for entry in bot.books.billed(job)] == [42]
    assert clip["channel_id"] == str(row["thread_id"]) == str(row["card_id"])
    assert len(videos(clip)) == 1
    assert [*buttons(clip)] == ["Again", "Remix", "1080P final", "More"]
    assert f"<@{member.id}>" in texts(clip)
    assert "Seed `7`" in texts(clip)
    assert member.screen.pings() == 1
    card = member.screen.card(job)
    assert "**Done**" in texts(card)
    assert links(card) == {"Watch the clip": row["result_url"]}
    in_thread = [one["id"] for one in member.screen.channel(str(row["thread_id"])) if one["type"] != THREAD_STARTER]
    assert in_thread == [clip["id"]]  # the progress message was deleted


def test_a_still_decides_the_frame_and_the_card_says_which_it_will_be(bot, member):
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = member.ask("/video image", prompt="It comes to life, birds call", image=member.picture(1, (800, 600)), **QUICK)
    bot.faults.held(fetch)
    until(lambda: "Your still decides the shape of the frame" in texts(member.screen.card(job)), bot.log)
    assert "960\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}720" in texts(member.screen.card(job))
    bot.faults.release(fetch)
    clip = member.clip(job)
    bot.books.ended(job)
    assert "Image to video · 3 s · 720P" in texts(clip)
    assert (videos(clip)[0]["width"], videos(clip)[0]["height"]) == (960, 720)
    assert len(bot.books.billed(job)) == 1


def uploaded_widths(bot):
    """The width in pixels of each uploaded picture, by its asset id at the provider."""
    every = bot.requests(source="scenario")["requests"]
    assets = [
        one["response"]["asset"] for one in every if (one["method"], one["path"], one["status"]) == ("POST", "/assets", 200)
    ]
    return {asset["id"]: asset["properties"]["width"] for asset in assets}


@pytest.mark.parametrize("count", [1, 2, 9])
def test_so_many_characters_reach_the_provider_in_their_order(bot, member, count):
    widths = [640 + 16 * (number * 3 % 10) for number in range(1, count + 1)]  # all different, and not sorted
    given = {f"character{number}": member.picture(count * 10 + number, (width, 640)) for number, width in enumerate(widths, 1)}
    named = ", ".join(given)
    job = member.ask("/video characters", prompt=f"{named} dance in the rain, a waltz plays", **given, **QUICK)
    clip = member.clip(job)
    bot.books.ended(job)
    assert "Characters to video" in texts(clip)
    sent = [one for one in bot.requests(source="scenario")["requests"] if "/generate/custom/" in one["path"]][-1]
    assert "reference-to-video" in sent["path"]
    received = uploaded_widths(bot)
    assert [received[reference] for reference in sent["request"]["json"]["referenceImages"]] == widths
    assert len(bot.books.billed(job)) == 1


def test_the_same_picture_is_uploaded_to_the_provider_once(bot, member):
    first = member.clip(member.ask("/video image", prompt="Leaves fall", image=member.picture(77), **QUICK))
    since = bot.requests(source="scenario")["next"]
    member.clip(member.ask("/video image", prompt="Snow falls", image=member.picture(77), **QUICK))
    sent = bot.requests(since, source="scenario")["requests"]
    assert first
    assert not [one for one in sent if one["path"] == "/assets" and one["method"] == "POST"]


def test_the_studio_form_makes_a_clip_from_pictures_and_words(bot, member):
    opened = member.ask("/video studio")
    form = member.form(opened)
    assert form["title"] == "Studio"
    pictures = [member.picture(31), member.picture(32)]
    words = {"prompt": "character1 greets character2, a market hums", "duration": ["4"], "frame": ["720P 1:1"]}
    job = member.fill(opened, pictures=pictures, **words)
    clip = member.clip(job)
    assert "Characters to video · 4 s · 720P · 1:1 square" in texts(clip)
    assert bot.books.ended(job)["charged"] == 56


def test_a_picture_in_a_message_is_animated(bot, member):
    shown = bot.known("bob").write("look", member.picture(41))
    opened = member.ask("Animate this image", target=shown["id"])
    job = member.fill(opened, prompt="The camera pushes in, wind", duration=["3"], switches=[])
    clip = member.clip(job)
    assert "Image to video · 3 s · 720P" in texts(clip)
    assert member.screen.pings() == 1


def test_a_message_without_a_picture_says_so_and_opens_no_form(bot, member):
    shown = bot.known("bob").write("only words")
    said = member.answer(member.ask("Animate this image", target=shown["id"]))
    assert "No picture in this message" in texts(said)
    assert said["ephemeral"]


def test_the_lists_know_of_the_clip_and_its_price_and_help_needs_neither(bot, member):
    fresh = member.answer(member.ask("/jobs"))
    assert "No clips yet" in texts(fresh)
    job = member.ask("/video text", prompt="A lighthouse, waves break", **QUICK)
    member.clip(job)
    row = bot.books.ended(job)
    listed = member.answer(member.ask("/jobs"))
    assert "A lighthouse, waves break" in texts(listed)
    assert links(listed) == {"Open": row["result_url"]}
    quota = member.answer(member.ask("/quota"))
    assert "999,958 of 1,000,000 credits left today" in texts(quota)
    assert "-42" in texts(quota)
    helped = member.answer(member.ask("/help"))
    assert "/video text" in texts(helped)
    assert len(buttons(helped)) == 3
    assert all(one["ephemeral"] for one in (fresh, listed, quota, helped))


def test_an_example_of_help_fills_a_form_that_makes_a_clip(bot, member):
    helped = member.answer(member.ask("/help"))
    opened = member.press(helped, next(iter(buttons(helped))))
    assert "Text to video" in texts(member.clip(member.fill(opened, duration=["3"], frame=["720P 16:9"])))


def test_a_private_clip_is_seen_by_its_owner_alone_and_pings_nobody(bot, member):
    job = member.ask("/video text", prompt="A secret garden, bees", private=True, **QUICK)
    clip = member.clip(job)
    bot.books.ended(job)
    assert clip["ephemeral"]
    everyone = bot.known("mod").screen.everywhere()
    assert not [one for one in everyone if "secret garden" in texts(one)]
    assert member.screen.pings() == 0
    assert "Nothing" not in texts(clip)
    assert len(bot.books.billed(job)) == 1


def test_in_a_direct_message_the_clip_comes_there(bot, member):
    bot.sandbox.post("/channels", dm_with=member.name)
    job = member.ask("/video text", channel="dm", prompt="A quiet room, a clock ticks", **QUICK)
    clip = member.clip(job)
    row = bot.books.ended(job)
    assert clip["channel_id"] == str(row["channel_id"])
    assert row["thread_id"] is None
    assert row["guild_id"] is None


def test_in_a_thread_the_clip_comes_into_that_thread(bot, member):
    first = member.clip(member.ask("/video text", prompt="A river, water runs", **QUICK))
    thread = first["channel_id"]
    job = member.ask("/video text", channel=thread, prompt="A brook, water laughs", **QUICK)
    clip = member.clip(job)
    assert clip["channel_id"] == thread
    assert bot.books.ended(job)["thread_id"] is None


def test_where_no_thread_may_be_opened_progress_and_clip_come_in_place(bot, member):
    no_threads = str(1 << 35)
    overwrite = {"id": "bot", "type": 1, "allow": "0", "deny": no_threads}
    channel = bot.channel("threadless", overwrites=[overwrite])
    job = member.ask("/video text", channel=channel, prompt="A bridge, carts roll", **QUICK)
    clip = member.clip(job)
    row = bot.books.ended(job)
    assert clip["channel_id"] == channel
    assert (row["thread_id"], row["in_place"]) == (None, 1)
    assert "**Done**" in texts(member.screen.card(job))


def test_lengths_are_suggested_with_their_prices(bot, member):
    asked = {"as": member.name, "channel": "clips", "command": "/video text", "focused": "duration"}
    offered = bot.sandbox.post("/autocomplete", **asked, options={"prompt": "x", "duration": "1", "resolution": "720P"})
    assert [one["value"] for one in offered["choices"]] == [10, 11, 12, 13, 14, 15]
    assert offered["choices"][0]["name"] == "10 s · 140 credits at 720P"


def test_every_problem_is_told_at_once_and_the_form_brings_all_of_it_back(bot, member):
    prompt = "character1 meets character3 " + "x" * 2600
    pictures = {"character1": member.picture(51), "character2": member.picture(52, (200, 200))}
    job = member.ask("/video characters", prompt=prompt, duration=60, seed=-4, **pictures)
    refused = member.outcome(job)
    assert refused["outcome"] == "refused"
    said = texts(refused["message"])
    assert refused["message"]["ephemeral"]
    for word in ("2,628 characters", "60", "-4", "character3", "200 x 200"):
        assert word in said, said
    assert bot.books.job(job) is None
    opened = member.press(refused["message"], "Edit and try again")
    form = member.form(opened)
    assert prompt.strip() in str(form)
    mended = {"prompt": "character1 walks through rain, drums", "duration": ["3"], "frame": ["720P 16:9"]}
    done = member.fill(opened, **mended)
    member.clip(done)
    assert bot.books.ended(done)["cost"] == 42
    assert len(bot.books.billed(done)) == 1


def test_what_quota_refuses_is_not_lost_either(bot, member):
    assert not bot.books.jobs_of(member.id)
    running = [member.ask("/video text", prompt=f"Flood number {number}", **QUICK) for number in range(8)]
    for job in running:
        bot.books.until_job(job)
    over = member.outcome(member.ask("/video text", prompt="One too many", **QUICK))
    assert over["outcome"] == "refused"
    assert "You have enough running" in texts(over["message"])
    for job in running:
        bot.books.ended(job)
    opened = member.press(over["message"], "Edit and try again")
    assert "One too many" in str(member.form(opened))
    bot.books.ended(member.fill(opened))
