"""The interface of a video vendor. Its errors are those of `bot.errors`; references are the vendor's ids, opaque to us. The
providers in `bot.providers` implement it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.detail import Detail
from bot.domain.job import Failure
from bot.domain.request import Request


@dataclass(frozen=True, slots=True)
class Submission:
    """One request as it is sent to a provider, and what was decided for it.

    `seed` is the one to use, drawn where the request names none. `images` are the references that `upload` returned, in prompt
    order. `frame` is the width and height in pixels that the clip should have.
    """

    job_id: int
    request: Request
    seed: int
    images: tuple[str, ...]
    frame: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submit that the provider accepted. `units` is its price in the provider's own units, where it named one."""

    reference: str
    units: float | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A submit whose answer never came. It may have arrived at `submitted_at_ms` or later.

    The submission's `images` are complete, or empty where a reference is not known any more.
    """

    submission: Submission
    submitted_at_ms: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """By what the provider's record of a lost submit is recognised. A provider declares it for each of its models.

    With `seed`, by the prompt and the seed that was sent with it. Without, for a model that takes none, by model, prompt and
    pictures. In both cases the record is not from before the submit.
    """

    seed: bool

    def likeness(self, request: Request, seed: int) -> tuple[str, int | None]:
        """Two submits of one provider with the same value may be taken for each other, also where their pictures differ."""
        return request.prompt, seed if self.seed else None


class Phase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


THE_CLIP: Final = 0
"""Position of the video among the files of a clip. What a provider makes beside it comes after it."""

PHASES_OVER: Final = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})
"""The provider does nothing more about a clip in one of these phases."""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The provider's status of one clip. `fraction` is 0 to 1, None without a report. `failure` and `detail` are set when it
    failed. `billed`: whether we pay for a clip that failed or was cancelled (None: not known, the operator should look)."""

    reference: str
    phase: Phase
    fraction: float | None = None
    failure: Failure | None = None
    detail: Detail | None = None
    billed: bool | None = None


@dataclass(frozen=True, slots=True)
class ClipLink:
    """A signed URL of the finished clip and when it expires. It is never stored, since it expires."""

    url: str
    expires_at_ms: int | None


class Severity(StrEnum):
    OK = "ok"
    ADVICE = "advice"
    WARNING = "warning"
    ERROR = "error"


class Check(StrEnum):
    """What a provider looks at for the doctor."""

    KEY = "key"
    DRY_RUN = "dry_run"
    LIMITS = "limits"
    """The vendor's own idea of a model's limits."""
    CEILING = "ceiling"
    """Clips at a time."""
    RENDERER = "renderer"
    """Whether clips can be drawn, for a provider that draws them on this machine."""


class FindingCode(StrEnum):
    """What a check found; `presentation/views/findings.py` has the words. Figures of each:"""

    FINE = "fine"
    """KEY, LIMITS: (). DRY_RUN: (seconds at 720P, price in the vendor's units). CEILING: (clips, plan). RENDERER: (clips)"""
    REFUSED = "refused"
    """See `detail`; the operator must repair it."""
    UNREACHED = "unreached"
    """See `detail`."""
    UNPRICED = "unpriced"
    CHANGED = "changed"
    """The model has changed: see `differences`."""
    NOT_ASKED = "not_asked"
    """No team is configured."""
    NOT_SAID = "not_said"
    """(plan)"""
    CLOSED = "closed"
    """(folder, what the system said); it can't be written to"""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one input of a model differs from what the bot knows. `bound` names a limit of the input, such as `max`: the vendor's
    value for it is `theirs`, the bot's is `ours`. Where it is "", the model lacks the values `missing`, or the whole input if
    that is empty.
    """

    name: str
    bound: str = ""
    theirs: float = 0
    ours: float = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderFinding:
    """One line of `happyhorse doctor`. `model` is the name of the model that it is about, if any."""

    check: Check
    code: FindingCode
    severity: Severity
    figures: tuple[str | int | float, ...] = ()
    model: str = ""
    differences: tuple[Difference, ...] = ()
    detail: Detail | None = None


class ProviderAvailability(Protocol):
    """Which requests a vendor takes, how many clips at a time, and whether it works for our account. `capacity` and `ping` may
    raise a `ProviderError`."""

    def takes(self, request: Request) -> bool:
        """Whether it takes requests of this type. A job whose request is of another type is never sent to it."""
        ...

    async def capacity(self) -> int | None:
        """How many clips the provider takes at a time; None where it does not say."""
        ...

    async def ping(self) -> None:
        """A request that changes and costs nothing, made at the start: raises the error with which the provider refuses us."""
        ...

    async def check(self) -> list[ProviderFinding]:
        """Checks for `happyhorse doctor`: key, dry run, and the limits of the models as the vendor names them. Never raises."""
        ...


class VideoProvider(Protocol):
    """One vendor. Every coroutine may raise a `ProviderError`; only `submit` may raise `SubmitOutcomeUnknown`."""

    @property
    def name(self) -> str:
        """The name as in the configuration and in `Job.provider`."""
        ...

    @property
    def free(self) -> bool:
        """True where clips cost the operator nothing (the local preview)."""
        ...

    @property
    def availability(self) -> ProviderAvailability:
        """What the start, the engine and the doctor ask of it."""
        ...

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:
        """Uploads an image and returns the vendor's reference. Safe to repeat."""
        ...

    async def submit(self, submission: Submission) -> Accepted:
        """Starts the clip, at most once.

        Raises `SubmitOutcomeUnknown` when the clip may have been started but no usable answer came. Every other `ProviderError`
        means that nothing was started.
        """
        ...

    def recognition(self, request: Request) -> Recognition:
        """By what `find` recognises a submit of this request."""
        ...

    async def find(self, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:
        """Searches the vendor for lost submits, all in as few requests as possible. Returns references by job id.

        None: it can't be told which clip it is (two candidates, say), or the vendor has no listing. A job id that is not in the
        answer has not arrived up to now. `known` are references that other jobs have already; they are left out.
        """
        ...

    async def statuses(self, running: Collection[str]) -> list[RunStatus]:
        """What changed for these clips since the last call, in a number of requests that does not grow with the number of
        clips.

        The same status may be returned twice.
        """
        ...

    async def status(self, reference: str) -> RunStatus | None:
        """The current status of one clip, asked by its id. None: the vendor does not know it, or not yet."""
        ...

    async def cancel(self, reference: str) -> bool:
        """Asks to cancel. True when the vendor accepted (only a status CANCELLED proves the end), False when it refused."""
        ...

    async def fetch(self, reference: str, position: int, target: Path, max_bytes: int) -> int:
        """Streams one of the files that were made into `target`, with a fresh URL each time. Returns how many there are.

        `position` is its number, from 0, in the provider's own order. Of a clip that is the video, `THE_CLIP`.

        Raises `ClipUnavailable` where another try won't help (larger than `max_bytes`, say), `ClipMissing` where the vendor
        says that it is done but shows no such file, `ModerationRefused` where its safety check removed it,
        `ProviderUnavailable` for a temporary error.
        """
        ...

    async def link(self, reference: str, position: int) -> ClipLink | None:
        """A fresh link, which members can open, to the file that `fetch` fetches; None where the provider has no links."""
        ...
