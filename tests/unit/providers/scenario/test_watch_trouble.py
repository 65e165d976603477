"""Trouble with one id or one listing: all other clips are seen as before, with a constant number of requests."""

import asyncio
import contextlib

import httpx
import pytest
from aiohttp import web

from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderUnavailable
from bot.ports import Phase
from bot.providers.scenario import Account, Pace, ScenarioProvider
from bot.providers.scenario.watch import ENDINGS
from sandbox.testing.scenario import KEY, SECRET
from tests.unit.providers.scenario.test_watch import by_reference, start


@pytest.fixture
async def deaf_to(account, clock):
    """A provider whose listing of a status fails if that status (None: running clips) is in `unheard`."""
    unheard = set()

    async def trouble(request):
        if request.url.path.endswith("/jobs") and request.url.params.get("status") in unheard:
            raise httpx.ReadError("cut")

    async with (
        httpx.AsyncClient(event_hooks={"request": [trouble]}) as http,
        ScenarioProvider(account, clock, http=http, pace=Pace(progress=0)) as provider,
    ):
        yield provider, unheard


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 425, 429, 500, 503])
async def test_an_id_that_is_answered_with_an_error_holds_back_no_other(served, account, clock, status):
    served.scenario.settings({"clip_seconds": 5})
    good = await start(served, 3)
    served.clock.advance(10)
    served.faults.add([{"path": "/jobs/job_old", "what": "status", "status": status}])
    async with ScenarioProvider(account, clock) as provider:
        told = {}
        for _ in range(2):
            told |= by_reference(await provider.statuses(["job_old", *[each for each in good if each not in told]]))
            served.clock.advance(2)
    assert set(told) == set(good)


async def test_an_id_that_is_answered_with_nonsense_holds_back_no_other_and_is_asked_ever_more_seldom(vendor, strange, clock):
    def answering(request):
        if request.path == "/v1/jobs":
            return web.json_response({"jobs": []})
        if request.path == "/v1/jobs/ill":
            return web.Response(text="<html>")
        return web.json_response({"job": {"jobId": request.path.rpartition("/")[2], "status": "success"}})

    vendor.answering = answering
    assert set(by_reference(await strange.statuses(["ill", "well"]))) == {"well"}
    for _ in range(240):  # an hour
        clock.advance(15)
        await strange.statuses(["ill"])
    assert 12 <= vendor.asked.count("/v1/jobs/ill") <= 20


@pytest.mark.parametrize("hanging", ["/v1/jobs/ill", "failure"])
async def test_a_question_that_hangs_is_not_repeated_while_the_news_of_all_others_waits(vendor, clock, hanging):
    never, asked = asyncio.Event(), []

    async def answering(request):
        asked.append(request.query.get("status", request.path))
        if asked[-1] == hanging:
            await never.wait()
        ended = [{"jobId": "well", "status": "success"}] if asked[-1] == "success" else []
        return web.json_response({"jobs": ended})

    vendor.answering = answering
    account, pace = Account(KEY, SECRET, base_url=vendor.url), Pace(progress=1e9, answer=0.1, backoff=0.0)
    try:
        async with ScenarioProvider(account, clock, pace=pace) as provider:
            assert "well" in by_reference(await provider.statuses(["ill", "well"]))
    finally:
        never.set()
    assert asked.count(hanging) == 1


async def test_quiet_clips_that_cannot_be_asked_for_hold_back_no_end(served, account, clock, submission):
    served.scenario.settings({"clip_seconds": 100_000, "parallel": 99})
    async with ScenarioProvider(account, clock, pace=Pace()) as provider:
        quiet = [(await provider.submit(submission(seed=seed))).reference for seed in range(3)]
        await provider.statuses(quiet)
        for reference in quiet:
            served.scenario.book.all[reference].hidden_until_ms = served.clock.now_ms() + 10**9
            served.faults.add([{"path": f"/jobs/{reference}", "what": "status", "status": 500}])
        served.scenario.settings({"clip_seconds": 5})
        served.clock.advance(100)
        fresh = (await provider.submit(submission(seed=77))).reference
        served.clock.advance(6)
        assert by_reference(await provider.statuses([*quiet, fresh]))[fresh].phase is Phase.SUCCEEDED


