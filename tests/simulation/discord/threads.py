"""The threads of the simulated Discord: opened, archived, reopened, locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.simulation.discord.places import THREAD, Places
from tests.simulation.discord.posts import Posts
from tests.simulation.discord.records import Channel, Refusal

if TYPE_CHECKING:
    from tests.simulation.world import World

_BLOCKED_IN_TITLES: Final = "harbour"
_LOCKED_SHARE: Final = 0.05
_LOCKED_AFTER_MS: Final = (5_000, 60_000, 200_000)
_LOCKED_MS: Final = 1_200_000
_STAYS_OPEN_MS: Final = 60_000
"""A thread that was unarchived is not archived again for so long."""


class Threads:
    def __init__(self, world: World, places: Places, posts: Posts) -> None:
        self._world = world
        self._places = places
        self._posts = posts
        self.titles_refused: set[int] = set()
        """Messages whose last request for a thread was refused for its name, and for nothing else."""

    def open(self, channel_id: int, message_id: int, name: str) -> Channel:
        # Where the place is closed or the message is gone, that is why there is no thread, and not an earlier name.
        self.titles_refused.discard(message_id)
        self._posts.message(channel_id, message_id)
        if self._world.kind.titles_blocked and _BLOCKED_IN_TITLES in name:
            self.titles_refused.add(message_id)
            self._world.faults.count("discord: title blocked")
            raise Refusal(400, 200001, "Title was blocked by automatic moderation")
        if message_id in self._places.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        self._places.channels[message_id] = thread = Channel(message_id)
        self._let_be_locked(thread)
        if channel_id in self._places.ones:
            self._places.ones.add(message_id)
        return thread

    def _let_be_locked(self, thread: Channel) -> None:
        """Has a moderator lock the thread of some clips for a while, in which it takes neither posts nor edits."""
        dice = self._world.chance.of("locks")
        begins = self._world.now_ms + dice.choice(_LOCKED_AFTER_MS)
        if dice.random() < _LOCKED_SHARE and self._world.faults.awake and self._world.single_trouble.member is None:
            thread.locked = (begins, begins + _LOCKED_MS)

    def lock(self, from_ms: int, until_ms: int) -> None:
        """A moderator locks the members' thread; nobody else can open it."""
        self._places.channels[THREAD].locked = (from_ms, until_ms)

    def may_be_archived(self, channel_id: int) -> bool:
        """Whether this thread may be archived now; not if somebody has just opened it."""
        if channel_id != THREAD and not any(
            channel_id in each.messages for each in self._places.channels.values() if each.id != channel_id
        ):
            return False
        return self._world.now_ms - self._places.channels[channel_id].opened_ms > _STAYS_OPEN_MS

    def reopen(self, channel_id: int) -> None:
        """Unarchives a thread."""
        thread = self._places.open_channel(channel_id)
        if self._places.is_locked(thread):
            raise Refusal(403, 50013, "Missing Permissions")
        thread.archived, thread.opened_ms = False, self._world.now_ms
