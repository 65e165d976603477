"""What users complain about in bots like this one, with a test for each that it does not happen here."""

import pytest

from tests.e2e.assertions import assert_made_once, assert_paid_once, assert_whole, clips_of
from tests.e2e.bot_process import LONG, a_bot, texts, until
from tests.e2e.member import videos

QUICK = {"duration": 3, "resolution": "720P"}
MIB = 1024 * 1024
TOKEN_DIES = 16 * 60


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    with a_bot(tmp_path_factory.mktemp("complaints"), meant=["Request entity too large"]) as made:
        # Discord allows ten threads in ten seconds in a channel; these tests need more, and other tests have the limit.
        made.sandbox.post("/limits", per_route=False)
        yield made


@pytest.fixture
def bot(lived_in):
    yield lived_in
    lived_in.sandbox.patch("/guild", premium_tier=0)
    lived_in.faults.settle()


@pytest.fixture
def member(bot):
    return bot.member()


def ask(member, prompt, **options):
    return member.ask("/video text", prompt=prompt, **{**QUICK, **options})


def test_a_clip_larger_than_the_upload_limit_is_fitted_and_says_so(bot, member):
    bot.provider(clip_bytes=11 * MIB)
    job = ask(member, "Too large as it comes")
    clip = member.clip(job)
    assert assert_whole(bot, clip) <= 10 * MIB
    assert "compressed to fit the upload limit" in texts(clip)
    assert_made_once(bot, member, job)


def test_a_larger_limit_of_the_guild_is_used_as_it_is(bot, member):
    bot.sandbox.patch("/guild", premium_tier=2)
    bot.provider(clip_bytes=11 * MIB)
    clip = member.clip(ask(member, "Large enough a place"))
    assert len(bot.sandbox.fetch(videos(clip)[0]["url"])) == 11 * MIB
    assert "compressed" not in texts(clip)


def test_a_413_after_minutes_of_waiting_is_answered_with_a_smaller_file(bot, member):
    bot.sandbox.patch("/guild", premium_tier=2)
    bot.provider(clip_bytes=11 * MIB)
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = ask(member, "The boosts ran out meanwhile")
    bot.faults.held(fetch)
    # The limit is lowered only while the clip is uploaded, so the bot has fitted the clip to the larger one.
    post = bot.faults.hold("discord", "POST", "/channels/*/messages")
    bot.faults.release(fetch)
    bot.faults.held(post)
    bot.sandbox.patch("/guild", premium_tier=0)
    bot.faults.release(post)
    assert assert_whole(bot, member.clip(job)) <= 10 * MIB
    assert_made_once(bot, member, job)
    refused = [one for one in bot.requests()["requests"] if one["status"] == 413]
    assert len(refused) == 1


def test_the_application_did_respond_to_every_one_of_many_commands_at_once(bot):
    members = [bot.member() for _ in range(10)]
    before = bot.sandbox.get("/interactions")["next"]
    options = {"prompt": "All at once", "image": members[0].picture(1, (1200, 900)), **QUICK}
    bot.sandbox.post(
        "/invoke_many",
        **{"as": [one.name for one in members], "command": "/video image", "options": options, "count": 12, "per_second": 80},
    )

    def answered():
        dispatched = bot.sandbox.get("/interactions", since=before)["interactions"]
        return dispatched if all(one["state"] != "pending" for one in dispatched) else None

    dispatched = until(answered, bot.log)
    assert len(dispatched) == 12
    assert not [one for one in dispatched if one["state"] == "failed"]
    for one in dispatched:
        assert_paid_once(bot, one["id"], seconds=150)


def test_a_clip_is_posted_though_the_interactions_token_died_meanwhile(bot, member):
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = ask(member, "Longer than the token lives")
    bot.faults.held(fetch)
    bot.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    bot.faults.release(fetch)
    assert_made_once(bot, member, job)


def test_a_private_clip_comes_as_a_direct_message_where_the_token_died_meanwhile(bot, member):
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = ask(member, "Private and late", private=True)
    bot.faults.held(fetch)
    bot.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    bot.faults.release(fetch)
    clip = member.clip(job)
    assert not clip["ephemeral"]
    assert clip["channel_id"] in {one["id"] for one in bot.sandbox.get("/state")["channels"] if one["type"] == 1}
    assert_paid_once(bot, job)
    assert not [one for one in bot.known("mod").screen.everywhere() if "Private and late" in texts(one)]


def test_a_restart_makes_nothing_again_pings_nobody_again_and_forgets_nothing_in_line(bot, member):
    bot.provider(clip_seconds=2)
    jobs = [ask(member, f"Through a restart {number}") for number in range(6)]
    bot.books.until_job(jobs[0], state="generating")
    until(lambda: len(bot.books.jobs_of(member.id)) == 6, bot.log)
    bot.restart()
    assert_made_once(bot, member, *jobs)
    bot.restart()
    assert_made_once(bot, member, *jobs)


def test_buttons_are_not_dead_after_a_restart(bot, member):
    job = ask(member, "Pressed after a restart")
    clip = member.clip(job)
    bot.books.ended(job)
    bot.provider(clip_seconds=LONG)
    running = ask(member, "Cancelled after a restart")
    bot.books.until_job(running, state="generating")
    progress = member.screen.progress(running)
    bot.restart()
    assert "About this clip" in texts(member.answer(member.press(clip, "More")))
    assert "Too late to stop it" in texts(member.answer(member.press(progress, "Cancel")))
    bot.sandbox.post("/clock", advance_seconds=LONG)
    assert_paid_once(bot, running)


