"""Watching many clips: their ends are seen, and the number of requests does not grow with the number of clips."""

import pytest
from aiohttp import web

from bot.domain.job import Failure
from bot.errors import ProviderUnavailable
from bot.ports import Phase
from bot.providers.scenario import Pace, ScenarioProvider

MODEL = "model_alibaba-happy-horse-1.1"


async def start(served, count):
    body = {"prompt": "p", "duration": 3, "resolution": "720P"}
    return [(await served.scenario.submit(MODEL, body | {"seed": seed})).id for seed in range(count)]


def by_reference(statuses):
    return {s.reference: s for s in statuses}


async def test_progress_and_end_of_a_clip_are_told(served, provider, submission):
    served.scenario.settings({"clip_seconds": 60})
    reference = (await provider.submit(submission())).reference
    served.clock.advance(30)
    (half,) = await provider.statuses({reference})
    assert (half.phase, half.fraction) == (Phase.RUNNING, 0.5)
    served.clock.advance(31)
    (end,) = await provider.statuses({reference})
    assert (end.phase, end.fraction) == (Phase.SUCCEEDED, 1)


@pytest.mark.parametrize(("outcome", "failure"), [("failure", Failure.PROVIDER), ("moderation", Failure.MODERATION)])
async def test_a_failed_clip_says_why_and_that_it_was_not_billed(served, provider, submission, outcome, failure):
    served.scenario.settings({"clip_seconds": 1, "outcome": outcome})
    reference = (await provider.submit(submission())).reference
    served.clock.advance(2)
    (end,) = await provider.statuses({reference})
    assert (end.phase, end.failure, end.billed) == (Phase.FAILED, failure, False)
    assert end.detail


async def test_only_an_observed_cancel_is_told_as_one(served, provider, submission):
    reference = (await provider.submit(submission())).reference
    assert await provider.cancel(reference) is False
    served.scenario.settings({"cancel_accepts": True})
    assert await provider.cancel(reference) is True
    (end,) = await provider.statuses({reference})
    assert end.phase is Phase.CANCELLED


async def test_a_cancelled_clip_that_was_billed_all_the_same_is_told_as_billed(served, provider, submission):
    served.scenario.settings({"cancel_accepts": True, "refunds": False})
    reference = (await provider.submit(submission())).reference
    assert await provider.cancel(reference) is True
    (end,) = await provider.statuses({reference})
    assert (end.phase, end.billed) == (Phase.CANCELLED, True)


async def test_clips_of_an_earlier_run_are_taken_up_few_or_many(served, account, clock):
    served.scenario.settings({"clip_seconds": 60, "parallel": 999})
    few, many = await start(served, 3), await start(served, 250)
    served.clock.advance(61)
    served.clock.advance(3600)
    for references in (few, many):
        async with ScenarioProvider(account, clock) as provider:
            told = by_reference(await provider.statuses(references))
            assert {told[r].phase for r in references} == {Phase.SUCCEEDED}


async def test_a_clip_that_no_listing_shows_is_asked_for_by_its_id_after_a_silence(served, provider, submission):
    served.scenario.settings({"clip_seconds": 60, "hide_from_listing_seconds": 100_000})
    reference = (await provider.submit(submission())).reference
    assert await provider.statuses({reference}) == []
    served.clock.advance(61)
    assert await provider.statuses({reference}) == []
    served.clock.advance(Pace().quiet)
    assert [s.phase for s in await provider.statuses({reference})] == [Phase.SUCCEEDED]


async def test_an_end_that_is_listed_late_is_still_seen(served, provider, submission):
    served.scenario.settings({"clip_seconds": 20, "parallel": 9})
    late = (await provider.submit(submission(seed=1))).reference
    served.scenario.book.all[late].hidden_until_ms = served.clock.now_ms() + 40_000
    served.clock.advance(10)
    early = (await provider.submit(submission(seed=2))).reference
    served.clock.advance(21)
    assert set(by_reference(await provider.statuses({late, early}))) >= {early}
    served.clock.advance(10)
    assert by_reference(await provider.statuses({late, early}))[late].phase is Phase.SUCCEEDED


