"""The messages of the simulated Discord: posted once for each nonce, given their content, read; and which are clips."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from bot.ports import Remedy
from tests.simulation.clip import read_clip
from tests.simulation.discord.places import Places
from tests.simulation.discord.records import Message, Refusal

if TYPE_CHECKING:
    from tests.simulation.world import World

_NONCE_MS: Final = (125_000, 300_000)
"""How long Discord remembers a nonce: "a few minutes"."""
_NAMED: Final = re.compile(r'"attachment://([^"]+)"')
_BLOCKED: Final = "gulls"
_SILENT: Final = 1 << 12
"""The flag of a message that notifies nobody."""
_CLIP: Final = "hh:more:"
"""Beginning of the custom id that only a clip's message has."""


class Posts:
    def __init__(self, world: World, places: Places) -> None:
        self._world = world
        self._places = places
        self._nonces: dict[str, tuple[int, Message]] = {}
        self._nonce_ms = world.chance.of("places").randint(*_NONCE_MS)
        self.clips: dict[int, set[int]] = defaultdict(set)
        """By job id, all messages that ever were its clip's, without earlier ones that the bot could not find any more."""
        self.broken_clips: set[int] = set()
        """Jobs for which an incomplete clip was posted."""
        self.links: set[int] = set()
        """Jobs for which a link was posted."""
        self.odd_clips: set[int] = set()
        """Jobs for which a clip was posted that does not play on every client."""

    def message(self, channel_id: int, message_id: int) -> Message:
        found = self._places.open_channel(channel_id).messages.get(message_id)
        if found is None or found.deleted or found.ephemeral:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def history(self, channel_id: int, before: int | None, limit: int) -> list[Message]:
        """Newest first."""
        messages = [
            each
            for each in self._places.open_channel(channel_id).messages.values()
            if not each.deleted and not each.ephemeral and (before is None or each.id < before)
        ]
        return sorted(messages, key=lambda each: -each.id)[:limit]

    def post(self, channel_id: int, nonce: str | None) -> tuple[Message, bool]:
        """A new message, or the existing one with this nonce, in whatever channel; and whether it is new."""
        channel = self._places.open_channel(channel_id)
        now = self._world.now_ms
        if nonce is not None:
            at, known = self._nonces.get(nonce, (0, None))
            if known is not None and now - at < self._nonce_ms:
                if known.deleted or self._places.is_gone(known.channel_id):
                    raise Refusal(404, 10008, "Unknown Message")
                return known, False
        self._places.need_open(channel_id, posts=True)
        channel.archived = False
        message = self._places.new_message(channel)
        if nonce is not None:
            self._nonces[nonce] = (now, message)
        return message, True

    def take_back(self, message: Message, nonce: str | None) -> None:
        """Removes a message whose content was refused."""
        del self._places.channels[message.channel_id].messages[message.id]
        if nonce is not None:
            del self._nonces[nonce]

    def dress(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> None:
        """Gives a message its components, if there are any, and the named attachments."""
        if "components" in payload:
            self._read_by_discord(message, payload, files)
            message.loading = False
            message.custom_ids = list(custom_ids(payload["components"]))
            message.texts = list(texts(payload["components"]))
            notified = (payload.get("allowed_mentions") or {}).get("users")
            message.mentions = message.mentions or (bool(notified) and not payload.get("flags", 0) & _SILENT)
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
        channel = self._places.channels[message.channel_id]
        if self._world.kind.words_blocked and channel.member is None and not message.ephemeral and _BLOCKED in said:
            self._world.faults.count("discord: words blocked")
            raise Refusal(400, 200000, "Message was blocked by automatic moderation")
        listed = {str(each.get("filename")) for each in payload.get("attachments", ()) if "id" in each}
        if not set(_NAMED.findall(said)) <= {*files, *listed}:
            raise Refusal(400, 50035, "Invalid Form Body: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND")

    def _posted(self, job_id: int, message: Message) -> None:
        """Notes a clip's message. An earlier one in a place that is closed now could not be found, so it does not count."""
        for earlier in self.clips[job_id] - {message.id}:
            if not self._places.is_open(self._places.channel_of(earlier)):
                self.clips[job_id].discard(earlier)
                self._world.faults.count("discord: closed over a post")
        self.clips[job_id].add(message.id)


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
