"""The interfaces for a job's progress and for the time that similar clips took. The pipeline implements them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.clip import ClipRequest
from bot.domain.job import Job
from bot.domain.progress import Experience
from bot.ports.engine import Standstill


class Hitch(StrEnum):
    """Why a job does not move on, in whatever state it is, by its last try.

    `PROVIDER`: the provider does not answer, or does not deliver the clip. `DISK`: our disk is full. `DISCORD`: Discord does
    not take the post. `OURS`: anything else on our side.
    """

    PROVIDER = "provider"
    DISK = "disk"
    DISCORD = "discord"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a waiting member is told: `position` in line (1 is next; None when the job is not in line), `wait_ms` until it
    starts, and `experience`, how long similar clips took.

    `standstill` is set while the line stands still for this job. Then the wait is not known, and the job ends at `ends_ms` at
    the latest.
    """

    position: int | None
    wait_ms: int | None
    experience: Experience | None
    standstill: Standstill | None = None
    ends_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a job at `at_ms`, as messages show it.

    `fraction` is 0 to 1, None where it is not known well enough for a bar. `elapsed_ms` counts from the command while the job
    waits in line, and from the submit after that. `hitch` is set while something keeps the job from moving on.
    """

    job: Job
    fraction: float | None
    elapsed_ms: int
    forecast: Forecast
    at_ms: int
    hitch: Hitch | None = None


class ProgressReader(Protocol):
    """Reads the progress of unfinished jobs. It is called only when a message can be edited."""

    async def progress_of(self, job_id: int) -> Progress | None:
        """The job's progress at this moment; None once it has ended."""
        ...


class Estimates(Protocol):
    async def like(self, provider: str, request: ClipRequest) -> Experience | None:
        """How long similar clips took at this provider; None without any."""
        ...
