"""Downloading a finished clip: up to a limit, and complete or not at all."""

import contextlib
import gzip
import tracemalloc

import httpx
import pytest
from aiohttp import web

from bot.domain.job import Failure
from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, ProviderUnavailable
from bot.ports import THE_CLIP, Phase
from bot.providers.scenario import Pace, ScenarioProvider


@pytest.fixture
async def finished(served, provider, submission):
    served.scenario.settings({"clip_seconds": 0})
    return (await provider.submit(submission())).reference


def whole(served, reference):
    job = served.scenario.book.all[reference]
    return served.scenario.clips.folder / f"{job.frame[0]}x{job.frame[1]}-3s.mp4"


async def test_the_clip_arrives_byte_for_byte(served, provider, finished, tmp_path):
    await provider.fetch(finished, THE_CLIP, tmp_path / "c.mp4", 10**8)
    assert (tmp_path / "c.mp4").read_bytes() == whole(served, finished).read_bytes()


@pytest.mark.parametrize(
    "fault",
    [{"what": "truncate"}, {"what": "reset"}, *({"what": "status", "status": status} for status in (403, 408, 425, 503))],
)
async def test_a_broken_download_starts_again_with_a_fresh_link(served, provider, finished, tmp_path, fault):
    served.faults.add([{"path": "/files/*", "times": 2, **fault}])
    await provider.fetch(finished, THE_CLIP, tmp_path / "c.mp4", 10**8)
    assert (tmp_path / "c.mp4").read_bytes() == whole(served, finished).read_bytes()
    links = [r["response"]["asset"]["url"] for r in served.records.since(0) if r["path"].startswith("/assets/")]
    assert len(links) == 3


async def test_a_clip_that_is_packed_on_the_way_arrives_whole(vendor, strange, tmp_path):
    clip = b"a clip " * 1000

    def answering(request):
        if "/jobs/" in request.path:
            return web.json_response({"job": {"jobId": "j", "status": "success", "metadata": {"assetIds": ["a"]}}})
        if "/assets/" in request.path:
            return web.json_response({"asset": {"id": "a", "url": vendor.url + "/files/a.mp4", "mimeType": "video/mp4"}})
        return web.Response(body=gzip.compress(clip), headers={"Content-Encoding": "gzip"})

    vendor.answering = answering
    await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 10**6)
    assert (tmp_path / "c.mp4").read_bytes() == clip


async def test_a_link_that_expired_meanwhile_is_fetched_anew(served, provider, finished, tmp_path):
    served.scenario.settings({"url_lifetime": 0})
    original = served.scenario.assets.get

    def lengthen(asset_id):
        if len(served.paths()) > 3:
            served.scenario.settings({"url_lifetime": 900})
        return original(asset_id)

    served.scenario.assets.get = lengthen
    await provider.fetch(finished, THE_CLIP, tmp_path / "c.mp4", 10**8)
    assert any(r["status"] == 403 for r in served.records.since(0))
    assert (tmp_path / "c.mp4").stat().st_size > 0


async def test_a_download_that_keeps_breaking_leaves_no_half_file(served, provider, finished, tmp_path):
    served.faults.add([{"path": "/files/*", "what": "truncate"}])
    with pytest.raises(ProviderUnavailable):
        await provider.fetch(finished, THE_CLIP, tmp_path / "c.mp4", 10**8)
    assert list(tmp_path.iterdir()) == []


async def test_a_clip_past_the_cap_is_refused_before_a_byte_of_it_is_kept(served, provider, finished, tmp_path):
    with pytest.raises(ClipUnavailable) as caught:
        await provider.fetch(finished, THE_CLIP, tmp_path / "c.mp4", 1000)
    assert caught.value.code == "too_large"
    assert list(tmp_path.iterdir()) == []


