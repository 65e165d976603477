"""The channels of the simulated Discord: servers' channels, threads and direct messages, and which are closed when."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from tests.simulation.discord.records import Channel, Message, Refusal

if TYPE_CHECKING:
    from tests.simulation.world import World

EPOCH_MS: Final = 1_420_070_400_000
ME: Final = 999
GUILD: Final = 20
OPERATORS: Final = 31
CHANNELS: Final = (30, 32, 33)
"""Channels in which members ask; the operators' channel is another one."""
THREAD: Final = 35
"""A thread that members opened, in which they ask too."""
ONES_CHANNEL: Final = 34
"""The channel of the member who has all the trouble of a seed."""
MODERATOR: Final = 900
_OLD_MS: Final = 3_600_000
_OLD_EDITS_MS: Final = 6_000
_OLD_EDITS_MOST: Final = 3
"""Edits of messages older than an hour that one channel takes within `_OLD_EDITS_MS`."""


class Places:
    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = itertools.count(1)
        self.channels = {each: Channel(each) for each in (*CHANNELS, THREAD, ONES_CHANNEL, OPERATORS)}
        self.ones: set[int] = {ONES_CHANNEL}
        """Places of the one member who has all the trouble of a seed."""

    def snowflake(self) -> int:
        """A new id with the current time."""
        return (self._world.now_ms - EPOCH_MS) << 22 | next(self._numbers) % 4096

    def close(self, channel_id: int, from_ms: int, until_ms: int, code: int) -> None:
        """Lets nobody write or read there in this time; `code` is what Discord says."""
        self.channel(channel_id).closed = (from_ms, until_ms, code)

    def direct(self, member: int) -> int:
        """The channel of direct messages with this member."""
        channel_id = 700_000 + member
        self.channels.setdefault(channel_id, Channel(channel_id, member))
        return channel_id

    def channel(self, channel_id: int) -> Channel:
        if channel_id not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        return self.channels[channel_id]

    def open_channel(self, channel_id: int) -> Channel:
        """The channel; raises `Refusal` where the bot may not write or read there now."""
        channel = self.channel(channel_id)
        if channel.closed is not None and channel.closed[0] <= self._world.now_ms < channel.closed[1]:
            code = channel.closed[2]
            if channel_id in self.ones:
                self._world.single_trouble.strikes("places are closed", self._world.single_trouble.member)
            self._world.faults.count(f"discord: closed with {code}")
            raise Refusal(404 if code == 10003 else 403, code, "Closed")
        return channel

    def is_open(self, channel_id: int) -> bool:
        """Whether the bot may read there now. For `invariants`, so no fault is counted."""
        channel = self.channels.get(channel_id)
        return channel is not None and not (channel.closed and channel.closed[0] <= self._world.now_ms < channel.closed[1])

    def is_gone(self, channel_id: int) -> bool:
        """Whether somebody has deleted the channel, and with it all its messages."""
        closed = self.channels[channel_id].closed
        return closed is not None and closed[2] == 10003 and not self.is_open(channel_id)

    def channel_of(self, message_id: int) -> int:
        """Where a message is, or was."""
        return next(each.id for each in self.channels.values() if message_id in each.messages)

    def is_edited_too_often(self, channel_id: int, message_id: int) -> bool:
        """Counts an edit; whether it is over Discord's limit for edits of old messages."""
        now_ms = self._world.now_ms
        if now_ms - EPOCH_MS - (message_id >> 22) <= _OLD_MS:
            return False
        channel = self.channel(channel_id)
        channel.old_edits = [at_ms for at_ms in channel.old_edits if now_ms - at_ms < _OLD_EDITS_MS]
        if len(channel.old_edits) >= _OLD_EDITS_MOST:
            self._world.faults.count("discord: old messages edited too often")
            return True
        channel.old_edits.append(now_ms)
        return False

    def new_message(self, channel: Channel) -> Message:
        """An empty message in the channel."""
        message = Message(self.snowflake(), channel.id)
        channel.messages[message.id] = message
        return message

    def is_locked(self, channel: Channel) -> bool:
        """Whether a moderator has locked this thread."""
        return channel.locked[0] <= self._world.now_ms < channel.locked[1]

    def need_open(self, channel_id: int, *, by_token: bool = False, posts: bool = False) -> None:
        """Raises `Refusal` in a locked thread, since the bot may not manage threads, and in an archived
        one, except for a post.
        """
        channel = self.channels[channel_id]
        locked = self.is_locked(channel)
        if locked:
            self._world.faults.count("discord: thread is locked")
        if channel.archived and (locked or not posts):
            raise Refusal(400, 50083, "Thread is archived")
        if locked and by_token:
            raise Refusal(403, 50083, "Thread is archived")
        if locked:
            raise Refusal(403, 160005, "Thread is locked")
