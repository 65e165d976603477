"""Everything this Discord remembers, in one place, so that a reset can begin anew. Routes and services are handed it."""

import asyncio
from collections import deque
from typing import Any

from sandbox.clock import Clock
from sandbox.discord.application import Application
from sandbox.discord.channels import Channel, Message
from sandbox.discord.cooldowns import Cooldowns
from sandbox.discord.events import EventBus
from sandbox.discord.external_files import ExternalFiles
from sandbox.discord.files import Files
from sandbox.discord.gateway import Gateway
from sandbox.discord.ids import Snowflakes
from sandbox.discord.interaction import Interaction
from sandbox.discord.moderation import Moderation
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.references import RESOLVED
from sandbox.discord.registry import Registry
from sandbox.discord.session import GUILDS
from sandbox.discord.world import World
from sandbox.exchange import redacted_path
from sandbox.faults import Faults
from sandbox.strict_json import Json
from sandbox.world_file import WorldFile

VIOLATIONS_KEPT = 1_000
NO_ANSWER = "The application did not respond"


class State:
    def __init__(
        self, clock: Clock, faults: Faults, limits: RateLimits, application: Application, world_file: WorldFile
    ) -> None:
        self.application = application
        self.world_file = world_file
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.bus = EventBus()
        self.limits = limits
        self.gateway = Gateway(lambda: self.world, self.bus, faults, limits, application, self.violated)
        self.registry = Registry(self.ids, application.id)
        self.violations: deque[dict[str, Any]] = deque(maxlen=VIOLATIONS_KEPT)
        self.base = ""
        self._begin()

    def _begin(self) -> None:
        self.world = World(self.clock, self.ids, self.application, self.world_file)
        self.files = Files(self.clock, self.ids, self.application.id)
        self.files.base = f"{self.base}/cdn"
        self.outside = ExternalFiles(self.files)
        self.moderation = Moderation()
        self.cooldowns = Cooldowns(self.clock, self.limits)
        self.interactions: dict[str, Interaction] = {}
        self.tokens: dict[str, Interaction] = {}
        self.nonces: dict[tuple[str, str], tuple[int, Message]] = {}
        self.aliases: dict[str, str] = {}
        """Names of uploaded files ("f1"), by which members attach them."""

    def listening(self, url: str) -> None:
        """Take note of the address that URLs must name."""
        self.base = url
        self.files.base = f"{url}/cdn"
        self.gateway.url = url.replace("http", "ws", 1) + "/gateway"

    async def reset(self) -> None:
        """Begin a fresh world. The application, its commands and its intents stay: they are the bot's."""
        self.files.close()
        self.violations.clear()
        self._begin()
        self.bus.end()
        await self.gateway.forget()

    def close(self) -> None:
        self.files.close()
        self.bus.end()

    def violated(self, method: str, path: str, problem: str, detail: Json = None) -> None:
        path = redacted_path(path)
        self.violations.append(
            {"at_ms": self.clock.now_ms(), "method": method, "path": path, "problem": problem, "detail": detail}
        )

    def add_interaction(self, interaction: Interaction) -> None:
        self.interactions[interaction.id] = interaction
        self.tokens[interaction.token] = interaction
        asyncio.get_running_loop().call_later(3.05, self._ripen, interaction)

    def _ripen(self, interaction: Interaction) -> None:
        """Tell the page that an interaction failed, if it has failed."""
        if interaction.answer is None:
            self.tell_interaction(interaction)

    def tell_interaction(self, interaction: Interaction) -> None:
        who = interaction.member.id
        self.bus.publish("interaction", lambda _: self.interaction_view(interaction), lambda listener: listener.id == who)

    def interaction_view(self, interaction: Interaction) -> dict[str, Any]:
        view = interaction.summary(self.clock.now_ms())
        view["modal"] = interaction.modal
        view["message"] = self.shown(interaction.original) if interaction.original else None
        mine = [one for one in interaction.channel.messages.values() if one.interaction == interaction.id]
        view["messages"] = [self.shown(one) for one in mine]
        if view["state"] == "failed":
            view["reason"] = NO_ANSWER
        return view

    def shown(self, message: Message) -> dict[str, Any]:
        """A message as the control API gives it."""
        shown = message.data | {
            "ephemeral": message.ephemeral_to is not None,
            "channel_name": message.channel.name,
        }
        if message.data["type"] in RESOLVED and (reference := message.data.get("message_reference")):
            replied = self.world.find_message(reference["message_id"])
            shown["referenced_message"] = replied.data if replied else None
        return shown

    def tell_channel(self, event: str, channel: Channel) -> None:
        """Tell of a channel that was made or changed: the bot, if it is in the guild, and the page of whoever sees it."""
        if channel.guild_id:
            self.gateway.dispatch(event, channel.payload(), guild_id=channel.guild_id, intent=GUILDS)
        self.bus.publish(
            "channel", lambda _: self.channel_view(channel), lambda one: self.world.sight.sees_channel(one, channel)
        )

    def channel_view(self, channel: Channel) -> dict[str, Any]:
        view = self.world.refresh_thread(channel).payload()
        view.setdefault("name", channel.name)
        if channel.thread:
            view["member_ids"] = list(channel.thread.members)
        return view
