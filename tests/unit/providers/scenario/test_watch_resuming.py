"""Clips of an earlier process are watched again after any time away, despite errors, with a constant number of requests."""

import httpx
import pytest

from bot.errors import ProviderUnavailable
from bot.ports import Phase
from bot.providers.scenario import ScenarioProvider
from tests.unit.providers.scenario.test_watch import by_reference, start

DAY = 24 * 3600


async def looks_until_all_ended(served, provider, references, most):
    """How many questions, three seconds apart, it takes until the end of every clip is reported."""
    told = {}
    for number in range(1, most + 1):
        told |= by_reference(await provider.statuses([each for each in references if each not in told]))
        if len(told) == len(references):
            assert {status.phase for status in told.values()} == {Phase.SUCCEEDED}
            return number
        served.clock.advance(3)
    raise AssertionError(f"{len(told)} of {len(references)} seen after {most} looks")


@pytest.mark.parametrize(
    ("count", "away", "most"), [(5, 3700, 1), (30, 3700, 1), (200, 600, 1), (30, 25 * 3600, 8), (10, 9 * DAY, 1)]
)
@pytest.mark.parametrize("trouble", [False, True])
async def test_clips_that_ended_while_we_were_away_are_seen(served, account, clock, count, away, most, trouble):
    served.scenario.settings({"clip_seconds": 60, "parallel": 999})
    references = await start(served, count)
    served.clock.advance(away)
    async with ScenarioProvider(account, clock) as provider:
        if trouble:
            served.faults.add([{"path": "/jobs", "what": "status", "status": 503}, {"path": "/jobs/*", "what": "reset"}])
            with pytest.raises(ProviderUnavailable):
                await provider.statuses(references)
            served.faults.clear()
            served.clock.advance(5)  # after a question about a single id there is a pause
        assert await looks_until_all_ended(served, provider, references, most) <= most


async def test_trouble_at_the_second_listing_loses_nothing_of_the_first(served, account, clock):
    served.scenario.settings({"clip_seconds": 60, "parallel": 999})
    references = await start(served, 30)
    served.clock.advance(3700)
    down = True

    async def trouble(request):
        if down and request.url.params.get("status") == "failure":
            raise httpx.ConnectError("down")

    async with (
        httpx.AsyncClient(event_hooks={"request": [trouble]}) as http,
        ScenarioProvider(account, clock, http=http) as provider,
    ):
        assert await looks_until_all_ended(served, provider, references, 1) == 1
        down = False
        served.clock.advance(300)
        assert len(await provider.statuses(references)) == 30


async def test_a_clip_that_the_vendor_will_not_answer_for_holds_up_no_other(served, account, clock):
    served.scenario.settings({"clip_seconds": 60, "parallel": 999})
    references = await start(served, 6)
    served.clock.advance(3700)
    served.faults.add([{"path": f"/jobs/{references[0]}", "what": "status", "status": 500, "name": "ill"}])
    async with ScenarioProvider(account, clock) as provider:
        for _ in range(3):
            assert set(by_reference(await provider.statuses(references))) == set(references[1:])
            served.clock.advance(2)
    asked = [path for path in served.paths() if path == f"/jobs/{references[0]}"]
    assert len(asked) == 1, "it rests meanwhile"


async def test_the_request_rate_is_flat_while_very_many_old_clips_are_asked_for(served, account, clock):
    served.scenario.settings({"clip_seconds": 60, "parallel": 9999})
    references = await start(served, 300)
    served.clock.advance(3 * DAY)
    async with ScenarioProvider(account, clock) as provider:
        await provider.statuses(references)
        begun, looks = served.records.last, 10
        for _ in range(looks):
            served.clock.advance(2)
            seen = len(await provider.statuses(references))
    assert seen == 3 * (looks + 1)
    assert len(served.records.since(begun)) / (looks * 2) <= 5
