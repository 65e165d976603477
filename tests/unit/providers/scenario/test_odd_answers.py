"""Answers of an unexpected shape: an odd value spoils neither its page nor its record, and is logged once, not quoted."""

import json
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot.domain.job import Failure
from bot.errors import ClipMissing, ProviderRejected, ProviderUnavailable, SubmitOutcomeUnknown
from bot.ports import THE_CLIP, Difference, Lost, Phase, Severity
from bot.providers.scenario import Account, ScenarioProvider
from bot.providers.scenario.oddities import OddityLog

SECRET = "a prompt that nobody else may read"
ODD = {
    "no metadata": {"metadata": None},
    "metadata is a text": {"metadata": SECRET},
    "an error as an object": {"metadata": {"error": {"code": "X", "detail": SECRET}}},
    "an error as a number": {"metadata": {"error": 7}},
    "null among the asset ids": {"metadata": {"assetIds": [None, "asset_1"]}},
    "asset ids are a text": {"metadata": {"assetIds": "asset_1"}},
    "input is a list": {"metadata": {"input": [SECRET]}},
    "no status": {"status": None},
    "status is a number": {"status": 3},
    "progress is a text": {"progress": "45%"},
    "progress is no number": {"progress": float("nan")},
    "a cost in words": {"billing": {"cuCost": "free"}},
    "billing is a text": {"billing": SECRET},
    "an empty date": {"createdAt": "", "updatedAt": ""},
    "a date in words": {"createdAt": "yesterday", "updatedAt": "tomorrow"},
    "the end of all dates": {"createdAt": "9999-12-31T23:59:59Z", "updatedAt": "9999-12-31T23:59:59Z"},
    "the first date of all": {"createdAt": "0001-01-01T00:00:00", "updatedAt": -62135596800},
    "no id": {"jobId": None},
    "an id with a line break": {"jobId": "job\nforged line"},
    "an id without end": {"jobId": "j" * 100_000},
}


def a_record(job_id, **changes):
    return {"jobId": job_id, "status": "success", "metadata": {"assetIds": ["asset_1"]}, **changes}


def listings(vendor, *records):
    """Has every listing show these records, also the listings of ended jobs."""

    def answering(request):
        if request.path != "/v1/jobs":
            return web.json_response({"reason": "no such job"}, status=404)
        wanted = request.query.get("status")
        rows = [
            each for each in records if wanted is None or not isinstance(each, dict) or each.get("status") in {wanted, None, 3}
        ]
        return web.json_response({"jobs": rows})

    vendor.answering = answering


@pytest.mark.parametrize("bent", ODD.values(), ids=ODD)
async def test_an_odd_record_of_somebody_else_holds_up_no_end(vendor, strange, bent):
    listings(vendor, a_record("stranger", **bent), a_record("job_good"))
    (told,) = await strange.statuses(["job_good"])
    assert told.phase is Phase.SUCCEEDED


@pytest.mark.parametrize("bent", ODD.values(), ids=ODD)
async def test_an_odd_record_of_somebody_else_hides_no_lost_submit(vendor, strange, submission, clock, bent):
    ours = a_record("job_ours", metadata={"input": {"prompt": "a red kite, wind", "seed": 7}})
    listings(vendor, a_record("stranger", **bent), ours, "not even an object", None, 7)
    assert await strange.find([Lost(submission(job_id=5), clock.now_ms())], set()) == {5: "job_ours"}


@pytest.mark.parametrize("name", [name for name in ODD if not name.startswith(("no id", "an id", "no status", "status"))])
async def test_the_end_of_a_clip_is_seen_whatever_else_is_odd_about_it(vendor, strange, name):
    listings(vendor, a_record("job_good", **ODD[name]))
    (told,) = await strange.statuses(["job_good"])
    assert told.phase is Phase.SUCCEEDED
    assert told.fraction is None


@pytest.mark.parametrize("status", [None, 3, "", ["success"]])
async def test_a_clip_without_a_status_that_can_be_read_is_running(vendor, strange, status):
    vendor.answering = lambda _: web.json_response({"job": a_record("job_x", status=status)})
    assert (await strange.status("job_x")).phase is Phase.RUNNING


