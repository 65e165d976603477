"""What `happyhorse doctor` learns from Discord: token, intents, permissions in each guild.

It opens no gateway and sends nothing. A bot that starts asks here too, about the operator's channel.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import aiohttp
import discord

from bot.ports import SettableClock, Severity
from bot.presentation.discord_time import DiscordTime
from bot.presentation.views.findings import Finding
from bot.presentation.views.translations import N_, _, ngettext

NEEDED: Final = {
    # Translators: names of permissions, as Discord's own settings show them in your language.
    "view_channel": N_("View Channels"),
    "send_messages": N_("Send Messages"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "create_public_threads": N_("Create Public Threads"),
    "attach_files": N_("Attach Files"),
    "read_message_history": N_("Read Message History"),
}
"""Permissions that the bot uses, with the names that Discord's settings show."""
_INDISPENSABLE: Final = "send_messages"
SCOPES: Final = ("bot", "applications.commands")
_GUILDS_MOST: Final = 20
_CLOCK_OFF_SECONDS: Final = 5.0
"""Discord's `Date` header has whole seconds, and the answer may be on its way for another second. So a small difference means
nothing."""
_CHANNELS_NAMED: Final = 5
_INTENTS: Final = discord.Intents(guilds=True)


def invite_url(application_id: int) -> str:
    """The link that adds the bot with what it needs, and nothing else."""
    permissions = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return discord.utils.oauth_url(application_id, permissions=permissions, scopes=SCOPES)


async def inspect(token: str, operator_channel: int | None, machine: SettableClock) -> list[Finding]:
    """All findings, or only one if Discord refuses the token or can't be reached. `machine` is a clock that was not set to
    Discord's time; the two are compared.
    """
    if not token:
        remedy = _("Put the bot's token into discord.token or HAPPYHORSE_DISCORD__TOKEN.")
        return [Finding(_("Discord token"), Severity.ERROR, _("not set"), remedy)]
    time = DiscordTime(machine)
    async with discord.Client(intents=_INTENTS, http_trace=time.trace()) as client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            remedy = _("Copy it again from the developer portal: Bot, Reset Token.")
            return [Finding(_("Discord token"), Severity.ERROR, _("refused by Discord"), remedy)]
        except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
            return [_unreachable(error)]
        found = [Finding(_("Discord token"), Severity.OK, _("this is {name}").format(name=client.user))]
        found += _clock(time.ahead_ms)
        found.append(Finding(_("Intents"), Severity.OK, _("none that need Discord's approval are used")))
        try:
            found += await _guilds(client)
            if operator_channel is not None:
                found.append(await operators_channel(client, operator_channel))
        except (aiohttp.ClientError, OSError) as error:
            found.append(_unreachable(error))
        return found


def _unreachable(error: Exception) -> Finding:
    remedy = _("Check the network and discord.api_base.")
    if isinstance(error, aiohttp.ClientSSLError):
        # Certificates are valid between two dates. A machine whose date is far off takes every certificate for invalid, so
        # Discord can't be asked for the time either.
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        said = _("This machine says that it is {today}: set its clock if that is wrong. Else check the network and its proxy.")
        remedy = said.format(today=today)
    return Finding("Discord", Severity.ERROR, _("not reachable ({error})").format(error=type(error).__name__), remedy)


def _clock(ahead_ms: int | None) -> list[Finding]:
    if ahead_ms is None:
        return []
    seconds = abs(ahead_ms) / 1000
    if seconds <= _CLOCK_OFF_SECONDS:
        return [Finding(_("Clock"), Severity.OK, _("this machine's clock agrees with Discord's"))]
    slow = _("this machine's clock is {seconds} s slow by Discord's")
    fast = _("this machine's clock is {seconds} s fast by Discord's")
    found = (slow if ahead_ms > 0 else fast).format(seconds=round(seconds))
    remedy = _("Let the network set it (on Linux: timedatectl set-ntp true). The bot goes by Discord's clock all the same.")
    return [Finding(_("Clock"), Severity.WARNING, found, remedy)]


