"""A dozen clips of three members, and a bot that is killed at random moments from the first command on until all is done.

The moment in which posting has begun and no thread is open yet has a test of its own.
"""

import random

import pytest

from tests.e2e.assertions import assert_made_once
from tests.e2e.bot_process import a_bot, until
from tests.posts import UNFINISHED

pytestmark = pytest.mark.timeout(400)
MEMBERS, CLIPS_EACH, KILLS_MOST = 3, 4, 8
REQUESTS_BETWEEN = (3, 40)
UNSETTLED = "SELECT id FROM asked WHERE outcome IS NULL OR outcome = 'telling'"
"""Requests of members that are neither booked nor answered yet."""


def unfinished(bot):
    return bot.books.rows(UNFINISHED) or bot.books.rows(UNSETTLED)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dozen_clips_survive_kills_at_any_moment_each_made_and_posted_once(tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311  the same moments in every run
    with a_bot(tmp_path) as bot:
        bot.provider(clip_seconds=0.8)
        bot.sandbox.post("/limits", per_route=False)
        members = [bot.member() for _ in range(MEMBERS)]
        jobs = {member: [] for member in members}
        since = bot.sandbox.get("/requests", since=10**9)["next"]
        kills = 0
        for number in range(CLIPS_EACH):
            for member in members:
                quick = {"duration": 3, "resolution": "720P", "prompt": f"Clip {number} of {member.name}, rain"}
                if dice.random() < 0.5:
                    picture = {"character1": member.picture(seed * 100 + len(jobs[member]))}
                    quick["prompt"] += " on character1"
                    jobs[member].append(member.ask("/video characters", **picture, **quick))
                else:
                    jobs[member].append(member.ask("/video text", **quick))
        while kills < KILLS_MOST and (not kills or unfinished(bot)):
            count = dice.randint(*REQUESTS_BETWEEN)
            # A bot that waits for its clips sends fewer requests; then the kill comes a little later.
            bot.sandbox.wait(2, request="* *", since=since, count=count)
            bot.kill()
            kills += 1
            bot.start()
            since = bot.sandbox.get("/requests", since=10**9)["next"]
        until(lambda: not bot.books.rows(UNSETTLED), bot.log)
        for member in members:
            made = [each for each in jobs[member] if bot.books.job(each)]
            assert_made_once(bot, member, *made)
            # The bot was killed before it answered the others, so Discord has shown them as failed.
            assert {member.interaction(each)["state"] for each in jobs[member] if each not in made} <= {"failed"}
        assert len(bot.sandbox.get("/bill")["entries"]) == len(bot.books.rows("SELECT id FROM jobs"))


def test_killed_where_posting_has_begun_and_no_thread_is_open_yet_the_thread_is_opened_and_has_the_clip_once(tmp_path):
    with a_bot(tmp_path) as bot:
        member = bot.member()
        thread = bot.faults.hold("discord", "POST", "/channels/*/messages/*/threads", times=9)
        job = member.ask("/video text", duration=3, resolution="720P", prompt="Killed before its thread was open")
        bot.faults.held(thread)
        bot.books.until_job(job, state="delivering")
        bot.kill()
        bot.sandbox.delete("/faults")
        bot.start()
        assert_made_once(bot, member, job)
