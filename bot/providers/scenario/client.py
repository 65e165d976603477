"""The HTTP client for the vendor: authentication, time limits, repeats, typed answers. All parts of this folder call it.

The caller chooses whether a call may be repeated: `repeat` for calls that may happen twice, `once` for the submit, which is
sent again only where no connection was made at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from secrets import SystemRandom
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from bot.detail import Detail, DetailCode
from bot.domain.backoff import Backoff, Spread
from bot.errors import (
    ClipUnavailable,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmitOutcomeUnknown,
)
from bot.ports import Clock
from bot.providers.scenario import bodies, errors
from bot.providers.scenario.account import Account, Pace
from bot.providers.scenario.links import Links, Resolve, Untrusted, resolve
from bot.providers.scenario.oddities import Oddities, OddityLog
from bot.providers.scenario.reading import read
from bot.providers.scenario.vendor_clock import VendorClock
from bot.providers.scenario.wire import Wire

Answer = TypeVar("Answer", bound=Wire)

DRY_RUN: Final = 269
"""HTTP status with which the vendor answers a dry run."""
_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""Longest answer that is read. A page of a hundred jobs has about one megabyte."""
_random: Final = SystemRandom()


class Client:
    """One for each account. The caller closes the `httpx.AsyncClient`."""

    def __init__(
        self,
        account: Account,
        pace: Pace,
        http: httpx.AsyncClient,
        clock: Clock,
        vendor: VendorClock | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self.account = account
        self.pace = pace
        self._http = http
        self._clock = clock
        self.vendor = vendor or VendorClock(clock)
        self._base = httpx.URL(account.base_url.rstrip("/"))
        self._odd = OddityLog()
        self._auth = httpx.BasicAuth(account.key, account.secret)
        self._links = Links(http, self._base, resolve, pace.connect)
        # Cookies are neither kept nor sent: nothing here needs one.
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

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
        """A call that may happen twice. Raises a `ProviderError` after the last try, or at once where a repeat won't help.

        `tries` is how often it is tried in all; `pace.tries` by default.
        """
        request = self._request(method, path, query, body, self.pace.answer)
        reply = await self._patiently(lambda: self._send(request), tries or self.pace.tries)
        try:
            return self._read(answer, reply, f"{method} {path}")
        except ValidationError as error:
            raise ProviderUnavailable(Detail(DetailCode.UNREADABLE_ANSWER, (f"{method} {path}",))) from error

    async def once(self, answer: type[Answer], path: str, body: Mapping[str, Any]) -> Answer:
        """A POST that must not happen twice.

        Raises `SubmitOutcomeUnknown` where it may have taken effect. Any other `ProviderError` means that it did not.
        """
        request = self._request("POST", path, None, body, self.pace.submit)
        for tried in range(1, self.pace.tries + 1):
            try:
                reply = await self._send(request)
            except errors.NEVER_SENT as failure:
                if tried == self.pace.tries:
                    raise errors.from_failure(failure, self.account) from failure
                await self._clock.sleep(self._backoff(tried))
            except (httpx.RequestError, TimeoutError) as failure:
                raise SubmitOutcomeUnknown(errors.clean(f"{type(failure).__name__}: {failure}", self.account)) from failure
            else:
                return self._started(answer, reply, path)
        raise AssertionError("the last try returns or raises")

    def _started(self, answer: type[Answer], reply: httpx.Response, path: str) -> Answer:
        if reply.status_code == DRY_RUN:
            raise ProviderRejected(Detail(DetailCode.DRY_RUN), code=str(DRY_RUN))
        if not reply.is_success:
            error = errors.from_answer(reply, self.account)
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
            return read(answer, reply.content, odd)
        finally:
            self._odd.write(odd.found)

    async def put(self, url: str, data: bytes) -> None:
        """Sends one part of an upload to its signed URL, without our key. May happen twice. Raises a `ProviderError`."""
        try:
            await self._patiently(lambda: self._put(url, data), self.pace.tries)
        except Untrusted as error:
            raise ProviderRejected(error.detail) from error
        except (ProviderMisconfigured, ProviderRejected) as error:
            # The refusal is about this link, which may have expired, not about our key: a new upload gets a new link.
            raise ProviderUnavailable(error.detail, code=error.code) from error

    async def _put(self, url: str, data: bytes) -> httpx.Response:
        async with asyncio.timeout(self.pace.whole):
            reply = await self._links.send("PUT", url, self._limits(self.pace.answer), data)
            return await bodies.whole(reply, _ANSWER_BYTES)

    def link(self, url: str) -> str:
        """A link of the vendor in its normal form. Raises `ClipUnavailable` for one that `Links` does not allow."""
        try:
            return str(self._links.read(url))
        except Untrusted as error:
            raise ClipUnavailable(error.detail) from error

    async def stream(self, url: str) -> httpx.Response:
        """Opens a signed link, without our key. The body is not read yet; the caller closes the answer.

        Raises `ClipUnavailable` for a link that `Links` does not allow, or `httpx.RequestError`.
        """
        try:
            return await self._links.send("GET", url, self._limits(self.pace.stall))
        except Untrusted as error:
            raise ClipUnavailable(error.detail) from error

    async def _patiently(self, send: Callable[[], Awaitable[httpx.Response]], tries: int) -> httpx.Response:
        for tried in range(1, tries + 1):
            try:
                reply = await send()
                if reply.is_success:
                    return reply
                error: ProviderError = errors.from_answer(reply, self.account)
                cause: Exception | None = None
            except (httpx.RequestError, TimeoutError) as failure:
                error, cause = errors.from_failure(failure, self.account), failure
            wait = None if tried == tries else self._wait(error, tried)
            if wait is None:
                raise error from cause
            await self._clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Raises `TimeoutError` after `pace.whole` seconds: an answer that comes in a trickle never meets the other limits."""
        asked_ms = self._clock.now_ms()
        async with asyncio.timeout(self.pace.whole):
            reply = await bodies.whole(await bodies.sent(self._http, request, self._auth), _ANSWER_BYTES)
        # The clock is not learned from answers to signed links: other machines give them, with other clocks.
        self.vendor.heard(reply.headers.get("Date"), asked_ms)
        return reply

    def _wait(self, error: ProviderError, tried: int) -> float | None:
        """Seconds until the next try; None where a repeat won't help."""
        if isinstance(error, ProviderBusy):
            if error.retry_after is None:
                return self._backoff(tried)
            return error.retry_after if error.retry_after <= self.pace.retry_after_most else None
        return self._backoff(tried) if isinstance(error, ProviderUnavailable) else None

    def _backoff(self, tried: int) -> float:
        """A random time up to a wait that doubles with each try, so that many calls do not come back together."""
        return Backoff(self.pace.backoff, self.pace.backoff_most, spread=Spread.ALL).pause(tried, _random.random())

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


_JSON: Final = {"Accept": "application/json", "Accept-Encoding": bodies.ACCEPTED}


def is_missing(error: ProviderError) -> bool:
    """Whether the vendor answered that what was asked for does not exist (404)."""
    return error.code == str(HTTPStatus.NOT_FOUND.value)


def segment(name: str) -> str:
    """A vendor id quoted as one part of a path."""
    return quote(name, safe="")