async def test_a_download_has_a_time_limit(served, account, clock, submission, tmp_path):
    served.scenario.settings({"clip_seconds": 0})
    async with ScenarioProvider(account, clock, pace=Pace(download=0.2)) as hasty:
        reference = (await hasty.submit(submission())).reference
        served.faults.add([{"path": "/files/*", "what": "hold", "name": "slow"}])
        with pytest.raises(ProviderUnavailable):
            await hasty.fetch(reference, THE_CLIP, tmp_path / "c.mp4", 10**8)
    assert list(tmp_path.iterdir()) == []


async def test_a_running_clip_cannot_be_fetched_yet(provider, submission, tmp_path):
    reference = (await provider.submit(submission())).reference
    with pytest.raises(ProviderUnavailable, match="queued"):
        await provider.fetch(reference, THE_CLIP, tmp_path / "c.mp4", 10**8)


async def test_a_large_clip_passes_through_without_being_held(served, provider, submission, tmp_path):
    served.scenario.settings({"clip_seconds": 0, "clip_bytes": 60_000_000})
    reference = (await provider.submit(submission())).reference
    tracemalloc.start()
    try:
        await provider.fetch(reference, THE_CLIP, tmp_path / "c.mp4", 10**8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "c.mp4").stat().st_size == 60_000_000
    assert peak < 8 * 1024 * 1024


async def test_a_link_for_people_tells_when_it_ends(served, provider, finished):
    link = await provider.link(finished, THE_CLIP)
    assert abs(link.expires_at_ms - served.clock.now_ms() - 900_000) < 5000
    async with httpx.AsyncClient() as http:
        assert (await http.get(link.url)).status_code == 200


async def test_of_several_files_each_is_fetched_and_linked_by_its_position(vendor, strange, tmp_path):
    files = {"a": b"the clip", "b": b"a poster", "c": b"a sound"}

    def answering(request):
        *_, folder, name = request.path.split("/")
        if folder == "jobs":
            return web.json_response({"job": {"jobId": "j", "status": "success", "metadata": {"assetIds": [*files]}}})
        if folder == "assets":
            return web.json_response({"asset": {"id": name, "url": f"{vendor.url}/files/{name}"}})
        return web.Response(body=files[name])

    vendor.answering = answering
    for position, (name, content) in enumerate(files.items()):
        assert await strange.fetch("j", position, tmp_path / name, 1000) == 3
        assert (tmp_path / name).read_bytes() == content
        assert (await strange.link("j", position)).url == f"{vendor.url}/files/{name}"
    for asked in (strange.fetch("j", 3, tmp_path / "d", 1000), strange.link("j", 3)):
        with pytest.raises(ClipMissing):
            await asked
    assert not (tmp_path / "d").exists()


def results(vendor, asset, clip=None):
    """Has every job end with this asset, whose link gives `clip`."""

    def answering(request):
        if "/jobs/" in request.path:
            job = {"jobId": "j", "status": "success", "metadata": {"assetIds": ["a"]}}
            return web.json_response({"job": job})
        if "/assets/" in request.path:
            return web.json_response({"asset": {"id": "a", "mimeType": "video/mp4", **asset}})
        return clip(request)

    vendor.answering = answering


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", "", "http://[broken"])
async def test_a_link_to_a_strange_place_is_never_followed(vendor, strange, tmp_path, url):
    results(vendor, {"url": url})
    for call in (strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 10**8), strange.link("j", THE_CLIP)):
        with pytest.raises(ClipUnavailable):
            await call
    assert vendor.asked == ["/v1/jobs/j", "/v1/assets/a"] * 2


