"""What an interaction names by id - files, members, roles, channels, messages - written out as its `resolved` data.

`member_actions.py` calls it.
"""

from typing import Any

from sandbox.discord import options as line
from sandbox.discord.channels import Channel
from sandbox.discord.members import Member
from sandbox.discord.modals import FILE_UPLOAD
from sandbox.discord.posting import Posting
from sandbox.discord.registry import ATTACHMENT, MESSAGE
from sandbox.discord.state import State
from sandbox.strict_json import Json

ENTITIES = {5: line.USER, 6: line.ROLE, 7: line.MENTIONABLE, 8: line.CHANNEL, FILE_UPLOAD: ATTACHMENT}
"""Components whose values are ids of something, and the option type that resolves alike."""


class Resolving:
    """One interaction's resolved data, collected while its options are read."""

    def __init__(self, state: State, posting: Posting, channel: Channel) -> None:
        self._state = state
        self._posting = posting
        self._channel = channel
        self.resolved: dict[str, dict[str, Any]] = {}

    def option(self, kind: int, value: Json) -> str:
        """Resolve an option's value, an id or a name or `@file`, to the id that is sent. Raises BadOption."""
        text = str(value)
        if kind == ATTACHMENT:
            return self._file(text)
        if kind == line.USER or (kind == line.MENTIONABLE and self._state_member(text)):
            return self._member(text)
        if kind in {line.ROLE, line.MENTIONABLE}:
            return self._role(text)
        return self._channel_named(text)

    def select(self, kind: int, values: list[str]) -> list[str]:
        """Resolve what was chosen in an entity select or put into a file upload to ids. Raises BadOption."""
        return [self.option(ENTITIES[kind], value) for value in values]

    def target(self, kind: int, target: str | None) -> str:
        """Resolve a context menu's target. Raises BadOption."""
        if not target:
            raise line.BadOption("a context menu needs a 'target': the id of a message or a user")
        if kind != MESSAGE:
            return self._member(target)
        message = self._state.world.find_message(target)
        if message is None:
            raise line.BadOption(f"there is no message {target!r}")
        self._put("messages", message.id, self._posting.reading.fresh(message))
        return message.id

    def _file(self, text: str) -> str:
        stored = self._state.files.get(self._state.aliases.get(text.removeprefix("@"), text))
        if stored is None:
            raise line.BadOption(f"there is no file {text!r}; post its bytes to /_sandbox/files first and name it '@f1'")
        self._put("attachments", stored.id, self._state.files.payload(stored))
        return stored.id

    def _state_member(self, text: str) -> Member | None:
        name = text.removeprefix("<@").removesuffix(">")
        members = self._state.world.accounts.people_in(self._channel)
        return members.get(name) or next((one for one in members.values() if one.name == name), None)

    def _member(self, text: str) -> str:
        member = self._state_member(text)
        if member is None:
            raise line.BadOption(f"there is no member {text!r}; there are: {_listed(self._state.world.home.members)}")
        self._put("users", member.id, member.user.payload())
        if self._channel.guild_id:
            granted = self._state.world.sight.permissions(member, self._channel)
            self._put("members", member.id, member.partial() | {"permissions": str(granted)})
        return member.id

    def _role(self, text: str) -> str:
        guild = self._state.world.guild_of(self._channel)
        roles = guild.roles if guild else {}
        role = roles.get(text) or next((one for one in roles.values() if one.name == text), None)
        if role is None:
            raise line.BadOption(f"there is no role {text!r}; there are: {_listed(roles)}")
        self._put("roles", role.id, role.payload())
        return role.id

    def _channel_named(self, text: str) -> str:
        channels = self._state.world.channels
        name = text.removeprefix("#")
        channel = channels.get(name) or next((one for one in channels.values() if one.name == name), None)
        if channel is None:
            raise line.BadOption(f"there is no channel {text!r}; there are: {_listed(channels)}")
        bot = self._state.world.bot_member
        granted = self._state.world.sight.permissions(bot, channel)
        self._put("channels", channel.id, channel.payload() | {"permissions": str(granted)})
        return channel.id

    def _put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        self.resolved.setdefault(kind, {})[key] = value


def _listed(named: dict[str, Any]) -> str:
    return ", ".join(one.name for one in named.values())
