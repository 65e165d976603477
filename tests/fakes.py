"""Small working adapters for ports, in memory, for tests of the layer above. Each keeps the port's promises.

They are no mocks: tests look at the results (the store, the posts). The real adapters have tests of their own, with real HTTP,
files and Discord.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import replace
from pathlib import Path

from bot.domain.job import Way
from bot.domain.post import Post, PostState, Purpose, jump_link, of_order
from bot.errors import ClipMissing, ClipUnavailable
from bot.ports import (
    Accepted,
    ClipFacts,
    ClipLink,
    Delivery,
    Fitted,
    Phase,
    Posted,
    Recognition,
    RunStatus,
)
from bot.presentation.views.notices import sentence


class ManualClock:
    """A sleep returns at once and moves the time forward."""

    def __init__(self, now_ms: int = 1_780_000_000_000) -> None:
        self.now = now_ms

    def now_ms(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += int(seconds * 1000)
        await asyncio.sleep(0)

    def set_to(self, now_ms: int) -> None:
        self.now = now_ms

    def forward_to(self, now_ms: int) -> None:
        self.now = max(self.now, now_ms)


def failing_first(call, faults: list[BaseException]):
    """Wraps a call: while `faults` has entries, it removes and raises the last one instead."""

    async def troubled(*given, **named):
        if faults:
            raise faults.pop()
        return await call(*given, **named)

    return troubled


class InstantAvailability:
    """A provider that answers, takes requests of `types`, names no number of clips, and has nothing to find for the doctor."""

    def __init__(self):
        self.types = {"clip"}

    def takes(self, request):
        return request.type in self.types

    async def capacity(self):
        return None

    async def ping(self):
        return None

    async def check(self):
        return []


class InstantProvider:
    """A provider whose clips are finished at once. The next submits raise `faults`, in order."""

    name = "scenario"
    free = False

    def __init__(self, name: str = "scenario", *, clip: bytes = b"clip") -> None:
        self.name = name
        self.clip = clip
        self.others: list[bytes] = []
        self.submitted: list = []
        self.faults: deque = deque()
        self.fetch_faults: deque = deque()
        self.uploads: list[str] = []
        self.running: dict[str, RunStatus] = {}
        self.found: dict[int, str | None] = {}
        self.recognises = Recognition(seed=True)
        self.accepts_cancel = False
        self.outcome = Phase.SUCCEEDED
        self.signed: ClipLink | None = ClipLink("https://example.test/clip.mp4", None)
        self._numbers = itertools.count(1)
        self.availability = InstantAvailability()

    async def upload(self, sha256, media_type, data):
        self.uploads.append(sha256)
        return f"asset-{sha256[:8]}-{len(self.uploads)}"

    async def submit(self, submission):
        if self.faults:
            fault = self.faults.popleft()
            if fault is not None:
                raise fault
        self.submitted.append(submission)
        reference = f"run-{submission.job_id}-{next(self._numbers)}"
        self.running[reference] = RunStatus(reference, self.outcome)
        return Accepted(reference)

    def recognition(self, request):
        return self.recognises

    async def find(self, lost, known):
        sought = {each.submission.job_id for each in lost}
        return {
            job_id: reference
            for job_id, reference in self.found.items()
            if job_id in sought and (reference is None or reference not in known)
        }

    async def statuses(self, running):
        return [self.running[reference] for reference in list(running) if reference in self.running]

    async def status(self, reference):
        return self.running.get(reference)

    async def cancel(self, reference):
        return self.accepts_cancel

    async def fetch(self, reference, position, target: Path, max_bytes):
        if self.fetch_faults:
            raise self.fetch_faults.popleft()
        files = (self.clip, *self.others)
        if position >= len(files):
            raise ClipMissing("no such file")
        if len(files[position]) > max_bytes:
            raise ClipUnavailable("too large")
        target.write_bytes(files[position])
        return len(files)

    async def link(self, reference, position):
        return self.signed


class InstantMedia:
    """Takes every file for a good clip and fits it at once. The next fits raise `faults`.

    `size`, if set, is the size of every clip in bytes.
    """

    def __init__(self) -> None:
        self.faults: deque = deque()
        self.limits: list[int] = []
        self.size: int | None = None

    async def probe(self, path: Path):
        return ClipFacts(1920, 1080, 5.0, 24.0, self.size or path.stat().st_size, "h264", "aac")

    async def fit(self, source: Path, target: Path, limit: int):
        self.limits.append(limit)
        if self.faults:
            raise self.faults.popleft()
        facts = await self.probe(source)
        return Fitted(source, replace(facts, size=min(facts.size, limit)), frozenset(), facts.came)

    async def poster(self, path: Path):
        return None

    async def thumbnail(self, data: bytes):
        return data


class NothingKept:
    """Keeps no clips, for tests that are about something else."""

    async def keep(self, job_id, clip, poster):
        return ()

    def settled(self, job_id, *, stays):
        pass

    def handed_over(self, job_id):
        pass

    async def output(self, job_id, kind):
        return None

    async def erase(self, job_id):
        pass


class RecordingNotifier:
    """Posts into lists. The next deliveries raise `faults`. `posted` has every delivery, also a second one of the same job:
    finding an earlier post is the real notifier's task, and delivering only once is the pipeline's. `limits` are the places'
    upload limits, the job's own if empty."""

    def __init__(self, posts) -> None:
        self.posts = posts
        self.announced: list[int] = []
        self.followed: set[int] = set()
        self.lost: set[int] = set()
        self.posted: list[tuple[int, Delivery]] = []
        self.ends: list = []
        self.offered: list = []
        self.found: dict[int, Posted] = {}
        self.sought: list[int] = []
        self.told: list[str] = []
        self.faults: deque = deque()
        self.limits: tuple[int, ...] = ()

    def upload_limits(self, job):
        return self.limits or (job.address.upload_limit or 10 * 1024 * 1024,)

    async def announce(self, job):
        self.announced.append(job.id)
        subject = of_order(job.order_id)
        await self.posts.keep(
            Post(job.id * 100 + 1, subject, Purpose.THREAD, "", 0, Way.CHANNEL, 30, job.id + 1, PostState.SENT),
            Post(job.id * 100 + 2, subject, Purpose.PROGRESS, "", 0, Way.CHANNEL, job.id + 1, job.id + 2, PostState.SENT),
        )
        return replace(job, address=replace(job.address, thread_id=job.id + 1, progress_id=job.id + 2))

    def follow(self, job_id):
        self.followed.add(job_id)

    def unfollow(self, job, *, lost=False):
        self.followed.discard(job.id)
        if lost:
            self.lost.add(job.id)

    async def deliver(self, job, delivery):
        if self.faults:
            raise self.faults.popleft()
        self.posted.append((job.id, delivery))
        there = job.address.posts_to
        return Posted(there, job.id + 3, jump_link(job.address.guild_id, there, job.id + 3))

    async def find_post(self, job):
        self.sought.append(job.id)
        return self.found.get(job.id)

    async def unposted(self, job):
        self.offered.append(job)
        return ()

    async def ended(self, job):
        self.ends.append(job)
        return ()

    async def tell_operator(self, notice):
        self.told.append(sentence(notice))
