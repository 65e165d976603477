"""The use cases with a real SQLite file and real Pillow. Attachments come from a dictionary instead of a CDN."""

from __future__ import annotations

import io
from dataclasses import fields
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.errors import RequestRefused
from bot.media.local import LocalMedia
from bot.problem import Problem, ProblemCode
from bot.services.offer import Offer
from bot.storage import open_storage
from bot.storage.clip_files import ClipFiles
from bot.wiring import Adapters, wire_use_cases
from tests.books import new_file
from tests.engine import RecordingEngine
from tests.fakes import InstantProvider, ManualClock


def picture(width=1024, height=1024, name="JPEG"):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(buffer, name)
    return buffer.getvalue()


class FakeAttachments:
    """Attachments by URL; any other URL has expired."""

    def __init__(self):
        self.files = {}
        self.read_urls = []

    async def read(self, url, max_bytes):
        self.read_urls.append(url)
        if url not in self.files:
            raise RequestRefused((Problem(ProblemCode.LINK_EXPIRED, "attachment"),))
        return self.files[url]


@pytest.fixture
async def use_cases(tmp_path):
    clock, engine, attachments, provider = ManualClock(), RecordingEngine(), FakeAttachments(), InstantProvider()
    async with open_storage(new_file(tmp_path / "happyhorse.db")) as storage, LocalMedia() as media:
        kept_clips = ClipFiles(storage.database, tmp_path / "clips", 10**9, clock)
        adapters = Adapters(storage, media, {"scenario": provider}, engine, clock, kept_clips)
        policy, offer = Policy(allowance=200, running_per_member=0, running_jobs_per_member=0), Offer({"scenario": Prices()})
        wired = wire_use_cases(adapters, attachments, policy, offer, {}, seed=lambda: 4242)
        yield SimpleNamespace(
            storage=storage,
            clock=clock,
            engine=engine,
            attachments=attachments,
            provider=provider,
            kept_clips=kept_clips,
            **{field.name: getattr(wired, field.name) for field in fields(wired)},
        )
