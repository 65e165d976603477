"""What `happyhorse doctor` learns from Discord: token, intents, permissions in each guild. No gateway, nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import aiohttp
import discord

from bot.ports import SettableClock, Severity
from bot.presentation.discord_time import DiscordTime
from bot.presentation.views.findings import Finding

NEEDED: Final = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""Permissions that the bot uses, with the names that Discord's settings show."""
SCOPES: Final = ("bot", "applications.commands")
_OPERATORS_CHANNEL: Final = "Operator's channel"
_GUILDS_MOST: Final = 20
_CLOCK_OFF_SECONDS: Final = 5.0
"""What a `Date` and its way leave unsure is two; from here on an operator should know."""
_CHANNELS_NAMED: Final = 5
_INTENTS: Final = discord.Intents(guilds=True)


def invite_url(application_id: int) -> str:
    """The link that adds the bot with what it needs, and nothing else."""
    permissions = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return discord.utils.oauth_url(application_id, permissions=permissions, scopes=SCOPES)


async def inspect(token: str, operator_channel: int | None, machine: SettableClock) -> list[Finding]:
    """Every finding; a token that Discord refuses ends the visit. `machine` shows the machine's own time; it is not set."""
    if not token:
        remedy = "Put the bot's token into discord.token or HAPPYHORSE_DISCORD__TOKEN."
        return [Finding("Discord token", Severity.ERROR, "not set", remedy)]
    time = DiscordTime(machine)
    async with discord.Client(intents=_INTENTS, http_trace=time.trace()) as client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            remedy = "Copy it again from the developer portal: Bot, Reset Token."
            return [Finding("Discord token", Severity.ERROR, "refused by Discord", remedy)]
        except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
            return [_unreachable(error)]
        found = [Finding("Discord token", Severity.OK, f"this is {client.user}")]
        found += _clock(time.ahead_ms)
        found.append(Finding("Intents", Severity.OK, "none that need Discord's approval are used"))
        try:
            found += await _guilds(client)
            if operator_channel is not None:
                found.append(await operators_channel(client, operator_channel))
        except (aiohttp.ClientError, OSError) as error:
            found.append(_unreachable(error))
        return found


def _unreachable(error: Exception) -> Finding:
    remedy = "Check the network and discord.api_base."
    if isinstance(error, aiohttp.ClientSSLError):
        # Every certificate has its days: with a date far off none is valid, and no answer comes that would tell the time.
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        remedy = f"This machine says that it is {today}: set its clock if that is wrong. Else check the network and its proxy."
    return Finding("Discord", Severity.ERROR, f"not reachable ({type(error).__name__})", remedy)


def _clock(ahead_ms: int | None) -> list[Finding]:
    if ahead_ms is None:
        return []
    seconds = abs(ahead_ms) / 1000
    if seconds <= _CLOCK_OFF_SECONDS:
        return [Finding("Clock", Severity.OK, "this machine's clock agrees with Discord's")]
    found = f"this machine's clock is {seconds:.0f} s {'slow' if ahead_ms > 0 else 'fast'} by Discord's"
    remedy = "Let the network set it (on Linux: timedatectl set-ntp true). The bot goes by Discord's clock all the same."
    return [Finding("Clock", Severity.WARNING, found, remedy)]


async def _guilds(client: discord.Client) -> list[Finding]:
    me = client.user
    if me is None:
        return []
    try:
        found = [await _guild(client, guild.id, me.id) async for guild in client.fetch_guilds(limit=_GUILDS_MOST)]
    except discord.HTTPException as error:
        return [Finding("Guilds", Severity.ERROR, f"could not be looked at ({error.status})", "Try again in a minute.")]
    if not found:
        link = invite_url(client.application_id or me.id)
        return [Finding("Guilds", Severity.WARNING, "the bot is in none", f"Add it with {link}")]
    return found


async def _guild(client: discord.Client, guild_id: int, me: int) -> Finding:
    guild = await client.fetch_guild(guild_id, with_counts=False)
    member = await guild.fetch_member(me)
    missing = _missing(member.guild_permissions)
    if not missing:
        return await _channels(guild, member)
    severity = Severity.ERROR if "Send Messages" in missing else Severity.WARNING
    remedy = "Grant them to the bot's role, or add it again with the link in the README."
    return Finding(f"Guild {guild.name}", severity, f"missing: {', '.join(missing)}", remedy)


async def _channels(guild: discord.Guild, member: discord.Member) -> Finding:
    """Where the guild as a whole allows it, single channels may still shut the bot out, by design or not."""
    texts = [each for each in await guild.fetch_channels() if isinstance(each, discord.TextChannel)]
    closed = [f"#{each.name}" for each in texts if _missing(each.permissions_for(member))]
    subject = f"Guild {guild.name}"
    if not closed:
        return Finding(subject, Severity.OK, "all permissions are there")
    remedy = "Fine where it is meant; else allow the bot's role in these channels."
    if len(closed) == len(texts):
        return Finding(subject, Severity.ERROR, "every text channel shuts the bot out", remedy)
    named = ", ".join(closed[:_CHANNELS_NAMED])
    more = f" and {len(closed) - _CHANNELS_NAMED} more" if len(closed) > _CHANNELS_NAMED else ""
    return Finding(subject, Severity.ADVICE, f"shut out of {named}{more}", remedy)


def _missing(permissions: discord.Permissions) -> list[str]:
    if permissions.administrator:
        return []
    return [label for name, label in NEEDED.items() if not getattr(permissions, name)]


async def operators_channel(client: discord.Client, channel_id: int) -> Finding:
    """Whether it is there and takes our messages. Also asked by a bot that starts; needs no gateway."""
    try:
        found = await _shut(client, channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        found = f"{channel_id} can't be seen"
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        found = f"{channel_id} could not be looked at ({type(error).__name__})"
        return Finding(_OPERATORS_CHANNEL, Severity.WARNING, found, "Run happyhorse doctor in a minute.")
    if not found:
        return Finding(_OPERATORS_CHANNEL, Severity.OK, f"{channel_id} takes messages")
    remedy = "Set discord.operator_channel to a channel that the bot can see and write in, or leave it out."
    return Finding(_OPERATORS_CHANNEL, Severity.ERROR, found, remedy)


async def _shut(client: discord.Client, channel_id: int) -> str:
    """Why nothing can be sent there; empty where it can. Raises as the library does."""
    channel = await client.fetch_channel(channel_id)
    if isinstance(channel, discord.DMChannel):
        return ""
    thread = isinstance(channel, discord.Thread)
    if isinstance(channel, discord.Thread):
        place_id = channel.parent_id
    elif isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        place_id = channel.id
    else:
        return f"{channel_id} is no channel for messages"
    guild = await client.fetch_guild(channel.guild.id, with_counts=False)
    member = await guild.fetch_member(0 if client.user is None else client.user.id)
    # What was fetched alone knows no roles; a channel of the whole guild does.
    place = next((each for each in await guild.fetch_channels() if each.id == place_id), None)
    if place is None:
        return f"{channel_id} can't be seen"
    may = place.permissions_for(member)
    if may.administrator or (may.view_channel and (may.send_messages_in_threads if thread else may.send_messages)):
        return ""
    return f"the bot may not write in #{channel.name} ({channel_id})"
