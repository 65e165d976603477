"""The middleware that applies bends, and the bodies that no plain answer has: filled up, packed, slow, without end.

`api.py` puts it around its routes.
"""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.exchange import bare_path
from sandbox.scenario.bends import LISTS, Answer, Bend, Mine, bent
from sandbox.scenario.jobs import Job
from sandbox.scenario.service import Scenario

FILE = web.RequestKey("file", Path)
"""Set by the handler of a download: where the bytes of its answer are."""
DATE = web.RequestKey("date", object)
"""Set on a request whose answer has a bent `Date`: a number moves it by so many seconds, a text replaces it, None drops it."""
_PIECE = 64 * 1024
_WINDOW = {"gzip": 31, "deflate": 15}


def middleware(scenario: Scenario) -> Middleware:
    """It goes around the routes and the check of the key, so that the vendor's own refusals can be bent too."""

    @web.middleware
    async def bending(request: web.Request, handler: Handler) -> web.StreamResponse:
        bends = scenario.bends.fitting(request.method, bare_path("scenario", request.path))
        if not bends:
            return await handler(request)
        return await _Bending(scenario, request).answered(bends, handler)

    return bending


@dataclass
class _Plan:
    """The answer as it will be, after every bend that is for it. `size` -1 is without end."""

    status: int = 200
    headers: dict[str, str | None] = field(default_factory=dict)
    content: bytes | Path = b""
    size: int | None = None
    fill: bytes = b" "
    coding: str | None = None
    piece_bytes: int | None = None
    piece_seconds: float = 0.0
    bends: list[Bend] = field(default_factory=list)

    def take(self, bend: Bend) -> None:
        """Take over everything that the bend changes, except single fields of the JSON."""
        bend.struck += 1
        self.bends.append(bend)
        self.status = bend.status or self.status
        if bend.body is not None:
            self._whole(json.dumps(bend.body).encode(), "application/json")
        elif bend.text is not None:
            self._whole(bend.text.encode(errors="surrogatepass"), "application/json")
        elif bend.stored is not None:
            self._whole(*bend.stored)
        for name, text in bend.headers.items():
            self.header(name, text)
        if bend.endless or bend.size is not None:
            self.size, self.fill = -1 if bend.endless else bend.size, bend.fill.encode(errors="surrogatepass")
        self.coding = bend.coding or self.coding
        self.piece_bytes = bend.piece_bytes or self.piece_bytes
        self.piece_seconds = bend.piece_seconds or self.piece_seconds

    def header(self, name: str, text: str | None) -> None:
        self.headers = {one: value for one, value in self.headers.items() if one.lower() != name.lower()} | {name: text}

    def _whole(self, content: bytes | Path, kind: str) -> None:
        self.content = content
        self.header("Content-Type", kind)

    def told(self, name: str) -> str | None:
        return next((text for one, text in self.headers.items() if one.lower() == name), None)

    def is_plain(self) -> bool:
        odd = (self.size, self.coding, self.piece_bytes, self.piece_seconds or None, self.told("content-length"))
        return isinstance(self.content, bytes) and all(each is None for each in odd)

    def is_taken_back(self) -> bool:
        return any(bend.over.is_set() for bend in self.bends)


