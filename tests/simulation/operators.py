"""Simulated operators: `happyhorse job end|retry ID --yes` beside a running bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.snowflake import RANDOM_END, new_ids
from bot.ports import OperatorAction

if TYPE_CHECKING:
    import random

    from bot.app import Application
    from tests.simulation.world import World

_SHARE: Final = 0.1
"""Share of wishes for whose clip an operator does something."""
_BEFORE_THE_END: Final = (
    0,
    2_000,
    10_000,
    30_000,
    "submitting",
    "submitting",
    "generating",
    "fetching",
    "delivering",
    "unposted",
)
"""When an operator ends a job: after so many milliseconds, or in that state."""
_LONG_AFTER_MS: Final = 120_000
_ACTIONS: Final = {
    "operator's end": OperatorAction.END,
    "operator's retry": OperatorAction.RETRY,
}

Whims = tuple[tuple[int | str, str], ...]


def whims(dice: random.Random) -> Whims:
    """What an operator does about one clip; mostly nothing."""
    if dice.random() >= _SHARE:
        return ()
    retry = (dice.choice(("failed", "failed", "unknown", "generating", 30_000)), "operator's retry")
    way = dice.random()
    if way < 0.3:
        return (retry,)
    if way < 0.55:
        # So late that the clip of a lost submit is listed by then.
        return ("submitting", "operator's end"), (_LONG_AFTER_MS, "operator's retry")
    end = (dice.choice(_BEFORE_THE_END), "operator's end")
    # The operator asks twice, as after a missing answer, and must get the same answer.
    return (end, retry, (dice.choice((1_000, 20_000)), "operator's retry")) if dice.random() < 0.7 else (end, end)


async def ask(world: World, app: Application, whim: str, job_id: int) -> None:
    """Stores the request as the command does. Raises `StorageError`."""
    now_ms = app.clock.now_ms()
    (new_id,) = new_ids(now_ms, [world.chance.of("operators' ids").randrange(RANDOM_END)])
    action = _ACTIONS[whim]
    await app.storage.requests.add(action, job_id, sure=True, new_job_id=new_id, at_ms=now_ms)
    world.faults.count(f"operators: {action.value}")
