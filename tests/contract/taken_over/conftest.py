"""A database of each earlier version, this version's stores over it, and its bot over SimCord."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from types import SimpleNamespace

import discord
import pytest

from bot.media.local import LocalMedia
from bot.storage import open_storage
from tests.fixtures.old_databases import ALICE, BOB, CHANNEL, GUILD, MOD, SCHEMAS, old_database
from tests.fixtures.simcord_bot import Backend, delivery, env  # noqa: F401  fixtures


@pytest.fixture(params=SCHEMAS, ids=lambda schema: f"schema {schema}")
def old(request, tmp_path):
    return old_database(request.param, tmp_path)


@pytest.fixture
async def storage(old):
    async with open_storage(old.path) as storage:
        yield storage


@pytest.fixture
async def backend(storage, tmp_path):
    async with LocalMedia() as media:
        backend = Backend(storage, media, tmp_path / "clips")
        backend.policy = replace(backend.policy, allowance=100_000, running_per_member=0, running_jobs_per_member=0)
        yield backend


@pytest.fixture
async def server(backend, env, monkeypatch):  # noqa: F811  the fixture
    """The Discord that the old bot worked in, with its ids: a server, a channel and the members."""
    ids = deque()

    def pinned(id, make, *named):
        """Calls `make`, and returns what it made. The first id that is drawn meanwhile is `id`."""
        ids.append(id)
        return make(*named)

    drawn = env.backend.snowflake
    monkeypatch.setattr(env.backend, "snowflake", lambda: ids.popleft() if ids else drawn())
    guild = env.create_guild(id=GUILD)
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return SimpleNamespace(
        env=env,
        backend=backend,
        pinned=pinned,
        ids=ids,
        guild=guild,
        channel=pinned(CHANNEL, guild.create_text_channel, "clips"),
        alice=guild.add_member(pinned(ALICE, env.create_user, "alice")),
        bob=guild.add_member(pinned(BOB, env.create_user, "bob")),
        mod=guild.add_member(pinned(MOD, env.create_user, "mod"), roles=[moderators]),
    )
