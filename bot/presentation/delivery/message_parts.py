"""Files and components of Discord messages: to send them, and to read them from messages. The other modules
of this folder call it.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast
from urllib.parse import urlsplit

import discord

NO_FILES: Final[Mapping[str, Kept]] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a message has already. An edit must list it, or Discord drops it."""

    id: int
    filename: str
    url: str = field(default="", compare=False)
    """A signed link to the file, which works for a day."""

    def to_dict(self) -> dict[str, str]:
        """The form in which discord.py lists attachments that are kept."""
        return {"id": str(self.id), "filename": self.filename}


Files = Mapping[str, "bytes | Path | Kept"]
"""File name to content. A path is streamed from the disk."""


@contextmanager
def opened(files: Files) -> Generator[list[discord.File]]:
    """The files as discord.py takes them, closed at the end of the block. For attachments that a message has already
    discord.py calls only `to_dict`, which `Kept` has too.
    """
    new: list[discord.File] = []
    listed: list[discord.File] = []
    try:
        for name, content in files.items():
            if isinstance(content, Kept):
                listed.append(cast("discord.File", content))
                continue
            new.append(discord.File(content if isinstance(content, Path) else io.BytesIO(content), filename=name))
            listed.append(new[-1])
        yield listed
    finally:
        for file in new:
            file.close()


def files_of(message: discord.Message) -> dict[str, Kept]:
    """The files of a message by name. If a component shows a file, Discord lists it there and nowhere else."""
    found = {each.filename: Kept(each.id, each.filename, each.url) for each in message.attachments}
    for part in _every(message.components):
        for each in (part, *getattr(part, "items", ())):
            media = getattr(each, "media", None)
            if media is not None and media.attachment_id is not None:
                name = PurePosixPath(urlsplit(str(media.url)).path).name
                found[name] = Kept(media.attachment_id, name, str(media.url))
    return found


def custom_ids(components: Sequence[Any]) -> Iterator[str]:
    """All custom ids in a message's components, also in nested ones."""
    return (component.custom_id for component in _every(components) if getattr(component, "custom_id", None))


def texts(components: Sequence[Any]) -> Iterator[str]:
    """All texts in a message's components, also in nested ones."""
    return (component.content for component in _every(components) if getattr(component, "content", None))


def _every(components: Sequence[Any]) -> Iterator[Any]:
    """All components, also nested ones."""
    for component in components:
        yield component
        yield from _every(getattr(component, "children", ()))
        accessory = getattr(component, "accessory", None)
        if accessory is not None:
            yield from _every([accessory])
