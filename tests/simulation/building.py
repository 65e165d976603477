"""The bot's own `House` for a simulated life, with the world's wires where sockets, files and clocks would be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord
import httpx

from bot.app import House
from bot.errors import StorageError
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.providers.scenario import Account, Pace, ScenarioProvider
from bot.settings import ProviderSection, Settings, StorageSection
from bot.storage import storage_over
from tests.simulation.database import SimulatedDatabase
from tests.simulation.discord.http import DiscordWire
from tests.simulation.discord.places import OPERATORS
from tests.simulation.disk import WorkPath
from tests.simulation.hanging import Sending
from tests.simulation.members import Shelf, picture_number
from tests.simulation.studio import SimulatedStudio
from tests.simulation.vendor.answers import API
from tests.simulation.vendor.http import VendorWire
from tests.simulation.vendor.single_trouble import SUBMITTING, UPLOADING

if TYPE_CHECKING:
    from bot.ports import Accepted, Submission
    from tests.simulation.lives import Life

GIVE_UP_MINUTES: Final = 15
WATCH_SECONDS: Final = 15.0

SETTINGS: Final = Settings(
    discord={"operator_channel": OPERATORS},
    provider=ProviderSection(name="scenario", watch_seconds=WATCH_SECONDS, give_up_minutes=GIVE_UP_MINUTES),
    quota={"allowance": 100_000, "running_per_member": 6},
    scenario={"api_key": "key", "api_secret": "secret"},
)


class Provider(ScenarioProvider):
    """The real one, which also tells the world for whom it submits and uploads."""

    sending: Sending

    async def submit(self, submission: Submission) -> Accepted:
        SUBMITTING.set(submission.job_id)
        with self.sending.submitting(submission.job_id):
            return await super().submit(submission)

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:
        UPLOADING.set(picture_number(data))
        return await super().upload(sha256, media_type, data)


async def build(life: Life) -> House:
    """As `bot.app.run` does it."""
    storage = storage_over(SimulatedDatabase(life))
    try:
        clock = SystemClock(await known_ahead_ms(storage.settings))
    except StorageError:
        clock = SystemClock()
    http = httpx.AsyncClient(transport=VendorWire(life), trust_env=False)
    account = Account("key", "secret", API, None, "team")
    provider = Provider(account, clock, http=http, pace=Pace(), settings=storage.settings)
    provider.sending = life.sending
    await provider.__aenter__()
    settings = SETTINGS.model_copy(
        update={"storage": StorageSection.model_construct(path=WorkPath(life.world.folder / "happyhorse.db"))}
    )
    house = House(settings, storage, SimulatedStudio(life), {"scenario": provider}, Shelf(), clock)
    _connect(life, house.client)
    return house


def _connect(life: Life, client: discord.Client) -> None:
    """A client whose session is the world's Discord, and whose gateway is silent."""
    gone = asyncio.Event()
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
        await gone.wait()

    async def closing() -> None:
        gone.set()
        await close()

    client.login, client.connect, client.close = log_in, connect, closing
