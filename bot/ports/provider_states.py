"""The interface to what all processes know of a provider, over restarts too. `bot.storage.provider_states` implements it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from bot.errors import HappyHorseError
from bot.ports.engine import ShutGate


class ProviderShut(HappyHorseError):
    """A provider takes no clips, or another job tries whether it does; this process did not know of it."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} takes no clips for now")


@dataclass(frozen=True, slots=True)
class KnownState:
    """`ceiling` is how many clips at a time the provider last named when it refused one too many, at `ceiling_at_ms`."""

    gates: tuple[ShutGate, ...] = ()
    ceiling: int | None = None
    ceiling_at_ms: int = 0


class ProviderStates(Protocol):
    """Every method may raise `StorageError`. How a job tries at a shut gate is `JobTransitions.enter`."""

    async def read(self, provider: str) -> KnownState:
        """What is known of this provider. What another version wrote and this one can't read is left out and logged."""
        ...

    async def change_gates(self, provider: str, before: Collection[ShutGate], after: Collection[ShutGate]) -> None:
        """Writes the difference between the gates as the caller last wrote or read them, and as they are now.

        A gate that another process has meanwhile shut for longer stays shut. Nothing is written where nothing differs.
        """
        ...

    async def name_ceiling(self, provider: str, ceiling: int, at_ms: int) -> None:
        """The provider named this ceiling just now."""
        ...

    async def clock_skew_ms(self, provider: str) -> int:
        """How far the provider's clock was last known to be ahead of ours, in milliseconds; 0 where it is not known."""
        ...

    async def keep_clock_skew(self, provider: str, skew_ms: int) -> None: ...
