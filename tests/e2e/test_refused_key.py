"""The provider refuses the key, plan or balance: it is seen at the start, jobs wait in line, the operator is told once."""

import re

import pytest

from tests.e2e.assertions import assert_made_once
from tests.e2e.bot_process import a_bot, texts, until, with_operators
from tests.e2e.member import prefilled

QUICK = {"duration": 3, "resolution": "720P"}
CLOSED = "The video service is closed to this bot"
SUBMIT = {"at": "scenario", "method": "POST", "path": "/generate/custom/*"}


@pytest.fixture
def bot(tmp_path):
    with a_bot(tmp_path, with_operators) as made:
        yield made


def told(bot):
    """The messages in the operators' channel, oldest first."""
    return [texts(one) for one in bot.known("mod").screen.channel("operators")]


def test_a_start_says_whether_the_provider_takes_the_key_in_english_in_the_log_and_in_the_shells_language_in_discord(bot):
    until(lambda: "ready: 1 guild, provider ok" in bot.log(), bot.log)
    assert told(bot) == []
    bot.faults.add({"at": "scenario", "method": "GET", "path": "/jobs", "what": "status", "status": 401, "times": 1})
    bot.environment["LANGUAGE"] = "de_AT:en"
    bot.restart()
    until(lambda: "ready: 1 guild, provider refuses the key: 401" in bot.log(), bot.log)
    assert re.search(r"for the operator: scenario refuses .* look at its key", bot.log())
    assert len(told(bot)) == 1
    assert told(bot)[0].startswith("**Für die Betreiber**")


@pytest.mark.parametrize(
    ("fault", "settings", "word"),
    [
        ({"status": 401}, {}, "401"),
        ({}, {"credits": 0}, "Not enough creative units"),
        ({}, {"plan": "free"}, "is not available on your plan"),
    ],
)
def test_while_a_key_plan_or_balance_is_refused_no_clip_ends_and_all_go_on_once_it_is_mended(bot, fault, settings, word):
    members = [bot.member() for _ in range(3)]
    if fault:
        bot.faults.add({**SUBMIT, "what": "status", **fault})
    bot.provider(**settings)
    jobs = {member: member.ask("/video text", prompt=f"Waits for {member.name}", **QUICK) for member in members}
    until(lambda: told(bot), bot.log)
    for job in jobs.values():
        bot.books.until_job(job, state="queued", tries=0)
    for member, job in jobs.items():
        until(lambda member=member, job=job: CLOSED in texts(member.screen.progress(job)), bot.log)
    bot.restart()
    for job in jobs.values():
        bot.books.until_job(job, state="queued")
    assert len(told(bot)) == 1
    assert word in told(bot)[0]
    bot.sandbox.delete("/faults")
    bot.provider(credits=None, plan="cu-pro")
    bot.restart()
    for member, job in jobs.items():
        assert_made_once(bot, member, job)
    assert until(lambda: len(told(bot)) == 2, bot.log)
    assert "again" in told(bot)[1]


def test_a_closed_model_keeps_its_own_clips_waiting_and_is_said_before_more_of_them_are_booked(bot):
    member, other = bot.member(), bot.member()
    body = {"reason": "Model model_alibaba-happy-horse-reference-to-video-1.1 is not available on your plan"}
    bot.faults.add({**SUBMIT, "path": "/generate/custom/*reference*", "what": "status", "status": 403, "body": body})
    cast = {"prompt": "character1 waves, wind", **QUICK}
    first = member.ask("/video characters", character1=member.picture(1), **cast)
    until(lambda: told(bot), bot.log)
    bot.books.until_job(first, state="queued", tries=0)
    assert_made_once(bot, other, other.ask("/video text", prompt="Not held up by it", **QUICK))
    refused = other.ask("/video characters", character1=other.picture(2), **cast)
    page = until(lambda: closed_to(other, refused), bot.log)
    assert "Clips from text and from a still work." in texts(page)
    assert bot.books.job(refused) is None
    opened = other.form(other.press(page, "Edit and try again"))
    assert "character1 waves, wind" in prefilled(opened).values()
    bot.sandbox.delete("/faults")
    bot.restart()
    assert_made_once(bot, member, first)
    assert len(told(bot)) == 2
    assert "takes clips from characters again" in told(bot)[1]


def closed_to(member, interaction):
    """The private answer that clips with characters are not taken; None while it is not there."""
    messages = member.screen.channel("clips")
    return next((one for one in messages if "takes no clips with characters" in texts(one)), None)
