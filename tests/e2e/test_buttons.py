"""What a clip's buttons do for its owner and for others, when pressed twice, and after a restart."""

from tests.e2e.bot_process import LONG, texts, until
from tests.e2e.member import buttons, prefilled, videos

QUICK = {"duration": 3, "resolution": "720P"}


def made(bot, member, prompt="A fox in the snow, soft steps", **options):
    job = member.ask("/video text", prompt=prompt, **{**QUICK, **options})
    clip = member.clip(job)
    bot.books.ended(job)
    return job, clip


def waiting(bot, member, prompt):
    """A job in line behind four running ones."""
    others = [bot.member() for _ in range(4)]
    bot.provider(clip_seconds=LONG)
    for number, other in enumerate(others):
        first = other.ask("/video text", prompt=f"{prompt} {number}", **QUICK)
        bot.books.until_job(first, state="generating")
    job = member.ask("/video text", prompt=prompt, **QUICK)
    bot.books.until_job(job, state="queued")
    return job, others


def announced(bot, job):
    """The job's row once it has a progress message; None until then."""
    row = bot.books.job(job)
    return row if row and row["progress_id"] else None


def test_again_makes_the_same_clip_with_a_new_seed(bot, member):
    job, clip = made(bot, member, seed=11)
    again = member.press(clip, "Again")
    member.clip(again)
    first, second = bot.books.job(job), bot.books.ended(again)
    assert second["seed"] != first["seed"] == 11
    assert second["parent_id"] == first["id"]
    assert (len(bot.books.billed(job)), len(bot.books.billed(again))) == (1, 1)


def test_again_of_a_clip_with_pictures_keeps_them(bot, member):
    pictures = {"character1": member.picture(1), "character2": member.picture(2)}
    job = member.ask("/video characters", prompt="character1 and character2 sing", **pictures, **QUICK)
    again = member.press(member.clip(job), "Again")
    assert "Characters to video" in texts(member.clip(again))


def test_remix_opens_a_form_with_everything_that_made_the_clip(bot, member):
    job, clip = made(bot, member, seed=12, aspect="9:16")
    opened = member.press(clip, "Remix")
    values = prefilled(member.form(opened))
    assert values["prompt"] == "A fox in the snow, soft steps"
    assert (values["duration"], values["frame"], values["switches"]) == (["3"], ["720P 9:16"], ["seed"])
    remixed = member.fill(opened, prompt="A fox in the rain, thunder")
    assert "A fox in the rain, thunder" in texts(member.clip(remixed))
    row = bot.books.ended(remixed)
    assert (row["parent_id"], row["seed"]) == (bot.books.job(job)["id"], 12)


def test_the_final_is_the_same_clip_at_1080p_and_offers_no_final_itself(bot, member):
    _, clip = made(bot, member, seed=13)
    final = member.press(clip, "1080P final")
    best = member.clip(final)
    row = bot.books.ended(final)
    assert (row["seed"], row["resolution"], row["cost"]) == (13, "1080P", 54)
    assert (videos(best)[0]["width"], videos(best)[0]["height"]) == (1920, 1080)
    assert "1080P final" not in buttons(best)


def test_more_tells_about_the_clip_and_delete_takes_it_away_for_its_owner_only(bot, member):
    job, clip = made(bot, member)
    stranger = bot.member()
    told = stranger.answer(stranger.press(clip, "More"))
    assert told["ephemeral"]
    assert "Delete" not in buttons(told)
    mine = member.answer(member.press(clip, "More"))
    sure = member.answer(member.press(mine, "Delete"))
    assert (sure["id"], sure["ephemeral"]) == (mine["id"], True)
    assert member.screen.message(clip["channel_id"], clip["id"])
    assert "Deleted" in texts(member.answer(member.press(sure, "Delete it")))
    assert not [one for one in member.screen.channel(clip["channel_id"]) if one["id"] == clip["id"]]
    assert "**Deleted**" in texts(member.screen.card(job))


