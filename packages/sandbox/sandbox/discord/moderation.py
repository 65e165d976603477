"""What this server and Discord's own filters refuse: words, titles, links, files, too many threads. A control call sets it."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord import permissions as may
from sandbox.discord.channels import Channel
from sandbox.discord.components import TEXT_DISPLAY, walk
from sandbox.discord.errors import ApiError
from sandbox.discord.members import Member

MOST_ACTIVE_THREADS = 1_000
TOO_LARGE = {40005: (413, "Request entity too large"), 50045: (400, "File uploaded exceeds the maximum size")}
"""Discord refuses a file over the limit in either way: code to status and message."""


@dataclass
class Moderation:
    """Names are those of `/_sandbox/refusals`. Keywords are AutoMod's: whole words, `*` at an end stands for any letters."""

    keywords: list[str] = field(default_factory=list)
    exempt_roles: list[str] = field(default_factory=list)
    exempt_channels: list[str] = field(default_factory=list)
    banned_titles: list[str] = field(default_factory=list)
    harmful_links: list[str] = field(default_factory=list)
    explicit_to: list[str] = field(default_factory=list)
    """Members whose direct messages take no files: Discord's filter finds them explicit."""
    unarchiving_fails: list[str] = field(default_factory=list)
    """Members whose client cannot open an archived thread: what they press in it never arrives."""
    active_threads: int = MOST_ACTIVE_THREADS
    announcement_threads: int = MOST_ACTIVE_THREADS
    too_large: int = 40005
    unlisted_files: bool = False
    """Whether an edit may name files that it does not list: reports about bots say that it works, and that it does not."""

    def check_message(self, fields: dict[str, Any], channel: Channel, judged: Member, granted: int) -> None:
        """Raises ApiError where the words that a request sets may not be shown.

        AutoMod judges what a bot answers by the member who asked for it, `judged`, with what they are `granted` here; what a
        bot posts by itself is judged by the bot. That is stricter than Discord's AutoMod FAQ, which exempts all bots except
        those that a member installed. A bot may be installed so, and must then cope with a refusal.
        """
        text = "\n".join(_texts(fields))
        if any(link.casefold() in text.casefold() for link in self.harmful_links):
            raise ApiError(400, 240000, "Message blocked by harmful links filter")
        if self._blocks(text, channel, judged, granted):
            raise ApiError(400, 200000, "Message was blocked by automatic moderation")

    def check_title(self, name: str, channel: Channel, judged: Member, granted: int) -> None:
        """Raises ApiError where a thread or a channel may not be named so."""
        if any(word.casefold() in name.casefold() for word in self.banned_titles):
            raise ApiError(
                400,
                20031,
                "Your Stage topic, server name, server description, or channel names contain words that are not allowed",
            )
        if self._blocks(name, channel, judged, granted):
            raise ApiError(400, 200001, "Title was blocked by automatic moderation")

    def check_dm(self, member: Member, *, files: bool) -> None:
        """Raises ApiError where a direct message to this member has files that the filter takes for explicit."""
        if files and member.id in self.explicit_to:
            raise ApiError(400, 20009, "Explicit content cannot be sent to the desired recipient(s)")

    def _blocks(self, text: str, channel: Channel, judged: Member, granted: int) -> bool:
        if channel.guild_id is None or granted & (may.MANAGE_GUILD | may.ADMINISTRATOR):
            return False
        if set(judged.roles) & set(self.exempt_roles) or {channel.id, (channel.parent or channel).id} & set(
            self.exempt_channels
        ):
            return False
        return any(_pattern(keyword).search(text) for keyword in self.keywords)


def too_large(code: int) -> ApiError:
    status, message = TOO_LARGE[code]
    return ApiError(status, code, message)


def _pattern(keyword: str) -> re.Pattern[str]:
    core = re.escape(keyword.strip("*"))
    start = "" if keyword.startswith("*") else r"(?<!\w)"
    end = "" if keyword.endswith("*") else r"(?!\w)"
    return re.compile(start + core + end, re.IGNORECASE)


def _texts(fields: dict[str, Any]) -> list[str]:
    """All words that a message shows, of the fields that a request sets."""
    texts = [fields.get("content") or ""]
    texts += [one.get("content") or "" for one in walk(fields.get("components") or []) if one["type"] == TEXT_DISPLAY]
    for embed in fields.get("embeds") or []:
        texts += [embed.get("title") or "", embed.get("description") or "", embed.get("url") or ""]
        texts += [(embed.get("footer") or {}).get("text") or "", (embed.get("author") or {}).get("name") or ""]
        for one in embed.get("fields") or []:
            texts += [one.get("name") or "", one.get("value") or ""]
    return texts
