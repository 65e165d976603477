"""Answers of the sandbox's Scenario bent through the control API, as a bare client gets them."""

import asyncio
import gzip
import json
import zlib
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.testing.local import local_sandbox
from sandbox.testing.scenario import KEY, SECRET

T2V = "model_alibaba-happy-horse-1.1"
SUBMIT = f"/generate/custom/{T2V}"


class Vendor:
    """A whole sandbox, and a bare client of its Scenario."""

    def __init__(self, here, raw):
        self.here, self.raw = here, raw

    async def bend(self, **bend):
        return await self.here.control("POST", "/bends", json=bend)

    async def refused(self, path, **body):
        return (await self.here.control("POST", path, 400, json=body))["error"]

    async def straight(self):
        await self.here.control("DELETE", "/bends")

    async def job(self, prompt="a kite"):
        body = {"prompt": prompt, "duration": 3, "resolution": "720P", "aspectRatio": "16:9", "seed": 7}
        return (await self.raw.post(SUBMIT, json=body)).json()["job"]["jobId"]

    async def shown(self, job):
        return (await self.raw.get(f"/jobs/{job}")).json()["job"]

    async def listed(self, **query):
        return (await self.raw.get("/jobs", params=query)).json()["jobs"]

    async def clip(self, job):
        asset = (await self.shown(job))["metadata"]["assetIds"][0]
        return (await self.raw.get(f"/assets/{asset}")).json()["asset"]


@pytest.fixture
async def vendor():
    async with local_sandbox(openapi=False) as here:
        await here.post("/scenario", clip_seconds=0)
        async with httpx.AsyncClient(base_url=f"{here.url}/scenario/v1", auth=(KEY, SECRET), timeout=10) as raw:
            yield Vendor(here, raw)


async def test_a_field_is_set_dropped_or_written_raw_in_every_answer_about_a_job(vendor):
    job = await vendor.job()
    await vendor.bend(
        set={"job.metadata": None, "job.progress": "45%", "job.error": {"code": "X"}, "job.billing.cuCost": "free"},
        drop=["job.updatedAt", "job.statusHistory.0"],
    )
    for shown in (await vendor.shown(job), *(await vendor.listed())):
        assert (shown["metadata"], shown["progress"], shown["error"]) == (None, "45%", {"code": "X"})
        assert shown["billing"] == {"cuCost": "free", "cuDiscount": 0}
        assert "updatedAt" not in shown
        assert shown["statusHistory"][0]["status"] == "warming-up"
    await vendor.bend(raw={"job.progress": "NaN"}, path="/jobs/*")
    assert '"progress": NaN' in (await vendor.raw.get(f"/jobs/{job}")).text
    assert (await vendor.here.get("/scenario"))["jobs"][0]["progress"] == 1


async def test_a_bend_is_for_the_jobs_that_it_names_and_counts_what_it_bent(vendor):
    await vendor.bend(prompt="odd one", set={"job.status": None, "asset.mimeType": None}, times=3)
    plain, odd = await vendor.job("a plain one"), await vendor.job("an odd one")
    assert [(each["jobId"], each["status"]) for each in await vendor.listed()] == [(odd, None), (plain, "success")]
    assert (await vendor.shown(plain))["status"] == "success"
    assert (await vendor.clip(plain))["mimeType"] == "video/mp4"
    assert (await vendor.here.get("/bends"))["bends"][0]["struck"] == 2
    assert (await vendor.shown(odd))["status"] is None
    assert (await vendor.shown(odd))["status"] == "success"


async def test_a_bend_may_be_for_jobs_in_one_state_only(vendor):
    await vendor.here.post("/scenario", clip_seconds=60)
    job = await vendor.job()
    await vendor.bend(state="running", set={"job.progress": 45}, job=job)
    assert (await vendor.shown(job))["progress"] == 45
    await vendor.here.post("/clock", advance_seconds=61)
    assert (await vendor.shown(job))["progress"] == 1


