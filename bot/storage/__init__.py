"""Everything that is kept over a restart: the implementations of the stores in `bot.ports`, over SQLite (in tests over
PostgreSQL too).

Open it with `open_storage`, which the application and the command line call.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import ports
from bot.ports import (
    AskedStore,
    Bookings,
    Drafts,
    FinishedClips,
    JobMessages,
    JobReader,
    JobRecovery,
    JobTransitions,
    KeptPictures,
    KeyValues,
    Ledger,
    Multipliers,
    OperatorRequests,
    Posts,
    ProviderReferences,
    ProviderStates,
)
from bot.storage.asked import StoredAsked
from bot.storage.bookings import StoredBookings
from bot.storage.database import Database, GivingWay, Hurried
from bot.storage.drafts import SavedDrafts
from bot.storage.file import prepare
from bot.storage.finished_clips import StoredFinishedClips
from bot.storage.job_messages import StoredJobMessages
from bot.storage.job_recovery import StoredJobRecovery
from bot.storage.job_rows import JobRows
from bot.storage.jobs import StoredJobs
from bot.storage.key_values import StoredKeyValues
from bot.storage.ledger import Books
from bot.storage.lock import held, real_path
from bot.storage.multipliers import SeenMultipliers
from bot.storage.operator_requests import StoredOperatorRequests
from bot.storage.pauses import KeptPauses
from bot.storage.pictures import StoredPictures
from bot.storage.posts import StoredPosts
from bot.storage.provider_references import StoredProviderReferences
from bot.storage.provider_states import StoredProviderStates
from bot.storage.sqlite import SqliteDatabase
from bot.storage.transitions import StoredTransitions

__all__ = ["Storage", "open_storage", "storage_over"]


@dataclass(frozen=True, slots=True)
class Storage:
    jobs: JobReader
    asked: AskedStore
    bookings: Bookings
    transitions: JobTransitions
    job_messages: JobMessages
    posts: Posts
    job_recovery: JobRecovery
    provider_references: ProviderReferences
    provider_states: ProviderStates
    ledger: Ledger
    kept_pictures: KeptPictures
    finished_clips: FinishedClips
    drafts: Drafts
    key_values: KeyValues
    multipliers: Multipliers
    requests: OperatorRequests
    pauses: ports.KeptPauses
    database: Database = field(repr=False)
    rows: JobRows = field(repr=False)

    async def schema_version(self) -> int:
        """Number of the latest migration in the database."""
        return await self.database.schema_version()

    def hurried(self, patience: float) -> Storage:
        """The same stores for answers to members: a write that has not begun after `patience` seconds raises `DatabaseBusy`."""
        return storage_over(Hurried(self.database, patience), self.rows)

    def giving_way(self, go_first: Callable[[], Awaitable[None]]) -> Storage:
        """The same stores for the work on jobs: whoever has read or written goes on when `go_first` has returned. What their
        `hurried` makes does not wait for it.
        """
        return replace(storage_over(GivingWay(self.database, go_first), self.rows), database=self.database)


def storage_over(database: Database, rows: JobRows | None = None) -> Storage:
    """All stores over one open database, which the caller closes. `rows` are those of a `Storage` over the same database."""
    rows = rows or JobRows()
    return Storage(
        jobs=StoredJobs(database, rows),
        asked=StoredAsked(database),
        bookings=StoredBookings(database, rows),
        transitions=StoredTransitions(database, rows),
        job_messages=StoredJobMessages(database),
        posts=StoredPosts(database, rows),
        job_recovery=StoredJobRecovery(database, rows),
        provider_references=StoredProviderReferences(database, rows),
        provider_states=StoredProviderStates(database),
        ledger=Books(database),
        kept_pictures=StoredPictures(database),
        finished_clips=StoredFinishedClips(database, rows),
        drafts=SavedDrafts(database),
        key_values=StoredKeyValues(database),
        multipliers=SeenMultipliers(database),
        requests=StoredOperatorRequests(database),
        pauses=KeptPauses(database),
        database=database,
        rows=rows,
    )


@asynccontextmanager
async def open_storage(path: Path, *, exclusive: bool = True, room: bool = False) -> AsyncGenerator[Storage]:
    """Opens the SQLite file at `path`, and makes it and its folder where there are none.

    `exclusive` is for the one process that runs jobs: it takes the lock, and migrates an older file after making a copy. Shell
    commands that may run beside the bot pass False. `room` is for the bot: see `SqliteDatabase.make_room`. Raises
    `DatabaseInUse`, `DatabaseTooNew`, `DatabaseOutdated` or another `StorageError`.
    """
    path = real_path(path)
    prepare(path)
    with ExitStack() as stack:
        if exclusive:
            stack.enter_context(held(path))
        database = await SqliteDatabase.open(path, exclusive=exclusive)
        try:
            if room:
                await database.make_room()
            yield storage_over(database)
        finally:
            await database.close()