def test_one_member_who_floods_the_line_does_not_hold_up_another(bot):
    flooder, other = bot.member(), bot.member()
    submit = bot.faults.hold("scenario", "POST", "/generate/custom/*", times=4)
    flood = []
    for number in range(8):
        flood.append(ask(flooder, f"Flood {number}"))
        bot.books.until_job(flood[-1])
    bot.faults.held(submit)
    first = ask(other, "Only this one")
    bot.books.until_job(first)
    other.screen.progress(first)
    bot.faults.release(submit)
    for job in (*flood, first):
        assert_paid_once(bot, job)
    order = [one["prompt"] for one in bot.sandbox.get("/bill")["entries"] if one["prompt"].startswith(("Flood", "Only this"))]
    # The four slots become free at the same time, so the four jobs that get them race. By age the other's job is ninth.
    assert order.index("Only this one") in range(4, 8), order


def test_a_waiting_member_sees_their_place_in_line(bot, member):
    bot.provider(clip_seconds=LONG)
    for _ in range(4):
        bot.books.until_job(ask(bot.member(), "Takes a place"), state="generating")
    second = bot.member()
    # One after the other: of two that are booked in the same millisecond either may be first.
    for who, prompt, place in ((member, "Waits first", "You are next"), (second, "Waits second", "2nd in line")):
        job = ask(who, prompt)
        until(lambda who=who, job=job, place=place: place in texts(who.screen.progress(job)), bot.log)
    assert "2nd" in texts(second.answer(second.ask("/jobs")))


def test_a_cancel_by_somebody_else_stops_nothing(bot, member):
    bot.provider(clip_seconds=LONG)
    job = ask(member, "Mine alone to stop")
    bot.books.until_job(job, state="generating")
    stranger = bot.member()
    denied = stranger.answer(stranger.press(member.screen.progress(job), "Cancel"))
    assert "Not yours to press" in texts(denied)
    assert denied["ephemeral"]
    bot.sandbox.post("/clock", advance_seconds=LONG)
    assert_made_once(bot, member, job)


def test_a_cancel_stops_the_members_own_clip_and_no_other(bot, member):
    bot.provider(clip_seconds=LONG, cancel_accepts=True)
    stopped, kept = ask(member, "To be stopped"), ask(member, "To be kept")
    for job in (stopped, kept):
        bot.books.until_job(job, state="generating")
    member.answer(member.press(member.screen.progress(stopped), "Cancel"))
    bot.books.ended(stopped, "cancelled")
    bot.sandbox.post("/clock", advance_seconds=LONG)
    assert_paid_once(bot, kept)
    assert clips_of(member, stopped) == []


def test_credits_are_not_kept_where_the_clip_failed(bot, member):
    bot.provider(outcome="failure")
    job = ask(member, "Fails")
    bot.books.ended(job, "failed")
    assert bot.books.ledger(job) == {"reserve": -42, "release": 42}
    assert "1,000,000 of 1,000,000 credits left" in texts(member.answer(member.ask("/quota")))


def test_a_clip_that_takes_long_is_not_stuck_at_95_but_says_so(bot, member):
    # At a resolution of its own: clips of other tests may have met a step of the clock, after which clips seem to take minutes.
    like = {"duration": 4, "resolution": "1080P"}
    for number in range(3):
        bot.books.ended(ask(member, f"As clips usually go {number}", **like))
    bot.restart()
    bot.provider(outcome="stuck", cancel_accepts=True)
    job = ask(member, "Takes longer than most", **like)
    said = until(lambda: overdue(bot, member, job), bot.log)
    percent = int(said.split(" %")[0].split()[-1])
    assert percent < 95, said
    member.answer(member.press(member.screen.progress(job), "Cancel"))
    bot.books.ended(job, "cancelled")


def overdue(bot, member, job):
    said = texts(member.screen.progress(job))
    return said if "longer than most" in said else None


STRANGE = {"long": "word " * 499, "emoji": "🦊" * 700, "path": "../" * 300 + "con\\nul:*?", "wide": "ａ" * 2400}


@pytest.mark.parametrize("prompt", STRANGE.values(), ids=STRANGE)
def test_a_filename_is_never_too_long_nor_strange(bot, member, prompt):
    job = ask(member, prompt)
    clip = member.clip(job)
    name = videos(clip)[0]["filename"]
    assert len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert_made_once(bot, member, job)


def test_pictures_whose_links_have_expired_still_make_the_clip_and_its_repeats(bot, member):
    submit = bot.faults.hold("scenario", "POST", "/assets")
    job = member.ask("/video image", prompt="Attached long ago", image=member.picture(90), **QUICK)
    bot.faults.held(submit)
    two_days = 2 * 24 * 3600
    bot.sandbox.post("/clock", advance_seconds=two_days)
    # The bot learns from a command that Discord's clock is two days on. It has to learn this before it submits: if it learned
    # this afterwards, it would take the submit for one of two days ago.
    member.answer(member.ask("/quota"))
    bot.faults.release(submit)
    clip = member.clip(job)
    bot.sandbox.post("/clock", advance_seconds=two_days)
    again = member.press(clip, "Again")
    assert "Image to video" in texts(member.clip(again))
    for each in (job, again):
        assert clips_of(member, each) == [str(assert_paid_once(bot, each)["result_id"])]