async def test_the_whole_answer_may_be_another_with_status_and_headers(vendor):
    await vendor.bend(path="/jobs", status=302, headers={"Location": "http://127.0.0.1:1/", "X-Odd": "yes"}, text="")
    answer = await vendor.raw.get("/jobs")
    assert (answer.status_code, answer.headers["Location"], answer.headers["X-Odd"], answer.text) == (
        302,
        "http://127.0.0.1:1/",
        "yes",
        "",
    )
    await vendor.straight()
    await vendor.bend(path="/jobs", text="<html>", headers={"Content-Type": "text/html"})
    answer = await vendor.raw.get("/jobs")
    assert (answer.headers["Content-Type"], answer.text) == ("text/html", "<html>")
    seen = (await vendor.here.get("/requests", source="scenario"))["requests"][-1]
    assert (seen["status"], seen["response"]) == (200, {"type": "text/html", "size": 6})


async def test_an_answer_is_bent_after_the_request_took_effect_or_stands_in_its_place(vendor):
    await vendor.bend(method="POST", path="/generate/custom/*", body={"job": {}}, times=1)
    lost = await vendor.raw.post(SUBMIT, json={"prompt": "a kite"})
    assert lost.json() == {"job": {}}
    assert len((await vendor.here.get("/bill"))["entries"]) == 1
    await vendor.bend(path="/generate/custom/*", prompt="kite", effect=False, text="busy", status=500)
    assert (await vendor.raw.post(SUBMIT, json={"prompt": "a kite"})).status_code == 500
    assert len((await vendor.here.get("/bill"))["entries"]) == 1
    assert (await vendor.raw.post(SUBMIT, json={"prompt": "a horse"})).status_code == 200


async def test_a_given_file_is_served_as_the_clip_with_given_labels(vendor):
    job = await vendor.job()
    name = await vendor.here.upload("odd.webm", b"\x1aE\xdf\xa3 not what it says", "video/webm")
    await vendor.bend(path="/files/*", job=job, file=name)
    await vendor.bend(set={"asset.mimeType": "application/octet-stream", "asset.properties": None})
    clip = await vendor.clip(job)
    assert (clip["mimeType"], clip["properties"]) == ("application/octet-stream", None)
    got = await vendor.raw.get(clip["url"], auth=None)
    assert (got.headers["Content-Type"], got.content) == ("video/webm", b"\x1aE\xdf\xa3 not what it says")
    await vendor.bend(path="/files/*", headers={"Content-Type": "text/html"})
    assert (await vendor.raw.get(clip["url"], auth=None)).headers["Content-Type"] == "text/html"
    other = await vendor.clip(await vendor.job())
    assert (await vendor.raw.get(other["url"], auth=None)).content[4:8] == b"ftyp"


async def test_a_body_is_packed_and_filled_up_to_a_size(vendor):
    job = await vendor.job()
    await vendor.bend(path="/jobs/*", coding="gzip", size=3_000_000)
    packed = b""
    async with vendor.raw.stream("GET", f"/jobs/{job}") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        async for piece in answer.aiter_raw():
            packed += piece
    assert len(packed) < 20_000
    plain = gzip.decompress(packed)
    assert len(plain) == 3_000_000
    assert json.loads(plain)["job"]["jobId"] == job
    await vendor.straight()
    await vendor.bend(path="/jobs/*", text='{"job": {"jobId": "', fill="ab", size=1000)
    answer = await vendor.raw.get(f"/jobs/{job}")
    assert (len(answer.content), answer.text[-4:]) == (1000, "baba")
    await vendor.straight()
    await vendor.bend(path="/jobs/*", coding="deflate")
    async with vendor.raw.stream("GET", f"/jobs/{job}") as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])
    assert json.loads(zlib.decompress(packed))["job"]["jobId"] == job


async def test_a_length_that_is_a_lie_ends_the_connection_early(vendor):
    job = await vendor.job()
    await vendor.bend(path="/jobs/*", headers={"Content-Length": "10000000000"})
    with pytest.raises(httpx.RemoteProtocolError):
        await vendor.raw.get(f"/jobs/{job}")


