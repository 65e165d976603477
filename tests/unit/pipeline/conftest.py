"""A job runner with a real SQLite file, and with a provider, a notifier and media that answer at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.detail import said
from bot.domain.job import FENCE_WHEN_BOOKED, Failure, State
from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.ops.ids import draw_ids
from bot.pipeline.held_jobs import HeldJobs
from bot.pipeline.operate_job import OperateJob
from bot.pipeline.provider_report import ProviderReport
from bot.pipeline.provider_stages import Pace
from bot.pipeline.recovery import take_up
from bot.ports import Next
from bot.storage import Storage, open_storage
from bot.storage.clip_files import ClipFiles
from bot.wiring import Adapters, wire_jobs
from tests.books import every_entry, new_file
from tests.engine import RecordingEngine
from tests.factories import a_new_order, book, bounds
from tests.fakes import InstantMedia, InstantProvider, ManualClock, RecordingNotifier


@dataclass
class World:
    storage: Storage
    folder: Path
    provider: InstantProvider = field(default_factory=InstantProvider)
    media: InstantMedia = field(default_factory=InstantMedia)
    engine: RecordingEngine = field(default_factory=RecordingEngine)
    clock: ManualClock = field(default_factory=ManualClock)
    numbers: int = 100
    fence: int = FENCE_WHEN_BOOKED
    """Under which this process books its jobs."""

    def __post_init__(self):
        self.notifier = RecordingNotifier(self.storage.posts)
        self.restart()

    def restart(self):
        """Drops what a process has in memory. The store, the provider and the posts stay."""
        self.kept_clips = ClipFiles(self.storage.database, self.folder.parent / "clips", 10**9, self.clock)
        self.held = HeldJobs(self.fence)
        adapters = Adapters(
            self.storage, self.media, {"scenario": self.provider}, self.engine, self.clock, self.kept_clips, held=self.held
        )
        pace, every = Pace(watch_seconds=1, give_up_ms=3_600_000, lost_ms=60_000), {}
        self.runner = wire_jobs(adapters, self.notifier, self.folder, pace, every)
        self.stages = every["scenario"]

    async def start_again(self):
        """Another process takes every unfinished job over. Returns what it found, as the start passes it on."""
        self.restart()
        found = await self.take_up({"scenario": self.stages})
        self.runner.took_over(found.fences)
        return found

    async def take_up(self, provider_stages, *, broke=False):
        storage = self.storage
        stores = (storage.job_recovery, storage.posts, storage.transitions)
        return await take_up(*stores, provider_stages, self.notifier, self.clock, broke=broke)

    async def new_job(self, **changes):
        self.numbers += 10
        usual = {"created_at_ms": self.clock.now, "provider": "scenario", "fence": self.fence}
        new = a_new_order(self.numbers, **usual | changes)
        job = await book(self.storage, new, bounds())
        assert job is not None
        return job

    async def at(self, state: State, **changes):
        """A job that an earlier process left in this state."""
        job = await self.new_job(**changes)
        made = [State.FETCHING, State.FITTING, State.DELIVERING, State.UNPOSTED]
        steps = [State.PREPARING, State.SUBMITTING, State.GENERATING, *made]
        for step in steps[: steps.index(state) + 1] if state in steps else []:
            extra = {}
            if step is State.SUBMITTING:
                extra = {"tries": 1, "submitted_at_ms": self.clock.now}
            if step is State.GENERATING:
                extra = {"provider_reference": f"run-{job.id}"}
            if step is State.FETCHING:
                extra = {"generated_at_ms": self.clock.now}
            if step is State.UNPOSTED:
                extra = {"failure": Failure.UNDELIVERABLE, "failure_detail": said("closed"), "unposted_at_ms": self.clock.now}
            job = await self.storage.transitions.advance(job, step, self.clock.now, **extra)
        return job

    async def over(self, state=State.FAILED, failure=Failure.PROVIDER, before=State.GENERATING, **changes):
        """A job that an earlier process ended, uncharged."""
        job = await self.at(before, **changes)
        return await self.storage.transitions.end(job, state, self.clock.now, charged=0, failure=failure)

    async def drive(self, job, rounds=30):
        """Runs the job as an engine would, until it ends or only waits for its provider."""
        searching = asyncio.create_task(self.stages.lost.run())
        try:
            await self._drive(job, rounds)
        finally:
            searching.cancel()
        return await self.storage.jobs.get(job.id)

    async def _drive(self, job, rounds):
        slot = False
        for _ in range(rounds):
            step = await self.runner.run(job.id, slot=slot)
            await self.stages.holds.note()
            slot = False
            match step.next:
                case Next.ENDED:
                    break
                case Next.IN_LINE:
                    slot = True
                case Next.LATER:
                    self.clock.now += int(step.seconds * 1000)
                case Next.PARKED:
                    await self.stages.watcher.poll()
                    if job.id not in self.engine.woken:
                        break

    async def booked(self, job):
        entries = await every_entry(self.storage, job.member_id)
        return {entry.entry.value: entry.credits for entry in entries if entry.job_id == job.id}


@pytest.fixture
async def world(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    async with open_storage(new_file(tmp_path / "happyhorse.db")) as storage:
        yield World(storage, folder)


@pytest.fixture
def operate(world):
    async def multiplier(_member_id):
        return 1.0

    return OperateJob(
        jobs=world.storage.jobs,
        bookings=world.storage.bookings,
        transitions=world.storage.transitions,
        job_recovery=world.storage.job_recovery,
        report=ProviderReport({"scenario": world.provider}, world.storage.provider_references, world.storage.kept_pictures),
        wake=world.engine.wake,
        let_go=lambda job: world.stages.submitting.drop(job.id),
        policy=Policy(allowance=900, running_per_member=3),
        multiplier=multiplier,
        prices=lambda _provider: Prices(),
        clock=world.clock,
        ids=draw_ids,
    )
