"""books: jobs per second through all state changes, with the real job runner and a provider and a Discord that answer at once,
compared with the same statements on bare aiosqlite.

The statements are noted first, while the same jobs run on another file. Both run in this process, each on a file of its own
with every commit on disk. They take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import aiosqlite

from bench.figures import Row, percentile, row
from bot.domain.clip import ClipRequest, Kind
from bot.domain.job import Address, Job, State
from bot.domain.order import OrderKind, by_interaction
from bot.domain.quota import Bounds, Span
from bot.engines.local import LocalEngine
from bot.ops.clock import SystemClock
from bot.pipeline.provider_stages import Pace, ProviderStages
from bot.ports import NewJob, NewOrder, Next, RunResult
from bot.storage import Storage, open_storage, storage_over
from bot.storage.clip_files import ClipFiles
from bot.storage.database import Database, Transaction
from bot.storage.database import Row as DatabaseRow
from bot.wiring import Adapters, wire_jobs
from tests.fakes import InstantMedia, InstantProvider, RecordingNotifier

T = TypeVar("T")
RESUMED = 2000
MANY = 40
BOOKING_MS = 25.0
MEMBERS = 50
Pairs = list[tuple[float, float]]
STATES = (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING)
NOW_MS = 1_780_000_000_000
BEAT_SECONDS = 0.001
"""Time between two questions about running clips. The provider is done at once, so nothing else is waited for."""
BOUNDS = Bounds(Span(NOW_MS - 1000, NOW_MS + 1000), 10**9, 10**9, 10**6, 10**6)
ADDRESS = Address(2, 3, asked_id=1)
REQUEST = ClipRequest(kind=Kind.TEXT, prompt="A red kite over a quiet harbour, wind and far gulls.")


def new_order(number: int, jobs: int = 1) -> NewOrder:
    """An order with this id, whose jobs have this id and those after it."""
    booked = tuple(NewJob(number + place, REQUEST, 1, "scenario", 30) for place in range(jobs))
    return NewOrder(number, by_interaction(number), OrderKind.CLIP, number % MEMBERS, ADDRESS, NOW_MS, booked)


def changes(number: int, state: State) -> dict[str, Any]:
    match state:
        case State.SUBMITTING:
            return {"tries": 1, "submitted_at_ms": NOW_MS}
        case State.GENERATING:
            return {"provider_reference": f"clip-{number}"}
        case State.FETCHING:
            return {"generated_at_ms": NOW_MS}
        case _:
            return {}


class Works:
    """The pipeline as `bot.wiring` builds it, with adapters that answer at once."""

    def __init__(self, storage: Storage, folder: Path) -> None:
        self._bookings = storage.bookings
        self._ends: dict[int, asyncio.Future[None]] = {}
        clock = SystemClock()
        notifier = RecordingNotifier(storage.posts)
        self.engine = LocalEngine(clock, slots=10**6)
        # Clips are kept as the bot keeps them. Here all clips have the same bytes, so the folder holds only one file.
        kept_clips = ClipFiles(storage.database, folder.parent / "clips", 10**9, clock)
        adapters = Adapters(storage, InstantMedia(), {"scenario": InstantProvider()}, self.engine, clock, kept_clips)
        pace, every = Pace(watch_seconds=BEAT_SECONDS, give_up_ms=10**12, lost_ms=60_000), dict[str, ProviderStages]()
        self._runner = wire_jobs(adapters, notifier, folder, pace, every)
        self.stages = every["scenario"]

    async def run(self, job_id: int, *, slot: bool) -> RunResult:
        step = await self._runner.run(job_id, slot=slot)
        if step.next is Next.ENDED:
            self._ends.pop(job_id).set_result(None)
        return step

    async def live(self, number: int) -> None:
        """Runs one job from its creation until its end is shown."""
        end = self._ends[number] = asyncio.get_running_loop().create_future()
        assert (await self._bookings.create(new_order(number), BOUNDS)).new
        self.engine.wake(number)
        await end


@asynccontextmanager
async def works(storage: Storage, folder: Path) -> AsyncGenerator[Works]:
    here = Works(storage, folder)
    here.engine.start(here.run)
    running = asyncio.create_task(here.stages.run())
    try:
        yield here
    finally:
        running.cancel()
        await asyncio.wait([running])
        await here.engine.stop()


async def by_store(storage: Storage, number: int) -> None:
    job: Job | None = (await storage.bookings.create(new_order(number), BOUNDS)).jobs[0]
    for state in STATES:
        assert job is not None
        job = await storage.transitions.advance(job, state, NOW_MS, **changes(number, state))
    assert job is not None
    assert await storage.transitions.end(job, State.DONE, NOW_MS, charged=30) is not None


@dataclass(frozen=True)
class Recorded:
    """One transaction: whether it writes, and its statements with their parameters."""

    writes: bool
    statements: list[tuple[str, dict[str, Any]]]


class Recording:
    """A `Database` that notes the statements of each transaction, to run them again on bare aiosqlite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.transactions: list[Recorded] = []

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        noted = Noted()
        done = await self._database.write(noted.around(work), patience=patience, alone=alone)
        self.transactions.append(Recorded(writes=True, statements=noted.statements))
        return done

    async def read(self, work: Callable[[Transaction], T]) -> T:
        noted = Noted()
        found = await self._database.read(noted.around(work))
        self.transactions.append(Recorded(writes=False, statements=noted.statements))
        return found

    async def schema_version(self) -> int:
        return await self._database.schema_version()

    async def close(self) -> None:
        await self._database.close()


