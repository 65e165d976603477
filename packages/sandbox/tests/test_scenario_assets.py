"""Uploads, assets and downloads of the sandbox's Scenario, held to the vendor's own client."""

import httpx
import pytest

from test_scenario import T2V, body, picture, refused, uploaded


async def test_a_link_expires_and_cannot_be_forged_and_a_fresh_one_works(served, sdk, raw):
    served.scenario.settings({"clip_seconds": 0, "url_lifetime": 60})
    run = await sdk.generate.run_model(T2V, body=body())
    asset_id = (await sdk.jobs.retrieve(run.job.job_id)).job.metadata.asset_ids[0]
    url = httpx.URL((await sdk.assets.retrieve(asset_id)).asset.url)
    part = await raw.get(url, auth=None, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert (await raw.get(url.copy_set_param("Expires", "9999999999"), auth=None)).status_code == 403
    served.clock.advance(61)
    assert (await raw.get(url, auth=None)).status_code == 403
    fresh = (await sdk.assets.retrieve(asset_id)).asset.url
    assert (await raw.get(fresh, auth=None)).status_code == 200


async def test_bulk_assets_answer_what_exists_up_to_two_hundred(served, sdk):
    image = await uploaded(sdk)
    answer = await sdk.assets.get_bulk(asset_ids=[image, "asset_none"])
    assert [a.id for a in answer.assets] == [image]
    await refused(sdk.assets.get_bulk(asset_ids=["a"] * 201), 400)


async def test_an_image_of_6_mb_is_refused_as_base64_and_taken_in_parts(served, sdk, raw):
    import scenario_sdk

    data = picture(1600, 1500).ljust(7_000_000, b"\0")
    with pytest.raises(scenario_sdk.APIStatusError) as caught:
        await uploaded(sdk, data)
    assert caught.value.status_code == 413
    half = len(data) // 2
    upload = (
        await sdk.uploads.create(file_name="b.png", content_type="image/png", file_size=len(data), parts=2, kind="image")
    ).upload
    assert upload.status == "pending"
    for part, piece in zip(upload.parts, (data[:half], data[half:]), strict=True):
        assert (await raw.put(part.url, content=piece, auth=None)).status_code == 200
    done = (await sdk.uploads.trigger_action(upload.id, action="complete")).upload
    assert (done.status, done.entity_id) == ("validating", None)
    served.clock.advance(1)
    done = (await sdk.uploads.retrieve(upload.id)).upload
    assert done.status == "imported"
    asset = (await sdk.assets.retrieve(done.entity_id)).asset
    assert (asset.kind, asset.properties.width, asset.properties.size) == ("image", 1600, len(data))


async def test_an_upload_with_a_part_missing_cannot_be_completed(served, sdk):
    upload = (await sdk.uploads.create(file_name="b.png", content_type="image/png", file_size=10, parts=1, kind="image")).upload
    await refused(sdk.uploads.trigger_action(upload.id, action="complete"), 400)


async def test_an_upload_that_is_no_image_fails_with_a_reason(served, sdk, raw):
    upload = (await sdk.uploads.create(file_name="b.png", content_type="image/png", file_size=4, parts=1, kind="image")).upload
    await raw.put(upload.parts[0].url, content=b"text", auth=None)
    await sdk.uploads.trigger_action(upload.id, action="complete")
    served.clock.advance(1)
    failed = (await sdk.uploads.retrieve(upload.id)).upload
    assert failed.status == "failed"
    assert failed.error_message


async def test_a_padded_clip_streams_at_its_full_size_and_still_plays(served, sdk, raw):
    size = 20_000_000
    served.scenario.settings({"clip_seconds": 0, "clip_bytes": size})
    run = await sdk.generate.run_model(T2V, body=body())
    asset_id = (await sdk.jobs.retrieve(run.job.job_id)).job.metadata.asset_ids[0]
    asset = (await sdk.assets.retrieve(asset_id)).asset
    assert asset.properties.size == size
    got = 0
    async with raw.stream("GET", asset.url, auth=None) as answer:
        assert answer.headers["content-length"] == str(size)
        async for chunk in answer.aiter_raw():
            got += len(chunk)
    assert got == size


async def test_a_truncated_download_breaks_in_the_middle(served, sdk, raw):
    served.scenario.settings({"clip_seconds": 0})
    run = await sdk.generate.run_model(T2V, body=body())
    asset_id = (await sdk.jobs.retrieve(run.job.job_id)).job.metadata.asset_ids[0]
    asset = (await sdk.assets.retrieve(asset_id)).asset
    served.faults.add([{"what": "truncate", "path": "/files/*", "times": 1}])
    got = bytearray()

    async def read(reply):
        async for chunk in reply.aiter_raw():
            got.extend(chunk)

    async with raw.stream("GET", asset.url, auth=None) as half:
        with pytest.raises(httpx.RemoteProtocolError):
            await read(half)
    assert len(got) == int(half.headers["content-length"]) // 2
    assert (await raw.get(asset.url, auth=None)).status_code == 200
