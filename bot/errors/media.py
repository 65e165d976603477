"""What goes wrong with pictures and clips. `bot.media` raises them."""

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
