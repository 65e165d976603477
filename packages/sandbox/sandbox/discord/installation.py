"""For whom the application is installed where someone uses it, and in which kind of place that is.

A guild has the application by its bot, an account by having installed it for itself; an interaction names both.
`member_actions.py` and `callbacks.py` ask.
"""

from typing import Any

from sandbox.discord.channels import Channel, Message
from sandbox.discord.members import Member
from sandbox.discord.world import World

GUILD_INSTALL, USER_INSTALL = 0, 1
IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = 0, 1, 2
Owners = dict[str, str]
"""`authorizing_integration_owners`: installation kind to the id of a guild ("0" in a DM) or a user."""


def context_of(channel: Channel) -> int:
    """The interaction context: a guild, the bot's own DM, or a direct message that the bot is not in."""
    if channel.guild_id:
        return IN_GUILD
    return IN_BOT_DM if channel.recipient else IN_PRIVATE_CHANNEL


def owners_for(world: World, member: Member, channel: Channel, kinds: list[int]) -> Owners:
    """The installations by which the member may use, here, a command that supports these kinds; empty where there is none."""
    made: Owners = {}
    context = context_of(channel)
    if GUILD_INSTALL in kinds:
        guild = world.guild_of(channel)
        if guild and world.bot_user.id in guild.members:
            made[str(GUILD_INSTALL)] = guild.id
        elif context == IN_BOT_DM and world.accounts.shares_guild(member.id):
            made[str(GUILD_INSTALL)] = "0"
    if USER_INSTALL in kinds and member.user.installed:
        made[str(USER_INSTALL)] = member.id
    return made


def owners_of(message: Message) -> Owners:
    """What holds for a component: the installations of the interaction that made the message, else the bot's own."""
    metadata: dict[str, Any] = message.data.get("interaction_metadata") or {}
    return metadata.get("authorizing_integration_owners") or {str(GUILD_INSTALL): message.channel.guild_id or "0"}


def is_guest(owners: Owners) -> bool:
    """Whether the application is here for one user alone, and not in the guild or the conversation itself."""
    return str(GUILD_INSTALL) not in owners
