"""Translates Discord's refusals into our own errors, and remembers which routes must rest. `DiscordRequests` calls `refusals`;
the client calls `long_limits` once, when it is made.

After a 429 discord.py sleeps inside the call, however long Discord asks for: for a new thread that can be minutes. Only some
calls run at once, and a sleeping one keeps its place. So a long limit is raised as an error, and the caller tries again later.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final, cast

import aiohttp
import discord

from bot.detail import Detail, DetailCode, as_detail
from bot.errors import DeliveryError, UploadTooLarge
from bot.presentation.discord_codes import UNKNOWN_CHANNEL, Meaning, meaning

LIBRARY_SLEEPS_MOST: Final = 30.0
"""The client's `max_ratelimit_timeout` in seconds. discord.py takes no lower value."""
_SLEPT_OUT_SECONDS: Final = 5.0
"""Up to this long discord.py may sleep inside our own calls: Discord's ordinary limits last no longer.

With a longer time fewer threads would come late, but a sleeping call keeps one of eight places, and a clip that is made
meanwhile asks for its thread again anyway.
"""
_REST_MOST_SECONDS: Final = 86_400.0
"""A longer wait is cut to a day, since Discord has no such limits."""
_ours: ContextVar[bool] = ContextVar("ours", default=False)


class Closed(Exception):
    """This place does not take our message (any more): no permission, gone, or refused for good.

    `code` is Discord's error code, 0 where we did not have to ask.
    """

    def __init__(self, detail: Detail | str, code: int = 0) -> None:
        super().__init__(str(detail))
        self.reason = as_detail(detail)
        self.code = code


class NotTaken(Closed):
    """Discord refuses the content of this message. The same place may take another message."""


class DoneAlready(Closed):
    """It was done before. For a post: the message with this nonce was posted, and has been deleted since."""


def may_open(closed: Closed) -> bool:
    """Whether the message that an edit was refused for is still there as far as we know, so that a later edit may be taken."""
    return not isinstance(closed, DoneAlready) and closed.code != UNKNOWN_CHANNEL


class Rests:
    """Remembers which routes must rest and until when, in seconds of the loop's time. A route is one kind of request in one
    channel.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def rest(self, route: str, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        # Routes whose rest is over are removed here, so that the table does not grow.
        self._until = {name: until for name, until in self._until.items() if until > now}
        self._until[route] = max(now + seconds, self._until.get(route, 0.0))

    def left(self, route: str) -> float:
        """Seconds until the route may be used; 0 if it may be used now."""
        until = self._until.get(route)
        return 0.0 if until is None else max(until - asyncio.get_running_loop().time(), 0.0)


@contextmanager
def refusals(client: discord.Client, rests: Rests, route: str) -> Generator[None]:
    """Within the block Discord's refusals are raised as `Closed`, `UploadTooLarge`, or `DeliveryError` for a temporary error.

    A route that must rest is not asked: raises `DeliveryError` with the seconds that are left.
    """
    left = rests.left(route)
    if left > 0:
        raise DeliveryError(Detail(DetailCode.ROUTE_RESTS, (round(left),)), retry_after=left, unsent=True)
    ours = _ours.set(True)
    try:
        with _translated(client):
            yield
    except DeliveryError as error:
        if error.retry_after is not None:
            rests.rest(route, error.retry_after)
        raise
    finally:
        _ours.reset(ours)


@contextmanager
def _translated(client: discord.Client) -> Generator[None]:
    try:
        yield
    except discord.HTTPException as error:
        raise _ours_for(error) from error
    except discord.RateLimited as error:
        raise DeliveryError(str(error), retry_after=_seconds(error.retry_after), unsent=True) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    except RuntimeError as error:
        # "Session is closed": the bot is stopping, and the next start takes this up.
        if not client.is_closed():
            raise
        raise DeliveryError(str(error)) from error


def _ours_for(error: discord.HTTPException) -> Exception:
    text = str(error)
    match meaning(error.status, error.code):
        case Meaning.TOO_LARGE:
            return UploadTooLarge(text)
        case Meaning.PASSES:
            return DeliveryError(text, retry_after=_asked_to_wait(error), unsent=_unsent(error))
        case Meaning.DIFFERENTLY:
            return NotTaken(text, error.code)
        case Meaning.DONE:
            return DoneAlready(text, error.code)
        case Meaning.CLOSED:
            return Closed(text, error.code)


def _unsent(error: discord.HTTPException) -> bool:
    """Whether the request certainly had no effect, since Discord itself refused it."""
    no = bool(error.code) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return no or error.status == HTTPStatus.TOO_MANY_REQUESTS


def _asked_to_wait(error: discord.HTTPException) -> float | None:
    headers: Mapping[str, str] | None = getattr(error.response, "headers", None)
    return _seconds(headers.get("Retry-After")) if headers and error.status == HTTPStatus.TOO_MANY_REQUESTS else None


def _seconds(said: object) -> float | None:
    """Seconds as Discord sent them, at most a day; None for anything but a positive number."""
    try:
        seconds = float(cast("Any", said))
    except (TypeError, ValueError):
        return None
    return min(seconds, _REST_MOST_SECONDS) if math.isfinite(seconds) and seconds > 0 else None


def long_limits(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Adds to `trace`, after what it does already: a 429 with a long wait raises `RateLimited` at once within our own calls, on
    every route.

    discord.py takes only one trace for its session (`http_trace`).
    """
    trace.on_request_end.append(_raise_long_limit)
    return trace


async def _raise_long_limit(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    if ended.response.status != HTTPStatus.TOO_MANY_REQUESTS or not _ours.get():
        return
    # The body is more exact than the header. It stays with the answer, so discord.py can read it again.
    text = await ended.response.read()
    try:
        body: Any = json.loads(text)
        said = body.get("retry_after")
    except (ValueError, AttributeError):
        said = ended.response.headers.get("Retry-After")
    seconds = _seconds(said)
    if seconds is not None and seconds > _SLEPT_OUT_SECONDS:
        raise discord.RateLimited(seconds)
