"""One HTTP client for the vendor: authentication, time limits, repeats of what is safe to repeat, typed answers.

It knows calls, not clips. Repeating is the caller's word: `repeat` for what changes nothing or may happen twice, `once`
for the submit, which is never sent again unless no connection was made at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from secrets import SystemRandom
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from bot.errors import (
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmitOutcomeUnknown,
)
from bot.ports import Clock
from bot.providers.scenario import refusals
from bot.providers.scenario.account import Account, Pace
from bot.providers.scenario.oddities import Oddities, OddityLog
from bot.providers.scenario.vendor_clock import VendorClock
from bot.providers.scenario.wire import Wire

Answer = TypeVar("Answer", bound=Wire)

UNTRUSTED: Final = "a link that is neither https nor on the API's own host"
DRY_RUN: Final = 269
"""The vendor's own status of a dry run."""
_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""A page of a hundred jobs is about one megabyte; a packed answer may unpack to thousands of times its size."""
_OF_THE_WAY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of how a body travels: they do not hold for the body as it was unpacked."""
_random: Final = SystemRandom()


class Client:
    """Shared by everything of one account. The `httpx.AsyncClient` is the caller's to close."""

    def __init__(
        self, account: Account, pace: Pace, http: httpx.AsyncClient, clock: Clock, vendor: VendorClock | None = None
    ) -> None:
        self.account = account
        self.pace = pace
        self._http = http
        self._clock = clock
        self.vendor = vendor or VendorClock(clock)
        self._base = httpx.URL(account.base_url.rstrip("/"))
        self._odd = OddityLog()
        self._auth = httpx.BasicAuth(account.key, account.secret)

    async def repeat(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        tries: int | None = None,
    ) -> Answer:
        """A call that may happen twice. Raises a `ProviderError` after the last try, at once where a repeat won't help.

        `tries` is how often it is tried in all, where not as often as `pace` says.
        """
        reply = await self._patiently(self._request(method, path, query, body, self.pace.answer), tries or self.pace.tries)
        try:
            return self._read(answer, reply, f"{method} {path}")
        except ValidationError as error:
            raise ProviderUnavailable(f"{method} {path}: an answer that we can't read") from error

    async def once(self, answer: type[Answer], path: str, body: Mapping[str, Any]) -> Answer:
        """A POST that must not happen twice.

        Raises `SubmitOutcomeUnknown` where it may have taken effect; any other `ProviderError` says that it did not.
        """
        request = self._request("POST", path, None, body, self.pace.submit)
        for tried in range(1, self.pace.tries + 1):
            try:
                reply = await self._send(request, self._auth)
            except refusals.NEVER_SENT as failure:
                if tried == self.pace.tries:
                    raise refusals.from_failure(failure, self.account) from failure
                await self._clock.sleep(self._backoff(tried))
            except (httpx.RequestError, TimeoutError) as failure:
                raise SubmitOutcomeUnknown(refusals.clean(f"{type(failure).__name__}: {failure}", self.account)) from failure
            else:
                return self._started(answer, reply, path)
        raise AssertionError("the last try returns or raises")

    def _started(self, answer: type[Answer], reply: httpx.Response, path: str) -> Answer:
        if reply.status_code == DRY_RUN:
            raise ProviderRejected("answered a submit as a dry run", code=str(DRY_RUN))
        if not reply.is_success:
            error = refusals.from_answer(reply, self.account)
            if isinstance(error, ProviderUnavailable) or reply.is_server_error:
                wait = error.retry_after if isinstance(error, ProviderBusy) else None
                raise SubmitOutcomeUnknown(error.detail, code=error.code, retry_after=wait)
            raise error
        try:
            return self._read(answer, reply, f"POST {path}")
        except ValidationError as error:
            raise SubmitOutcomeUnknown("accepted with an answer that we can't read") from error

    def _read(self, answer: type[Answer], reply: httpx.Response, subject: str) -> Answer:
        odd = Oddities(subject)
        try:
            return answer.model_validate_json(reply.content, context=odd)
        finally:
            self._odd.write(odd.found)

    async def put(self, url: str, data: bytes) -> None:
        """One part of an upload to its signed URL, without our key. May happen twice."""
        if not self.trusts(url):
            raise ProviderRejected(UNTRUSTED)
        request = self._http.build_request("PUT", url, content=data, timeout=self._limits(self.pace.answer))
        try:
            await self._patiently(request, self.pace.tries, signed=True)
        except (ProviderMisconfigured, ProviderRejected) as error:
            # It speaks of this link, which may have expired, and not of our key: a new upload gets a new one.
            raise ProviderUnavailable(error.detail, code=error.code) from error

    def trusts(self, url: str) -> bool:
        """Whether a link that the vendor gave is https, or on the API's own host."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        own = (parsed.scheme, parsed.host, parsed.port) == (self._base.scheme, self._base.host, self._base.port)
        return bool(parsed.host) and (own or parsed.scheme == "https")

    def download(self, url: str) -> httpx.Request:
        """The request for a signed URL, to be streamed; never carries our key. Ask `trusts` first."""
        # Identity: a clip does not compress, and Content-Length then counts the bytes that arrive.
        return self._http.build_request(
            "GET", url, headers={"Accept-Encoding": "identity"}, timeout=self._limits(self.pace.stall)
        )

    async def stream(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body still to come; the caller closes it."""
        return await self._http.send(request, auth=None, stream=True)

    async def _patiently(self, request: httpx.Request, tries: int, *, signed: bool = False) -> httpx.Response:
        for tried in range(1, tries + 1):
            try:
                reply = await self._send(request, None if signed else self._auth)
                if reply.is_success:
                    return reply
                error: ProviderError = refusals.from_answer(reply, self.account)
                cause: Exception | None = None
            except (httpx.RequestError, TimeoutError) as failure:
                error, cause = refusals.from_failure(failure, self.account), failure
            wait = None if tried == tries else self._wait(error, tried)
            if wait is None:
                raise error from cause
            await self._clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def _send(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Raises `TimeoutError` past `pace.whole`: an answer that trickles in for ever breaks no limit of silence."""
        asked_ms = self._clock.now_ms()
        async with asyncio.timeout(self.pace.whole):
            reply = await _read_whole(await self._http.send(request, auth=auth, stream=True))
        if auth is not None:
            # Signed links are answered by other machines, with clocks of their own.
            self.vendor.heard(reply.headers.get("Date"), asked_ms)
        return reply

    def _wait(self, error: ProviderError, tried: int) -> float | None:
        """Seconds until the next try, None where a repeat won't help."""
        if isinstance(error, ProviderBusy):
            if error.retry_after is None:
                return self._backoff(tried)
            return error.retry_after if error.retry_after <= self.pace.retry_after_most else None
        return self._backoff(tried) if isinstance(error, ProviderUnavailable) else None

    def _backoff(self, tried: int) -> float:
        """Full jitter: anything up to `backoff * 2**(tried - 1)`, so that many clients do not come back together."""
        return _random.uniform(0, min(self.pace.backoff * 2 ** (tried - 1), self.pace.backoff_most))

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None,
        body: Mapping[str, Any] | None,
        answer_within: float,
    ) -> httpx.Request:
        params = dict(query or {})
        if self.account.project_id:
            params["projectId"] = self.account.project_id
        url = self._base.copy_with(path=self._base.path.rstrip("/") + path)
        return self._http.build_request(
            method, url, params=params or None, json=body, timeout=self._limits(answer_within), headers=_JSON
        )

    def _limits(self, answer: float) -> httpx.Timeout:
        return httpx.Timeout(answer, connect=self.pace.connect)


class _TooLong(httpx.RequestError):
    """No answer of this vendor is so long."""


async def _read_whole(reply: httpx.Response) -> httpx.Response:
    """The answer with its body in it, unpacked, and closed. Raises `httpx.RequestError` for one without end."""
    body = bytearray()
    try:
        async for chunk in reply.aiter_bytes():
            body += chunk
            if len(body) > _ANSWER_BYTES:
                raise _TooLong(f"an answer of more than {_ANSWER_BYTES} bytes", request=reply.request)
    finally:
        await reply.aclose()
    headers = [(name, value) for name, value in reply.headers.multi_items() if name not in _OF_THE_WAY]
    return httpx.Response(reply.status_code, headers=headers, content=bytes(body), request=reply.request)


_JSON: Final = {"Accept": "application/json"}


def is_missing(error: ProviderError) -> bool:
    """Whether the vendor said that there is no such thing."""
    return error.code == str(HTTPStatus.NOT_FOUND.value)


def segment(name: str) -> str:
    """An id of the vendor's as one part of a path, whatever is in it."""
    return quote(name, safe="")