class _Bending:
    """One request and its answer."""

    def __init__(self, scenario: Scenario, request: web.Request) -> None:
        self._scenario = scenario
        self._request = request
        self._now_ms = scenario.clock.now_ms()

    async def answered(self, bends: list[Bend], handler: Handler) -> web.StreamResponse:
        prompt = _prompt(await self._request.read()) if "model" in self._request.match_info else ""
        without = next((b for b in bends if not b.effect and (b.prompt is None or b.prompt in prompt)), None)
        if without is not None:
            plan = _Plan()
            plan.take(without)
            return await self._sent(plan)
        response = await handler(self._request)
        plan = self._plan(response, prompt, [bend for bend in bends if bend.effect])
        return await self._sent(plan) if plan.bends else response

    def _plan(self, response: web.StreamResponse, prompt: str, bends: list[Bend]) -> _Plan:
        plan = _Plan(response.status, {n: text for n, text in response.headers.items() if n.lower() != "content-length"})
        answer = None
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            plan.content = response.body
            if response.content_type == "application/json":
                answer = Answer(json.loads(response.body))
        elif (path := self._request.get(FILE)) is not None:
            plan.content = path
        about, is_list = self._about(answer.value if answer else None)
        for bend in bends:
            refused = not about and prompt and bend.prompt is not None and bend.prompt in prompt
            if not refused and not any(bend.takes(job, self._now_ms) for job in about or [None]):
                continue
            if bend.has_fields:
                changed = None if answer is None else bent(answer, bend, self._mine(bend) if is_list else _all)
                if changed is None:
                    continue
                answer = changed
                plan.content = answer.written()
            plan.take(bend)
        return plan

    def _about(self, answer: Any) -> tuple[list[Job | None], bool]:  # noqa: ANN401 - any JSON
        """The jobs that the answer is about, and whether it is a list."""
        found = self._request.match_info
        if "job" in found:
            return [self._scenario.book.all.get(found["job"])], False
        if "asset" in found:
            return [self._scenario.assets.job_of(found["asset"])], False
        if not isinstance(answer, dict):
            return [], False
        for kind, many in LISTS.items():
            if kind in answer:
                return [self._owner(kind, answer[kind])], False
            if isinstance(answer.get(many), list):
                return [self._owner(kind, record) for record in answer[many]], True
        return [], False

    def _mine(self, bend: Bend) -> Mine:
        return lambda kind, record: bend.takes(self._owner(kind, record), self._now_ms)

    def _owner(self, kind: str, record: object) -> Job | None:
        name = record.get("jobId" if kind == "job" else "id") if isinstance(record, dict) else None
        if not isinstance(name, str):
            return None
        return self._scenario.book.all.get(name) if kind == "job" else self._scenario.assets.job_of(name)

    async def _sent(self, plan: _Plan) -> web.StreamResponse:
        for bend in plan.bends:
            if bend.date_seconds is not None:
                self._request[DATE] = bend.date_seconds
        for name in [name for name in plan.headers if name.lower() == "date"]:
            self._request[DATE] = plan.headers.pop(name)
        headers = {name: text for name, text in plan.headers.items() if text is not None}
        if isinstance(plan.content, bytes) and plan.is_plain():
            return web.Response(body=plan.content, status=plan.status, headers=headers)
        response = web.StreamResponse(status=plan.status, headers=headers)
        if plan.coding is not None:
            response.headers["Content-Encoding"] = plan.coding
        elif plan.size != -1 and plan.told("content-length") is None:
            size = len(plan.content) if isinstance(plan.content, bytes) else plan.content.stat().st_size
            response.content_length = max(size, plan.size or 0)
        response.force_close()  # where the length is a lie, who asked must not wait for the rest of it
        try:
            await response.prepare(self._request)
            await _write(response, plan)
        except ConnectionError:
            pass  # who asked has heard enough
        return response


async def _write(response: web.StreamResponse, plan: _Plan) -> None:
    size = plan.piece_bytes or _PIECE
    async for piece in _packed(plan):
        for start in range(0, len(piece), size):
            await response.write(piece[start : start + size])
            await _pause(plan)
            if plan.is_taken_back():
                return
    await response.write_eof()


async def _pause(plan: _Plan) -> None:
    """Until the next piece is due, or the bend is taken back."""
    if not plan.piece_seconds:
        await asyncio.sleep(0)
        return
    slow = next(bend for bend in reversed(plan.bends) if bend.piece_seconds)
    try:
        async with asyncio.timeout(plan.piece_seconds):
            await slow.over.wait()
    except TimeoutError:
        return


async def _packed(plan: _Plan) -> AsyncIterator[bytes]:
    if plan.coding is None:
        async for piece in _unpacked(plan):
            yield piece
        return
    packer = zlib.compressobj(6, zlib.DEFLATED, _WINDOW[plan.coding])
    async for piece in _unpacked(plan):
        # The compressor may give no bytes yet; other tasks must run all the same.
        await asyncio.sleep(0)
        yield packer.compress(piece)
    yield packer.flush()


async def _unpacked(plan: _Plan) -> AsyncIterator[bytes]:
    """The content, then what fills it up: to the size, or without end."""
    told = 0
    if isinstance(plan.content, bytes):
        told = len(plan.content)
        yield plan.content
    else:
        with plan.content.open("rb") as file:
            while piece := file.read(_PIECE):
                told += len(piece)
                yield piece
    block = plan.fill * (_PIECE // len(plan.fill) + 1)
    while plan.size is not None and (plan.size == -1 or told < plan.size):
        piece = block if plan.size == -1 else block[: plan.size - told]
        told += len(piece)
        yield piece


def _all(_: str, __: object) -> bool:
    return True


def _prompt(body: bytes) -> str:
    """What a submit asks for, "" where that can't be read."""
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    prompt = sent.get("prompt") if isinstance(sent, dict) else None
    return prompt if isinstance(prompt, str) else ""
