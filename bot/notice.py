"""Notices to the bot's operators, as codes and figures. `presentation/views/notices.py` has the words for each.

Notices compare by value, so that the same one is told only once. `job` is a job's `job_code`, `reference` the clip's id at the
provider, `said` the reason (None if nobody gave one).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.detail import Detail


class Part(StrEnum):
    """The part of the bot that a notice is about. Most run all the time. The values stand in the log."""

    WATCHER = "watcher"
    LOST_SUBMITS = "search for lost submits"
    HOLDS = "notes of refusals"
    DOWNLOADS = "downloads"
    WAITING_CLIPS = "waiting clips"
    PROGRESS = "progress of clips"
    HEALTH = "heartbeat"
    COMMANDS = "look at registered commands"
    STAGES = "stages"
    """All jobs of one provider."""
    APART = "jobs apart"
    CAPACITY = "question for the ceiling"
    CLOCK = "note of the clock"
    PRUNING = "pruning"
    COPIES = "pruning of copies"
    KEPT_CLIPS = "kept clips"
    SHELL = "answers to the shell"
    ASKED = "what was asked before"
    LATE_ENDS = "ends that were refused"
    FIRST_QUESTION = "first question to the provider"


@dataclass(frozen=True, slots=True)
class PartDied:
    """A part failed; it is started again. `error` is the type of the exception, `provider` whose part it is, maybe ""."""

    part: Part
    error: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """The provider refused our key to one part, which works on `count` clips."""

    provider: str
    part: Part
    count: int
    said: Detail


@dataclass(frozen=True, slots=True)
class LongWait:
    """The provider wants no request for `seconds`; the bot still sends one every `every` seconds."""

    provider: str
    part: Part
    seconds: float
    every: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider does not take these kinds of clips from us, because of key, plan or balance. `kinds` None: any kind."""

    provider: str
    kinds: frozenset[str] | None
    said: Detail | None


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """The provider could not be reached for a while."""

    provider: str
    said: Detail | None


@dataclass(frozen=True, slots=True)
class TakesAgain:
    """The provider takes clips again after `Refused` or `OutOfReach`."""

    provider: str
    kinds: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider rejected this request itself. Told only for the first of several in a row."""

    job: str
    provider: str
    said: Detail


@dataclass(frozen=True, slots=True)
class Unfound:
    """The answer to a submit was lost, or (`another`) named another job's clip; the job's own clip was not found."""

    job: str
    provider: str
    seed: int
    another: bool


@dataclass(frozen=True, slots=True)
class TakenAfterEnd:
    """The provider accepted a clip whose job had ended meanwhile."""

    job: str
    provider: str
    reference: str


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A clip failed or was `cancelled`, and no member pays. `billed`: the provider billed it; else it may have done so."""

    job: str
    provider: str
    reference: str | None
    billed: bool
    cancelled: bool
    moderated: bool
    said: Detail | None


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """A moderator had a made clip thrown away. The provider billed it."""

    job: str
    provider: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class CameOtherwise:
    """A clip is not as asked for. `seconds` and `size` are what came, None if as asked for. `free`: the member does not pay."""

    job: str
    provider: str
    reference: str | None
    seconds: float | None
    seconds_asked: int
    size: tuple[int, int] | None
    resolution_asked: str
    silent: bool
    free: bool


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A finished clip can't be fetched; its job ended, uncharged."""

    job: str
    provider: str
    reference: str | None
    said: Detail


@dataclass(frozen=True, slots=True)
class FetchTakesLong:
    """A finished clip could not be fetched for a long time; the bot goes on trying."""

    job: str
    provider: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class NotPosted:
    """A made clip waits for its owner to name a place."""

    job: str
    reference: str | None
    said: Detail


@dataclass(frozen=True, slots=True)
class NeverPosted:
    """The owner of a made clip named no place in three days, so its job ended. `billed`: it is not a preview."""

    job: str
    provider: str
    reference: str | None
    said: Detail | None
    billed: bool


@dataclass(frozen=True, slots=True)
class Broke:
    """A fault of the bot ended a job in `state`. `known_as`: how to find it at the provider, None if it never got there."""

    job: str
    provider: str
    state: str
    error: str
    known_as: str | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job ended because the process died `times` times in its `state`. `known_as` as in `Broke`."""

    job: str
    provider: str
    state: str
    times: int
    known_as: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Jobs that this version of the bot can't read."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderMissing:
    """Paid clips wait because their provider is not configured any more; if `over`, jobs ended for that reason."""

    jobs: tuple[str, ...]
    over: bool


@dataclass(frozen=True, slots=True)
class CommandsRefused:
    """Discord refused the bot's commands; the earlier ones stay."""

    said: str


@dataclass(frozen=True, slots=True)
class ClipsNotKept:
    """A posted clip could not be kept in `folder`. `said` is what the system said."""

    folder: str
    said: str


JobNotice: TypeAlias = (
    Rejected
    | Unfound
    | TakenAfterEnd
    | Unpaid
    | ThrownAway
    | CameOtherwise
    | NotFetched
    | FetchTakesLong
    | NotPosted
    | NeverPosted
    | Broke
    | GivenUp
)
"""About one job."""
Notice: TypeAlias = (
    JobNotice
    | PartDied
    | KeyRefused
    | LongWait
    | Refused
    | OutOfReach
    | TakesAgain
    | Unreadable
    | ProviderMissing
    | CommandsRefused
    | ClipsNotKept
)
