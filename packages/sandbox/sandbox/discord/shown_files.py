"""Which files of a message its readers see, out of a message as Discord writes it.

`control/outcome.py`, demo and tests ask it whether a clip is there.
"""

from typing import Any
from urllib.parse import unquote

from sandbox.discord.components import FILE, MEDIA_GALLERY, medias, walk
from sandbox.discord.message_form import COMPONENTS_V2


def videos_shown(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The videos of a message, each with its `url`: with Components V2 only what a gallery or a file names."""
    shown = _named(data) if data["flags"] & COMPONENTS_V2 else data["attachments"]
    return [one for one in shown if str(one.get("content_type")).startswith("video/")]


def _named(data: dict[str, Any]) -> list[dict[str, Any]]:
    showing = [one for one in walk(data["components"]) if one["type"] in {MEDIA_GALLERY, FILE}]
    return [holder[key] or {} for one in showing for holder, key in medias(one)]


def name_of(media: dict[str, Any]) -> str:
    """A media's file name, which its link ends with."""
    return unquote(media["url"].partition("?")[0].rpartition("/")[2])
