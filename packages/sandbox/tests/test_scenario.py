"""The sandbox's Scenario, held to the vendor's own client: every answer must fit the official SDK's response models."""

import asyncio
import base64
import re
import time
from email.utils import parsedate_to_datetime
from io import BytesIO

import httpx
import imageio_ffmpeg
import pytest
from PIL import Image

from sandbox.scenario.errors import iso
from sandbox.scenario.settings import BadSetting
from sandbox.testing.scenario import KEY

T2V = "model_alibaba-happy-horse-1.1"
R2V = "model_alibaba-happy-horse-reference-to-video-1.1"


def body(**changes):
    return {"prompt": "a red kite, wind", "duration": 3, "resolution": "720P", "aspectRatio": "16:9", "seed": 7} | changes


def picture(width=640, height=480):
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


async def uploaded(sdk, data=None):
    answer = await sdk.assets.upload(name="a.png", image=base64.b64encode(data or picture()).decode())
    return answer.asset.id


async def refused(call, status):
    import scenario_sdk

    with pytest.raises(scenario_sdk.APIStatusError) as caught:
        await call
    assert caught.value.status_code == status
    return caught.value.body["reason"]


async def test_a_wrong_key_is_401(served):
    async with httpx.AsyncClient(base_url=served.url) as client:
        assert (await client.get("/jobs")).status_code == 401
        assert (await client.get("/jobs", auth=(KEY, "guess"))).status_code == 401


async def test_every_answer_is_dated_by_the_sandboxs_own_clock(served):
    served.clock.advance(3600)
    async with httpx.AsyncClient(base_url=served.url) as client:
        for path in ("/jobs", "/files/nothing", "/nowhere"):
            told = parsedate_to_datetime((await client.get(path)).headers["Date"]).timestamp() * 1000
            assert -1000 <= told - served.clock.now_ms() <= 0
        served.faults.add([{"path": "/jobs", "what": "status", "status": 503}])
        assert (
            parsedate_to_datetime((await client.get("/jobs")).headers["Date"]).timestamp() * 1000
            > time.time() * 1000 + 3_000_000
        )


async def test_a_clip_goes_from_submit_to_a_playable_file(served, sdk, raw):
    served.scenario.settings({"clip_seconds": 100})
    run = await sdk.generate.run_model(T2V, body=body())
    assert run.creative_units_cost == 42
    assert (run.job.status, run.job.progress) == ("queued", 0)
    seen = []
    for _ in range(6):
        job = (await sdk.jobs.retrieve(run.job.job_id)).job
        seen.append((job.status, job.progress))
        served.clock.advance(20)
    assert [s for s, _ in seen] == ["queued", *["in-progress"] * 4, "success"]
    assert [p for _, p in seen] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert [h.status for h in job.status_history] == ["queued", "warming-up", "in-progress", "finalizing", "success"]
    assert (job.metadata.input["prompt"], job.metadata.input["seed"], job.metadata.input["modelId"]) == (
        "a red kite, wind",
        7,
        T2V,
    )
    assert (job.billing.cu_cost, job.billing.cu_discount) == (42, 0)
    asset = (await sdk.assets.retrieve(job.metadata.asset_ids[0])).asset
    assert (asset.kind, asset.mime_type, asset.status) == ("video", "video/mp4", "success")
    assert (asset.properties.width, asset.properties.height, asset.properties.duration) == (1280, 720, 3)
    assert asset.metadata.seed == "7"
    clip = (await raw.get(asset.url, auth=None)).content
    assert len(clip) == asset.properties.size
    assert clip.index(b"moov") < clip.index(b"mdat"), "faststart"
    still = await raw.get(asset.first_frame.url, auth=None)
    assert Image.open(BytesIO(still.content)).size == (1280, 720)


