"""Archives threads that were quiet for long enough, opens them again, and tells the bot and the page. `posting.py` calls it."""

from typing import Any

from sandbox.discord import session as intents
from sandbox.discord.channels import Channel
from sandbox.discord.state import State


class Archiving:
    def __init__(self, state: State) -> None:
        self._state = state

    def revive(self, channel: Channel) -> None:
        """A message came: count it, and open the thread again."""
        thread = channel.thread
        if thread is None:
            return
        thread.total_sent += 1
        self.open_again(channel)
        thread.active_ms = self._state.clock.now_ms()

    def open_again(self, channel: Channel) -> None:
        """Take a thread out of the archive, if it is there."""
        thread = channel.thread
        if thread and thread.archived:
            thread.archived, thread.archive_ms = False, self._state.clock.now_ms()
            thread.active_ms = thread.archive_ms
            self.tell_thread(channel)

    def archive_quiet(self) -> None:
        """Archive every thread whose quiet time has passed, and tell of it; called when the clock has moved."""
        for channel in list(self._state.world.channels.values()):
            open_before = channel.thread is not None and not channel.archived
            if open_before and self._state.world.refresh_thread(channel).archived:
                self.tell_thread(channel)

    def tell_thread(self, channel: Channel, event: str = "THREAD_UPDATE", extra: dict[str, Any] | None = None) -> None:
        if self._state.world.sight.sees_channel(self._state.world.bot_member, channel):
            data = channel.payload() | (extra or {})
            self._state.gateway.dispatch(event, data, guild_id=channel.guild_id, intent=intents.GUILDS)
        self._state.bus.publish(
            "thread",
            lambda _: self._state.channel_view(channel),
            lambda one: self._state.world.sight.sees_channel(one, channel),
        )
