"""books: jobs per second through all state changes, with the real job runner and a provider and a Discord that answer at once,
compared with the same statements on bare aiosqlite.

Both run in this process, each on a file of its own with every commit on disk. They take turns, so that a busy machine slows
both.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import aiosqlite

from bench.figures import Row, row
from bot.domain.clip import ClipRequest, Kind
from bot.domain.job import Address, Job, State, Way
from bot.domain.order import OrderKind, by_interaction
from bot.domain.post import Post, PostState, Purpose, of_job, of_order
from bot.domain.quota import AccountKind, Bounds, Span
from bot.engines.local import LocalEngine
from bot.ops.clock import SystemClock
from bot.pipeline.provider_stages import Pace, ProviderStages
from bot.ports import NewJob, NewOrder, Next, RunResult
from bot.storage import Storage, open_storage
from bot.storage.clip_files import ClipFiles
from bot.storage.posts import columns_of, posts_of_order
from bot.storage.rows import job_columns_of, order_columns_of
from bot.storage.sql import statement
from bot.wiring import Adapters, wire_jobs
from tests.fakes import InstantMedia, InstantProvider, RecordingNotifier

RESUMED = 2000
MEMBERS = 50
Pairs = list[tuple[float, float]]
STATES = (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING)
NOW_MS = 1_780_000_000_000
BEAT_SECONDS = 0.001
"""Time between two questions about running clips. The provider is done at once, so nothing else is waited for."""
BOUNDS = Bounds(Span(NOW_MS - 1000, NOW_MS + 1000), 10**9, 10**9, 10**6, 10**6)
ADDRESS = Address(2, 3, asked_id=1)
REQUEST = ClipRequest(kind=Kind.TEXT, prompt="A red kite over a quiet harbour, wind and far gulls.")


def new_order(number: int) -> NewOrder:
    """An order of one job, both with this id."""
    job = NewJob(number, REQUEST, 1, "scenario", 30)
    return NewOrder(number, by_interaction(number), OrderKind.CLIP, number % MEMBERS, ADDRESS, NOW_MS, (job,))


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


class Bare:
    """The same statements, one `await` each, one transaction at a time, as in aiosqlite's documentation.

    `whole` also runs the statements that the job runner makes around the state changes. It reads the job three times, and
    writes twice: where the job's messages are, and that its end is shown.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection
        self.lock = asyncio.Lock()

    async def transaction(self, *statements: tuple[str, dict[str, Any]]) -> None:
        async with self.lock:
            await self.connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                await self.connection.execute_fetchall(sql, parameters)
            await self.connection.commit()

    async def read(self, number: int) -> None:
        async with self.lock:
            await self.connection.execute_fetchall(statement("jobs.get"), {"id": number})

    async def whole(self, number: int) -> None:
        await self.create(number)
        await self.read(number)
        posts = [
            Post(number * 10 + place, of_order(number), purpose, "", 0, Way.CHANNEL, 30, number, PostState.SENT)
            for place, purpose in enumerate((Purpose.THREAD, Purpose.PROGRESS))
        ]
        await self.transaction(*((statement("posts.keep"), columns_of(each)) for each in posts))
        await self.read(number)
        await self.advance(number, STATES[:3], State.QUEUED)
        await self.read(number)
        await self.advance(number, STATES[3:], State.GENERATING)
        await self.end(number, statement("posts.clip_posted"))
        await self.transaction((statement("posts.shown"), {"subject": of_order(number), "card_rev": 1, "progress_rev": 1}))

    async def live(self, number: int) -> None:
        await self.create(number)
        await self.advance(number, STATES, State.QUEUED)
        await self.end(number)

    async def create(self, number: int) -> None:
        new = new_order(number)
        (columns,) = job_columns_of(new)
        payer = {"member_id": new.member_id, "kind": AccountKind.MEMBER}
        span = {"start_ms": BOUNDS.span.start_ms, "end_ms": BOUNDS.span.end_ms}
        await self.transaction(
            (statement("orders.of_source"), {"source": new.source}),
            (statement("ledger.booked"), {**payer, **span}),
            (statement("orders.running_of_member"), {"member_id": new.member_id}),
            (statement("ledger.booked_of_guild"), {"guild_id": ADDRESS.guild_id, **span}),
            (statement("orders.running_of_guild"), {"guild_id": ADDRESS.guild_id}),
            (statement("orders.insert"), {**order_columns_of(new), "account_kind": AccountKind.MEMBER}),
            *((statement("posts.keep"), each) for each in posts_of_order(number, ADDRESS, NOW_MS)),
            (statement("jobs.insert"), {**columns, "left_after": None, "resets_at_ms": None}),
            (statement("ledger.reserve"), columns),
        )

    async def advance(self, number: int, states: Sequence[State], before: State) -> None:
        for state in states:
            changed = changes(number, state)
            held = self.hold(number, before, state)
            begun = [(statement("posts.begin_clip"), {**held, **self.clip(number)})] if state is State.DELIVERING else []
            await self.transaction(*begun, (changing("jobs.advance", changed), {**held, **changed}))
            before = state

    async def end(self, number: int, *posted: str) -> None:
        outcome = {"charged": 30, "failure": None, "detail": None}
        held = {**self.hold(number, State.DELIVERING, State.DONE), **self.clip(number)}
        there = {"way": "channel", "channel_id": 3, "message_id": number, "post_state": "sent"}
        await self.transaction(
            *((sql, {**held, **there}) for sql in posted),
            (statement("posts.want_end"), held),
            (statement("jobs.end"), {**self.hold(number, State.DELIVERING, State.DONE), **outcome}),
            (statement("ledger.close_reserve"), {"id": number, "entry": "settle", "charged": 30, "at_ms": NOW_MS}),
            (statement("orders.end"), {"job_id": number, "at_ms": NOW_MS}),
        )

    @staticmethod
    def clip(number: int) -> dict[str, Any]:
        return {"post_id": number, "nonce": str(number), "subject": of_job(number), "order": of_order(number)}

    @staticmethod
    def hold(number: int, before: State, after: State) -> dict[str, Any]:
        return {"id": number, "state": before, "fence": 0, "to_state": after, "at_ms": NOW_MS}