async def test_the_clip_has_the_shape_length_rate_and_sound_asked_for(served, sdk, raw, tmp_path):
    served.scenario.settings({"clip_seconds": 0})
    run = await sdk.generate.run_model(T2V, body=body(duration=4, aspectRatio="9:21"))
    job = (await sdk.jobs.retrieve(run.job.job_id)).job
    asset = (await sdk.assets.retrieve(job.metadata.asset_ids[0])).asset
    path = tmp_path / "clip.mp4"
    path.write_bytes((await raw.get(asset.url, auth=None)).content)
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path), "-f", "null", "-", stderr=asyncio.subprocess.PIPE
    )
    said = (await process.communicate())[1].decode()
    assert process.returncode == 0
    assert re.search(r"Video: h264.*720x1680.* 24 fps", said)
    assert "Audio: aac" in said
    assert "Duration: 00:00:04.0" in said


async def test_a_still_decides_the_shape_of_its_clip(served, sdk):
    served.scenario.settings({"clip_seconds": 0})
    image = await uploaded(sdk, picture(400, 600))
    run = await sdk.generate.run_model(T2V, body=body(image=image))
    job = (await sdk.jobs.retrieve(run.job.job_id)).job
    asset = (await sdk.assets.retrieve(job.metadata.asset_ids[0])).asset
    assert (asset.properties.width, asset.properties.height) == (720, 1080)
    assert asset.source == "img2video"


async def test_a_dry_run_answers_269_with_the_price_and_starts_nothing(served, raw, sdk):
    answer = await raw.post(f"/generate/custom/{T2V}?dryRun=true", json=body(resolution="1080P", duration=15))
    assert (answer.status_code, answer.json()["creativeUnitsCost"]) == (269, 270)
    assert served.scenario.bill() == {"total": 0, "entries": []}
    assert (await sdk.jobs.list()).jobs == []


@pytest.mark.parametrize(
    ("model", "changes", "word"),
    [
        (T2V, {"prompt": "x" * 2501}, "2500"),
        (T2V, {"prompt": ""}, "prompt"),
        (T2V, {"prompt": None}, "required"),
        (T2V, {"duration": 16}, "between 3 and 15"),
        (T2V, {"duration": 4.5}, "whole"),
        (T2V, {"resolution": "480P"}, "720P"),
        (T2V, {"aspectRatio": "2:1"}, "16:9"),
        (T2V, {"seed": 2**31}, "2147483647"),
        (T2V, {"image": "https://example.org/a.png"}, "URLs"),
        (T2V, {"image": "asset_unknown"}, "asset"),
        (R2V, {}, "required"),
        (R2V, {"referenceImages": []}, "1 to 9"),
        (R2V, {"referenceImages": ["https://example.org/a.png"]}, "URLs"),
    ],
)
async def test_a_bad_input_is_400_in_a_dry_run_and_in_a_run(served, sdk, model, changes, word):
    assert word in await refused(sdk.generate.run_model(model, body=body(**changes)), 400)
    assert word in await refused(sdk.generate.run_model(model, body=body(**changes), dry_run="true"), 400)
    assert served.scenario.bill()["total"] == 0


async def test_more_references_than_nine_are_400(sdk):
    image = await uploaded(sdk)
    assert "1 to 9" in await refused(sdk.generate.run_model(R2V, body=body(referenceImages=[image] * 10)), 400)


async def test_a_bare_value_where_an_array_is_wanted_is_dropped_in_silence_and_the_asset_tells(served, sdk):
    served.scenario.settings({"clip_seconds": 0})
    image = await uploaded(sdk)

    async def references(value):
        run = await sdk.generate.run_model(R2V, body=body(referenceImages=value))
        job = (await sdk.jobs.retrieve(run.job.job_id)).job
        return (await sdk.assets.retrieve(job.metadata.asset_ids[0])).asset.metadata.reference_images

    assert await references([image]) == [image]
    assert await references(image) is None


