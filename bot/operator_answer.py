"""The answers of `happyhorse job end` and `happyhorse job retry`, as codes and figures.
`presentation/views/operator_answers.py` has the words.

An answer is a list of `Remark`s, of one or two sentences each. `job` is a job's `job_code`, `state` the value of its state,
`provider` its provider's name; costs are whole credits. Answers are stored, so the names of these classes and fields must not
change: an answer with other names can't be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.detail import Detail


class ReportCode(StrEnum):
    """What the bot learned when it asked the provider about a job."""

    NOTHING_SENT = "nothing_sent"
    PREVIEW = "preview"
    """The bot draws it itself, so no provider is asked."""
    NOT_CONFIGURED = "not_configured"
    NO_ANSWER = "no_answer"
    """No answer came within `seconds`."""
    TROUBLE = "trouble"
    """The provider could not be asked; `detail` says why."""
    UNKNOWN = "unknown"
    """The provider does not know the clip `reference`, or not yet."""
    STATUS = "status"
    """The status of the clip `reference`: `phase`, `percent` while it runs, `detail` and `billed` if the provider says so."""
    NOT_LISTED = "not_listed"
    """The clip was searched for and not found."""
    ALIKE = "alike"
    """The clip was searched for, and several could be the right one."""
    FOUND = "found"
    """The clip was searched for and found: `reference`."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says about a job. `searched`: the answer to its submit was lost, so the clip was searched for."""

    code: ReportCode
    provider: str = ""
    searched: bool = False
    reference: str = ""
    detail: Detail | None = None
    seconds: int = 0
    phase: str = ""
    percent: int | None = None
    billed: bool | None = None

    @property
    def heard(self) -> bool:
        """False if the provider could not be asked."""
        return self.code not in {ReportCode.NOT_CONFIGURED, ReportCode.NO_ANSWER, ReportCode.TROUBLE}

    @property
    def found(self) -> str | None:
        """The clip's reference, if it was searched for and found."""
        return self.reference if self.code is ReportCode.FOUND else None


@dataclass(frozen=True, slots=True)
class Stored:
    """The sentences of an answer that an earlier version stored."""

    text: str


class Word(StrEnum):
    """Remarks without figures."""

    ID_TAKEN = "id_taken"
    """Another job has the id that the command chose for the new job."""
    SAY_YES = "say_yes"
    LOOK_FIRST = "look_first"
    """Nothing was booked, since the clip may exist and could not be searched for."""
    TOO_OLD = "too_old"
    OUR_FAULT = "our_fault"
    NO_BOT = "no_bot"
    """The command did the work itself, since no bot runs."""


@dataclass(frozen=True, slots=True)
class Said:
    word: Word


class About(StrEnum):
    """Remarks whose only figure is a job."""

    NO_SUCH = "no_such"
    MOVES_ON = "moves_on"
    """The job's state changed at each try to end it."""
    JUST_ENDED = "just_ended"
    UNREADABLE_ENDED = "unreadable_ended"
    UNREADABLE_OVER = "unreadable_over"
    """The job had ended already."""
    SAME_CLIP = "same_clip"
    """Nothing was booked, since this job makes or made the same clip."""


@dataclass(frozen=True, slots=True)
class OfJob:
    about: About
    job: str


@dataclass(frozen=True, slots=True)
class AtProvider:
    """The clip may be billed as `reference` (None: not known yet), so ending it needs --yes. `posting`: it is being posted."""

    job: str
    state: str
    provider: str
    reference: str | None
    posting: bool


@dataclass(frozen=True, slots=True)
class NotReadable:
    """The job can't be read, for the reason `why`. `ending`: the request was to end it, which needs --yes; else to retry it."""

    job: str
    why: str
    ending: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The job was ended, and its `cost` went back to the member."""

    job: str
    cost: int
    member_id: int


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """The provider was asked to cancel the clip. `agreed`: it accepted."""

    provider: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class MayBeBilled:
    """The provider may bill the clip. `known_as`: how to find it there."""

    provider: str
    known_as: str


@dataclass(frozen=True, slots=True)
class Over:
    """The job had ended before."""

    job: str
    state: str
    charged: int


@dataclass(frozen=True, slots=True)
class NothingToRetry:
    job: str
    state: str


@dataclass(frozen=True, slots=True)
class WaitsForOwner:
    """The clip is made; only its owner can have it posted, for its `cost`."""

    job: str
    cost: int


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The job's wait was ended. No credits are reserved beyond the `cost` that is reserved already."""

    job: str
    state: str
    cost: int


@dataclass(frozen=True, slots=True)
class NoProvider:
    """The clip can't be made again, since its provider is not configured."""

    job: str
    provider: str


@dataclass(frozen=True, slots=True)
class AnotherTry:
    """What a second try costs which member, and what the provider says about the first clip."""

    job: str
    member_id: int
    cost: int
    report: Report


@dataclass(frozen=True, slots=True)
class ClipExists:
    """Nothing was booked: the clip is at the provider as `reference`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Bound:
    """One cap that a second try would exceed, named as in `Crossed` of `bot/problem.py`."""

    reason: str
    needed: int
    left: int
    limit: int


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Nothing was booked: the member or the server has too few credits left or too many running clips."""

    member_id: int
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """A second try was booked as the job with the number `job_id`."""

    job: str
    job_id: int
    cost: int
    member_id: int


@dataclass(frozen=True, slots=True)
class Silent:
    """The bot did not answer within `seconds`; it may still do so. `job` is the name that the operator typed."""

    seconds: int
    job: str


Remark: TypeAlias = (
    Stored
    | Said
    | OfJob
    | AtProvider
    | NotReadable
    | Ended
    | CancelAsked
    | MayBeBilled
    | Over
    | NothingToRetry
    | WaitsForOwner
    | GoesOn
    | NoProvider
    | AnotherTry
    | ClipExists
    | NothingLeft
    | Booked
    | Silent
)
