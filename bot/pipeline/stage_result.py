"""The result of one stage: moved on, retry later, waiting at the provider, or ended. The job runner goes by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.detail import Detail, DetailCode
from bot.domain.job import Failure, Job, State
from bot.notice import Notice, ThrownAway
from bot.ports import Output, Posted


class Parked(Enum):
    """`AT_PROVIDER`: the watcher wakes the job when its clip has ended. `IN_LINE`: the engine runs it when a slot is free."""

    AT_PROVIDER = auto()
    IN_LINE = auto()


@dataclass(frozen=True, slots=True)
class Advanced:
    """The transition is written; go on from the job as it is now."""

    job: Job


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing changed; try again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """The job is over; `charged` credits of its reserve are kept. `job` is its newest version, which the stage may have
    changed.

    `outputs` are the kept files of the clip that was posted, see `KeptClips`. `told` is for the operator. The job runner sends
    it before it writes the end, so that a kill in between can't lose it.
    """

    job: Job
    state: State
    charged: int = 0
    failure: Failure | None = None
    detail: Detail | None = None
    posted: Posted | None = None
    outputs: Sequence[Output] = ()
    told: Notice | None = None


StageResult = Advanced | Later | End | Parked | None
"""None: someone else changed the job or owns it now; read it again."""


def advanced(job: Job | None) -> Advanced | None:
    """Wraps the return value of a transition of `JobTransitions`."""
    return None if job is None else Advanced(job)


def done(job: Job, posted: Posted, outputs: Sequence[Output] = ()) -> End:
    """The end of a job whose clip is posted. `outputs` as in `End`."""
    return End(job, State.DONE, charged=job.due, posted=posted, outputs=outputs)


def thrown_away(job: Job, *, free: bool) -> End:
    """The end of a job whose made clip was thrown away: charged if its owner did that, uncharged if a moderator did.

    After a moderator's decision the operator is told, unless the provider is `free`.
    """
    if not job.moderated_away:
        return End(job, State.CANCELLED, charged=job.due, detail=Detail(DetailCode.THROWN_AWAY_MADE))
    told = None
    if not free:
        told = ThrownAway(job.job_code, job.provider, job.provider_reference)
    detail = Detail(DetailCode.THROWN_AWAY_BY_MODERATOR, (job.discarded_by or 0,))
    return End(job, State.CANCELLED, detail=detail, told=told)