async def test_the_vendors_clock_may_be_far_from_ours(served, account, submission):
    class Ahead:
        def now_ms(self):
            return served.clock.now_ms() + 3_600_000

        async def sleep(self, seconds):
            served.clock.advance(seconds)

    served.scenario.settings({"clip_seconds": 5})
    async with ScenarioProvider(account, Ahead()) as provider:
        reference = (await provider.submit(submission())).reference
        await provider.statuses({reference})
        served.clock.advance(6)
        assert [s.phase for s in await provider.statuses({reference})] == [Phase.SUCCEEDED]


@pytest.mark.parametrize("count", [50, 2000])
async def test_requests_per_look_do_not_grow_with_the_clips(served, account, clock, count):
    served.scenario.settings({"clip_seconds": 60, "parallel": 99_999})  # at each question nearly every clip has changed
    references = set(await start(served, count))
    async with ScenarioProvider(account, clock) as provider:
        await provider.statuses(references)
        begun, looks = served.records.last, 10
        for _ in range(looks):
            served.clock.advance(2)
            await provider.statuses(references)
    rate = len(served.records.since(begun)) / (looks * 2)
    assert rate <= 5


async def test_many_ends_at_once_are_all_seen(served, provider):
    served.scenario.settings({"clip_seconds": 60, "parallel": 999})
    references = set(await start(served, 350))
    await provider.statuses(references)
    served.clock.advance(61)
    told = by_reference(await provider.statuses(references))
    assert {told[r].phase for r in references} == {Phase.SUCCEEDED}


async def test_trouble_while_looking_loses_nothing(served, provider, submission):
    served.scenario.settings({"clip_seconds": 1})
    reference = (await provider.submit(submission())).reference
    served.clock.advance(2)
    served.faults.add([{"path": "/jobs", "what": "status", "status": 503, "name": "down"}])
    with pytest.raises(ProviderUnavailable):
        await provider.statuses({reference})
    served.faults.clear()
    assert [s.phase for s in await provider.statuses({reference})] == [Phase.SUCCEEDED]


async def test_a_clip_that_the_vendor_does_not_know_is_unknown_for_some_minutes_and_then_has_failed(served, provider):
    for _ in range(3):
        assert await provider.statuses({"job_nobody"}) == []
        assert await provider.status("job_nobody") is None
        served.clock.advance(99)
    served.clock.advance(99)
    (end,) = await provider.statuses({"job_nobody"})
    assert end.phase is Phase.FAILED


async def test_one_stray_no_such_job_does_not_end_a_clip_that_has_run_for_long(served, provider, submission):
    served.scenario.settings({"clip_seconds": 7200, "hide_from_listing_seconds": 3600})
    reference = (await provider.submit(submission())).reference
    await provider.statuses({reference})
    served.clock.advance(600)
    served.faults.add([{"path": f"/jobs/{reference}", "what": "status", "status": 404, "times": 1}])
    assert await provider.statuses({reference}) == []
    served.clock.advance(100)
    assert [status.phase for status in await provider.statuses({reference})] == [Phase.WAITING]


async def test_a_listing_that_cannot_be_read_is_trouble_not_an_end(vendor, strange):
    vendor.answering = lambda _: web.json_response({"jobs": "?"})
    with pytest.raises(ProviderUnavailable):
        await strange.statuses({"job_x"})


@pytest.mark.parametrize("newest_first", [True, False])
async def test_ends_are_seen_in_whichever_direction_the_vendor_sorts(vendor, strange, newest_first):
    ended = []

    def answering(request):
        if request.query.get("status") != "success":
            return web.json_response({"jobs": []})
        at = int(request.query.get("paginationToken", 0))
        rows = [{"jobId": name, "status": "success", "updatedAt": f"2026-06-01T00:00:{n:02}Z"} for n, name in enumerate(ended)]
        rows = rows[::-1] if newest_first else rows
        token = {"nextPaginationToken": str(at + 2)} if at + 2 < len(rows) else {}
        return web.json_response({"jobs": rows[at : at + 2], **token})

    vendor.answering = answering
    strange._watch._fresh = {"a", "b", "c", "d"}
    ended += ["a", "b", "c"]
    assert set(by_reference(await strange.statuses({"a", "b", "c", "d"}))) == {"a", "b", "c"}
    ended.append("d")
    assert set(by_reference(await strange.statuses({"d"}))) == {"d"}
