"""What goes wrong with the database. `bot.storage` raises these."""

from __future__ import annotations

from bot.errors.base import HappyHorseError
from bot.storage_problem import StorageCode, StorageProblem


class StorageError(HappyHorseError):
    """`problem` is for the operator: presentation words it."""

    def __init__(self, problem: StorageProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class DatabaseTooNew(StorageError):
    pass


class DatabaseOutdated(StorageError):
    pass


class UnreadableJob(StorageError):
    """`why` names the field but not its value, which may be a member's text or a token."""

    def __init__(self, job_id: int, why: str) -> None:
        super().__init__(StorageProblem(StorageCode.UNREADABLE_JOB, figures=(job_id, why)))
        self.job_id = job_id
        self.why = why


class DatabaseInUse(StorageError):
    pass


class DatabaseBusy(StorageError):
    """A write did not begin in time and was taken back: none of it was done, and none of it will be."""
