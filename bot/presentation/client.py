"""The bot's Discord client: connects to the gateway, loads the cogs, registers the commands, passes interactions to handlers.

It runs on as many shards as Discord wants, all in this process. Nothing depends on the shard on which an interaction arrives.
`wiring` sets `use_cases` and `notifier` before it starts, the cog `interactions` sets `handlers`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, cast

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.first_answers import FirstAnswers
from bot.notice import CommandsRefused, Part
from bot.ports import KeyValues, SettableClock
from bot.presentation import command_sync, gateway
from bot.presentation.command_texts import CommandTexts
from bot.presentation.discord_errors import LIBRARY_SLEEPS_MOST, long_limits
from bot.presentation.discord_language import member_language
from bot.presentation.discord_time import DiscordTime
from bot.presentation.interactions.unsettled import Unsettled
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.translations import speak
from bot.services.use_cases import UseCases
from bot.tasks import kept

if TYPE_CHECKING:
    from bot.presentation.delivery.notifier import DiscordNotifier

_log: Final = logging.getLogger(__name__)


def point_at(api_base: str, gateway_url: str, cdn_base: str) -> None:
    """Sets Discord's addresses for the whole process, such as those of a sandbox. Call it before a client is made."""
    Route.BASE = api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    # discord.py types it as a literal, but reads it as an ordinary attribute.
    setattr(discord.Asset, "BASE", cdn_base)  # noqa: B010
    # The bot never speaks; without this every start warns the operator about voice packages.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class InteractionHandlers(Protocol):
    """Answers interactions. `cogs/interactions.py` implements it."""

    async def pressed(self, interaction: discord.Interaction[HappyHorseClient], action: Action, subject: str) -> None:
        """A button of ours. Never raises."""
        ...

    async def received(self, interaction: discord.Interaction[HappyHorseClient]) -> None:
        """Any interaction, a form too. Never raises."""
        ...

    async def failed(self, interaction: discord.Interaction[HappyHorseClient], error: app_commands.AppCommandError) -> None:
        """A command raised this. Never raises."""
        ...


class HorseTree(app_commands.CommandTree["HappyHorseClient"]):
    async def interaction_check(self, interaction: discord.Interaction[HappyHorseClient], /) -> bool:
        """Sets the member's language. discord.py calls it before each command and autocomplete, in the task that answers."""
        speak(member_language(interaction))
        return True

    async def on_error(
        self, interaction: discord.Interaction[HappyHorseClient], error: app_commands.AppCommandError, /
    ) -> None:
        await self.client.handlers.failed(interaction, error)


class HappyHorseClient(commands.AutoShardedBot):
    """Needs the guilds intent only: everything comes as interactions, and the interaction of a context menu has its message."""

    use_cases: UseCases
    notifier: DiscordNotifier
    handlers: InteractionHandlers

    def __init__(self, key_values: KeyValues, clock: SettableClock, cogs: Sequence[str], first_answers: FirstAnswers) -> None:
        """`cogs` are the names of modules to load: this package must not import them. Whoever answers an interaction tells
        `first_answers` while its first answer is due.
        """
        self.first_answers = first_answers
        self.unsettled = Unsettled()
        self.discord_time = DiscordTime(clock)
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=HorseTree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LIBRARY_SLEEPS_MOST,
            http_trace=long_limits(self.discord_time.trace()),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        gateway.skip_unreadable(self)
        self.command_ids: dict[str, int] = {}
        """Discord's ids of the slash commands by name, once they are known. A mention of a command needs its id."""
        self._key_values = key_values
        self._clock = clock
        self._cogs = cogs
        self._verifying: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        for name in self._cogs:
            await self.load_extension(name)
        await self.tree.set_translator(CommandTexts())
        if self.application_id is None:
            return
        try:
            sent = await command_sync.register(
                self.tree, self.application_id, Route.BASE, self._key_values, self._clock, self.command_ids
            )
        except command_sync.CommandsRefused as error:
            await self.notifier.tell_operator(CommandsRefused(str(error)))
        except command_sync.UNREACHED as error:
            _log.error("the commands could not be registered, the earlier ones stay: %s", error)
        else:
            if not sent:
                verifying = kept(Part.COMMANDS, self._verify, self.notifier.tell_operator)
                self._verifying = asyncio.create_task(verifying, name="commands")

    async def _verify(self) -> None:
        try:
            await command_sync.verify(self.tree, self._key_values, self._clock, self.command_ids)
        except command_sync.CommandsRefused as error:
            await self.notifier.tell_operator(CommandsRefused(str(error)))

    async def launch_shards(self) -> None:
        # If the number of shards is set, discord.py connects to the configured gateway, else to the one that Discord names.
        self.shard_count = await gateway.shards_wanted(self, self._clock)
        await super().launch_shards()

    def connected(self) -> bool:
        """Whether Discord's gateway is there, on every shard."""
        return self.is_ready() and not any(shard.is_closed() for shard in self.shards.values())

    async def close(self) -> None:
        if self._verifying is not None:
            self._verifying.cancel()
        if isinstance(cast("object", self.loop), asyncio.AbstractEventLoop):
            # Before a log-in discord.py has no event loop yet, and its `close` needs one.
            await super().close()

    async def on_interaction(self, interaction: discord.Interaction[HappyHorseClient]) -> None:
        self.discord_time.seen(interaction.id)
        await self.handlers.received(interaction)
