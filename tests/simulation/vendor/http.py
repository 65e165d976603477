"""The connection to the simulated provider: an httpx transport that gives answers, broken connections or silence."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.ports import Remedy
from bot.providers.scenario.mapping import REFERENCES
from tests.simulation.chance import http_date, travel
from tests.simulation.clip import NO_VIDEO
from tests.simulation.vendor import answers
from tests.simulation.vendor.answers import API, FILES, Refused
from tests.simulation.vendor.single_trouble import SUBMITTING, OnesCalls

if TYPE_CHECKING:
    from tests.simulation.lives import Life

_PAGE: Final = 50
_SILENT_SECONDS: Final = 40.0
_PIECE: Final = b" " * (4 << 20)
_PIECES: Final = 64
_NEVER_MS: Final = 1_000_000_000
_API_PATH: Final = httpx.URL(API).path
_FILES_HOST: Final = httpx.URL(FILES).host
Body = Mapping[str, Any]
Content = bytes | httpx.AsyncByteStream


class _Wire(httpx.AsyncByteStream):
    """A body that is streamed, as from a socket: only then httpx counts the bytes that arrived."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


class _Endless(httpx.AsyncByteStream):
    """A body beyond every limit. The bot must not read all of it. It does end, so that a bot that reads on is noticed."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(_PIECES):
            yield _PIECE


class VendorWire(httpx.AsyncBaseTransport):
    """One life's connection to the account, which survives the life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._account = life.world.vendor
        self._faults = life.world.faults
        self._dice = life.world.chance.of("vendor's pace")
        self._ones = OnesCalls(life)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = _call(request)
        await self._life.cross(f"vendor before {call}")
        with self._life.sending.leaving():
            await self._before(call, request)
            await self._ones.before(call, request)
            await asyncio.sleep(travel(self._dice))
            await self._life.alive()
            status, headers, content = self._answer(call, request)
        if call == "submit":
            self._life.sending.submitted(SUBMITTING.get())
        self._life.world.note(f"vendor {call} {request.url.path} {status}")
        await self._life.cross(f"vendor after {call}")
        await asyncio.sleep(travel(self._dice))
        self._after(call, request)
        self._ones.after(call, request)
        if self._strikes("answers nonsense", call):
            content = b"<html>Bad day</html>"
        if call != "file" and self._strikes("answers without end", call):
            content = _Endless()
        if self._strikes("5xx after", call):
            status, content = 502, b"Bad gateway"
        length = {"Content-Length": str(len(content))} if isinstance(content, bytes) else {}
        if status == httpx.codes.OK:
            self._life.world.telling.answered()
        return httpx.Response(
            status,
            headers={"Date": http_date(self._account.clock_ms), **length, **headers},
            stream=_Wire(content) if isinstance(content, bytes) else content,
            request=request,
        )

    async def _before(self, call: str, request: httpx.Request) -> None:
        """Faults that keep a request from having any effect."""
        if self._account.spells.on("all down"):
            raise httpx.ConnectError("no route to host", request=request)
        if self._strikes("never connected", call):
            raise httpx.ConnectError("connection refused", request=request)
        if self._strikes("silent", call):
            await asyncio.sleep(min(request.extensions["timeout"]["read"], _SILENT_SECONDS))
            raise httpx.ReadTimeout("", request=request)
        if self._strikes("cancelled from inside before", call):
            raise asyncio.CancelledError
        lost = self._faults.strikes("vendor: submit lost before") if call == "submit" else False
        if lost or self._strikes("connection breaks before", call):
            await asyncio.sleep(travel(self._dice))
            raise httpx.RemoteProtocolError("server disconnected", request=request)

    def _after(self, call: str, request: httpx.Request) -> None:
        """Faults that let the request take effect but lose its answer."""
        if self._strikes("cancelled from inside after", call):
            raise asyncio.CancelledError
        lost = call == "submit" and (
            self._account.spells.on("submits' answers lost") or self._faults.strikes("vendor: submit lost after")
        )
        if lost or self._strikes("connection breaks after", call):
            raise httpx.ReadError("connection reset by peer", request=request)

    def _strikes(self, name: str, call: str) -> bool:
        struck = self._faults.strikes(f"vendor: {name}")
        if struck:
            self._faults.count(f"at the provider's {call}")
        return struck

    def _answer(self, call: str, request: httpx.Request) -> tuple[int, Mapping[str, str], Content]:
        try:
            self._refuse(call)
            self._ones.refuse(call, request)
            if call == "file":
                return self._file(request)
            if call == "part":
                return 200, {}, b""
            body = getattr(self, f"_{call}")(request)
        except Refused as refused:
            return refused.status, refused.headers, json.dumps(refused.body).encode()
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    def _refuse(self, call: str) -> None:
        spells = self._account.spells
        if spells.on("key refused"):
            raise Refused(401, "The API key is not valid")
        if call == "submit" and spells.on("no credit"):
            raise Refused(402, "Not enough creative units")
        if call == "submit" and spells.on("busy"):
            raise Refused(429, "Slow down", self._wait())
        if call == "submit" and spells.on("submits down"):
            raise Refused(503, "Maintenance", self._wait())
        if call == "listing" and spells.on("listing down"):
            raise Refused(500, "Internal error")
        if call == "listing" and spells.on("listing down for long"):
            raise Refused(503, "Maintenance")
        if self._strikes("took too long to be asked", call):
            raise Refused(408, "Request timeout")
        if self._strikes("5xx before", call):
            raise Refused(self._dice.choice((500, 502, 503, 504)), "Internal error")
        if self._strikes("too many requests", call):
            raise Refused(429, "Too many requests", self._wait())

    def _wait(self) -> dict[str, str]:
        long = self._faults.strikes("vendor: asks for a wait of hours")
        waits = answers.LONG_WAITS if long else answers.SHORT_WAITS
        return answers.wait_header(self._dice, self._account.clock_ms, waits)

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _submit(self, request: httpx.Request) -> Body:
        account = self._account
        inputs, model = json.loads(request.content), request.url.path.rpartition("/")[2]
        if model == REFERENCES and account.spells.on("model closed"):
            raise Refused(403, f"Model {model} is not available on your plan", modelId=model)
        pictures = [inputs["image"]] if "image" in inputs else inputs.get("referenceImages", [])
        if account.running() >= account.ceiling:
            named = {"actionName": "parallelCustomJobs", "actionLimit": account.ceiling}
            raise Refused(429, "You have reached the maximum number of parallel jobs", self._wait(), **named)
        if self._faults.strikes("vendor: submit busy with another limit"):
            raise Refused(429, "Too many images at a time", self._wait(), actionName="parallelImages", actionLimit=1)
        if pictures and self._faults.strikes("vendor: image forgotten"):
            account.forget_pictures()
        if any(each not in account.pictures for each in pictures):
            raise Refused(400, "The asset of an image was not found")
        job = account.start(SUBMITTING.get(), model, inputs)
        if self._life.world.single_trouble.member is not None:
            self._ones.dress(job)
        return {"job": answers.job_record(account, job), "creativeUnitsCost": 12}

    def _listing(self, request: httpx.Request) -> Body:
        query = request.url.params
        by_update = "createdAfter" not in query
        after = query.get("updatedAfter") or query.get("createdAfter") or "1970-01-01T00:00:00Z"
        after_ms = datetime.fromisoformat(after).timestamp() * 1000
        found = self._account.listed(query.get("status"), after_ms, by_update=by_update)
        start = int(query.get("paginationToken", "0"))
        size = min(int(query.get("pageSize", "50")), _PAGE)
        page = found[start : start + size]
        more = {"nextPaginationToken": str(start + size)} if start + size < len(found) else {}
        return {"jobs": [answers.job_record(self._account, job) for _, job in page], **more}

    def _job(self, request: httpx.Request) -> Body:
        job = self._account.jobs.get(request.url.path.rpartition("/")[2])
        if job is None:
            raise Refused(404, "Job not found")
        if job.refused_by_id is not None and self._account.now_ms < job.refused_until_ms and self._faults.awake:
            self._faults.count(f"vendor: {job.refused_by_id} by id")
            raise Refused(job.refused_by_id, "This job can't be shown")
        if job.end(self._account.now_ms) == "success" and self._account.now_ms < job.asset_from_ms:
            self._faults.count("vendor: success without an asset")
        return {"job": answers.job_record(self._account, job)}

    def _cancel(self, request: httpx.Request) -> Body:
        job = self._account.jobs[request.url.path.split("/")[-2]]
        if not self._account.cancel(job):
            raise Refused(400, "Cannot cancel this type of job")
        return {"job": answers.job_record(self._account, job)}

    def _asset(self, request: httpx.Request) -> Body:
        asset = request.url.path.rpartition("/")[2]
        job = self._account.jobs[asset.removeprefix("asset_")]
        if job.lacks:
            self._faults.count(f"vendor: clip lacks {job.lacks}")
        if job.clip.remedy is not Remedy.NONE:
            self._faults.count(f"vendor: clip is {'only packed' if job.clip.remedy is Remedy.REPACK else 'coded'} otherwise")
        expired = self._faults.strikes("vendor: clip's link expired") or self._ones.link_has_expired(job)
        return {"asset": answers.clip_asset(self._account, job, expired=expired)}

    def _picture(self, request: httpx.Request) -> Body:
        self._unwilling()
        return {"asset": {"id": self._account.keep_picture()}}

    def _upload(self, request: httpx.Request) -> Body:
        self._unwilling()
        upload = self._account.begin_upload(int(json.loads(request.content)["parts"]))
        return {"upload": answers.upload_record(self._account, upload)}

    def _complete(self, request: httpx.Request) -> Body:
        upload = self._account.uploads[request.url.path.split("/")[-2]]
        if upload.asset is None:
            slow = self._faults.strikes("vendor: upload slow")
            slowly = _NEVER_MS if self._ones.never_imported() else 90_000 if slow else 1_500
            upload.imported_at_ms = self._account.now_ms + slowly
            upload.asset = self._account.keep_picture()
        return {"upload": answers.upload_record(self._account, upload)}

    def _uploaded(self, request: httpx.Request) -> Body:
        upload = self._account.uploads[request.url.path.rpartition("/")[2]]
        return {"upload": answers.upload_record(self._account, upload)}

    def _limits(self, request: httpx.Request) -> Body:
        return {"plan": "pro", "limits": {"parallelCustomJobs": self._account.ceiling}}

    def _unwilling(self) -> None:
        if self._faults.strikes("vendor: upload refused"):
            raise Refused(503, "Uploads are unavailable")

    def _file(self, request: httpx.Request) -> tuple[int, Mapping[str, str], Content]:
        job_id = request.url.path.strip("/").removesuffix(".mp4")
        if int(request.url.params["Expires"]) * 1000 < self._account.clock_ms:
            return 403, {}, b"expired"
        data = self._account.jobs[job_id].clip.data
        if self._account.jobs[job_id].no_video:
            self._faults.count("vendor: file is no video")
            data = NO_VIDEO
        length = {"Content-Length": str(len(data)), "Content-Type": "video/mp4"}
        if self._faults.strikes("vendor: clip breaks off"):
            return 200, length, data[: len(data) // 2]
        return 200, length, self._ones.file(request, data)


_CALLS: Final = (
    ("submit", "POST", r"/generate/custom/[^/]+"),
    ("listing", "GET", r"/jobs"),
    ("job", "GET", r"/jobs/[^/]+"),
    ("cancel", "POST", r"/jobs/[^/]+/action"),
    ("asset", "GET", r"/assets/[^/]+"),
    ("picture", "POST", r"/assets"),
    ("upload", "POST", r"/uploads"),
    ("part", "PUT", r"/parts/[^/]+/[0-9]+"),
    ("complete", "POST", r"/uploads/[^/]+/action"),
    ("uploaded", "GET", r"/uploads/[^/]+"),
    ("limits", "GET", r"/teams/[^/]+/limits"),
)


def _call(request: httpx.Request) -> str:
    """The kind of call, by method and path."""
    if request.url.host == _FILES_HOST:
        return "file"
    path = request.url.path.removeprefix(_API_PATH)
    for name, method, pattern in _CALLS:
        if request.method == method and re.fullmatch(pattern, path):
            return name
    raise AssertionError(f"the simulated provider has no {request.method} {path}")
