"""The doors between jobs and the world: who runs them, who looks at them, who tells people. Knows no Discord."""

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
from bot.ports.media import ClipFacts
from bot.ports.provider import ClipLink


class Why(StrEnum):
    """Why a provider takes no clips for now.

    `BUSY`: over its rate or its ceiling. `UNREACHABLE`: no request got through to it. `REFUSED`: our key, plan or balance is
    not good enough, which is the operator's to mend.
    """

    BUSY = "busy"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Hitch(StrEnum):
    """What a clip at the provider, or one that is made, stands still for, as the last try found it.

    `PROVIDER`: its provider does not answer, or does not hand it out. `DISK`: ours is full. `DISCORD`: it does not take the
    post. `OURS`: anything else on our side.
    """

    PROVIDER = "provider"
    DISK = "disk"
    DISCORD = "discord"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Standstill:
    """A provider takes no clips of these `kinds` (None: of any kind) since then."""

    why: Why
    since_ms: int
    kinds: frozenset[Kind] | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where a job stands: `place` in line (1 is next; None once it is with the provider), expected wait and experience.

    `standstill` is set while the line stands still for it; then nobody knows the wait, and it ends at `ends_ms` at the latest.
    """

    position: int | None
    wait_ms: int | None
    experience: Experience | None
    standstill: Standstill | None = None
    ends_ms: int | None = None


class Next(StrEnum):
    """What a run of a job says comes next for it."""

    IN_LINE = "in line"
    PARKED = "parked"
    LATER = "later"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RunResult:
    """`seconds` is how long to wait where `next` is LATER; a wake comes earlier all the same."""

    next: Next
    job: Job | None = None
    seconds: float = 0.0


class Engine(Protocol):
    """Decides when a job runs: line, slots at the provider, later tries. Knows nothing of what a run does.

    A provider that takes none for now is left alone for a while; then one clip at a time tries, each time another one as far
    as others wait, until one is taken.
    """

    def wake(self, job_id: int) -> None:
        """This job may have something to do. Returns at once; many wakes are one."""
        ...

    def position(self, job_id: int) -> int | None:
        """Place in the line for its provider, 1 is next; None when it does not wait (any more)."""
        ...

    def slots(self, provider: str) -> int:
        """Clips that may be with this provider at a time."""
        ...

    def state_changed(self, job: Job) -> None:
        """The job is in another state now: it may have taken or freed a slot."""
        ...

    def full(self, provider: str, retry_after: float | None, ceiling: int | None) -> None:
        """This provider is busy; `ceiling` is how many it takes at a time, where it said so.

        `retry_after` is in seconds, None where it said nothing; more than `RETRY_AFTER_MOST` is not waited.
        """
        ...

    def hold(self, provider: str, standstill: Standstill, seconds: float) -> None:
        """This provider takes none of these kinds for another reason; after so many seconds one of them tries."""
        ...

    def standstill(self, provider: str, kind: Kind) -> Standstill | None:
        """Why clips of this kind stand still there; None while they go through. What is about the kind alone comes first."""
        ...

    def unclear(self, job: Job) -> None:
        """It is being found out whether the provider took this clip, which may take minutes: meanwhile another may try."""
        ...

    def frees(self, job_id: int) -> None:
        """Its clip should be over at the provider, which does not say so: nobody waits for its slot any more. Where the
        provider still makes it, that one refuses what is too much.
        """
        ...

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        """The jobs of these kinds (None: of all) that stand in its line and were asked for before then (None: whenever)."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a job, wherever it is told. Times in milliseconds.

    `fraction` is 0..1, None where no bar would be honest. `elapsed_ms` counts from the command as long as the job waits in
    line, and from the submit on as the expectation does. `hitch` is set while something keeps it.
    """

    job: Job
    fraction: float | None
    elapsed_ms: int
    forecast: Forecast
    at_ms: int
    hitch: Hitch | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is posted: a file, or where none fits a link, with what to tell about it.

    `facts` are of the file that is sent, `came` of what the provider made; None where they are not known.
    """

    path: Path | None
    filename: str
    facts: ClipFacts | None
    changed: str
    came: Came | None = None
    link: ClipLink | None = None
    poster: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """`channel_id` and `message_id` of the clip's message; `url` its jump link, "" where there is none (ephemeral).

    `message_id` is None where the message is known to have been posted and to be gone: somebody deleted it at once.
    """

    channel_id: int
    message_id: int | None
    url: str


class ProgressReader(Protocol):
    """Looks at unfinished jobs on demand, so that nothing is computed for messages that nobody may edit yet."""

    async def progress_of(self, job_id: int) -> Progress | None:
        """The job's progress at this moment; None once it has ended."""
        ...


class Estimates(Protocol):
    async def like(self, provider: str, request: ClipRequest) -> Experience | None:
        """What clips like this took here; None without experience."""
        ...


class Notifier(Protocol):
    """Discord's face for the pipeline. Every method may be repeated after a crash without a second message or mention."""

    async def announce(self, job: Job) -> Job:
        """The card; returns the job with its address completed. Thread and progress message come once the job is followed.

        Never raises for what Discord refuses: a job whose card is gone still makes its clip.
        """
        ...

    def follow(self, job_id: int) -> None:
        """From now on keep the job's progress message fresh: look at it when the edit budget allows, edit if it changed.

        Costs next to nothing per job, so thousands may be followed. Never blocks.
        """
        ...

    def unfollow(self, job_id: int) -> None:
        """No more progress edits for this job; none is under way once `deliver` or `ended` returns."""
        ...

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Posts the clip, once. Raises `UploadTooLarge`, `NowhereToPost`, or `DeliveryError` for what may pass.

        Raises `PostInDoubt` where it may stand in a place that can't be read any more.
        """
        ...

    def upload_limits(self, job: Job) -> Sequence[int]:
        """Bytes that the first place takes in which the job's clip is posted now, and the smaller limits of others; falling."""
        ...

    async def find_post(self, job: Job) -> Posted | None:
        """The clip's message where an earlier try has posted it after all; None also where we may not look.

        Raises `DeliveryError` for what may pass.
        """
        ...

    async def unposted(self, job: Job) -> None:
        """Card and progress message say that the clip is made and waits for its owner to name a place.

        Raises `DeliveryError` for what may pass.
        """
        ...

    async def ended(self, job: Job) -> None:
        """Brings card and progress message to their last state."""
        ...

    async def tell_operator(self, text: str) -> None:
        """A word to the operator's channel where one is configured; always also in the log."""
        ...
