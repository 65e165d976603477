"""Who may do what with a job. Buttons and forms check it first, and so do the use cases that end or post a clip."""

from __future__ import annotations

from enum import Enum, auto

from bot.domain.job import Job
from bot.errors import Gone, NotYours


class May(Enum):
    """Who may use a button or form. Others than a job's owner may use its buttons only where the job is shown to them."""

    ANYONE = auto()
    """It belongs to no job: an example, an empty form, or a page of the member's own list."""
    AUTHOR = auto()
    """A draft: the store gives it only to the member who typed it."""
    WHO_SEES_IT = auto()
    """The owner, and everybody in the place where the job is shown."""
    WHO_MAY_READ_IT = auto()
    """The same, but only the owner may read and repeat what the safety check refused."""
    OWNER_OR_MODERATOR = auto()
    OWNER = auto()


def permits(may: May, job: Job, member_id: int, *, moderator: bool) -> bool:
    """Whether `may` includes a member to whom the job is shown. `moderator`: they moderate the place where it is shown."""
    if member_id == job.member_id:
        return True
    match may:
        case May.WHO_SEES_IT:
            return True
        case May.WHO_MAY_READ_IT:
            return not job.hides_prompt
        case May.OWNER_OR_MODERATOR:
            return moderator
        case _:
            return False


def check(may: May, job: Job, member_id: int, *, moderator: bool = False, shown: bool = True) -> None:
    """Raises `NotYours` where this member may not do it, and `Gone` where the job is neither theirs nor `shown` to them.

    The answer for a hidden job is the same as for a missing one, so that nobody learns from an id whose job it is.
    """
    if not shown and member_id != job.member_id:
        msg = f"job {job.id} is not shown there"
        raise Gone(msg)
    if not permits(may, job, member_id, moderator=moderator):
        raise NotYours(job.member_id, moderated=may is May.OWNER_OR_MODERATOR)
