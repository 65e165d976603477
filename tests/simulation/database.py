"""The bot's database on the loop's own thread: real migrations and statements, synchronous, so that a seed replays exactly."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.job import Job
from bot.errors import DatabaseBusy
from bot.notice import Part
from bot.ports import Booking
from bot.storage.database import Transaction
from bot.storage.schema import VERSION
from bot.storage.sqlite import _Statements
from bot.storage_problem import StorageCode, StorageProblem
from tests.books import migrated
from tests.factories import storage_error
from tests.posts import WHOLE_JOBS

if TYPE_CHECKING:
    from tests.simulation.lives import Life

T = TypeVar("T")

_WHOLE_JOBS: Final = f"CREATE TEMP VIEW whole_jobs AS {WHOLE_JOBS}"
"""For what the simulation itself reads. The bot does not use it."""


def new_books() -> sqlite3.Connection:
    """An empty, migrated database in place of the file on the disk: what is committed survives every kill."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.deserialize(migrated())
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(_WHOLE_JOBS)
    return connection


class SimulatedDatabase:
    """Implements `Database` for one life over the world's database."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._books = life.world.books
        self._faults = life.world.faults
        self._dice = life.world.chance.of("database's pace")

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        await self._life.cross("database before")
        await self._begin(patience)
        if self._faults.strikes("database: write refused"):
            raise storage_error("database or disk is full")
        result = self._commit(work)
        if isinstance(result, Booking) and result.new:
            self._booked(result.jobs)
        self._life.sending.wrote()
        for life in self._life.world.running or [self._life]:
            life.states.changed()
        await self._life.cross("database after")
        await asyncio.sleep(self._dice.uniform(0.0005, 0.008))
        if self._faults.strikes("database: answer lost after the commit"):
            raise storage_error("disk I/O error")
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        await self._life.alive()
        await asyncio.sleep(self._dice.uniform(0.0002, 0.004))
        if self._faults.strikes("database: read refused"):
            raise storage_error("disk I/O error")
        try:
            return work(_Statements(self._books))
        except sqlite3.Error as error:
            raise storage_error(str(error)) from error

    async def schema_version(self) -> int:
        row = await self.read(lambda transaction: transaction.one(VERSION, {}))
        return 0 if row is None else int(row["version"])

    async def close(self) -> None:
        """Does nothing: the database stays open for the next life."""

    def _commit(self, work: Callable[[Transaction], T]) -> T:
        lost = self._life.lost
        if self._life.world.kind.pair and _for_others():
            lost = frozenset()
        before = self._where(lost)
        self._books.execute("BEGIN IMMEDIATE")
        try:
            result = work(_Statements(self._books))
            self._books.execute("COMMIT")
        except BaseException as error:
            if self._books.in_transaction:
                self._books.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise storage_error(str(error)) from error
            raise
        if lost and (moved := self._where(lost) - before):
            self._life.world.meddled.append(f"a process moved jobs of another one: {sorted(moved)}")
        return result

    def _booked(self, jobs: Iterable[Job]) -> None:
        """Notes that these new jobs are of this process alone, where two run all the time."""
        if self._life.world.kind.pair:
            for other in self._life.world.lives:
                if other is not self._life and not other.dead:
                    other.lost |= {job.id for job in jobs}

    def _where(self, ids: frozenset[int]) -> set[tuple[int, str]]:
        """The ids and states of these jobs, without those that an operator ended: any process may end a job for an operator."""
        if not ids:
            return set()
        rows = self._books.execute("SELECT id, state FROM jobs WHERE failure IS NOT 'stopped'").fetchall()
        return {(job_id, state) for job_id, state in rows if job_id in ids}

    async def _begin(self, patience: float | None) -> None:
        """Waits until the work may begin. After `patience` seconds it is refused."""
        locked = self._faults.strikes("database: locked for seconds")
        wait = self._dice.uniform(1, 9) if locked else self._dice.uniform(0.0005, 0.008)
        await asyncio.sleep(wait if patience is None else min(wait, patience))
        if patience is not None and wait > patience:
            raise DatabaseBusy(StorageProblem(StorageCode.BUSY, figures=(10.0,)))


def _for_others() -> bool:
    """Whether a member or an operator wants this write: what they ask for may concern any process's job."""
    task = asyncio.current_task()
    return task is not None and task.get_name() in {"member", Part.SHELL.value}