@pytest.mark.parametrize(
    ("length", "word"),
    [(5000, "larger: 5000, 1000"), (10**10, "larger: 1"), (None, "larger_than: 1000")],
    ids=["a length past the cap", "10 GB", "a stream without end"],
)
async def test_a_result_that_is_larger_than_it_says_is_refused(vendor, strange, tmp_path, length, word):
    async def body(request):
        reply = web.StreamResponse()
        reply.content_length = length
        await reply.prepare(request)
        with contextlib.suppress(ConnectionError):  # the client may close the connection early
            for _ in range(10):
                await reply.write(b"x" * 500)
        return reply

    results(vendor, {"url": vendor.url + "/files/a.mp4", "properties": {"size": 10}}, body)
    with pytest.raises(ClipUnavailable, match=word):
        await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "asset",
    [
        {"mimeType": "text/html"},
        {"mimeType": None},
        {"properties": None},
        {"properties": {"size": 0.5}},
        {"properties": {"size": 10**10}},
    ],
)
async def test_what_an_asset_says_of_its_file_decides_nothing(vendor, strange, tmp_path, asset):
    results(
        vendor, {"url": vendor.url + "/files/a.mp4", **asset}, lambda _: web.Response(body=b"clip", content_type="text/html")
    )
    await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert (tmp_path / "c.mp4").read_bytes() == b"clip"


TAKEN = {"error": "The result was flagged by our content policy"}


@pytest.mark.parametrize(
    ("status", "metadata", "error"),
    [
        ("success", {"assetIds": []}, ClipMissing),
        ("success", {"assetIds": None}, ClipMissing),
        ("success", None, ClipMissing),
        ("failure", {}, ClipMissing),
        ("canceled", {}, ClipMissing),
        ("success", TAKEN, ModerationRefused),
        ("success", {"hint": "moderated", "assetIds": []}, ModerationRefused),
        ("failure", TAKEN, ModerationRefused),
        ("finalizing", {}, ProviderUnavailable),
        ("in-progress", TAKEN, ProviderUnavailable),
    ],
)
async def test_a_job_without_a_clip_says_whether_one_may_come(vendor, strange, tmp_path, status, metadata, error):
    vendor.answering = lambda _: web.json_response({"job": {"jobId": "j", "status": status, "metadata": metadata}})
    with pytest.raises(error) as caught:
        await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)
    assert type(caught.value) is error
    assert vendor.asked == ["/v1/jobs/j"]


async def test_an_asset_that_is_not_there_is_missing(vendor, strange, tmp_path):
    job = {"jobId": "j", "status": "success", "metadata": {"assetIds": ["a"]}}
    vendor.answering = lambda request: (
        web.json_response({"job": job}) if "/jobs/" in request.path else web.json_response({"error": "none"}, status=404)
    )
    with pytest.raises(ClipMissing):
        await strange.fetch("j", THE_CLIP, tmp_path / "c.mp4", 1000)


@pytest.mark.parametrize(("cost", "billed"), [(None, None), ({"cuCost": 5}, None), ({"cuCost": 5, "cuDiscount": 5}, False)])
async def test_a_success_without_a_clip_that_was_moderated_is_a_failure_at_once(vendor, strange, cost, billed):
    job = {"jobId": "j", "status": "success", "metadata": TAKEN, "billing": cost}
    vendor.answering = lambda _: web.json_response({"job": job})
    told = await strange.status("j")
    assert (told.phase, told.failure, told.billed) == (Phase.FAILED, Failure.MODERATION, billed)


async def test_a_success_with_a_clip_is_one_whatever_else_it_says(vendor, strange):
    job = {"jobId": "j", "status": "success", "metadata": {**TAKEN, "assetIds": ["a"]}}
    vendor.answering = lambda _: web.json_response({"job": job})
    assert (await strange.status("j")).phase is Phase.SUCCEEDED


@pytest.mark.parametrize("asset", [None, [], "asset_1", {}, {"url": None}, {"url": 7}])
async def test_an_answer_without_the_asset_is_a_clip_that_is_missing(vendor, strange, asset, tmp_path):
    vendor.answering = lambda request: web.json_response(
        {"asset": asset}
        if "/assets/" in request.path
        else {"job": {"jobId": "job_good", "status": "success", "metadata": {"assetIds": ["asset_1"]}}}
    )
    with pytest.raises(ClipMissing):
        await strange.fetch("job_good", THE_CLIP, tmp_path / "clip.mp4", 1000)
