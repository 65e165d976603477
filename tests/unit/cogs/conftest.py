"""The bot under SimCord, a Discord that others wrote: real discord.py, SQLite and Pillow, and an engine that only records."""

from __future__ import annotations

import io
from types import SimpleNamespace

import discord
import pytest
import simcord
from PIL import Image

from bot.app import COGS
from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.errors import Problem, RequestRefused
from bot.media.local import Studio
from bot.pipeline.estimates import ClipExpectations
from bot.pipeline.job_progress import JobGlances
from bot.ports import ClipFacts, Delivery
from bot.presentation.client import HappyHorseClient
from bot.presentation.delivery.notifier import DiscordNotifier
from bot.presentation.delivery.rate_limit import Budget
from bot.services.allowances import Allowances
from bot.services.cancel_job import CancelJob
from bot.services.find_jobs import ListJobs
from bot.services.offer import Offer
from bot.services.post_clip import PostClip
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import BOOKING_SECONDS, RequestClip
from bot.services.show_quota import ShowQuota
from bot.services.use_cases import Desk
from bot.storage import open_storage
from tests.fakes import InstantProvider, RecordingEngine
from tests.unit.presentation.rulebook import every

SHARDS = 2


def picture(width=1024, height=1024, color=(200, 120, 40)):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "PNG")
    return buffer.getvalue()


class Shelf:
    """What SimCord's members uploaded, by URL."""

    def __init__(self):
        self.env = None

    def takes(self, url):
        return self.env is not None and self.env.backend.cdn.get(url) is not None

    async def read(self, url, max_bytes):
        found = self.env.backend.cdn.get(url) if self.env else None
        if found is None:
            raise RequestRefused((Problem("attachment", "an expired link", "a fresh one", "Attach it again."),))
        return found


class SimClock:
    """SimCord's own time."""

    def __init__(self):
        self.env = None

    def now_ms(self):
        return int(self.env.now().timestamp() * 1000) if self.env else 0

    async def sleep(self, seconds):
        raise AssertionError("nothing here sleeps")


class House:
    """Everything that outlives a restart, and a fresh client over it each time."""

    def __init__(self, storage, studio):
        self.storage, self.studio = storage, studio
        self.clock, self.engine, self.shelf, self.provider = SimClock(), RecordingEngine(), Shelf(), InstantProvider()
        self.policy, self.prices = Policy(allowance=300, running_per_member=3), Prices()
        self.lanes = {}
        self.env = None

    def client(self):
        storage, engine, clock = self.storage, self.engine, self.clock
        glances = JobGlances(storage.jobs, engine, self.lanes, ClipExpectations(storage.jobs, clock), clock)
        hurried = storage.hurried(BOOKING_SECONDS)
        allowances = Allowances(self.policy, hurried.multipliers, clock)
        client = HappyHorseClient(storage.settings, clock, COGS)
        client.notifier = DiscordNotifier(
            client,
            jobs=storage.jobs,
            blobs=storage.blobs,
            media=self.studio,
            glances=glances,
            clock=clock,
            operator_channel_id=None,
        )
        # SimCord's time stands still inside a callback; the pace of requests has tests of its own.
        client.notifier._messages._budget = Budget(1_000, burst=1_000)
        client.desk = Desk(
            request=RequestClip(
                jobs=hurried.jobs,
                blobs=hurried.blobs,
                drafts=hurried.drafts,
                media=self.studio,
                attachments=self.shelf,
                engine=engine,
                clock=clock,
                policy=self.policy,
                allowances=allowances,
                pauses=hurried.pauses,
                offer=Offer({"scenario": self.prices}),
                seed=lambda: 4242,
            ),
            cancel=CancelJob(hurried.jobs, {"scenario": self.provider}, engine, clock, lambda _job: None),
            repeat=RepeatClip(hurried.jobs, hurried.drafts, clock, Offer({"scenario": self.prices})),
            list=ListJobs(storage.jobs, glances, {"scenario": self.provider}),
            quota=ShowQuota(storage.ledger, clock, self.policy, allowances, self.prices),
            post=PostClip(hurried.jobs, engine, clock),
            policy=self.policy,
            allowances=allowances,
            offer=Offer({"scenario": self.prices}),
        )
        self.now = client
        return client

    @property
    def notifier(self):
        return self.now.notifier

    async def latest(self):
        """The job that was asked for last."""
        return await self.storage.jobs.get(self.engine.woken[-1])


@pytest.fixture
async def house(tmp_path):
    async with open_storage(tmp_path / "happyhorse.db") as storage, Studio() as studio:
        yield House(storage, studio)


@pytest.fixture
async def env(house):
    """By its type SimCord's plugin knows it, and runs the test in its time."""
    env = simcord.env.Env(house.client(), shard_count=SHARDS, settle_timeout=30)
    await env.start()
    house.env = house.clock.env = house.shelf.env = env
    yield env
    await env.shutdown()
    # As its own fixture does: what a test has looked at in `env.errors` is no surprise.
    env._raise_errors_since(env._errors_acknowledged)


@pytest.fixture
async def town(house, env):
    """A guild with a channel and three members, and the bot in it."""
    guild = env.create_guild()
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return SimpleNamespace(
        env=env,
        house=house,
        guild=guild,
        channel=guild.create_text_channel("clips"),
        alice=guild.add_member(env.create_user("alice")),
        bob=guild.add_member(env.create_user("bob")),
        mod=guild.add_member(env.create_user("mod"), roles=[moderators]),
    )


@pytest.fixture
def delivery(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    return Delivery(
        path, "a-red-kite-5s-720p-abcde.mp4", ClipFacts(1280, 720, 5.0, 24.0, 4, "h264", "aac"), "", poster=b"poster"
    )


def shown(result):
    """The message in which an interaction's answer ended: the first answer, or what followed where that was taken back."""
    return result.response or result.followups[-1]


def text(message):
    """All that stands in a message of components."""
    return "\n".join(each["content"] for each in every(_components(message)) if each["type"] == 10)


def labels(message):
    return [each["label"] for each in every(_components(message)) if each["type"] == 2]


def _components(message):
    return [each if isinstance(each, dict) else each.to_dict() for each in message.components]
