"""The interfaces around running jobs: the engine that runs them, the reader of their progress, the notifier that tells people.

`LocalEngine`, `JobProgressReader` and `DiscordNotifier` implement them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.domain.clip import ClipRequest, Kind
from bot.domain.clip_match import Came
from bot.domain.job import Job
from bot.domain.progress import Experience
from bot.notice import Notice
from bot.ports.media import Change, ClipFacts
from bot.ports.provider import ClipLink


class Why(StrEnum):
    """Why a provider takes no clips for now.

    `BUSY`: too many requests or clips. `UNREACHABLE`: no connection was made. `REFUSED`: it refuses our key, plan or balance,
    which the operator must repair.
    """

    BUSY = "busy"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Hitch(StrEnum):
    """Why a clip that is at the provider, or is made, does not move on, by the last try.

    `PROVIDER`: the provider does not answer, or does not deliver the clip. `DISK`: our disk is full. `DISCORD`: Discord does
    not take the post. `OURS`: anything else on our side.
    """

    PROVIDER = "provider"
    DISK = "disk"
    DISCORD = "discord"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Since `since_ms` a provider takes no clips of these `kinds` (None: of any kind)."""

    why: Why
    since_ms: int
    kinds: frozenset[Kind] | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a waiting member is told: `position` in line (1 is next; None when the job is not in line), `wait_ms` until it
    starts, and `experience`, how long similar clips took.

    `standstill` is set while the line stands still for this job. Then the wait is not known, and the job ends at `ends_ms` at
    the latest.
    """

    position: int | None
    wait_ms: int | None
    experience: Experience | None
    standstill: Standstill | None = None
    ends_ms: int | None = None


class Next(StrEnum):
    """What follows a run of a job: it waits in line, at the provider (`PARKED`), for some time (`LATER`), or has ended."""

    IN_LINE = "in line"
    PARKED = "parked"
    LATER = "later"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RunResult:
    """`seconds` is how long to wait where `next` is LATER; `Engine.wake` runs the job earlier."""

    next: Next
    job: Job | None = None
    seconds: float = 0.0


class Engine(Protocol):
    """Decides when each job runs: the line, slots at the provider, timers for later tries.

    A provider that takes no clips for now is left alone for some time. Then one clip at a time tries, each time another one if
    there are others, until one is taken.
    """

    def wake(self, job_id: int) -> None:
        """Runs this job soon, since something may have changed for it. Returns at once; several calls may lead to one run."""
        ...

    def position(self, job_id: int) -> int | None:
        """Position in the line for its provider, 1 is next; None when the job is not in line."""
        ...

    def slots(self, provider: str) -> int:
        """How many clips may be with this provider at a time."""
        ...

    def state_changed(self, job: Job) -> None:
        """Called when a job has changed its state, which may take or free a slot."""
        ...

    def full(self, provider: str, retry_after: float | None, ceiling: int | None) -> None:
        """The provider is busy. `ceiling` is how many clips it takes at a time, `retry_after` how many seconds to wait, both
        None where it did not say. At most `RETRY_AFTER_MOST` is waited.
        """
        ...

    def hold(self, provider: str, standstill: Standstill, seconds: float) -> None:
        """The provider takes no clips of these kinds for another reason. After so many seconds one of them tries."""
        ...

    def standstill(self, provider: str, kind: Kind) -> Standstill | None:
        """Why the provider takes no clips of this kind; None while it does. A reason for this kind alone comes first."""
        ...

    def unclear(self, job: Job) -> None:
        """It is not known whether the provider took this clip; finding out may take minutes. Meanwhile another may try."""
        ...

    def frees(self, job_id: int) -> None:
        """Frees the slot of a job whose clip should have ended at the provider, which does not answer about it. If it still
        runs there, the provider refuses a clip too many.
        """
        ...

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        """Ids of the jobs of these kinds (None: all) in the provider's line that were asked for before that
        time (None: ever).
        """
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a job at `at_ms`, as messages show it.

    `fraction` is 0 to 1, None where it is not known well enough for a bar. `elapsed_ms` counts from the command while the job
    waits in line, and from the submit after that. `hitch` is set while something keeps the job from moving on.
    """

    job: Job
    fraction: float | None
    elapsed_ms: int
    forecast: Forecast
    at_ms: int
    hitch: Hitch | None = None


@dataclass(frozen=True, slots=True)
class NoUpload:
    """Why a clip is no file here: it can't be made as small as `limit` bytes; None where the place takes no file at all."""

    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is posted: a file (`path`) and what was done to it, or where none fits a `link` and the reason, `no_upload`.

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


class ProgressReader(Protocol):
    """Reads the progress of unfinished jobs when it is asked for, so only when a message can be edited."""

    async def progress_of(self, job_id: int) -> Progress | None:
        """The job's progress at this moment; None once it has ended."""
        ...


class Estimates(Protocol):
    async def like(self, provider: str, request: ClipRequest) -> Experience | None:
        """How long similar clips took at this provider; None without any."""
        ...


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

    def unfollow(self, job_id: int) -> None:
        """Stops progress edits of this job. One that has begun may still be sent, until `deliver` or `ended` returns."""
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

    async def unposted(self, job: Job) -> None:
        """Shows on card and progress message that the clip is made and waits for its owner to have it posted elsewhere.

        Raises `DeliveryError` for a temporary error.
        """
        ...

    async def ended(self, job: Job) -> None:
        """Shows the job's end on card and progress message. Raises `DeliveryError` for a temporary error."""
        ...

    async def tell_operator(self, notice: Notice) -> None:
        """Sends it to the operator's channel, if one is configured, and writes it to the log."""
        ...
