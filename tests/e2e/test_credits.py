"""Credits run out during a flood of commands: exactly as many clips are booked as they pay for, and the rest is told why."""

import pytest

from tests.e2e.assertions import assert_paid_once, clips_of
from tests.e2e.bot_process import SETTINGS, a_bot, texts, until

COST, CLIPS, COMMANDS = 42, 5, 20
ALLOWANCE = COST * CLIPS + COST - 1
"""One credit less than for one more clip: the remainder must not buy a clip."""
SMALL = {
    **SETTINGS,
    "quota": {**SETTINGS["quota"], "allowance": ALLOWANCE, "running_per_member": 0, "running_jobs_per_member": 0},
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    with a_bot(tmp_path_factory.mktemp("credits"), SMALL) as made:
        made.sandbox.post("/limits", per_route=False)
        yield made


def poured(bot, members):
    """Gives commands by these members in turn, a thousand a second. Returns the interactions once all are answered."""
    options = {"prompt": "All at once, hail on a tin roof", "duration": 3, "resolution": "720P"}
    count = COMMANDS * len(members)
    asked = {"as": [one.name for one in members], "command": "/video text", "options": options}
    made = bot.sandbox.post("/invoke_many", **asked, count=count, per_second=1000)["interactions"]

    def answered():
        told = {one["id"]: one["state"] for one in bot.sandbox.get("/interactions")["interactions"]}
        return all(told[each] not in {"pending", "deferred"} for each in made) and told

    told = until(answered, bot.log)
    assert {told[each] for each in made} == {"answered"}
    return {member: made[number :: len(members)] for number, member in enumerate(members)}


def test_no_member_books_more_than_their_credits_pay_for_and_the_provider_bills_only_that(bot):
    members = [bot.member() for _ in range(3)]
    for member, asked in poured(bot, members).items():
        booked = [each for each in asked if bot.books.job(each)]
        assert len(booked) == len(bot.books.jobs_of(member.id)) == CLIPS
        for job in booked:
            row = assert_paid_once(bot, job, seconds=120)
            assert clips_of(member, job) == [str(row["result_id"])]
        refusals = [member.outcome(each) for each in asked if each not in booked]
        assert [one["outcome"] for one in refusals] == ["refused"] * (COMMANDS - CLIPS)
        for one in refusals:
            assert f"costs {COST} credits; you have {COST - 1} of {ALLOWANCE} left" in texts(one["message"])
            assert one["message"]["ephemeral"]
        assert sum(entry["credits"] for entry in bot.books.ledger_of(member.id)) == -COST * CLIPS
        assert member.screen.pings() == CLIPS
    bill = bot.sandbox.get("/bill")
    assert (len(bill["entries"]), bill["total"]) == (CLIPS * len(members), COST * CLIPS * len(members))


def test_credits_of_a_clip_that_failed_pay_for_another(bot):
    member = bot.member()
    bot.provider(outcome="failure")
    submit = bot.faults.hold("scenario", "POST", "/generate/custom/*", times=COMMANDS)
    (first,) = poured(bot, [member]).values()
    bot.faults.release(submit)
    failed = bot.books.jobs_of(member.id)
    for job in failed:
        bot.books.ended(job, "failed")
    bot.provider(outcome="success")
    assert (len(failed), len(first)) == (CLIPS, COMMANDS)
    again = member.ask("/video text", prompt="Afterwards, rain", duration=3, resolution="720P")
    assert assert_paid_once(bot, again)["charged"] == COST
