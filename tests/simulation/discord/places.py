"""The state of the simulated Discord: channels, threads, direct messages, their messages, and open interactions."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from bot.ports import Remedy
from tests.simulation.clip import read_clip
from tests.simulation.discord.records import Answer, Channel, Message, Refusal
from tests.simulation.discord.uploads import Limits

if TYPE_CHECKING:
    from tests.simulation.world import World

EPOCH_MS: Final = 1_420_070_400_000
TOKEN_MS: Final = 15 * 60 * 1000
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
_NONCE_MS: Final = (125_000, 300_000)
"""How long Discord remembers a nonce: "a few minutes"."""
_NAMED: Final = re.compile(r'"attachment://([^"]+)"')
_BLOCKED: Final = "gulls"
_BLOCKED_IN_TITLES: Final = "harbour"
_OLD_MS: Final = 3_600_000
_OLD_EDITS_MS: Final = 6_000
_OLD_EDITS_MOST: Final = 3
"""Edits of messages older than an hour that one channel takes in its window."""
_STAYS_OPEN_MS: Final = 60_000
"""A thread that was unarchived is not archived again for so long."""
_CLIP: Final = "hh:more:"
"""Beginning of the custom id that only a clip's message has."""


class Places:
    def __init__(self, world: World) -> None:
        dice = world.chance.of("places")
        self._world = world
        self._numbers = itertools.count(1)
        self._nonces: dict[str, tuple[int, Message]] = {}
        self._nonce_ms = dice.randint(*_NONCE_MS)
        self.channels = {each: Channel(each) for each in (*CHANNELS, THREAD, ONES_CHANNEL, OPERATORS)}
        self.limits = Limits(world)
        self.answers: dict[str, Answer] = {}
        self.ones: set[int] = {ONES_CHANNEL}
        """Places of the one member who has all the trouble of a seed."""
        self.clips: dict[int, set[int]] = defaultdict(set)
        """By job id, all messages that ever were its clip's."""
        self.broken_clips: set[int] = set()
        """Jobs for which an incomplete clip was posted."""
        self.links: set[int] = set()
        """Jobs for which a link was posted."""
        self.odd_clips: set[int] = set()
        """Jobs for which a clip was posted that does not play on every client."""
        self.titles_refused: set[int] = set()
        """Messages whose last request for a thread had a blocked name."""

    def snowflake(self) -> int:
        """A new id with the current time."""
        return (self._world.now_ms - EPOCH_MS) << 22 | next(self._numbers) % 4096

    def close(self, channel_id: int, from_ms: int, until_ms: int, code: int) -> None:
        self.channel(channel_id).closed = (from_ms, until_ms, code)

    def lock(self, from_ms: int, until_ms: int) -> None:
        """A moderator locks the members' thread; nobody else can open it."""
        self.channels[THREAD].locked = (from_ms, until_ms)

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

    def channel_of(self, message_id: int) -> int:
        """Where a message is, or was."""
        return next(each.id for each in self.channels.values() if message_id in each.messages)

    def _is_locked(self, channel: Channel) -> bool:
        return channel.locked[0] <= self._world.now_ms < channel.locked[1]

    def _is_gone(self, channel_id: int) -> bool:
        """Whether somebody has deleted the channel, and with it all its messages."""
        closed = self.channels[channel_id].closed
        return closed is not None and closed[2] == 10003 and not self.is_open(channel_id)

    def may_be_archived(self, channel_id: int) -> bool:
        """Whether this thread may be archived now; not if somebody has just opened it."""
        if channel_id != THREAD and not any(
            channel_id in each.messages for each in self.channels.values() if each.id != channel_id
        ):
            return False
        return self._world.now_ms - self.channels[channel_id].opened_ms > _STAYS_OPEN_MS

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

    def is_the_ones(self, parts: list[str]) -> bool:
        """Whether a request's path leads to a place of the one member."""
        match parts:
            case ["channels", channel, *_]:
                return int(channel) in self.ones
            case ["webhooks", _, token, *_]:
                return token in self.answers and self.answers[token].message.channel_id in self.ones
            case _:
                return False

    # -- what members do -----------------------------------------------------------------------------------------------

    def interact(self, member: int, channel_id: int, *, private: bool) -> tuple[int, Answer]:
        """A command that was answered with "thinking". Returns the interaction's id and its answer."""
        interaction = self.snowflake()
        channel = self.channel(channel_id)
        message = self._new_message(channel)
        message.ephemeral = private
        limit = self.limits.of_answer(member, direct=channel.member is not None)
        answer = Answer(f"token-{interaction}", message, self._world.now_ms + TOKEN_MS, limit)
        self.answers[answer.token] = answer
        return interaction, answer

    def answer(self, token: str) -> Answer:
        found = self.answers.get(token)
        if found is None or self._world.now_ms >= found.expires_ms:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return found

    # -- what the bot does ---------------------------------------------------------------------------------------------

    def need_open(self, channel_id: int, *, by_token: bool = False, posts: bool = False) -> None:
        """Raises `Refusal` in a locked thread, since the bot may not manage threads, and in an archived
        one, except for a post.
        """
        channel = self.channels[channel_id]
        locked = self._is_locked(channel)
        if locked:
            self._world.faults.count("discord: thread is locked")
        if channel.archived and (locked or not posts):
            raise Refusal(400, 50083, "Thread is archived")
        if locked and by_token:
            raise Refusal(403, 50083, "Thread is archived")
        if locked:
            raise Refusal(403, 160005, "Thread is locked")

    def reopen(self, channel_id: int) -> None:
        """Unarchives a thread."""
        thread = self.open_channel(channel_id)
        if self._is_locked(thread):
            raise Refusal(403, 50013, "Missing Permissions")
        thread.archived, thread.opened_ms = False, self._world.now_ms

    def message(self, channel_id: int, message_id: int) -> Message:
        found = self.open_channel(channel_id).messages.get(message_id)
        if found is None or found.deleted or found.ephemeral:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def post(self, channel_id: int, nonce: str | None) -> tuple[Message, bool]:
        """A new message, or the existing one with this nonce, in whatever channel; and whether it is new."""
        channel = self.open_channel(channel_id)
        now = self._world.now_ms
        if nonce is not None:
            at, known = self._nonces.get(nonce, (0, None))
            if known is not None and now - at < self._nonce_ms:
                if known.deleted or self._is_gone(known.channel_id):
                    raise Refusal(404, 10008, "Unknown Message")
                return known, False
        self.need_open(channel_id, posts=True)
        channel.archived = False
        message = self._new_message(channel)
        if nonce is not None:
            self._nonces[nonce] = (now, message)
        return message, True

    def take_back(self, message: Message, nonce: str | None) -> None:
        """Removes a message whose content was refused."""
        del self.channels[message.channel_id].messages[message.id]
        if nonce is not None:
            del self._nonces[nonce]

    def dress(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> None:
        """Gives a message its components, if there are any, and the named attachments."""
        if "components" in payload:
            self._read_by_discord(message, payload, files)
            message.custom_ids = list(custom_ids(payload["components"]))
            message.text = "\n".join(texts(payload["components"]))
            message.named = frozenset(_NAMED.findall(json.dumps(payload["components"])))
        if "attachments" in payload:
            message.files = [str(each.get("filename", "")) for each in payload["attachments"]]
        message.files = message.files or list(files)
        clips = [read_clip(data) for name, data in files.items() if name.endswith(".mp4")]
        for job_id in jobs_of(message.custom_ids):
            self._posted(job_id, message)
            if not any(name.endswith(".mp4") for name in message.files):
                self.links.add(job_id)
            if None in clips:
                self.broken_clips.add(job_id)
            if any(clip is not None and clip.remedy is not Remedy.NONE for clip in clips):
                self.odd_clips.add(job_id)

    def _read_by_discord(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> None:
        """Raises `Refusal` for blocked words, and for named files that are neither sent nor listed."""
        said = json.dumps(payload["components"])
        channel = self.channels[message.channel_id]
        if self._world.kind.words_blocked and channel.member is None and not message.ephemeral and _BLOCKED in said:
            self._world.faults.count("discord: words blocked")
            raise Refusal(400, 200000, "Message was blocked by automatic moderation")
        listed = {str(each.get("filename")) for each in payload.get("attachments", ()) if "id" in each}
        if not set(_NAMED.findall(said)) <= {*files, *listed}:
            raise Refusal(400, 50035, "Invalid Form Body: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND")

    def _posted(self, job_id: int, message: Message) -> None:
        """Notes a clip's message. An earlier one in a place that is closed now could not be found, so it does not count."""
        for earlier in self.clips[job_id] - {message.id}:
            if not self.is_open(self.channel_of(earlier)):
                self.clips[job_id].discard(earlier)
                self._world.faults.count("discord: closed over a post")
        self.clips[job_id].add(message.id)

    def open_thread(self, channel_id: int, message_id: int, name: str) -> Channel:
        self.message(channel_id, message_id)
        self.titles_refused.discard(message_id)
        if self._world.kind.titles_blocked and _BLOCKED_IN_TITLES in name:
            self.titles_refused.add(message_id)
            self._world.faults.count("discord: title blocked")
            raise Refusal(400, 200001, "Title was blocked by automatic moderation")
        if message_id in self.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        self.channels[message_id] = thread = Channel(message_id)
        if channel_id in self.ones:
            self.ones.add(message_id)
        return thread

    def history(self, channel_id: int, before: int | None, limit: int) -> list[Message]:
        """Newest first."""
        messages = [
            each
            for each in self.open_channel(channel_id).messages.values()
            if not each.deleted and not each.ephemeral and (before is None or each.id < before)
        ]
        return sorted(messages, key=lambda each: -each.id)[:limit]

    def _new_message(self, channel: Channel) -> Message:
        message = Message(self.snowflake(), channel.id)
        channel.messages[message.id] = message
        return message


def jobs_of(ids: list[str]) -> list[int]:
    """The jobs whose clip is the message with these custom ids."""
    return [int(each.removeprefix(_CLIP)) for each in ids if each.startswith(_CLIP)]


def texts(components: list[dict[str, Any]]):
    """All texts, from top to bottom."""
    for each in components:
        if each.get("content"):
            yield str(each["content"])
        yield from texts(each.get("components", []))


def custom_ids(components: list[dict[str, Any]]):
    """All custom ids, also in nested components."""
    for each in components:
        if each.get("custom_id"):
            yield str(each["custom_id"])
        yield from custom_ids(each.get("components", []))
        if each.get("accessory"):
            yield from custom_ids([each["accessory"]])
