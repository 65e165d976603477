"""A job: one clip from command to delivery, its states and which may follow which. Pure; storage makes it durable.

`TRANSITIONS` is the whole truth about the order of things; `diagram()` draws it for the docs, and a test holds the
drawing there against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.clip import ClipRequest

PREVIEW: Final = "preview"
"""The provider whose clips are drawn here, to try things out; every other one makes real clips."""


class State(StrEnum):
    QUEUED = "queued"
    PREPARING = "preparing"
    SUBMITTING = "submitting"
    GENERATING = "generating"
    FETCHING = "fetching"
    FITTING = "fitting"
    DELIVERING = "delivering"
    UNPOSTED = "unposted"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


_S = State
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    # To itself: trouble of its own is written down, until when it waits outside the line.
    _S.QUEUED: frozenset({_S.QUEUED, _S.PREPARING, _S.FAILED, _S.CANCELLED}),
    # A provider that is full sends a job back into line.
    _S.PREPARING: frozenset({_S.SUBMITTING, _S.QUEUED, _S.FAILED, _S.CANCELLED}),
    _S.SUBMITTING: frozenset({_S.GENERATING, _S.QUEUED, _S.FAILED, _S.CANCELLED, _S.UNKNOWN}),
    _S.GENERATING: frozenset({_S.FETCHING, _S.FAILED, _S.CANCELLED}),
    _S.FETCHING: frozenset({_S.FITTING, _S.FAILED, _S.CANCELLED}),
    # A lost working file sends a job back to fetch it again; a 413 back to fit it smaller.
    _S.FITTING: frozenset({_S.DELIVERING, _S.FETCHING, _S.UNPOSTED, _S.FAILED, _S.CANCELLED}),
    _S.DELIVERING: frozenset({_S.DONE, _S.FITTING, _S.FETCHING, _S.UNPOSTED, _S.FAILED, _S.CANCELLED}),
    # Its owner names another place; or an earlier post, whose answer was lost, is found after all.
    _S.UNPOSTED: frozenset({_S.FITTING, _S.DONE, _S.FAILED, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.UNKNOWN: frozenset(),
}

ENDED: Final = frozenset(state for state, after in TRANSITIONS.items() if not after)
FREE_TO_CANCEL: Final = frozenset({State.QUEUED, State.PREPARING})
"""Nothing was sent that costs money: a cancel is immediate and free."""
HOLDS_A_SLOT: Final = frozenset({State.PREPARING, State.SUBMITTING, State.GENERATING})
"""Counts towards what the provider takes at a time."""
MADE: Final = frozenset({State.FETCHING, State.FITTING, State.DELIVERING})
"""The provider is done with it: its clip is fetched, fitted and posted."""
OUT_OF_LINE: Final = HOLDS_A_SLOT | MADE
"""Its turn has come, and something is done about it. `take_over` in `jobs.sql` names those in which our own work may break."""
WAITS_LONG: Final = FREE_TO_CANCEL | {State.FETCHING, State.FITTING, State.UNPOSTED}
"""Nobody may look at it for a while: a wish of its member wakes it."""
MAY_BE_RETRIED: Final = frozenset({State.FAILED, State.UNKNOWN})
"""It ended without a clip and nobody wanted that: the operator may have it tried again."""
UNPOSTED_MS: Final = 3 * 24 * 60 * 60 * 1000
"""How long a made clip that could not be posted waits for its owner to name another place; then it ends and is free."""

STARTS_TOGETHER: Final = 3
"""A job during whose work the process died so often runs one at a time, apart from the others."""
STARTS_MOST: Final = 6
"""After so many it is not run any more: it is told as our own fault."""
FENCE_WHEN_BOOKED: Final = 0
"""No process but the one that booked the job has it; each take-over adds one."""


class Failure(StrEnum):
    """Why a job ended without a clip; each reads differently to the member. `STOPPED` is the operator's own doing.

    Four of them are of a clip that is made: `UNDELIVERABLE` when every place to post it is closed, `DOUBTFUL` when it may
    stand in a place that can't be read any more, `TOO_LARGE` when no place takes a file of its size, `DISCORD` when Discord
    was in trouble for longer than anyone should wait. A job has them, or `OURS`, while it is unposted, and for good once
    nobody posted it in time.
    """

    MODERATION = "moderation"
    PROVIDER = "provider"
    OPERATOR = "operator"
    OURS = "ours"
    UNDELIVERABLE = "undeliverable"
    DOUBTFUL = "doubtful"
    TOO_LARGE = "too_large"
    DISCORD = "discord"
    TIMEOUT = "timeout"
    STOPPED = "stopped"


class Way(StrEnum):
    """Where a clip goes that can't be posted in the first place of its address. Written down before it is first sent there.

    `CHANNEL` is the channel of the command, where the thread was closed; `ANSWER` edits the answer to the interaction, which
    nobody can read once its token is dead where one member alone sees it; `DIRECT` is a direct message.
    """

    CHANNEL = "channel"
    ANSWER = "answer"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a job's messages are in Discord, and how they may be edited. Everything is an id or a limit, never a name.

    `token` is the interaction's, good until `token_expires_at_ms`; `card_id` the message that answered the command;
    `upload_limit` in bytes. `guild_id` is None in a DM. `thread_id` is None while there is none, and stays None where
    `in_place` is true: a DM, a thread, a channel where we may not open one, or a private job. By `way` the clip may have been
    sent already, whether anything came of it or not; None where that is `posts_to`, or of a private job nowhere.
    """

    application_id: int
    guild_id: int | None
    channel_id: int
    token: str
    token_expires_at_ms: int
    upload_limit: int
    locale: str = "en-US"
    private: bool = False
    in_place: bool = False
    card_id: int | None = None
    thread_id: int | None = None
    progress_id: int | None = None
    result_id: int | None = None
    result_url: str | None = None
    way: Way | None = None

    @property
    def by_operator(self) -> bool:
        """True for a job that no interaction asked for: there is no token and no answer, the bot posts its card itself."""
        return not self.token

    @property
    def posts_to(self) -> int:
        """The channel or thread in which progress and clip are posted."""
        return self.thread_id or self.channel_id