async def test_a_model_tells_its_inputs_and_limits(sdk):
    for model, field in ((T2V, "image"), (R2V, "referenceImages")):
        inputs = {i.name: i for i in (await sdk.models.retrieve(model)).model.inputs}
        assert inputs["prompt"].max_length == 2500
        assert (inputs["duration"].min, inputs["duration"].max) == (3, 15)
        assert field in inputs
    await refused(sdk.models.retrieve("model_other"), 404)


async def test_listing_pages_newest_first_without_repeats(served, sdk):
    served.scenario.settings({"parallel": 99, "clip_seconds": 1000})
    ids = []
    for seed in range(7):
        ids.append((await sdk.generate.run_model(T2V, body=body(seed=seed))).job.job_id)
        served.clock.advance(1)
    got, token, pages = [], None, 0
    while True:
        page = await sdk.jobs.with_raw_response.list(page_size=3, **({"pagination_token": token} if token else {}))
        answer = page.http_response.json()
        got += [j["jobId"] for j in answer["jobs"]]
        token, pages = answer.get("nextPaginationToken"), pages + 1
        if not token:
            break
    assert (got, pages) == (ids[::-1], 3)


async def test_created_after_and_updated_after_each_go_with_their_own_filters(sdk):
    assert "updatedAfter" in await refused(sdk.jobs.list(created_after="2026-01-01T00:00:00Z", type="custom"), 400)
    assert "createdAfter" in await refused(sdk.jobs.list(updated_after="2026-01-01T00:00:00Z"), 400)
    assert (await sdk.jobs.list(created_after="2026-01-01T00:00:00Z")).jobs == []
    assert (await sdk.jobs.list(updated_after="2026-01-01T00:00:00Z", status="success")).jobs == []
    await refused(sdk.jobs.list(page_size=101), 400)
    await refused(sdk.jobs.list(created_after="yesterday"), 400)


async def test_listing_by_status_and_update_shows_what_ended_since(served, sdk):
    served.scenario.settings({"parallel": 99, "clip_seconds": 10})
    first = (await sdk.generate.run_model(T2V, body=body(seed=1))).job.job_id
    served.clock.advance(11)
    between = iso(served.clock.now_ms())
    second = (await sdk.generate.run_model(T2V, body=body(seed=2))).job.job_id
    assert [j.job_id for j in (await sdk.jobs.list(type="custom", status="success")).jobs] == [first]
    served.clock.advance(11)
    third = (await sdk.generate.run_model(T2V, body=body(seed=3))).job.job_id
    ended = await sdk.jobs.list(type="custom", status="success", updated_after=between)
    assert [j.job_id for j in ended.jobs] == [second]
    changed = await sdk.jobs.list(type="custom", updated_after=between)
    assert {j.job_id for j in changed.jobs} == {second, third}
    assert (await sdk.jobs.list(type="upscale")).jobs == []


async def test_a_hidden_job_is_in_no_listing_but_answers_by_its_id(served, sdk):
    served.scenario.settings({"hide_from_listing_seconds": 30, "clip_seconds": 10})
    run = await sdk.generate.run_model(T2V, body=body())
    assert (await sdk.jobs.list()).jobs == []
    assert (await sdk.jobs.retrieve(run.job.job_id)).job.job_id == run.job.job_id
    served.clock.advance(31)
    assert len((await sdk.jobs.list()).jobs) == 1


async def test_past_the_ceiling_a_submit_is_429_naming_limit_and_ceiling_until_room_is_made(served, sdk):
    import scenario_sdk

    served.scenario.settings({"parallel": 1, "clip_seconds": 10})
    await sdk.generate.run_model(T2V, body=body())
    with pytest.raises(scenario_sdk.RateLimitError) as caught:
        await sdk.generate.run_model(T2V, body=body())
    assert caught.value.body["details"] == {"actionName": "parallelCustomJobs", "actionLimit": 1}
    assert (await sdk.teams.retrieve_limits("team_x")).limits.parallel_custom_jobs == 1
    served.clock.advance(10)
    await sdk.generate.run_model(T2V, body=body())