async def test_a_body_comes_slowly_or_without_end_until_it_is_taken_back(vendor):
    job = await vendor.job()
    await vendor.bend(path="/jobs/*", endless=True, piece_bytes=1, piece_seconds=0.001)
    got = 0
    async with vendor.raw.stream("GET", f"/jobs/{job}") as answer:
        assert "Content-Length" not in answer.headers
        async for piece in answer.aiter_raw():
            got += len(piece)
            if got > 50:
                break
    await vendor.straight()
    await vendor.bend(path="/jobs/*", text="slow", piece_bytes=1, piece_seconds=3600)

    async def asked():
        with pytest.raises(httpx.RemoteProtocolError):
            await vendor.raw.get(f"/jobs/{job}")

    async with asyncio.TaskGroup() as group:
        group.create_task(asked())
        async with vendor.raw.stream("GET", f"/jobs/{job}"):
            await vendor.straight()
    assert (await vendor.shown(job))["jobId"] == job


async def test_the_date_of_an_answer_may_be_wrong_or_nonsense_or_missing(vendor):
    right = parsedate_to_datetime((await vendor.raw.get("/jobs")).headers["Date"]).timestamp()
    await vendor.bend(path="/jobs", date_seconds=-7200)
    wrong = parsedate_to_datetime((await vendor.raw.get("/jobs")).headers["Date"]).timestamp()
    assert wrong - right == pytest.approx(-7200, abs=60)
    for given in ("yesterday", None):
        await vendor.straight()
        await vendor.bend(path="/jobs", headers={"Date": given})
        assert (await vendor.raw.get("/jobs")).headers.get("Date") == given


async def test_jobs_of_others_stand_in_the_listings_as_they_were_given(vendor):
    mine = await vendor.job()
    records = [
        {"jobId": "job_theirs", "status": "failure", "metadata": {"error": {"code": "X"}}},
        {"jobId": "job_odd", "status": None, "updatedAt": ""},
        "not even an object",
        {"jobId": "job_old", "status": "success", "updatedAt": "2001-01-01T00:00:00Z", "createdAt": "2001-01-01T00:00:00Z"},
    ]
    await vendor.here.post("/foreign_jobs", jobs=records)
    assert (await vendor.listed())[:-1] == records
    assert [each["jobId"] for each in await vendor.listed(status="failure") if isinstance(each, dict)] == [
        "job_theirs",
        "job_odd",
    ]
    since = await vendor.listed(type="custom", updatedAfter="2020-01-01T00:00:00Z")
    assert since == [*records[:3], await vendor.shown(mine)]
    assert await vendor.shown("job_theirs") == records[0]
    assert (await vendor.here.get("/bill"))["entries"][0]["job"] == mine
    await vendor.here.control("DELETE", "/foreign_jobs")
    assert [each["jobId"] for each in await vendor.listed()] == [mine]


async def test_a_reset_takes_back_every_bend_and_the_jobs_of_others(vendor):
    await vendor.bend(status=500)
    await vendor.here.post("/foreign_jobs", jobs=[{}])
    await vendor.here.post("/reset")
    assert (await vendor.here.get("/bends"))["bends"] == []
    assert await vendor.listed() == []


async def test_a_bend_that_cannot_be_is_one_sentence_and_changes_nothing(vendor):
    assert "has no 'colour'; it takes: bends, method" in await vendor.refused("/bends", colour="red", status=500)
    assert "one bend, or a list" in await vendor.refused("/bends", bends=[{"status": 500}], status=500)
    assert "list of bends" in await vendor.refused("/bends", bends=[])
    assert "there is no file '@f9'" in await vendor.refused("/bends", bends=[{"status": 500}, {"file": "@f9"}])
    assert "'jobs' must be a list" in await vendor.refused("/foreign_jobs", jobs={})
    assert (await vendor.here.get("/bends"))["bends"] == []


async def test_bends_and_jobs_of_others_are_bounded(vendor):
    assert "200 bends" in await vendor.refused("/bends", bends=[{"status": 500}] * 201)
    assert "1000 jobs" in await vendor.refused("/foreign_jobs", jobs=[{}] * 1001)
    assert "100000 bytes" in await vendor.refused("/foreign_jobs", jobs=["a" * 100_000])
