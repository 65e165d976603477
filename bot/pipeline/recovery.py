"""What a start finds of earlier lives: unfinished jobs, half files, ends that no message shows. Decides who can go on.

Knows the order of things after a crash; running the jobs is the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.job import FREE_TO_CANCEL, Failure, Job, State
from bot.pipeline.lane import Lane
from bot.ports import Clock, JobStore, Notifier

_NAMED: Final = 10


async def take_up(jobs: JobStore, lanes: Mapping[str, Lane], notifier: Notifier, clock: Clock) -> tuple[list[Job], list[Job]]:
    """Takes over every unfinished job: those that can go on, and ended ones whose end no message shows yet.

    Jobs of a provider that is not configured any more hold nobody up: what was not submitted ends without a charge, what
    is with that provider waits for it to be configured again, and the operator is told.
    """
    unfinished = await jobs.take_over(clock.now_ms())
    ids = {job.id for job in unfinished}
    for lane in lanes.values():
        lane.finishing.sweep(ids)
    stranded = [job for job in unfinished if job.provider not in lanes]
    # Told before they end, since their members read that it was.
    await _tell(notifier, stranded)
    for job in stranded:
        if job.state in FREE_TO_CANCEL:
            detail = f"provider {job.provider} is not configured any more"
            await jobs.end(job, State.FAILED, clock.now_ms(), charged=0, failure=Failure.OPERATOR, detail=detail)
    return [job for job in unfinished if job.provider in lanes], await jobs.unshown()


async def _tell(notifier: Notifier, stranded: Sequence[Job]) -> None:
    waiting = [job.reference_code for job in stranded if job.state not in FREE_TO_CANCEL]
    if waiting:
        await notifier.tell_operator(
            f"{len(waiting)} paid clips wait for a provider that is not configured any more ({_some(waiting)})."
            " Configure it again and restart, and they go on."
        )
    over = [job.reference_code for job in stranded if job.state in FREE_TO_CANCEL]
    if over:
        await notifier.tell_operator(
            f"{len(over)} clips that wait for a provider that is not configured any more end now ({_some(over)})."
            " Their members are not charged."
        )


def _some(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return f"{', '.join(codes[:_NAMED])}{more}"
