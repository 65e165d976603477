"""Builds the bot's `Application` for a simulated life, with simulated connections in place of sockets, files and clocks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord
import httpx

from bot.app import Application
from bot.errors import StorageError
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.providers.scenario import Account, Pace, ScenarioProvider
from bot.settings import ProviderSection, Settings, StorageSection
from bot.storage import storage_over
from tests.simulation.database import SimulatedDatabase
from tests.simulation.discord.http import DiscordWire
from tests.simulation.discord.places import GUILD, OPERATORS
from tests.simulation.discord.uploads import guild_of
from tests.simulation.disk import WorkPath
from tests.simulation.hanging import Sending
from tests.simulation.media import SimulatedMedia
from tests.simulation.members import FakeAttachments, picture_number
from tests.simulation.vendor.answers import API
from tests.simulation.vendor.http import VendorWire
from tests.simulation.vendor.single_trouble import SUBMITTING, UPLOADING

if TYPE_CHECKING:
    from bot.ports import Accepted, Submission
    from tests.simulation.lives import Life

GIVE_UP_MINUTES: Final = 15
WATCH_SECONDS: Final = 15.0
_NAMED_SECONDS: Final = (2.0, 2.0, 60.0, 300.0)
"""A life gets its server from the gateway at most so long after its log-in; each life draws one of these."""
_CHANGE_SECONDS: Final = 20.0
"""How late the gateway reports boosts, at most."""

SETTINGS: Final = Settings(
    discord={"operator_channel": OPERATORS},
    provider=ProviderSection(name="scenario", watch_seconds=WATCH_SECONDS, give_up_minutes=GIVE_UP_MINUTES),
    quota={"allowance": 100_000, "running_per_member": 6},
    scenario={"api_key": "key", "api_secret": "secret"},
)


class Provider(ScenarioProvider):
    """The real provider, which also tells the world whose submit or upload is sent."""

    sending: Sending

    async def submit(self, submission: Submission) -> Accepted:
        SUBMITTING.set(submission.job_id)
        with self.sending.submitting(submission.job_id):
            return await super().submit(submission)

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:
        UPLOADING.set(picture_number(data))
        return await super().upload(sha256, media_type, data)


async def build(life: Life) -> Application:
    """Builds it as `bot.app.run` does."""
    storage = storage_over(SimulatedDatabase(life))
    try:
        clock = SystemClock(await known_ahead_ms(storage.key_values))
    except StorageError:
        clock = SystemClock()
    http = httpx.AsyncClient(transport=VendorWire(life), trust_env=False)
    account = Account("key", "secret", API, None, "team")
    provider = Provider(account, clock, http=http, pace=Pace(), states=storage.provider_states)
    provider.sending = life.sending
    await provider.__aenter__()
    settings = SETTINGS.model_copy(
        update={"storage": StorageSection.model_construct(path=WorkPath(life.world.folder / "happyhorse.db"))}
    )
    app = Application(settings, storage, SimulatedMedia(life), {"scenario": provider}, FakeAttachments(), clock)
    _connect(life, app.client)
    return app


def _connect(life: Life, client: discord.Client) -> None:
    """Connects the client to the simulated Discord. Its gateway sends the server with its boosts, and nothing else."""
    limits, dice = life.world.discord.limits, life.world.chance.of("gateway")
    gone = asyncio.Event()
    client.online = asyncio.Event()
    close = client.close

    async def log_in(_: str) -> None:
        await client._async_setup_hook()
        client.http._HTTPClient__session = DiscordWire(life, client.http.http_trace)
        client.http._global_over = asyncio.Event()
        client.http._global_over.set()
        user = await client.http.request(discord.http.Route("GET", "/users/@me"))
        client._connection.user = discord.ClientUser(state=client._connection, data=user)
        client._connection.application_id = 1

    async def connect() -> None:
        client.online.set()
        await asyncio.sleep(dice.choice(_NAMED_SECONDS) * dice.random())
        client._connection._add_guild(guild_of(client, GUILD, limits.tier))
        until_change = (limits.changes_ms - life.world.now_ms) / 1000
        if until_change > 0:
            asyncio.get_running_loop().call_later(until_change + dice.random() * _CHANGE_SECONDS, change)
        await gone.wait()

    def change() -> None:
        life.world.faults.count("discord: a server's limit changes")
        client._connection._add_guild(guild_of(client, GUILD, limits.tier))

    async def closing() -> None:
        gone.set()
        await close()

    client.login, client.connect, client.close = log_in, connect, closing
