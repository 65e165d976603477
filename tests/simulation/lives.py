"""One process from start to kill: the bot's own `House`, with the world's wires where sockets, files and clocks would be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord
import httpx
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.app import House
from bot.errors import StorageError
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.providers.scenario import Account, Pace, ScenarioProvider
from bot.settings import ProviderSection, Settings, StorageSection
from bot.storage import storage_over
from tests.simulation.clock import SimulatedLoop
from tests.simulation.database import SimulatedDatabase
from tests.simulation.discord.http import DiscordWire
from tests.simulation.discord.places import OPERATORS
from tests.simulation.disk import Disk, WorkPath
from tests.simulation.members import Members, Shelf
from tests.simulation.plan import LifePlan
from tests.simulation.studio import SimulatedStudio
from tests.simulation.vendor.answers import API
from tests.simulation.vendor.http import SUBMITTING, VendorWire

if TYPE_CHECKING:
    from bot.ports import Accepted, Submission
    from tests.simulation.world import World

_QUIET_SECONDS: Final = 60.0
_QUIET_LOOKS: Final = 2
"""So often in a row nothing is found to do before a last life ends."""
_PATIENCE_SECONDS: Final = 4 * 3600.0
"""Once nothing goes wrong any more, everything must have come to its end in this time."""
_UNPOSTED_SECONDS: Final = 4 * 24 * 3600.0
"""But a clip without a place, which is kept for three days."""
_OPEN: Final = "SELECT COUNT(*), COUNT(unposted_at_ms) FROM jobs WHERE ended_at_ms IS NULL OR shown = 0"
GIVE_UP_MINUTES: Final = 15
WATCH_SECONDS: Final = 15.0


class Provider(ScenarioProvider):
    """The real one, which also tells the world for whom it submits."""

    async def submit(self, submission: Submission) -> Accepted:
        SUBMITTING.set(submission.job_id)
        return await super().submit(submission)


class Life:
    """`dead` once it was killed: from then on nothing of it crosses a boundary any more."""

    def __init__(self, world: World, plan: LifePlan | None) -> None:
        """Without a plan it is the last life: its faults come to an end, and then all that is left to do is done."""
        self.world = world
        self.disk = Disk(world)
        self.loop = SimulatedLoop(world, self.disk)
        self.crashed = False
        self.house: House | None = None
        self._plan = plan
        self._crossings = 0

    @property
    def dead(self) -> bool:
        return self.loop.dead

    async def alive(self) -> None:
        """Returns only while the life goes on."""
        if self.dead:
            await self.loop.create_future()

    async def cross(self, boundary: str) -> None:
        """A boundary of the process: everything that leaves it passes here, and a kill may strike just here."""
        await self.alive()
        self.world.note(boundary)
        if self._plan is None or not boundary.startswith(self._plan.boundary):
            return
        self._crossings += 1
        if self._plan.fuse == self._crossings:
            self.die(f"killed at: {boundary}")
            await self.loop.create_future()

    def die(self, how: str) -> None:
        self.world.note(how)
        self.world.faults.count("life: killed")
        self.loop.dead = self.disk.dead = True
        self.loop.stop()

    def run(self) -> None:
        """From start to end. Whatever is unfinished in a killed life stays as it is."""
        WorkPath.disk = self.disk
        self.world.enter(self.loop)
        self.loop.set_exception_handler(self._unheard)
        try:
            self.loop.run_until_complete(self._main())
        except RuntimeError:
            if not self.dead:
                raise
        if self.dead and self._plan is not None and self._plan.ends == "power cut":
            self.disk.lose_power(self.world.folder)
        self.world.leave(0 if self._plan is None else self._plan.idle_ms)

    def _unheard(self, loop: asyncio.AbstractEventLoop, context: dict) -> None:
        error = context.get("exception")
        self.world.stumbles.append(f"unheard of: {context.get('message')} {error!r}")

    async def _main(self) -> None:
        async_context.set(AsyncWebhookAdapter())
        self._set_clock()
        self.house = house = await self._build()
        self.world.watching.life(house)
        living = asyncio.create_task(house.live("token"), name="live")
        members = Members(self, house)
        asking = asyncio.create_task(members.live(), name="members")
        await asyncio.wait(
            [living, asyncio.create_task(self._until(members), name="until")], return_when=asyncio.FIRST_COMPLETED
        )
        asking.cancel()
        gone = [asking, *members.stop()]
        await asyncio.wait(gone)
        if living.done():
            self.crashed = True
            error = living.exception()
            if not isinstance(error, StorageError):
                self.world.stumbles.append(f"the bot ended by itself: {error!r}")
        elif self._plan is not None and self._plan.ends != "stop":
            self.die("killed by the clock")
            await self.loop.create_future()
        elif self._plan is not None:
            await self._stop(house, living)

    def _set_clock(self) -> None:
        """The machine's clock is wrong from the start, and steps while the process runs."""
        clock, steps = self.world.clock, ((0.0, 0),) if self._plan is None else self._plan.clock
        clock.ahead_ms = steps[0][1]
        if clock.ahead_ms:
            self.world.faults.count("clock: wrong at the start")
        for at, ahead_ms in steps[1:]:
            self.loop.call_later(at, clock.step, ahead_ms)

    async def _until(self, members: Members) -> None:
        """The time that the plan gives it, or until all is done."""
        if self._plan is not None:
            await asyncio.sleep(self._plan.seconds)
            return
        await asyncio.sleep(self.world.plan.last_faults_seconds)
        self.world.faults.awake = False
        began, quiet = self.loop.time(), 0
        while quiet < _QUIET_LOOKS:
            await asyncio.sleep(_QUIET_SECONDS)
            unfinished, unposted = self.world.books.execute(_OPEN).fetchone()
            running = any(task.get_name().startswith("job-") for task in asyncio.all_tasks())
            quiet = 0 if self.world.plan.wishes or members.busy or unfinished or running else quiet + 1
            if self.loop.time() - began > (_UNPOSTED_SECONDS if unfinished == unposted else _PATIENCE_SECONDS):
                return

    async def _stop(self, house: House, living: asyncio.Task[int]) -> None:
        """As SIGTERM does it."""
        self.world.faults.count("life: stopped in order")
        self.world.note("SIGTERM")
        began = self.loop.time()
        await house.stop()
        await living
        await house.close()
        if self.loop.time() - began > 60:
            self.world.stumbles.append(f"a stop took {self.loop.time() - began:.0f} s")

    async def _build(self) -> House:
        """As `bot.app.run` does it."""
        storage = storage_over(SimulatedDatabase(self))
        try:
            clock = SystemClock(await known_ahead_ms(storage.settings))
        except StorageError:
            clock = SystemClock()
        http = httpx.AsyncClient(transport=VendorWire(self), trust_env=False)
        account = Account("key", "secret", API, None, "team")
        provider = Provider(account, clock, http=http, pace=Pace(), settings=storage.settings)
        await provider.__aenter__()
        settings = SETTINGS.model_copy(
            update={"storage": StorageSection.model_construct(path=WorkPath(self.world.folder / "happyhorse.db"))}
        )
        house = House(settings, storage, SimulatedStudio(self), {"scenario": provider}, Shelf(), clock)
        self._connect(house.client)
        return house

    def _connect(self, client: discord.Client) -> None:
        """A client whose session is the world's Discord, and whose gateway is silent."""
        gone = asyncio.Event()
        close = client.close

        async def log_in(_: str) -> None:
            await client._async_setup_hook()
            client.http._HTTPClient__session = DiscordWire(self, client.http.http_trace)
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


SETTINGS: Final = Settings(
    discord={"operator_channel": OPERATORS},
    provider=ProviderSection(name="scenario", watch_seconds=WATCH_SECONDS, give_up_minutes=GIVE_UP_MINUTES),
    quota={"allowance": 100_000, "running_per_member": 6},
    scenario={"api_key": "key", "api_secret": "secret"},
)
