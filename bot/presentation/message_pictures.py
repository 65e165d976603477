"""Finds the pictures in a message: in its attachments, components and embeds, and in messages that were forwarded with it.

"Animate this image" calls it. Pictures at an address that may not be read (`takes`) are left out. The bytes are checked later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiohttp
import discord

from bot.presentation.views.escaping import one_line, well_formed
from bot.presentation.views.translations import _

_log: Final = logging.getLogger(__name__)
PICTURES_MOST: Final = 25
"""Discord's limit for the options of a select."""
_URL_CHARACTERS: Final = 2048
"""Discord's own URLs have a few hundred characters; that of an embed may contain another URL."""
_NAME_CHARACTERS: Final = 60
_COMPONENTS_MOST: Final = 400
"""Most components that are searched. A message and those forwarded in it have fewer (40 each, Discord's limit)."""
_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".heic", ".heif", ".avif", ".bmp"})
_UNTOLD: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Content types that tell nothing about a file; then its name decides."""
_FETCH_SECONDS: Final = 1.0
"""Time limit for fetching the message that is replied to. A form must open within 3 s, so a late message is left out."""
_FETCH_FAILS: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)

Takes = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """One picture. `size` in bytes, 0 if Discord does not say it; `about` tells members how large it is and where."""

    url: str
    name: str
    size: int
    about: str


async def pictures_for(message: discord.Message, takes: Takes, client: discord.Client) -> list[Found]:
    """The pictures of the message, or if it has none and is a reply, of the message that it replies to.

    The bot has no message content intent, so that other message has no content, unless it is ours or came with the command.
    """
    found = pictures_in(message, takes)
    if found:
        return found
    answered = await _answered(message, client)
    return [] if answered is None else pictures_in(answered, takes, _("in the message that this one answers"))


def pictures_in(message: discord.Message, takes: Takes, where: str = "") -> list[Found]:
    """At most 25 pictures, in the order in which they are shown, each once."""
    found: dict[str, Found] = {}
    for part, place in ((message, where), *((each, _("forwarded")) for each in message.message_snapshots)):
        for each in (*_attached(part, takes, place), *_in_components(part, takes, place), *_in_embeds(part, takes, place)):
            # The same file may be attached, and named by an embed or a component, under either of Discord's hosts.
            found.setdefault(urlsplit(each.url).path, each)
    return list(found.values())[:PICTURES_MOST]


def _attached(part: discord.Message | discord.MessageSnapshot, takes: Takes, place: str) -> Iterator[Found]:
    for each in part.attachments:
        url = _readable((each.url, each.proxy_url), takes)
        if url is not None and _is_picture(each.content_type, each.filename):
            yield _found(url, each.filename, place, each.width, each.height, each.size)


def _in_components(part: discord.Message | discord.MessageSnapshot, takes: Takes, place: str) -> Iterator[Found]:
    for media in _media(part.components):
        url = _readable((media.url, media.proxy_url), takes)
        name = _name_in(media.url)
        if url is not None and _is_picture(media.content_type, name):
            yield _found(url, name, place, media.width, media.height)


def _in_embeds(part: discord.Message | discord.MessageSnapshot, takes: Takes, place: str) -> Iterator[Found]:
    for embed in part.embeds:
        for shown in (embed.image, embed.thumbnail):
            # Discord's own copy first. The original address only if `takes` allows it, as it does for a file on Discord itself.
            url = _readable((shown.proxy_url, shown.url), takes)
            if url is not None:
                yield _found(url, embed.title or _name_in(shown.url or url), place, shown.width, shown.height)


def _media(components: Iterable[Any]) -> Iterator[discord.UnfurledMediaItem]:
    """The media of galleries, thumbnails and files, also of nested ones."""
    waiting = list(components)
    looked = 0
    while waiting and looked < _COMPONENTS_MOST:
        component = waiting.pop(0)
        looked += 1
        accessory = getattr(component, "accessory", None)
        inside = [*getattr(component, "children", ()), *getattr(component, "items", ())]
        waiting[:0] = inside if accessory is None else [*inside, accessory]
        media = getattr(component, "media", None)
        if isinstance(media, discord.UnfurledMediaItem):
            yield media


async def _answered(message: discord.Message, client: discord.Client) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply or reference.message_id is None:
        return None
    if reference.resolved is not None:
        return reference.resolved if isinstance(reference.resolved, discord.Message) else None
    try:
        async with asyncio.timeout(_FETCH_SECONDS):
            return await client.get_partial_messageable(reference.channel_id).fetch_message(reference.message_id)
    except _FETCH_FAILS as error:
        _log.info("the message that %d answers can't be looked at: %s", message.id, type(error).__name__)
        return None


def _readable(urls: Iterable[str | None], takes: Takes) -> str | None:
    return next((url for url in urls if url and len(url) <= _URL_CHARACTERS and takes(url)), None)


def _is_picture(content_type: str | None, name: str) -> bool:
    said = (content_type or "").partition(";")[0].strip().lower()
    if said in _UNTOLD:
        return PurePosixPath(name).suffix.lower() in _SUFFIXES
    return said.startswith("image/")


def _name_in(url: str) -> str:
    try:
        return unquote(PurePosixPath(urlsplit(url).path).name)
    except ValueError:
        return ""


def _found(url: str, name: str, place: str, width: int | None, height: int | None, size: int = 0) -> Found:
    pixels = ""
    if width and height:
        # Translators: {frame} is such as "1024 × 768".
        pixels = _("{frame} pixels").format(frame=f"{width}\u00a0×\u00a0{height}")
    # Translators: stands for the name of a picture that has none.
    shown = one_line(well_formed(name), _NAME_CHARACTERS) or _("picture")
    return Found(url, shown, size, " · ".join(each for each in (pixels, place) if each))
