"""The interface for telling people about a job: its messages, its clip, its end. The pipeline calls it, and
`bot.presentation.delivery` implements it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.domain.clip_match import Came
from bot.domain.job import Job
from bot.domain.post import Purpose
from bot.notice import Notice
from bot.ports.media import Change, ClipFacts
from bot.ports.provider import ClipLink


@dataclass(frozen=True, slots=True)
class NoUpload:
    """Why a clip is posted as a link: it can't be made as small as `limit` bytes; None where the place takes no files."""

    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is posted: a file (`path`) and what was done to it. Where no file fits: a `link`, and `no_upload` says why.

    `facts` are those of the file, `came` those of the clip that the provider made; None where not known.
    """

    path: Path | None
    filename: str
    facts: ClipFacts | None
    changed: frozenset[Change] = frozenset()
    came: Came | None = None
    link: ClipLink | None = None
    no_upload: NoUpload | None = None
    poster: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """The clip's message. `url` is its jump link, "" where there is none (ephemeral).

    `message_id` is None where the message was posted, but somebody has deleted it since.
    """

    channel_id: int
    message_id: int | None
    url: str


class Notifier(Protocol):
    """Sends and edits a job's messages. After a crash every method may be repeated without a second message or mention."""

    async def announce(self, job: Job) -> Job:
        """Makes the card; returns the job with its completed address. Thread and progress message come with `follow`.

        Does not raise when Discord refuses: a clip is made even without a card.
        """
        ...

    def follow(self, job_id: int) -> None:
        """Keeps the job's progress message up to date from now on, as often as Discord's limits for edits allow.

        It costs little per job, so thousands may be followed. Returns at once.
        """
        ...

    def unfollow(self, job: Job, *, lost: bool = False) -> None:
        """Stops progress edits of this job. One that has begun may still be sent, until `deliver` or `ended` returns.

        `lost`: another process has the job, so nothing that is known of its messages is kept.
        """
        ...

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Posts the clip once. Raises `UploadTooLarge`, `NowhereToPost`, or `DeliveryError` for a temporary error.

        Raises `PostInDoubt` where it may have been posted in a place that can't be read any more.
        """
        ...

    def upload_limits(self, job: Job) -> Sequence[int]:
        """Upload limits in bytes: of the first place in which the clip would be posted now, then the lower ones of other
        places.
        """
        ...

    async def find_post(self, job: Job) -> Posted | None:
        """The clip's message, if an earlier try posted it after all. None where not, or where the bot may not read the channel.

        Raises `DeliveryError` for a temporary error.
        """
        ...

    async def unposted(self, job: Job) -> Collection[Purpose]:
        """Shows on card and progress message that the clip is made and waits for its owner to have it posted elsewhere.

        Returns and raises as `ended`.
        """
        ...

    async def ended(self, job: Job) -> Collection[Purpose]:
        """Shows the job's end on card and progress message. Raises `DeliveryError` for a temporary error.

        Returns those of the two that Discord refuses to edit now, and may edit later.
        """
        ...

    async def tell_operator(self, notice: Notice) -> None:
        """Sends it to the operator's channel, if one is configured, and writes it to the log."""
        ...
