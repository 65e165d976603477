"""The use cases over a real SQLite file and real Pillow; attachments come from a dictionary instead of a CDN."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.errors import Problem, RequestRefused
from bot.media.local import LocalMedia
from bot.pipeline.estimates import ClipEstimates
from bot.pipeline.job_progress import JobProgressReader
from bot.services.allowances import Allowances
from bot.services.cancel_job import CancelJob
from bot.services.find_jobs import FindJobs
from bot.services.offer import Offer
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import BOOKING_SECONDS, RequestClip
from bot.services.show_quota import ShowQuota
from bot.storage import open_storage
from tests.fakes import InstantProvider, ManualClock, RecordingEngine


def picture(width=1024, height=1024, name="JPEG"):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(buffer, name)
    return buffer.getvalue()


class FakeAttachments:
    """Attachments by URL; what is not there has expired."""

    def __init__(self):
        self.files = {}
        self.read_urls = []

    async def read(self, url, max_bytes):
        self.read_urls.append(url)
        if url not in self.files:
            raise RequestRefused((Problem("attachment", "an expired link", "a fresh one", "Attach it again."),))
        return self.files[url]


@pytest.fixture
async def use_cases(tmp_path):
    clock, engine, attachments, provider = ManualClock(), RecordingEngine(), FakeAttachments(), InstantProvider()
    policy, prices = Policy(allowance=200, running_per_member=0), Prices()
    async with open_storage(tmp_path / "happyhorse.db") as storage, LocalMedia() as media:
        progress_reader = JobProgressReader(storage.jobs, engine, {}, ClipEstimates(storage.jobs, clock), clock)
        hurried = storage.hurried(BOOKING_SECONDS)
        allowances = Allowances(policy, hurried.multipliers, clock)
        yield SimpleNamespace(
            storage=storage,
            clock=clock,
            engine=engine,
            attachments=attachments,
            provider=provider,
            request=RequestClip(
                jobs=hurried.jobs,
                blobs=hurried.blobs,
                drafts=hurried.drafts,
                media=media,
                attachments=attachments,
                engine=engine,
                clock=clock,
                policy=policy,
                allowances=allowances,
                pauses=hurried.pauses,
                offer=Offer({"scenario": prices}),
                seed=lambda: 4242,
            ),
            cancel=CancelJob(hurried.jobs, {"scenario": provider}, engine, clock, lambda _job: None),
            repeat=RepeatClip(hurried.jobs, hurried.drafts, clock, Offer({"scenario": prices})),
            find=FindJobs(storage.jobs, progress_reader, {"scenario": provider}),
            quota=ShowQuota(storage.ledger, clock, policy, allowances, prices),
        )
