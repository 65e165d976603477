"""What the people who run the bot must know, in codes and figures. `presentation/views/notices.py` has the words of each.

A notice is equal to another one that says the same, so that it is said once. `job` is a job's short name (`job_code`),
`reference` what its clip is called at the provider, `said` the words of an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Part(StrEnum):
    """A lasting piece of work of the bot, by what it does. The values stand in the log."""

    WATCHER = "watcher"
    LOST_SUBMITS = "search for lost submits"
    HOLDS = "notes of refusals"
    DOWNLOADS = "downloads"
    WAITING_CLIPS = "waiting clips"
    PROGRESS = "progress of clips"
    HEALTH = "heartbeat"
    COMMANDS = "look at registered commands"
    STAGES = "stages"
    """All that runs for one provider."""
    APART = "jobs apart"
    CAPACITY = "question for the ceiling"
    CLOCK = "note of the clock"
    PRUNING = "pruning"
    COPIES = "pruning of copies"
    SHELL = "answers to the shell"
    FIRST_QUESTION = "first question to the provider"


@dataclass(frozen=True, slots=True)
class PartDied:
    """It starts again by itself. `error` is the name of the exception's type, `provider` whose part it is, maybe ""."""

    part: Part
    error: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """The provider refuses our key to one part, which is at work on `count` clips."""

    provider: str
    part: Part
    count: int
    said: str


@dataclass(frozen=True, slots=True)
class LongWait:
    """The provider asks to be left alone for `seconds`; it is asked again every `every` seconds all the same."""

    provider: str
    part: Part
    seconds: float
    every: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider takes none of these kinds of clips from us, None for all of them: key, plan or balance."""

    provider: str
    kinds: frozenset[str] | None
    said: str


@dataclass(frozen=True, slots=True)
class OutOfReach:
    provider: str
    said: str


@dataclass(frozen=True, slots=True)
class TakesAgain:
    """What `Refused` or `OutOfReach` began is over."""

    provider: str
    kinds: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider rejected this clip itself, the first of a row."""

    job: str
    provider: str
    said: str


@dataclass(frozen=True, slots=True)
class Unfound:
    """The answer to a submit was lost, or named `another` job's clip, and its own was not found again."""

    job: str
    provider: str
    seed: int
    another: bool


@dataclass(frozen=True, slots=True)
class TakenAfterEnd:
    """The provider took a clip whose job had ended meanwhile."""

    job: str
    provider: str
    reference: str


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A clip that failed, or was `cancelled`, and is charged to nobody. `billed`: the provider says so, else it may be."""

    job: str
    provider: str
    reference: str | None
    billed: bool
    cancelled: bool
    moderated: bool
    said: str | None


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """A moderator had a made clip thrown away; it was billed."""

    job: str
    provider: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class CameOtherwise:
    """A clip came `seconds` long, `width` x `height`; None for what is as it was asked for. `free`: its member does not pay."""

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
    """A finished clip that can't be fetched: its job ended, uncharged."""

    job: str
    provider: str
    reference: str | None
    said: str


@dataclass(frozen=True, slots=True)
class FetchTakesLong:
    job: str
    provider: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class NotPosted:
    """A made clip waits for its owner to name a place."""

    job: str
    reference: str | None
    said: str


@dataclass(frozen=True, slots=True)
class NeverPosted:
    """Its owner named none in three days, and it ended. `billed`: it is no preview."""

    job: str
    provider: str
    reference: str | None
    said: str | None
    billed: bool


@dataclass(frozen=True, slots=True)
class Broke:
    """A job ended by a fault of ours in `state`. `known_as`: how to find it at the provider, None where it is not there."""

    job: str
    provider: str
    state: str
    error: str
    known_as: str | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job in whose `state` the process died `times` times. `known_as` as in `Broke`."""

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
    """Paid clips that wait, or where `over` others that ended, for want of a provider that is not configured any more."""

    jobs: tuple[str, ...]
    over: bool


@dataclass(frozen=True, slots=True)
class CommandsRefused:
    """Discord does not take our commands as they are; those of before stay."""

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
)
