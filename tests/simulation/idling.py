"""How often the bot looks by itself whether something is to be done. `tuning` and the last life set it.

An unposted clip waits for days, in which nothing happens. A look every minute would take half of the time of all seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final
from unittest.mock import patch

from bot.ops import clock
from bot.pipeline import late_ends, operator_worker
from bot.presentation.interactions import going_on

EACH_SECONDS: Final = 2.0
"""Between two reads of the operators' requests, while there are some."""
SELDOM_SECONDS: Final = 300.0
"""The same while there are none."""
_IDLE_SECONDS: Final = 3600.0
"""Between two looks of each kind while nothing but unposted clips is left. The bot waits as long before it tries
once more to show an end that Discord refused to show."""


_LOOKS: Final = (
    (late_ends, "EVERY_SECONDS", late_ends.EVERY_SECONDS),
    (going_on, "_EVERY_SECONDS", going_on._EVERY_SECONDS),
    (clock, "_CHECK_SECONDS", clock._CHECK_SECONDS),
    (operator_worker, "EVERY_SECONDS", SELDOM_SECONDS),
)


def watch(*, closely: bool) -> None:
    """Sets how often the bot reads operators' requests, from its next read on."""
    operator_worker.EVERY_SECONDS = EACH_SECONDS if closely else SELDOM_SECONDS


def look(*, seldom: bool) -> None:
    """Sets how long every look waits from now on: an hour, or the usual time (`SELDOM_SECONDS` for operators' requests)."""
    for module, name, usual in _LOOKS:
        setattr(module, name, _IDLE_SECONDS if seldom else usual)


@contextmanager
def restored() -> Iterator[None]:
    """Puts everything back at the end of the block."""
    with ExitStack() as stack:
        for module, name, _ in _LOOKS:
            stack.enter_context(patch.object(module, name, getattr(module, name)))
        yield
