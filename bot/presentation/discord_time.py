"""Finds out Discord's time from its REST answers (`Date`) and from its ids (snowflakes). The client and `checkup` use it."""

from __future__ import annotations

import logging
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import Final

import aiohttp
import discord
from discord.http import Route

from bot.ports import SettableClock

_log: Final = logging.getLogger(__name__)
_SAME_MS: Final = 2000
"""Smaller differences come from the resolution of a `Date`, which is a second, and from the time on the network."""


class DiscordTime:
    """Compares `clock` with Discord's. `trace` is given to the client, so that its answers are read."""

    def __init__(self, clock: SettableClock) -> None:
        self._clock = clock
        self._surest: tuple[int, int] | None = None
        self._settled = False

    @property
    def ahead_ms(self) -> int | None:
        """How far Discord's clock is ahead of ours, by the quickest answer so far; None before any."""
        return None if self._surest is None else self._surest[1]

    def settle(self) -> None:
        """Sets our clock to Discord's time if they differ. Called once, after log-in and before jobs are taken over.

        Later the clock is only moved forward, when an answer or an id of Discord's shows for certain that it is slow.
        """
        self._settled = True
        ahead_ms = self.ahead_ms
        if ahead_ms is None:
            _log.warning("Discord did not say what time it is; the machine's clock is taken for right")
        elif abs(ahead_ms) > _SAME_MS:
            self._clock.set_to(self._clock.now_ms() + ahead_ms)
            _log.warning("Discord's clock is %+.1f s from the one that we had; the bot goes by Discord's", ahead_ms / 1000)

    def seen(self, snowflake: int) -> None:
        """Called with the id of an interaction, which has the time when Discord made it. Moves a slow clock forward."""
        if not self._settled:
            # Not before `settle`: the clock must not move while answers that it is compared with are on their way.
            return
        self._not_before(discord.utils.snowflake_time(snowflake).timestamp() * 1000)

    def trace(self) -> aiohttp.TraceConfig:
        """For `discord.Client(http_trace=...)`."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._asked)
        trace.on_request_end.append(self._answered)
        return trace

    async def _asked(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.asked_ms = self._clock.now_ms()

    async def _answered(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        # A refusal may come from a proxy, which has its own clock.
        if params.response.status < HTTPStatus.BAD_REQUEST and str(params.url).startswith(Route.BASE):
            self._heard(params.response.headers.get("Date"), context.asked_ms)

    def _heard(self, date: str | None, asked_ms: int) -> None:
        moment_ms = _moment_ms(date)
        if moment_ms is None:
            return
        if self._settled:
            self._not_before(moment_ms)
            return
        took_ms = self._clock.now_ms() - asked_ms
        if self._surest is None or took_ms <= self._surest[0]:
            # The date was written about half-way between request and answer, within the second that it names.
            self._surest = took_ms, round(moment_ms + 500 - (asked_ms + took_ms / 2))

    def _not_before(self, moment_ms: float) -> None:
        if moment_ms > self._clock.now_ms() + _SAME_MS:
            _log.warning("our clock is %.1f s slow by Discord's and is set forward", (moment_ms - self._clock.now_ms()) / 1000)
            self._clock.forward_to(round(moment_ms))


def _moment_ms(date: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(date or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, TypeError, OverflowError):
        return None
