"""The doors to pictures and clips as files. Knows neither Pillow nor ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from bot.domain.clip_match import Came
from bot.domain.image import ImageFacts, Use


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """An image that may go to the provider: re-encoded without metadata, upright, one frame. `facts` are of the original."""

    data: bytes
    media_type: str
    width: int
    height: int
    facts: ImageFacts


class Remedy(Enum):
    """What it takes until a clip plays on every client: nothing, another container, or another coding."""

    NONE = auto()
    REPACK = auto()
    CONVERT = auto()


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a finished file is, by its bytes. `width` and `height` as it is shown; `duration` seconds; `size` bytes; codecs by
    ffmpeg's names, audio None without a track of it. `audible`: something can be heard on that track. `hdr`: its colours are
    meant for a brighter screen (PQ or HLG). `mute`: its sound is so broken that no decoder makes anything of it.
    """

    width: int
    height: int
    duration: float
    frames_per_second: float
    size: int
    video_codec: str
    audio_codec: str | None
    remedy: Remedy = Remedy.NONE
    audible: bool = True
    hdr: bool = False
    mute: bool = False

    @property
    def came(self) -> Came:
        """What a member sees and hears of it."""
        return Came(self.duration, self.width, self.height, self.audio_codec is not None and self.audible)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A file that may be uploaded. `changed` says in members' words what was done to it, "" when it is as it came; `came` is
    what the provider made, before that."""

    path: Path
    facts: ClipFacts
    changed: str
    came: Came


class Media(Protocol):
    async def check_image(self, data: bytes, use: Use, field: str, member_id: int) -> CheckedImage:
        """Reads an image by content. Raises `RequestRefused` with every problem of this image, named after `field`.

        Images of one member wait behind each other, and others behind no more than one of them. Raises `MediaBusy` where
        those that came before took too long.
        """
        ...

    async def probe(self, path: Path) -> ClipFacts:
        """Raises `NotAClip` when it does not play, another `MediaError` when it could not be told for now."""
        ...

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        """The source itself when it is within `limit` bytes and plays everywhere, else made to do so in `target`.

        Raises `CannotFit` where no encoding is small enough, `NotAClip` when the source does not play, another `MediaError`
        or an `OSError` for what may pass.
        """
        ...

    async def thumbnail(self, data: bytes) -> bytes:
        """A JPEG of an image that was checked, at most 320 px on its long side, for the job card."""
        ...

    async def poster(self, path: Path) -> bytes | None:
        """A JPEG of a telling early frame, at most 640 px wide; None when there is none to get."""
        ...


class Attachments(Protocol):
    def takes(self, url: str) -> bool:
        """Whether this address may be read at all: one of Discord's own hosts, or of the configured ones."""
        ...

    async def read(self, url: str, max_bytes: int) -> bytes:
        """The bytes of a member's attachment, from Discord's own hosts (and the configured ones) only.

        Raises `RequestRefused` when the host is another one or the file is larger than `max_bytes`.
        """
        ...
