"""Reads members' attachments from Discord's own hosts and those of the configuration, and from no others. The use cases call it
through `Attachments`.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Collection
from typing import Final

import httpx

from bot.domain.backoff import Backoff, Spread
from bot.errors import RequestRefused
from bot.problem import Figures, Problem, ProblemCode

DISCORD_HOSTS: Final = frozenset(
    {"cdn.discordapp.com", "media.discordapp.net", "images-ext-1.discordapp.net", "images-ext-2.discordapp.net"}
)
"""Hosts of uploaded files, and of Discord's copies of pictures that messages only link to."""
TIME_LIMIT_SECONDS: Final = 30.0
TRIES: Final = 3
_PAUSES: Final = Backoff(first=0.5, longest=1, spread=Spread.HALF)
"""Random waits, so that nine pictures of one command are not tried again at the same moment."""
_GONE: Final = frozenset({401, 403, 404, 410})
_FIELD: Final = "attachment"
"""Name of the field in problems; the use case replaces it with the name of the command's option."""

log = logging.getLogger(__name__)


class _Passing(Exception):
    """A temporary failure that is tried again: a 5xx or a 429."""


class HttpAttachments:
    """Implements `Attachments` over one shared client.

    `also` are further allowed hosts, as `host:port` or `host` (the scheme's usual port): those of a configured `api_base` or
    `cdn_base`. Only for these plain HTTP is allowed. `time_limit` is for one read, in seconds.
    """

    def __init__(self, client: httpx.AsyncClient, also: Collection[str] = (), time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._client = client
        self._also = frozenset(host.lower() for host in also)
        self._time_limit = time_limit

    def takes(self, url: str) -> bool:
        try:
            self._checked(url)
        except RequestRefused:
            return False
        return True

    async def read(self, url: str, max_bytes: int) -> bytes:
        """As `Attachments.read`. Also raises `RequestRefused` for a link that has expired or does not answer."""
        checked = self._checked(url)
        try:
            async with asyncio.timeout(self._time_limit):
                return await self._read_patiently(checked, max_bytes)
        except TimeoutError as error:
            raise _refused(ProblemCode.LINK_SLOW) from error

    def _checked(self, url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise _refused(ProblemCode.LINK_ELSEWHERE) from error
        host = parsed.host.lower()
        at = host if parsed.port is None else f"{host}:{parsed.port}"
        if parsed.userinfo:
            raise _refused(ProblemCode.LINK_ELSEWHERE)
        if parsed.scheme == "https" and at in DISCORD_HOSTS:
            return parsed
        if parsed.scheme in {"http", "https"} and at in self._also:
            return parsed
        raise _refused(ProblemCode.LINK_ELSEWHERE)

    async def _read_patiently(self, url: httpx.URL, max_bytes: int) -> bytes:
        attempt = 1
        while True:
            try:
                return await self._read_once(url, max_bytes)
            except (_Passing, httpx.TransportError) as error:
                log.info("attachment: try %d of %d failed: %s", attempt, TRIES, error or type(error).__name__)
                if attempt == TRIES:
                    raise _refused(ProblemCode.LINK_FAILED) from error
            await asyncio.sleep(_PAUSES.pause(attempt, random.random()))  # noqa: S311  no secret
            attempt += 1

    async def _read_once(self, url: httpx.URL, max_bytes: int) -> bytes:
        async with self._client.stream("GET", url, follow_redirects=False) as response:
            if response.status_code >= 500 or response.status_code == 429:
                msg = f"status {response.status_code}"
                raise _Passing(msg)
            if response.status_code in _GONE:
                raise _refused(ProblemCode.LINK_EXPIRED)
            if response.status_code != 200:
                raise _refused(ProblemCode.LINK_REFUSED)
            declared = response.headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > max_bytes:
                raise _refused(ProblemCode.FILE_SIZE, (int(declared),), (max_bytes,))
            read = bytearray()
            async for chunk in response.aiter_bytes():
                read += chunk
                if len(read) > max_bytes:
                    raise _refused(ProblemCode.FILE_SIZE, (), (max_bytes,))
            return bytes(read)


def _refused(code: ProblemCode, given: Figures = (), allowed: Figures = ()) -> RequestRefused:
    return RequestRefused((Problem(code, _FIELD, given, allowed),))