async def test_a_plan_without_the_model_is_403_naming_both(served, sdk):
    served.scenario.settings({"plan": "free"})
    assert T2V in await refused(sdk.generate.run_model(T2V, body=body()), 403)


async def test_without_credits_a_submit_is_403_and_nothing_is_billed(served, sdk):
    served.scenario.settings({"credits": 41})
    assert "creative units" in await refused(sdk.generate.run_model(T2V, body=body()), 403)
    assert served.scenario.bill()["entries"] == []


@pytest.mark.parametrize(("outcome", "word"), [("failure", "failed"), ("moderation", "moderation")])
async def test_a_failed_job_says_why_and_is_reimbursed(served, sdk, outcome, word):
    served.scenario.settings({"outcome": outcome, "clip_seconds": 1})
    run = await sdk.generate.run_model(T2V, body=body())
    assert served.scenario.bill()["total"] == 42
    served.clock.advance(1)
    job = (await sdk.jobs.retrieve(run.job.job_id)).job
    assert job.status == "failure"
    assert word in job.metadata.error
    assert job.metadata.hint
    assert served.scenario.bill()["total"] == 0
    assert served.scenario.bill()["entries"][0]["refunded"] == 42


async def test_a_stuck_job_never_ends(served, sdk):
    served.scenario.settings({"outcome": "stuck", "clip_seconds": 1})
    run = await sdk.generate.run_model(T2V, body=body())
    served.clock.advance(100_000)
    assert (await sdk.jobs.retrieve(run.job.job_id)).job.status == "in-progress"


async def test_cancelling_is_refused_unless_the_settings_accept_it_and_then_refunds(served, sdk):
    run = await sdk.generate.run_model(T2V, body=body())
    call = {"job_id": run.job.job_id, "action": "cancel"}
    assert "Cannot cancel" in await refused(sdk.jobs.trigger_action(**call), 400)
    served.scenario.settings({"cancel_accepts": True})
    assert (await sdk.jobs.trigger_action(**call)).job.status == "canceled"
    assert served.scenario.bill()["total"] == 0
    listed = await sdk.jobs.list(status="canceled", updated_after="2026-01-01T00:00:00Z")
    assert [j.job_id for j in listed.jobs] == [run.job.job_id]


async def test_an_unknown_route_is_loud(raw):
    assert (await raw.get("/inference")).status_code == 501


async def test_a_reset_starts_a_new_account(served, sdk):
    served.scenario.settings({"clip_seconds": 33})
    await sdk.generate.run_model(T2V, body=body())
    served.scenario.reset()
    assert served.scenario.jobs() == []
    assert served.scenario.bill() == {"total": 0, "entries": []}
    assert served.scenario.settings()["clip_seconds"] != 33


async def test_five_thousand_running_jobs_need_no_task_each_and_their_ends_are_listed(served, sdk):
    served.scenario.settings({"parallel": 10_000, "clip_seconds": 600})
    before = len(asyncio.all_tasks())
    for seed in range(5000):
        await served.scenario.submit(T2V, body(seed=seed))
    assert len(asyncio.all_tasks()) == before
    served.clock.advance(1)
    answer = await sdk.jobs.list(type="custom", status="success", updated_after="2026-01-01T00:00:00Z", page_size=100)
    assert answer.jobs == []
    served.clock.advance(600)
    answer = await sdk.jobs.list(type="custom", status="success", page_size=100)
    assert len(answer.jobs) == 100


@pytest.mark.parametrize(
    "patch",
    [{"clip_secs": 1}, {"outcome": "party"}, {"parallel": 1.5}, {"cancel_accepts": 1}, {"url_lifetime": -1}, {"plan": 3}],
)
async def test_a_setting_that_makes_no_sense_is_refused_whole(served, patch):
    before = served.scenario.settings()
    with pytest.raises(BadSetting):
        served.scenario.settings({"clip_seconds": 1, **patch})
    assert served.scenario.settings() == before