def changing(name: str, changed: dict[str, Any]) -> str:
    return statement(name).replace("/*changes*/", "".join(f", {column} = :{column}" for column in changed))


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


async def measure(folder: Path) -> list[Row]:
    async with open_storage(folder / "bare.db") as bare_books:
        # An account is made with a member's first row, which is not measured.
        for member in range(MEMBERS):
            await bare_books.ledger.grant(member, None, 0, NOW_MS, "")
    async with (
        open_storage(folder / "store.db") as storage,
        works(storage, folder / "work") as runner,
        aiosqlite.connect(folder / "bare.db", isolation_level=None) as connection,
    ):
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            await connection.execute(f"PRAGMA {pragma}")
        bare = Bare(connection)

        async def store(number: int) -> None:
            await by_store(storage, number)

        serial = await compare(runner.live, bare.whole, 1, one_by_one, 1, 150)
        parallel = await compare(runner.live, bare.whole, 1001, at_once, 200, 6)
        alone = await compare(store, bare.live, 10_001, at_once, 200, 6)
        done = await connection.execute_fetchall("SELECT COUNT(*) FROM jobs WHERE state = 'done'")
        assert next(iter(done))[0] == 150 + 2 * 6 * 200, "the bare statements did not do the work"
        resumed = await take_over(storage)
    rows: list[Row] = []
    for how, pairs in (
        ("pipeline, one by one", serial),
        ("pipeline, 200 at once", parallel),
        ("store alone, 200 at once", alone),
    ):
        ratio = median(ours / theirs for ours, theirs in pairs)
        rows += [
            row(f"books: {how}", median(ours for ours, _ in pairs), "jobs/s", 0),
            row(f"books: {how}, against bare aiosqlite", ratio, "x", 2, at_least=0.5),
        ]
    rows.append(row(f"books: {RESUMED} jobs taken over", resumed, "s", 3))
    return rows


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
