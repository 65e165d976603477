"""The machine's clock is wrong, or is set while the bot runs. Discord's and the provider's clocks are right."""

import time
from pathlib import Path

import pytest

from tests.e2e.assertions import assert_made_once, assert_paid_once, clips_of
from tests.e2e.bot_process import LONG, SETTINGS, texts, until
from tests.e2e.member import videos

QUICK = {"duration": 3, "resolution": "720P"}
HOUR = 3600
CLIP = {"at": "discord", "method": "POST", "path": "/channels/*/messages"}
SEARCH_SECONDS = 20.0
PATIENT = {**SETTINGS, "provider": {**SETTINGS["provider"], "lost_submit_seconds": SEARCH_SECONDS}}


def skew(bot, seconds):
    """Set the machine's clock this many seconds ahead of Discord's."""
    file = bot.folder / "skew"
    # Tests move the sandbox's clock forward, so it differs from this machine's.
    seconds += bot.sandbox.post("/clock", advance_seconds=0)["now_ms"] / 1000 - time.time()
    # Written in one step, since the bot may read it at any moment.
    file.with_suffix(".new").write_text(str(seconds))
    file.with_suffix(".new").replace(file)
    bot.environment = {"SKEW_FILE": str(file), "PYTHONPATH": str(Path(__file__).parent / "skew")}


@pytest.fixture(scope="module")
def settings():
    return PATIENT


@pytest.fixture
def bot(lived_in):
    yield lived_in
    skew(lived_in, 0)
    if lived_in.process is None:
        lived_in.start()
    lived_in.faults.settle()


def restarted(bot, seconds):
    bot.stop()
    skew(bot, seconds)
    bot.start()


def test_killed_while_posting_with_a_clock_20_minutes_fast_the_clip_is_posted_once(bot):
    restarted(bot, 1200)
    member = bot.member()
    # Long enough that the progress message is posted before the fault is set, so that the post that is held is the clip's.
    bot.provider(clip_seconds=LONG)
    job = member.ask("/video text", prompt="Killed at the post, 20 minutes fast", **QUICK)
    bot.books.until_job(job, state="generating")
    until(lambda: bot.books.job(job)["progress_id"], bot.log)
    bot.faults.add({**CLIP, "what": "hold_after", "name": "post", "times": 1})
    bot.sandbox.post("/clock", advance_seconds=LONG)
    bot.faults.held("post")
    bot.kill()
    bot.sandbox.delete("/faults")
    # Longer than Discord remembers a nonce.
    bot.sandbox.post("/clock", advance_seconds=10 * 60)
    bot.start()
    assert_made_once(bot, member, job)


def test_a_private_clip_still_goes_by_the_interactions_token_with_a_clock_20_minutes_fast(bot):
    restarted(bot, 1200)
    member = bot.member()
    job = member.ask("/video text", prompt="Private, 20 minutes fast", private=True, **QUICK)
    clip = member.clip(job)
    assert clip["ephemeral"]
    assert videos(clip)
    assert_paid_once(bot, job)


def test_a_clock_that_is_set_an_hour_forward_gives_up_no_running_clip_and_ends_no_search(bot):
    restarted(bot, 0)
    member = bot.member()
    bot.provider(clip_seconds=LONG, hide_from_listing_seconds=SEARCH_SECONDS / 4)
    bot.faults.add({"at": "scenario", "method": "POST", "path": "/generate/custom/*", "what": "reset_after", "times": 1})
    lost = member.ask("/video text", prompt="Its submit is lost, then the clock is set", **QUICK)
    bot.books.until_job(lost, state="submitting")
    running = member.ask("/video text", prompt="It runs, then the clock is set", **QUICK)
    bot.books.until_job(running, state="generating")
    skew(bot, HOUR)
    bot.books.until_job(lost, state="generating")
    bot.faults.settle()
    assert_made_once(bot, member, lost, running)


def test_a_clock_that_is_set_an_hour_back_stops_no_progress(bot):
    restarted(bot, 0)
    member = bot.member()
    bot.provider(clip_seconds=LONG)
    job = member.ask("/video text", prompt="It runs, then the clock is set back", **QUICK)
    row = bot.books.until_job(job, state="generating")
    until(lambda: (row := bot.books.job(job))["progress_id"] and row, bot.log)
    skew(bot, -HOUR)
    row = bot.books.job(job)
    before = texts(member.screen.message(str(row["thread_id"]), row["progress_id"]))
    until(lambda: texts(member.screen.message(str(row["thread_id"]), row["progress_id"])) != before, bot.log)
    bot.faults.settle()
    assert clips_of(member, job)