class Noted:
    """A `Transaction` that notes its statements."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, dict[str, Any]]] = []

    def around(self, work: Callable[[Transaction], T]) -> Callable[[Transaction], T]:
        def noted(transaction: Transaction) -> T:
            self.statements.clear()
            self._transaction = transaction
            return work(self)

        return noted

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        self.statements.append((sql, dict(parameters)))
        return self._transaction.run(sql, parameters)

    def one(self, sql: str, parameters: Mapping[str, object]) -> DatabaseRow | None:
        self.statements.append((sql, dict(parameters)))
        return self._transaction.one(sql, parameters)

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[DatabaseRow]:
        self.statements.append((sql, dict(parameters)))
        return self._transaction.rows(sql, parameters)


async def recorded(folder: Path, numbers: Mapping[str, Iterable[int]]) -> dict[int, list[Recorded]]:
    """Each job's transactions, by its number: those in `numbers["pipeline"]` go through the pipeline, those in
    `numbers["store"]` through the store alone.
    """
    said: dict[int, list[Recorded]] = {}
    async with opened(folder / "recorded.db") as storage:
        recording = Recording(storage.database)
        noted = storage_over(recording)
        async with works(noted, folder / "work") as runner:
            for number in numbers["pipeline"]:
                await runner.live(number)
                said[number] = recording.transactions.copy()
                recording.transactions.clear()
        for number in numbers["store"]:
            await by_store(noted, number)
            said[number] = recording.transactions.copy()
            recording.transactions.clear()
    return said


class Bare:
    """Runs recorded statements as aiosqlite's documentation does: one `await` each, one transaction at a time."""

    def __init__(self, connection: aiosqlite.Connection, said: Mapping[int, list[Recorded]]) -> None:
        self._connection = connection
        self._said = said
        self._lock = asyncio.Lock()

    async def live(self, number: int) -> None:
        for transaction in self._said[number]:
            async with self._lock:
                if transaction.writes:
                    await self._connection.execute("BEGIN IMMEDIATE")
                for sql, parameters in transaction.statements:
                    await self._connection.execute_fetchall(sql, parameters)
                if transaction.writes:
                    await self._connection.commit()


Live = Callable[[int], Awaitable[None]]


async def one_by_one(live: Live, numbers: range) -> None:
    for number in numbers:
        await live(number)


