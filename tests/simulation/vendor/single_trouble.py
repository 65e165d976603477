"""Faults of the provider for one member's calls, in a seed where only that member has trouble; finds out whose a call is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import httpx

from tests.simulation.single_trouble import MEMBER, PICTURES_FROM
from tests.simulation.vendor import answers
from tests.simulation.vendor.answers import Refused

if TYPE_CHECKING:
    from tests.simulation.lives import Life
    from tests.simulation.vendor.jobs import VendorJob

SUBMITTING: ContextVar[int] = ContextVar("submitting")
"""Id of the job whose submit is under way, which the request itself does not contain."""
UPLOADING: ContextVar[int] = ContextVar("uploading")
"""Number of the picture that is being uploaded."""
_UPLOADS: Final = frozenset({"picture", "upload", "part", "complete", "uploaded"})
_NOUNS: Final = {"job": "id", "asset": "link", **dict.fromkeys(_UPLOADS, "upload")}
_STATUSES: Final = (403, 404, 429, 500, 503)
_SLOW_SECONDS: Final = 70.0
_TRICKLE_SECONDS: Final = 20.0
"""Between two pieces of a file: too short to count as a stalled download."""
_ENDLESS: Final[dict[str, Any]] = {"status": None}
_ODD: Final[tuple[dict[str, Any], ...]] = (
    _ENDLESS,
    {"metadata": None},
    {"status": None, "progress": "45%"},
    {"metadata": {"assetIds": [None], "error": {"code": 7}}},
    {"billing": {"cuCost": "free"}, "createdAt": "yesterday"},
    {"updatedAt": None},
)


class OnesCalls:
    """Carries out those faults in the calls of one life. Does nothing in a seed of another kind."""

    def __init__(self, life: Life) -> None:
        self._world = life.world
        self._account = life.world.vendor
        self._trouble = life.world.single_trouble
        self._dice = life.world.chance.of("single trouble at the vendor")

    async def before(self, call: str, request: httpx.Request) -> None:
        """Faults that keep a request from having any effect."""
        if self._trouble.member is None:
            return
        member = self._whose(call, request)
        if call == "submit":
            if self._trouble.strikes("submit takes a minute", member):
                await asyncio.sleep(_SLOW_SECONDS)
            if self._trouble.strikes("submit never arrives", member):
                raise httpx.RemoteProtocolError("server disconnected", request=request)
        silent = (call == "job" and self._trouble.strikes("id is silent", member)) or (
            call in _UPLOADS and self._trouble.strikes("upload is silent", member)
        )
        if silent:
            await asyncio.sleep(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("", request=request)

    def after(self, call: str, request: httpx.Request) -> None:
        """Faults that let the request take effect but lose its answer."""
        if call == "submit" and self._trouble.strikes("submit's answer is lost", self._whose(call, request)):
            raise httpx.ReadError("connection reset by peer", request=request)

    def refuse(self, call: str, request: httpx.Request) -> None:
        """Raises `Refused` where the provider refuses this call."""
        if self._trouble.member is None:
            return
        member = self._whose(call, request)
        noun = _NOUNS.get(call, call)
        status = next((each for each in _STATUSES if self._trouble.strikes(f"{noun} answers {each}", member)), None)
        if status is not None:
            raise Refused(status, "No more of this", self._wait(call) if status in {429, 503} else None)
        if call == "submit" and self._trouble.strikes("submit names a closed model", member):
            model = request.url.path.rpartition("/")[2]
            raise Refused(403, f"Model {model} is not available on your plan", modelId=model)

    def never_imported(self) -> bool:
        return self._trouble.strikes("upload is never imported", _uploader())

    def link_has_expired(self, job: VendorJob) -> bool:
        return self._trouble.strikes("link has expired", self._world.member_of(job.for_job))

    def file(self, request: httpx.Request, data: bytes) -> bytes | httpx.AsyncByteStream:
        """The bytes of the file, or a stream that takes very long."""
        member = self._whose("file", request)
        if self._trouble.strikes("file breaks off", member):
            return data[: len(data) // 2]
        if self._trouble.strikes("file trickles in", member):
            return _Trickle(data)
        return data

    def dress(self, job: VendorJob) -> None:
        """Makes the record of a new clip odd if its member has that trouble, else normal."""
        member = self._world.member_of(job.for_job)
        odd = _ENDLESS if any(each.startswith("id ") for each in self._trouble.names) else self._dice.choice(_ODD)
        job.odd = odd if self._trouble.strikes("record is odd", member) else {}
        job.odd_until_ms = self._trouble.until_ms
        job.outcome, job.refused_by_id, job.no_video = "success", None, False
        job.asset_from_ms, job.clip = 0, replace(job.clip, lacks="")

    def _whose(self, call: str, request: httpx.Request) -> int | None:
        """The member that a call is about; None for a call about all jobs or other people's."""
        path = request.url.path
        match call:
            case "submit":
                return self._world.member_of(SUBMITTING.get())
            case "job" | "cancel":
                job_id = path.split("/")[-2 if call == "cancel" else -1]
            case "asset":
                job_id = path.rpartition("/")[2].removeprefix("asset_")
            case "file":
                job_id = path.strip("/").removesuffix(".mp4")
            case each if each in _UPLOADS:
                return _uploader()
            case _:
                return None
        job = self._account.jobs.get(job_id)
        return None if job is None else self._world.member_of(job.for_job)

    def _wait(self, call: str) -> dict[str, str]:
        """The `Retry-After` of a refusal. For a question by id it is 55 s, so short that our client could sleep for it within
        the call. For other calls it is mostly far longer than anyone should wait, or nonsense.
        """
        if call == "job":
            return {"Retry-After": "55"}
        return answers.wait_header(self._dice, self._account.clock_ms, answers.LONG_WAITS)


class _Trickle(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for place in range(len(self._data)):
            await asyncio.sleep(_TRICKLE_SECONDS)
            yield self._data[place : place + 1]


def _uploader() -> int | None:
    return MEMBER if UPLOADING.get(0) >= PICTURES_FROM else None