async def _guilds(client: discord.Client) -> list[Finding]:
    me = client.user
    if me is None:
        return []
    try:
        findings = [await _guild(client, guild.id, me.id) async for guild in client.fetch_guilds(limit=_GUILDS_MOST)]
    except discord.HTTPException as error:
        found = _("could not be looked at ({error})").format(error=error.status)
        return [Finding(_("Guilds"), Severity.ERROR, found, _("Try again in a minute."))]
    if not findings:
        remedy = _("Add it with {link}").format(link=invite_url(client.application_id or me.id))
        return [Finding(_("Guilds"), Severity.WARNING, _("the bot is in none"), remedy)]
    return findings


async def _guild(client: discord.Client, guild_id: int, me: int) -> Finding:
    guild = await client.fetch_guild(guild_id, with_counts=False)
    member = await guild.fetch_member(me)
    missing = _missing(member.guild_permissions)
    if not missing:
        return await _channels(guild, member)
    severity = Severity.ERROR if _INDISPENSABLE in missing else Severity.WARNING
    found = _("missing: {permissions}").format(permissions=", ".join(_(NEEDED[each]) for each in missing))
    remedy = _("Grant them to the bot's role, or add it again with the link in the README.")
    return Finding(_subject(guild), severity, found, remedy)


def _subject(guild: discord.Guild) -> str:
    return _("Guild {name}").format(name=guild.name)


async def _channels(guild: discord.Guild, member: discord.Member) -> Finding:
    """Which text channels shut the bot out, in a guild that gives it all permissions. That may be on purpose."""
    texts = [each for each in await guild.fetch_channels() if isinstance(each, discord.TextChannel)]
    closed = [f"#{each.name}" for each in texts if _missing(each.permissions_for(member))]
    if not closed:
        return Finding(_subject(guild), Severity.OK, _("all permissions are there"))
    remedy = _("Fine where it is meant; else allow the bot's role in these channels.")
    if len(closed) == len(texts):
        return Finding(_subject(guild), Severity.ERROR, _("every text channel shuts the bot out"), remedy)
    more = len(closed) - _CHANNELS_NAMED
    found = _("shut out of {channels}")
    if more > 0:
        found = ngettext("shut out of {channels} and {count} more", "shut out of {channels} and {count} more", more)
    found = found.format(channels=", ".join(closed[:_CHANNELS_NAMED]), count=more)
    return Finding(_subject(guild), Severity.ADVICE, found, remedy)


def _missing(permissions: discord.Permissions) -> list[str]:
    """The permissions of `NEEDED` that are missing."""
    if permissions.administrator:
        return []
    return [name for name in NEEDED if not getattr(permissions, name)]


async def operators_channel(client: discord.Client, channel_id: int) -> Finding:
    """Whether the channel is there and takes the bot's messages. Works without a gateway."""
    subject = _("Operator's channel")
    try:
        found = await _shut(client, channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        found = _unseen(channel_id)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        found = _("{channel} could not be looked at ({error})").format(channel=channel_id, error=type(error).__name__)
        return Finding(subject, Severity.WARNING, found, _("Run happyhorse doctor in a minute."))
    if not found:
        return Finding(subject, Severity.OK, _("{channel} takes messages").format(channel=channel_id))
    remedy = _("Set discord.operator_channel to a channel that the bot can see and write in, or leave it out.")
    return Finding(subject, Severity.ERROR, found, remedy)


def _unseen(channel_id: int) -> str:
    return _("{channel} can't be seen").format(channel=channel_id)


async def _shut(client: discord.Client, channel_id: int) -> str:
    """Why nothing can be sent there; "" if it can. Raises discord.py's errors."""
    channel = await client.fetch_channel(channel_id)
    if isinstance(channel, discord.DMChannel):
        return ""
    thread = isinstance(channel, discord.Thread)
    if isinstance(channel, discord.Thread):
        place_id = channel.parent_id
    elif isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        place_id = channel.id
    else:
        return _("{channel} is no channel for messages").format(channel=channel_id)
    guild = await client.fetch_guild(channel.guild.id, with_counts=False)
    member = await guild.fetch_member(0 if client.user is None else client.user.id)
    # A channel that was fetched alone comes without the guild's roles, and its permissions can't be found without them. So
    # fetch all channels: these come with the roles.
    place = next((each for each in await guild.fetch_channels() if each.id == place_id), None)
    if place is None:
        return _unseen(channel_id)
    may = place.permissions_for(member)
    if may.administrator or (may.view_channel and (may.send_messages_in_threads if thread else may.send_messages)):
        return ""
    return _("the bot may not write in #{name} ({channel})").format(name=channel.name, channel=channel_id)
