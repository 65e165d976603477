"""Replaces what would keep a seed from replaying: randomness, clocks, fsync, the log. All of it is restored afterwards."""

from __future__ import annotations

import gc
import logging
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import httpx
from httpx import _urlparse

from bot.errors import HappyHorseError
from bot.presentation.delivery import progress_updater
from bot.providers.scenario import uploads
from tests.simulation import idling
from tests.simulation.disk import WorkPath

if TYPE_CHECKING:
    from tests.simulation.world import World

_BETWEEN_EDITS_MS: Final = 120_000
"""Progress is edited less often than in reality: these edits would be most of the work, with little that can go wrong."""
_PARTS_FROM_CHARACTERS: Final = 1_000
_TOLD: Final = "for the operator: %s"
_ODD: Final = "%s of %s can't be read and counts as missing"


@contextmanager
def replayable(world: World) -> Iterator[None]:
    """Inside the block the bot uses no real time or randomness, and its log goes to the world."""
    bots = world.chance.of("the bot's dice")
    state = random.getstate()
    random.seed(bots.random())
    with ExitStack() as stack:
        for module in _with_clocks():
            stack.enter_context(patch.object(module, "time", world.clock))
        stack.enter_context(patch.object(random.SystemRandom, "random", lambda _: bots.random()))
        stack.enter_context(patch.object(random.SystemRandom, "getrandbits", lambda _, bits: bots.getrandbits(bits)))
        stack.enter_context(patch.object(os, "fsync", _sync))
        stack.enter_context(patch.object(progress_updater, "_BETWEEN_EDITS_MS", _BETWEEN_EDITS_MS))
        stack.enter_context(idling.restored())
        idling.watch(closely=world.plan.operators)
        stack.enter_context(patch.object(uploads, "INLINE_CHARACTERS", _PARTS_FROM_CHARACTERS))
        stack.enter_context(patch.object(httpx._urls, "urlparse", _parsed))
        stack.enter_context(patch.object(_urlparse, "urlparse", _parsed))
        stack.enter_context(patch.object(httpx.Cookies, "extract_cookies", lambda *_: None))
        stack.enter_context(_heard(world))
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            random.setstate(state)


_parsed: Final = lru_cache(2_000)(_urlparse.urlparse)
"""A cache: httpx parses the same URLs again and again. That, and looking for cookies in each answer, which `replayable` leaves
out since the simulated provider sends none, takes a tenth of a seed's time.
"""


@cache
def _with_clocks() -> list[ModuleType]:
    """The modules of the bot that import `time`."""
    modules = list(sys.modules.items())
    return [each for name, each in modules if name.startswith("bot.") and getattr(each, "time", None) is time]


def _sync(descriptor: int) -> None:
    if WorkPath.disk is not None:
        WorkPath.disk.sync(descriptor)


@contextmanager
def _heard(world: World) -> Iterator[None]:
    """Reads the bot's log: texts to the operator, and unexpected exceptions. Logs of libraries are off."""
    kept: list[tuple[logging.Logger, Any, int, bool]] = []
    for name, level in (
        ("bot", logging.INFO if world.trace.lines is not None else logging.WARNING),
        ("discord", 99),
        ("asyncio", 99),
        ("httpx", 99),
    ):
        logger = logging.getLogger(name)
        kept.append((logger, logger.handlers[:], logger.level, logger.propagate))
        logger.handlers = [_LogReader(world)] if name == "bot" else []
        logger.propagate = False
        logger.setLevel(level)
    try:
        yield
    finally:
        for logger, handlers, level, propagate in kept:
            logger.handlers = handlers
            logger.propagate = propagate
            logger.setLevel(level)


class _LogReader(logging.Handler):
    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == _TOLD:
            self._world.telling.told(str(record.args[0]))
        elif record.msg == _ODD:
            self._world.telling.odd(record.getMessage())
        if self._world.trace.lines is not None:
            self._world.trace.say(self._world.now_ms, f"{record.levelname} {record.getMessage()}")
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, HappyHorseError):
            self._world.stumbles.append(f"{record.getMessage()}: {error!r} {_where(error)}")


def _where(error: BaseException | None) -> str:
    trace = None if error is None else error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"at {trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
