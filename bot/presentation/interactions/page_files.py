"""Makes uploads of the pictures that come with a page. `responses` calls it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import discord

NO_FILES: Final[Mapping[str, bytes]] = {}


def uploads(files: Mapping[str, bytes]) -> list[discord.File]:
    """The files for one request, by their names: sending a file uses it up, so each try needs new ones.

    Without any, the library's mark for nothing given; an edit then leaves a message's files as they are. Its components decide
    which of them are shown.
    """
    return [discord.File(io.BytesIO(content), filename=name) for name, content in files.items()] or discord.utils.MISSING
