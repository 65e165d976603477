"""Turns rows of the table `jobs` into jobs, and remembers those that can't be read. The stores of one `Storage` share it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from bot.domain.job import Job, job_code
from bot.errors import UnreadableJob
from bot.storage.database import Row
from bot.storage.rows import job_of

_log: Final = logging.getLogger(__name__)


class JobRows:
    """`unreadable`: ids of the jobs met so far that this version can't read, and why. Each is logged once."""

    def __init__(self) -> None:
        self.unreadable: dict[int, str] = {}

    def read(self, row: Row) -> Job:
        """The job of a row. Raises `UnreadableJob`."""
        try:
            return job_of(row)
        except UnreadableJob as error:
            if error.job_id not in self.unreadable:
                self.unreadable[error.job_id] = error.why
                _log.error("job %s (%d) is left alone: %s", job_code(error.job_id), error.job_id, error.why)
            raise

    def readable(self, rows: Iterable[Row]) -> list[Job]:
        """The jobs of these rows, without those that this version can't read."""
        jobs: list[Job] = []
        for row in rows:
            with suppress(UnreadableJob):
                jobs.append(self.read(row))
        return jobs
