"""What goes wrong with pictures and clips. `bot.media` raises these; so does the pipeline for a file that is no clip."""

from __future__ import annotations

from bot.errors.base import Detailed


class MediaError(Detailed):
    """`detail` is what went wrong; a text is for the log alone."""


class NotAClip(MediaError):
    pass


class CannotFit(MediaError):
    pass


class MediaBusy(MediaError):
    pass