@pytest.mark.parametrize("error", ["Flagged by moderation", {"message": "Flagged by moderation"}, ["Flagged by moderation", 5]])
async def test_the_words_of_a_failure_are_heard_in_any_shape(vendor, strange, error):
    vendor.answering = lambda _: web.json_response({"job": a_record("job_x", status="failure", metadata={"error": error})})
    assert (await strange.status("job_x")).failure is Failure.MODERATION


async def test_the_words_of_a_failure_are_bounded_and_carry_no_signature(vendor, strange):
    said = "see https://cdn.example/a.mp4?Signature=abc " + "x" * 100_000
    vendor.answering = lambda _: web.json_response({"job": a_record("job_x", status="failure", metadata={"error": said})})
    detail = str((await strange.status("job_x")).detail.figures[0])
    assert len(detail) <= 300
    assert "Signature" not in detail


async def test_an_answer_about_another_job_says_nothing_of_this_one(vendor, strange, tmp_path):
    vendor.answering = lambda _: web.json_response({"job": a_record("job_other")})
    with pytest.raises(ProviderUnavailable):
        await strange.status("job_x")
    with pytest.raises(ProviderUnavailable):
        await strange.fetch("job_x", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert "/v1/assets/asset_1" not in vendor.asked


async def test_what_has_not_the_form_of_an_id_names_no_asset(vendor, strange, tmp_path):
    evil = ["../../_sandbox/state?x=#", "a/b", "", "j" * 201, "a b", None]
    vendor.answering = lambda _: web.json_response({"job": a_record("job_x", metadata={"assetIds": evil})})
    with pytest.raises(ClipMissing, match="no_clip"):
        await strange.fetch("job_x", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert vendor.asked == ["/v1/jobs/job_x"]


@pytest.mark.parametrize("evil", ["../../_sandbox/state?a=b#c", "", "A" * 300_000, "a\0b\r\nX-Evil: 1", "job\u202e", None, 7])
async def test_a_submit_whose_answer_names_no_id_is_unknown_and_never_sent_again(vendor, strange, submission, evil):
    vendor.answering = lambda _: web.json_response({"job": a_record(evil, status="queued")})
    with pytest.raises(SubmitOutcomeUnknown):
        await strange.submit(submission())
    assert len(vendor.asked) == 1


async def test_a_token_of_another_type_ends_the_paging_and_a_search_knows_that_more_follows(vendor, strange, submission, clock):
    vendor.answering = lambda _: web.json_response({"jobs": [a_record("job_good")], "nextPaginationToken": {"page": 2}})
    assert [told.reference for told in await strange.statuses(["job_good"])] == ["job_good"]
    assert len(vendor.asked) <= 4
    assert await strange.find([Lost(submission(job_id=5), clock.now_ms())], set()) == {5: None}


async def test_pages_that_go_round_in_a_circle_are_left(vendor, strange, submission, clock):
    vendor.answering = lambda _: web.json_response({"jobs": [a_record("job_good")], "nextPaginationToken": "same"})
    assert [told.reference for told in await strange.statuses(["job_good"])] == ["job_good"]
    assert len(vendor.asked) <= 9
    assert await strange.find([Lost(submission(job_id=5), clock.now_ms())], set()) == {5: None}


@pytest.mark.parametrize(
    "odd", ["9999-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2021-01-01"]
)
async def test_a_date_that_is_far_off_does_not_hide_what_ends_after_it(served, provider, submission, odd):
    served.scenario.settings({"clip_seconds": 5})
    first = (await provider.submit(submission(seed=1))).reference
    shown = served.scenario.book.all[first].__class__.shown
    later = (await provider.submit(submission(seed=2))).reference
    served.scenario.book.all[later].takes_ms = 60_000
    served.clock.advance(6)

    def bent(job, now):
        return shown(job, now) | ({"updatedAt": odd} if job.id == first else {})

    served.scenario.book.all[first].__class__.shown = bent
    try:
        assert first in {told.reference for told in await provider.statuses({first, later})}
        served.clock.advance(60)
        assert [told.phase for told in await provider.statuses({later})] == [Phase.SUCCEEDED]
    finally:
        served.scenario.book.all[first].__class__.shown = shown


@pytest.mark.parametrize("odd", ["0001-01-01T00:00:00Z", "2021-01-01T00:00:00Z", None])
async def test_no_listing_is_read_back_to_a_date_that_is_off(vendor, strange, clock, odd):
    asked_after = []

    def answering(request):
        asked_after.append(datetime.fromisoformat(request.query["updatedAfter"]))
        return web.json_response({"jobs": [a_record("stranger", updatedAt=odd)]})

    vendor.answering = answering
    for _ in range(50):
        await strange.statuses([])
        clock.advance(2)
    assert max(asked_after) - min(asked_after) < timedelta(seconds=150)


@pytest.mark.parametrize("odd", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, "", "yesterday"])
async def test_a_lost_submit_is_found_whatever_date_its_record_shows(vendor, strange, submission, clock, odd):
    ours = a_record("job_ours", createdAt=odd, metadata={"input": {"prompt": "a red kite, wind", "seed": 7}})
    listings(vendor, ours)
    assert await strange.find([Lost(submission(job_id=5), clock.now_ms())], set()) == {5: "job_ours"}


NAMELESS = {
    "no metadata": None,
    "input is a list": {"input": [SECRET]},
    "no seed": {"input": {"prompt": "a red kite, wind"}},
    "no prompt": {"input": {"seed": 7}},
    "a seed that is a list": {"input": {"prompt": "a red kite, wind", "seed": [7]}},
}


@pytest.mark.parametrize("metadata", NAMELESS.values(), ids=NAMELESS)
@pytest.mark.parametrize("job_type", ["custom", None])
async def test_a_submit_that_an_unreadable_record_may_be_is_unknown_and_not_sent_again(
    vendor, strange, submission, clock, metadata, job_type
):
    listings(vendor, a_record("job_x", metadata=metadata, jobType=job_type))
    lost = Lost(submission(job_id=5), clock.now_ms())
    assert await strange.find([lost], set()) == {}, "it may tell in a minute"
    clock.advance(61)
    assert await strange.find([lost], set()) == {5: None}
    assert await strange.find([lost], {"job_x"}) == {}, "another job holds it"


@pytest.mark.parametrize(
    "foreign",
    [
        {"jobType": "upload", "metadata": None},
        {"createdAt": "2025-01-01T00:00:00Z", "metadata": None},
        {"metadata": {"input": {"prompt": "another", "seed": None}}},
        {"metadata": {"input": {"image": "asset_1"}}},
        {"metadata": {"input": {"prompt": "a red kite, wind", "modelId": "another"}}},
    ],
    ids=["another type", "long before", "another prompt", "a model without words", "another model"],
)
async def test_a_record_that_can_be_no_submit_of_ours_makes_none_doubtful(vendor, strange, submission, clock, foreign):
    listings(vendor, a_record("stranger", **foreign))
    lost = Lost(submission(job_id=5), clock.now_ms())
    clock.advance(61)
    assert await strange.find([lost], set()) == {}


async def test_each_odd_field_of_a_record_is_logged_once_and_never_its_value(vendor, strange, caplog):
    odd = a_record("job_odd", progress="45%", metadata={"input": [SECRET], "assetIds": [None]})
    listings(vendor, odd, a_record("job_good", progress=1))
    for _ in range(3):
        await strange.statuses(["job_good"])
    lines = [record.getMessage() for record in caplog.records if "counts as missing" in record.getMessage()]
    assert sorted(lines) == [
        f"{field} of job_odd can't be read and counts as missing" for field in ("an entry of asset_ids", "input", "progress")
    ]
    assert SECRET not in caplog.text


def test_the_log_of_odd_fields_has_an_end(caplog):
    log = OddityLog()
    for number in range(10_000):
        log.write([(f"job_{number}", "progress")])
    assert len(caplog.records) == 501


@pytest.mark.parametrize(
    ("limits", "ceiling"), [({"parallelCustomJobs": "many"}, None), (None, None), ([], None), ({"parallelCustomJobs": "8"}, 8)]
)
async def test_limits_that_cannot_be_read_are_not_known(vendor, clock, limits, ceiling):
    vendor.answering = lambda _: web.json_response({"limits": limits, "plan": None})
    async with ScenarioProvider(Account("k", "s", base_url=vendor.url, team_id="t"), clock) as provider:
        assert await provider.availability.capacity() == ceiling


@pytest.mark.parametrize("cost", [None, "free", float("inf"), [42]])
async def test_a_submit_whose_price_cannot_be_read_is_accepted_all_the_same(vendor, strange, submission, cost):
    job = {"jobId": "job_x", "status": None, "billing": {"cuCost": cost}}
    vendor.answering = lambda _: web.json_response({"job": job, "creativeUnitsCost": cost})
    accepted = await strange.submit(submission())
    assert (accepted.reference, accepted.units) == ("job_x", None)


@pytest.mark.parametrize("asset", [{}, {"id": None}, {"id": 5}])
async def test_an_image_that_was_taken_without_a_name_is_trouble(vendor, strange, asset):
    vendor.answering = lambda _: web.json_response({"asset": asset})
    with pytest.raises(ProviderUnavailable):
        await strange.upload("a" * 64, "image/png", b"picture")


@pytest.mark.parametrize(
    "asset",
    [{"properties": None}, {"properties": {"size": "5 MB"}}, {"mimeType": None}, {"id": None, "mimeType": 4}],
    ids=["no properties", "a size in words", "no type", "nothing named"],
)
async def test_a_clip_is_fetched_whatever_is_odd_about_its_asset(vendor, strange, tmp_path, asset):
    def answering(request):
        if "/jobs/" in request.path:
            return web.json_response({"job": a_record("j")})
        if "/assets/" in request.path:
            return web.json_response(
                {"asset": {"id": "a", "url": vendor.url + "/files/a.mp4", "mimeType": "video/mp4", **asset}}
            )
        return web.Response(body=b"clip")

    vendor.answering = answering
    await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert (tmp_path / "c.mp4").read_bytes() == b"clip"


@pytest.mark.parametrize("asset", [{}, {"url": None}, {"url": {"href": "https://cdn.example/a.mp4"}}])
async def test_a_finished_clip_without_a_link_is_asked_for_again_later(vendor, strange, tmp_path, asset):
    def answering(request):
        return web.json_response({"job": a_record("j")} if "/jobs/" in request.path else {"asset": {"id": "a", **asset}})

    vendor.answering = answering
    with pytest.raises(ClipMissing):
        await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)


