"""A key, plan or balance that the provider refuses: seen at the start, waited for in line, told to the operator once."""

import pytest

from tests.e2e.house import SETTINGS, a_house, texts, until

pytestmark = pytest.mark.xdist_group("e2e-refused-key")


def with_operators(sandbox):
    channel = sandbox.post("/channels", name="operators")["id"]
    return {**SETTINGS, "discord": {"operator_channel": int(channel)}}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("refused"), with_operators) as made:
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
    assert "refuses our key" in told(house)[0]
