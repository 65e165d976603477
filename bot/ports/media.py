"""The interfaces for pictures and clips as files. `bot.media.local` and `bot.http.attachments` implement them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
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
    """What a clip needs to play on every client: nothing, another container, or another coding."""

    NONE = auto()
    REPACK = auto()
    CONVERT = auto()


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """The facts of a clip, read from its bytes. `width` and `height` in pixels as shown, `duration` in seconds, `size` in
    bytes, codecs by ffmpeg's names; `audio_codec` is None without a sound track.

    `audible`: something can be heard. `hdr`: coded in PQ or HLG, for brighter screens. `mute`: the sound is so broken that it
    can't be decoded.
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
        """What a member sees and hears of the clip."""
        return Came(self.duration, self.width, self.height, self.audio_codec is not None and self.audible)


class Change(StrEnum):
    """What was done to a clip before it is posted; `presentation/views/clip_message.py` has the words."""

    REPACKED = "repacked"
    CONVERTED = "converted"
    """Encoded anew so that it plays everywhere."""
    COMPRESSED = "compressed"
    """Encoded to fit the upload limit."""
    SMALLER_FRAME = "smaller_frame"
    """Scaled down to 720P, beside one of the two above."""
    SOUND_LEFT_OUT = "sound_left_out"
    """No decoder can read its sound."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A file that may be uploaded. `changed` is empty for the original file; `came` describes the clip before any change."""

    path: Path
    facts: ClipFacts
    changed: frozenset[Change]
    came: Came


class Media(Protocol):
    async def check_image(self, data: bytes, use: Use, field: str, member_id: int) -> CheckedImage:
        """Checks an image by its content. Raises `RequestRefused` with every problem of this image, named after `field`.

        Images of one member are checked one after the other, so that other members wait for one of them at most. Raises
        `MediaBusy` where the wait took too long.
        """
        ...

    async def probe(self, path: Path) -> ClipFacts:
        """The facts of a clip. Raises `NotAClip` when it does not play, another `MediaError` when it can't be read now."""
        ...

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        """The source itself if it has at most `limit` bytes and plays everywhere; else an encoded version in `target`.

        Raises `CannotFit` where no encoding is small enough, `NotAClip` when the source does not play, another `MediaError` or
        an `OSError` for a temporary error.
        """
        ...

    async def thumbnail(self, data: bytes) -> bytes:
        """A JPEG of a checked image, at most 320 px on its long side, for the job card."""
        ...

    async def poster(self, path: Path) -> bytes | None:
        """A JPEG of a typical frame of the first 1.5 s, at most 640 px wide; None where none can be read."""
        ...


class Attachments(Protocol):
    def takes(self, url: str) -> bool:
        """Whether `read` would accept the host of this URL: one of Discord's, or a configured one."""
        ...

    async def read(self, url: str, max_bytes: int) -> bytes:
        """The bytes of a member's attachment, only from Discord's own hosts and the configured ones.

        Raises `RequestRefused` for another host and for a file of more than `max_bytes`.
        """
        ...