@pytest.mark.parametrize("digits", ["9" * 400, "99999999999999"])
async def test_a_link_that_ends_at_no_sane_time_ends_at_none_that_is_known(vendor, strange, digits):
    def answering(request):
        if "/jobs/" in request.path:
            return web.json_response({"job": a_record("j")})
        return web.json_response({"asset": {"id": "a", "url": f"https://cdn.example/a.mp4?Expires={digits}"}})

    vendor.answering = answering
    assert (await strange.link("j", THE_CLIP)).expires_at_ms is None


async def test_the_doctor_looks_past_an_odd_input_of_a_model(vendor, strange):
    inputs = [None, {"name": None}, {"name": "prompt", "maxLength": "long"}, {"name": "duration", "min": 3, "max": 99}]
    vendor.answering = lambda request: web.json_response(
        {"model": {"inputs": inputs}} if "/models/" in request.path else {"jobs": [], "creativeUnitsCost": "?", "limits": None},
        status=269 if request.query.get("dryRun") else 200,
    )
    found = await strange.availability.check()
    assert {finding.severity for finding in found} <= {Severity.OK, Severity.ADVICE, Severity.WARNING}
    assert any(Difference("duration", "max", 99, 15) in finding.differences for finding in found)


@pytest.mark.parametrize(
    "body", [json.dumps({"error": [1], "reason": "duration must be 3 to 15", "details": []}), "[" * 100_000]
)
async def test_a_refusal_of_an_odd_shape_is_a_refusal_all_the_same(vendor, strange, submission, body):
    vendor.answering = lambda _: web.Response(text=body, status=400, content_type="application/json")
    with pytest.raises(ProviderRejected):
        await strange.submit(submission())
