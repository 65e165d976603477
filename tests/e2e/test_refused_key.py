"""A key, plan or balance that the provider refuses: seen at the start, waited for in line, told to the operator once."""

import pytest

from tests.e2e.house import SETTINGS, a_house, texts, until
from tests.e2e.once import assert_made_once

pytestmark = pytest.mark.xdist_group("e2e-refused-key")


def with_operators(sandbox):
    channel = sandbox.post("/channels", name="operators")["id"]
    return {**SETTINGS, "discord": {"operator_channel": int(channel)}}


QUICK = {"duration": 3, "resolution": "720P"}
SUBMIT = {"at": "scenario", "method": "POST", "path": "/generate/custom/*"}


@pytest.fixture
def house(tmp_path):
    with a_house(tmp_path, with_operators) as made:
        yield made


def told(house):
    """What the operators read so far, oldest first."""
    return [texts(one) for one in house.known("mod").sees("operators")]


def test_a_start_says_whether_the_provider_takes_the_key(house):
    until(lambda: "ready: 1 guilds, provider ok" in house.log(), house.log)
    assert told(house) == []
    house.faults({"at": "scenario", "method": "GET", "path": "/jobs", "what": "status", "status": 401, "times": 1})
    house.restart()
    until(lambda: "ready: 1 guilds, provider refuses the key: 401" in house.log(), house.log)
    assert len(told(house)) == 1
    assert "look at its key" in told(house)[0]


@pytest.mark.parametrize(
    ("fault", "settings", "word"),
    [
        ({"status": 401}, {}, "401"),
        ({}, {"credits": 0}, "Not enough creative units"),
        ({}, {"plan": "free"}, "is not available on your plan"),
    ],
)
def test_while_a_key_plan_or_balance_is_refused_no_clip_ends_and_all_go_on_once_it_is_mended(house, fault, settings, word):
    members = [house.member() for _ in range(3)]
    if fault:
        house.faults({**SUBMIT, "what": "status", **fault})
    house.provider(**settings)
    jobs = {member: member.ask("/video text", prompt=f"Waits for {member.name}", **QUICK) for member in members}
    until(lambda: told(house), house.log)
    for job in jobs.values():
        house.until_job(job, state="queued", tries=0)
    house.restart()
    for job in jobs.values():
        house.until_job(job, state="queued")
    assert len(told(house)) == 1
    assert word in told(house)[0]
    house.sandbox.delete("/faults")
    house.provider(credits=None, plan="cu-pro")
    house.restart()
    for member, job in jobs.items():
        assert_made_once(house, member, job)
    assert until(lambda: len(told(house)) == 2, house.log)
    assert "again" in told(house)[1]