def test_a_moderator_may_delete_the_clip(bot, member):
    _, clip = made(bot, member)
    moderator = bot.known("mod")
    told = moderator.answer(moderator.press(clip, "More"))
    sure = moderator.answer(moderator.press(told, "Delete"))
    assert "Deleted" in texts(moderator.answer(moderator.press(sure, "Delete it")))
    assert not [one for one in member.screen.channel(clip["channel_id"]) if one["id"] == clip["id"]]


def test_a_button_pressed_twice_does_it_once(bot, member):
    _, clip = made(bot, member)
    first, second = member.press(clip, "Again"), member.press(clip, "Again")
    assert "Already on its way" in texts(member.answer(second))
    bot.books.ended(first)
    assert bot.books.job(second) is None


def test_a_cancel_in_line_is_free_and_at_once(bot, member):
    job, _ = waiting(bot, member, "Never to be made")
    row = until(lambda: announced(bot, job), bot.log)
    assert row["state"] == "queued"
    progress = member.screen.message(str(row["thread_id"]), row["progress_id"])
    assert "Nothing was charged" in texts(member.answer(member.press(progress, "Cancel")))
    bot.books.ended(job, "cancelled")
    assert bot.books.ledger(job) == {"reserve": -42, "release": 42}
    assert bot.books.billed(job) == []
    assert "**Cancelled**" in texts(member.screen.card(job))
    assert "Cancel" not in buttons(member.screen.message(str(row["thread_id"]), row["progress_id"]))


def test_a_cancel_after_the_submit_says_that_it_is_paid_for_and_throws_the_clip_away_if_wanted(bot, member):
    bot.provider(clip_seconds=LONG)
    job = member.ask("/video text", prompt="Paid for and unwanted", **QUICK)
    bot.books.until_job(job, state="generating")
    row = until(lambda: announced(bot, job), bot.log)
    progress = member.screen.message(str(row["thread_id"]), row["progress_id"])
    asked = member.answer(member.press(progress, "Cancel"))
    assert "Too late to stop it" in texts(asked)
    assert "42 credits" in texts(asked)
    member.answer(member.press(asked, "Throw it away"))
    bot.sandbox.post("/clock", advance_seconds=LONG)
    bot.books.ended(job, "cancelled")
    assert bot.books.ledger(job) == {"reserve": -42, "settle": 0}
    assert not [one for one in member.screen.channel(str(row["thread_id"])) if videos(one)]
    assert "It was charged, 42 credits" in texts(member.screen.card(job))
    assert member.screen.pings() == 0


def test_a_cancel_that_the_provider_takes_stops_the_clip_and_frees_the_credits(bot, member):
    bot.provider(clip_seconds=LONG, cancel_accepts=True)
    job = member.ask("/video text", prompt="Stopped in time", **QUICK)
    bot.books.until_job(job, state="generating")
    row = until(lambda: announced(bot, job), bot.log)
    progress = member.screen.message(str(row["thread_id"]), row["progress_id"])
    assert "asked to stop" in texts(member.answer(member.press(progress, "Cancel")))
    bot.books.ended(job, "cancelled")
    assert [entry["refunded"] for entry in bot.books.billed(job)] == [42]
    assert bot.books.ledger(job) == {"reserve": -42, "release": 42}


def test_buttons_of_a_clip_work_after_a_restart(bot, member):
    job, clip = made(bot, member, seed=14)
    opened = member.press(clip, "Remix")
    form = member.form(opened)
    bot.restart()
    remixed = member.fill(opened, prompt="Asked before the restart, sent after it")
    assert form["title"] == "Remix this clip"
    member.clip(remixed)
    member.clip(member.press(clip, "Again"))
    assert member.answer(member.press(clip, "More"))["ephemeral"]
    assert bot.books.job(job)["state"] == "done"