@pytest.mark.parametrize("unread", ENDINGS)
async def test_a_listing_that_cannot_be_read_stops_neither_the_others_nor_the_questions_by_id(
    served, deaf_to, submission, unread
):
    provider, unheard = deaf_to
    unheard.add(unread)
    served.scenario.settings({"cancel_accepts": True, "clip_seconds": 30, "parallel": 9})
    ends = {}
    for seed, (status, outcome) in enumerate((("success", "success"), ("failure", "failure"), ("canceled", "success"))):
        served.scenario.settings({"outcome": outcome})
        ends[status] = (await provider.submit(submission(seed=seed))).reference
    await provider.cancel(ends["canceled"])
    (stranger,) = await start(served, 1)
    await provider.statuses(ends.values())
    served.clock.advance(31)
    told = by_reference(await provider.statuses([*ends.values(), stranger]))
    assert {*ends.values(), stranger} - set(told) <= {ends[unread]}
    unheard.clear()
    served.clock.advance(60)
    assert ends[unread] in by_reference(await provider.statuses(ends.values()))


async def test_a_listing_that_cannot_be_read_is_asked_ever_more_seldom(served, deaf_to, submission, caplog):
    provider, unheard = deaf_to
    served.scenario.settings({"clip_seconds": 100_000})
    reference = (await provider.submit(submission())).reference
    unheard.add("failure")
    for _ in range(120):
        served.clock.advance(15)
        await provider.statuses({reference})
    told = [record for record in caplog.records if "listing of failure" in record.getMessage()]
    assert 20 <= len(told) <= 40, "about one a minute in half an hour"


async def test_progress_that_cannot_be_read_keeps_no_end_back(served, deaf_to, submission):
    provider, unheard = deaf_to
    served.scenario.settings({"clip_seconds": 5})
    reference = (await provider.submit(submission())).reference
    unheard.add(None)
    assert await provider.statuses({reference}) == []
    served.clock.advance(6)
    assert [told.phase for told in await provider.statuses({reference})] == [Phase.SUCCEEDED]


async def test_where_no_listing_can_be_read_clips_are_asked_for_by_id_and_the_trouble_is_told_once_there_is_no_news(
    served, deaf_to
):
    provider, unheard = deaf_to
    served.scenario.settings({"clip_seconds": 5})
    references = await start(served, 3)
    served.clock.advance(6)
    unheard.update(ENDINGS)
    assert set(by_reference(await provider.statuses(references))) == set(references)
    with pytest.raises(ProviderUnavailable):
        await provider.statuses({"job_nobody"})


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"what": "status", "status": 401}, ProviderMisconfigured),
        ({"what": "status", "status": 402}, ProviderMisconfigured),
        ({"what": "rate_limit", "seconds": 90}, ProviderBusy),
    ],
)
async def test_a_refused_key_and_a_limit_of_the_whole_account_are_told(served, provider, submission, fault, error):
    reference = (await provider.submit(submission())).reference
    served.faults.add([{"path": "/jobs", **fault}])
    for _ in range(2):
        with pytest.raises(error):
            await provider.statuses({reference})


async def test_the_request_rate_stays_flat_while_very_many_clips_cannot_be_asked_for(served, account, clock):
    served.scenario.settings({"clip_seconds": 60, "parallel": 9999})
    references = await start(served, 300)
    served.clock.advance(3 * 24 * 3600)
    served.faults.add([{"path": "/jobs/*", "what": "status", "status": 500}])
    async with ScenarioProvider(account, clock) as provider:
        await provider.statuses(references)
        begun, began_ms = served.records.last, served.clock.now_ms()
        for _ in range(20):
            served.clock.advance(2)
            with contextlib.suppress(ProviderUnavailable):
                await provider.statuses(references)
        seconds = (served.clock.now_ms() - began_ms) / 1000
    assert len(served.records.since(begun)) / seconds <= 5


async def test_a_listing_that_says_to_come_again_in_a_day_is_left_alone_for_five_minutes(vendor, clock):
    def answering(request):
        if request.query.get("status") == "failure":
            return web.json_response({}, status=429, headers={"Retry-After": "86400"})
        return web.json_response({"jobs": []} if request.path == "/v1/jobs" else {"job": {"jobId": "j", "status": None}})

    vendor.answering = answering
    asked = []
    async with ScenarioProvider(Account("k", "s", base_url=vendor.url), clock, pace=Pace(progress=1e9)) as provider:
        await provider.statuses({"j"})
        for seconds in (299, 2):
            clock.advance(seconds)
            before = len(vendor.asked)
            await provider.statuses({"j"})
            asked.append(vendor.asked[before:].count("/v1/jobs"))
    assert asked == [2, 3]
