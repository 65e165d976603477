"""The door to a video vendor. Knows no vendor: errors are ours, references are opaque strings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.domain.clip import Kind, Resolution
from bot.domain.job import Failure


@dataclass(frozen=True, slots=True)
class Submission:
    """One clip as it goes to a provider. `images` are the provider's own references from `upload`, in prompt order.

    `frame` is width and height in pixels that the clip should have.
    """

    job_id: int
    kind: Kind
    prompt: str
    duration: int
    resolution: Resolution
    aspect: str
    seed: int
    images: tuple[str, ...]
    frame: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submit that the provider took. `units` is its own price (creative units), where it said one."""

    reference: str
    units: float | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A submit whose answer never came: what was sent, and from when on it may have arrived.

    The submission's `images` are those that are still known, all or none.
    """

    submission: Submission
    submitted_at_ms: int


class Phase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What the provider says of one clip. `fraction` 0..1 where it reports one; `failure` and `detail` when it failed;
    `billed` whether it was charged to us all the same (None: it may be, the operator should look)."""

    reference: str
    phase: Phase
    fraction: float | None = None
    failure: Failure | None = None
    detail: str | None = None
    billed: bool | None = None


@dataclass(frozen=True, slots=True)
class ClipLink:
    """A signed URL of the finished clip and when it stops working. Never stored as the result."""

    url: str
    expires_at_ms: int | None


class Severity(StrEnum):
    OK = "ok"
    ADVICE = "advice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `happyhorse doctor`: what was looked at, what was found, and what to do about it ("" when fine)."""

    subject: str
    severity: Severity
    found: str
    remedy: str = ""


class VideoProvider(Protocol):
    """One vendor. Every method may raise the `ProviderError` subclasses; only `submit` may raise `SubmitOutcomeUnknown`."""

    @property
    def name(self) -> str:
        """As in configuration and in `jobs.provider`."""
        ...

    @property
    def free(self) -> bool:
        """True where clips cost the operator nothing (the local preview)."""
        ...

    async def price(self, submission: Submission) -> float | None:
        """The vendor's price in its own units by a dry run, starting nothing. None where there is no such thing."""
        ...

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:
        """Hands an image over and returns the vendor's reference. Safe to repeat."""
        ...

    async def submit(self, submission: Submission) -> Accepted:
        """Starts the clip, at most once.

        Raises `SubmitOutcomeUnknown` when the request may have taken effect but no answer came; every other
        `ProviderError` promises that nothing was started.
        """
        ...

    async def find(self, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:
        """Looks for lost submits at the vendor, all in as few requests as it takes: job id -> reference.

        None: it can't be told apart (two candidates), or the vendor has no listing. A job id that is missing from the
        answer surely never arrived, as of now. `known` are references that other jobs hold already.
        """
        ...

    async def statuses(self, running: Collection[str]) -> list[RunStatus]:
        """What changed for these clips since the last call, in a number of requests that does not grow with theirs.

        Reading changes nothing; the same status may be told twice.
        """
        ...

    async def status(self, reference: str) -> RunStatus | None:
        """What it says of this one clip now, asked by its id. None: it does not know it, or not yet."""
        ...

    async def cancel(self, reference: str) -> bool:
        """True when the vendor accepted to cancel (only an observed CANCELLED proves it), False when it refused."""
        ...

    async def fetch(self, reference: str, target: Path, max_bytes: int) -> None:
        """Streams the finished clip into `target`, refreshing an expired URL.

        Raises `ClipUnavailable` for what stays as it is (past `max_bytes`), `ClipMissing` where it is said to be done and is
        not there, `ModerationRefused` where the safety check took it, `ProviderUnavailable` for what may pass.
        """
        ...

    async def link(self, reference: str) -> ClipLink | None:
        """A fresh link to the finished clip for people, or None where there is none to give."""
        ...

    async def capacity(self) -> int | None:
        """Clips it takes at a time, as far as it says; None when it does not."""
        ...

    async def ping(self) -> None:
        """A question that changes and costs nothing, asked at the start: raises what the provider would refuse us with."""
        ...

    async def check(self) -> list[Finding]:
        """For the doctor: key, dry run, and the vendor's own idea of the model's limits. Never raises."""
        ...