@dataclass(frozen=True, slots=True)
class Job:
    """One row of `jobs`. `id` is the snowflake of the interaction that asked for it; times are epoch milliseconds.

    `fence` counts take-overs: a transition made with an old fence changes nothing. `seed` is always set (ours where
    the member gave none). `cost` is what was reserved in credits; `charged` what the member paid in the end, None
    until then. `left_after` and `resets_at_ms` are the member's quota as it stood after the reserve (None: no limit).
    `discard` means that the clip is not wanted any more, though it is paid for; `discarded_by` is the member who said so,
    None in rows of the first version, where it was taken for the owner.

    `not_before_ms` is set where the job has trouble of its own and waits outside the line until then; `troubled_since_ms` is
    when that trouble began, kept until it is over. `starts` counts how often a process died while the job was in its present
    state. `unposted_at_ms` is since when a made clip has had no place to be posted in, the first time. `posting_fence` is the
    fence under which posting it where it is to be posted now began, None before that: under a later one a process that died
    may have posted it. `reduced_to` is what a clip costs that is not as it was asked for, None where that is `cost`.
    `bar_percent` is how full its bar was shown at most while it was made, rounded up; None where there was none.
    """

    id: int
    member_id: int
    state: State
    fence: int
    request: ClipRequest
    seed: int
    address: Address
    provider: str
    cost: int
    created_at_ms: int
    updated_at_ms: int
    tries: int = 0
    provider_reference: str | None = None
    submitted_at_ms: int | None = None
    generated_at_ms: int | None = None
    ended_at_ms: int | None = None
    charged: int | None = None
    discard: bool = False
    failure: Failure | None = None
    failure_detail: str | None = None
    parent_id: int | None = None
    left_after: int | None = None
    resets_at_ms: int | None = None
    upload_limit_tried: int | None = None
    not_before_ms: int | None = None
    troubled_since_ms: int | None = None
    starts: int = 0
    discarded_by: int | None = None
    unposted_at_ms: int | None = None
    posting_fence: int | None = None
    reduced_to: int | None = None
    bar_percent: int | None = None

    @property
    def due(self) -> int:
        """Credits that its owner pays once it is posted, or thrown away by their own wish."""
        return self.cost if self.reduced_to is None else self.reduced_to

    @property
    def unposted_until_ms(self) -> int:
        """When an unposted clip ends for good."""
        return (self.updated_at_ms if self.unposted_at_ms is None else self.unposted_at_ms) + UNPOSTED_MS

    @property
    def may_be_posted(self) -> bool:
        """Of an unposted clip: whether one of the tries to post it may have done so all the same, its answer lost.

        Also where every place is closed: one of them may have closed after such a try.
        """
        return self.failure in {Failure.DISCORD, Failure.UNDELIVERABLE, Failure.DOUBTFUL}

    @property
    def posting_begun(self) -> bool:
        """Whether a post of the clip may have been sent to where it is to go now."""
        return self.posting_fence is not None or self.state is State.DELIVERING

    @property
    def card_may_be_clip(self) -> bool:
        """Whether an edit of its card might overwrite the clip: a try by `ANSWER` may have made it that.

        Of a job that the first version was posting no way is written down.
        """
        return self.posting_begun and (self.posting_fence is None or self.address.way is Way.ANSWER)

    @property
    def hides_prompt(self) -> bool:
        """What the safety check did not let through is not repeated in public; its owner's form has it."""
        return self.failure is Failure.MODERATION

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def moderated_away(self) -> bool:
        """The clip is not wanted by the word of somebody else than its owner, a moderator: the owner does not pay for it."""
        return self.discard and self.discarded_by not in {None, self.member_id}

    @property
    def preview(self) -> bool:
        """True for a clip that is drawn here; said of the job, since the provider of new ones may be another by now."""
        return self.provider == PREVIEW

    @property
    def known_as(self) -> str:
        """By what the operator finds its clip at the provider; by its seed where no answer to the submit named it."""
        return self.provider_reference or f"seed {self.seed}"

    @property
    def job_code(self) -> str:
        """Short, speakable name of the job for members and operators: the id in base 36, as it stands in the log."""
        return job_code(self.id)


def job_code(job_id: int) -> str:
    """As `Job.job_code`, for a job of which only the id is known."""
    digits, number = "", job_id
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


def may_follow(before: State, after: State) -> bool:
    return after in TRANSITIONS[before]


def diagram() -> str:
    """The transition table as a Mermaid state diagram, in the order of the enum."""
    lines = ["stateDiagram-v2", "    [*] --> queued"]
    order = list(State)
    for before in order:
        lines.extend(f"    {before} --> {after}" for after in order if after in TRANSITIONS[before])
    lines.extend(f"    {state} --> [*]" for state in order if state in ENDED)
    return "\n".join(lines)
