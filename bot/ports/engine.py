"""The interface of the engine, which decides when each job runs, and the result of a run. `bot.engines` implements it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from bot.domain.clip import Kind
from bot.domain.job import Job

Kinds: TypeAlias = frozenset[Kind] | None
"""The kinds of clips that are meant, those of one model; None for all kinds."""
CEILING_SECONDS: Final = 3600.0
"""How long a ceiling counts that a provider named, also for later processes. So restarts do not send a clip too many each time,
and a larger plan is used within an hour.
"""


class Why(StrEnum):
    """Why a provider takes no clips for now.

    `BUSY`: too many requests or clips. `UNREACHABLE`: no connection was made. `REFUSED`: it refuses our key, plan or balance,
    which the operator must repair.
    """

    BUSY = "busy"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Since `since_ms` a provider takes no clips of these `kinds` (None: of any kind)."""

    why: Why
    since_ms: int
    kinds: Kinds = None


@dataclass(frozen=True, slots=True)
class ShutGate:
    """A standstill, and who may try next. Until `rest_until_ms` nobody tries, then one clip at a time.

    `probe` is the job that tries now; `tried` are those that have tried in vain, so that others go first. `told`: the operator
    knows of it.
    """

    standstill: Standstill
    rest_until_ms: int
    probe: int | None = None
    tried: frozenset[int] = frozenset()
    told: bool = False


class Next(StrEnum):
    """What follows a run of a job: it waits in line, at the provider (`PARKED`), for some time (`LATER`), or has ended."""

    IN_LINE = "in line"
    PARKED = "parked"
    LATER = "later"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RunResult:
    """`seconds` is how long to wait where `next` is LATER; `Engine.wake` runs the job earlier."""

    next: Next
    job: Job | None = None
    seconds: float = 0.0


class Line(Protocol):
    """The jobs that wait for a slot at their provider, read-only."""

    def position(self, job_id: int) -> int | None:
        """Position in the line for its provider, 1 is next; None when the job is not in line."""
        ...

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        """Ids of the jobs of these kinds (None: all) in the provider's line that were asked for before that
        time (None: ever).
        """
        ...


class Shared(Protocol):
    """What the engine knows of one provider that other processes, and the next one, need to know too."""

    def shut_gates(self) -> tuple[ShutGate, ...]:
        """The shut gates, to be written down."""
        ...

    def on_change(self, changed: Callable[[], None]) -> None:
        """Calls `changed` from now on when a gate opens, or another job has tried at it."""
        ...

    def tries_at(self, job_id: int) -> tuple[ShutGate, ...]:
        """The shut gates at which this job, which has a slot, is the one that tries."""
        ...

    def learn_gate(self, gate: ShutGate, seconds: float) -> None:
        """Another process, or an earlier one, shut this gate. Its rest ends in so many seconds, or later if this process knows
        of a longer one.
        """
        ...

    def learn(self, ceiling: int, seconds: float) -> None:
        """The provider takes no more than `ceiling` clips at a time, as another process, or an earlier one, was told. It counts
        for so many seconds.
        """
        ...


class Engine(Protocol):
    """Decides when each job runs: the line, slots at the provider, timers for later tries.

    A provider that takes no clips for now is left alone for some time. Then one clip at a time tries, each time another one if
    there are others, until one is taken.
    """

    @property
    def line(self) -> Line: ...

    def wake(self, job_id: int, *, again: bool = True) -> None:
        """Runs this job soon, since something may have changed for it. Returns at once; several calls may lead to one run.

        A job that runs now is run once more after that, but not where `again` is false.
        """
        ...

    def slots(self, provider: str) -> int:
        """How many clips may be with this provider at a time."""
        ...

    def state_changed(self, job: Job) -> None:
        """Called when a job has changed its state, which may take or free a slot."""
        ...

    def full(self, provider: str, retry_after: float | None, ceiling: int | None) -> None:
        """The provider is busy. `ceiling` is how many clips it takes at a time, `retry_after` how many seconds to wait, both
        None where it did not say. At most `RETRY_AFTER_MOST` is waited.
        """
        ...

    def hold(self, provider: str, standstill: Standstill, seconds: float) -> None:
        """The provider takes no clips of these kinds for another reason. After so many seconds one of them tries."""
        ...

    def standstill(self, provider: str, kind: Kind) -> Standstill | None:
        """Why the provider takes no clips of this kind; None while it does. A reason for this kind alone comes first."""
        ...

    def unclear(self, job: Job) -> None:
        """It is not known whether the provider took this clip; finding out may take minutes. Meanwhile another may try."""
        ...

    def frees(self, job_id: int) -> None:
        """Frees the slot of a job whose clip should have ended at the provider, which does not answer about it. If the clip
        still runs there, one more than the provider takes may be sent; the provider refuses that one.
        """
        ...

    def shared(self, provider: str) -> Shared:
        """What is known of this provider, to be shared with other processes and the next one."""
        ...
