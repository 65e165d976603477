"""Who may do what with a job. Buttons and forms ask before anything is done, and the use cases that end or post a clip too."""

from __future__ import annotations

from enum import Enum, auto

from bot.domain.job import Job
from bot.errors import Gone, NotYours


class May(Enum):
    """Who may use a button or form. About a job, others than its owner count only where the job is shown to them."""

    ANYONE = auto()
    """No job is behind it: an example, an empty form, or a page of one's own list."""
    AUTHOR = auto()
    """A draft: the store hands it to nobody but whoever typed it."""
    WHO_SEES_IT = auto()
    """Its owner, and everybody who is where the job is shown."""
    WHO_MAY_READ_IT = auto()
    """The same; but what the safety check refused is its owner's alone to read and to repeat."""
    OWNER_OR_MODERATOR = auto()
    OWNER = auto()


def permits(may: May, job: Job, member_id: int, *, moderator: bool) -> bool:
    """Whether a member to whom the job is shown may do that with it. `moderator`: they moderate where it is shown."""
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
    """Raises `NotYours` for what this member may not do, and `Gone` where the job is not `shown` to others than its owner.

    One that is not shown is as good as gone: nobody learns from an id whose it is.
    """
    if not shown and member_id != job.member_id:
        msg = f"job {job.id} is not shown there"
        raise Gone(msg)
    if not permits(may, job, member_id, moderator=moderator):
        raise NotYours(job.member_id, moderated=may is May.OWNER_OR_MODERATOR)