async def at_once(live: Live, numbers: range) -> None:
    await asyncio.gather(*(live(number) for number in numbers))


async def compare(
    store: Live, bare: Live, first: int, how: Callable[[Live, range], Awaitable[None]], turn: int, turns: int
) -> Pairs:
    """Jobs per second of store and bare, in each of so many turns; the turns are short, so that noise meets both."""
    pairs: Pairs = []
    for number in range(first, first + turn * turns, turn):
        took: list[float] = []
        for live in (store, bare):
            start = time.perf_counter()
            await how(live, range(number, number + turn))
            took.append(time.perf_counter() - start)
        pairs.append((turn / took[0], turn / took[1]))
    return pairs


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[Storage]:
    """A database with an account for each member: one is made with a member's first row, which is not measured."""
    async with open_storage(path) as storage:
        for member in range(MEMBERS):
            await storage.ledger.grant(member, None, 0, NOW_MS, "")
        yield storage


async def measure(folder: Path) -> list[Row]:
    said = await recorded(folder, {"pipeline": (*range(1, 151), *range(1001, 2201)), "store": range(10_001, 11_201)})
    async with opened(folder / "bare.db"):
        pass
    async with (
        opened(folder / "store.db") as storage,
        works(storage, folder / "work") as runner,
        aiosqlite.connect(folder / "bare.db", isolation_level=None) as connection,
    ):
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            await connection.execute(f"PRAGMA {pragma}")
        bare = Bare(connection, said)

        async def store(number: int) -> None:
            await by_store(storage, number)

        serial = await compare(runner.live, bare.live, 1, one_by_one, 1, 150)
        parallel = await compare(runner.live, bare.live, 1001, at_once, 200, 6)
        alone = await compare(store, bare.live, 10_001, at_once, 200, 6)
        done = await connection.execute_fetchall("SELECT COUNT(*) FROM jobs WHERE state = 'done'")
        assert next(iter(done))[0] == 150 + 2 * 6 * 200, "the bare statements did not do the work"
        booked = await book_many(storage)
        resumed = await take_over(storage)
    rows: list[Row] = []
    for how, pairs, goal in (
        # Most of this time a job only waits for its own next step: its file is written, the provider is looked at.
        ("pipeline, one by one", serial, 0.5),
        ("pipeline, 200 at once", parallel, 0.7),
        ("store alone, 200 at once", alone, 0.7),
    ):
        ratio = median(ours / theirs for ours, theirs in pairs)
        rows += [
            row(f"books: {how}", median(ours for ours, _ in pairs), "jobs/s", 0),
            row(f"books: {how}, against bare aiosqlite", ratio, "x", 2, at_least=goal),
        ]
    rows.append(
        row(f"books: an order of {MANY} jobs booked, p99", percentile(booked, 0.99) * 1000, "ms", 1, at_most=BOOKING_MS)
    )
    rows.append(row(f"books: {RESUMED} jobs taken over", resumed, "s", 3))
    return rows


async def book_many(storage: Storage) -> list[float]:
    """Seconds that each of 200 orders of `MANY` jobs takes to be booked, one after the other. They are cancelled afterwards."""
    took: list[float] = []
    for number in range(10**8, 10**8 + 200 * MANY, MANY):
        start = time.perf_counter()
        jobs = (await storage.bookings.create(new_order(number, MANY), BOUNDS)).jobs
        took.append(time.perf_counter() - start)
        for job in jobs:
            await storage.transitions.end(job, State.CANCELLED, NOW_MS, charged=0)
    return took


async def take_over(storage: Storage) -> float:
    """Seconds that it takes to take over `RESUMED` unfinished jobs."""
    await asyncio.gather(*(storage.bookings.create(new_order(10**9 + number), BOUNDS) for number in range(RESUMED)))
    start = time.perf_counter()
    assert len(await storage.job_recovery.take_over(NOW_MS)) == RESUMED
    return time.perf_counter() - start


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "work").mkdir()
        return asyncio.run(measure(Path(folder)))
