"""A job: one clip from command to delivery, with its states. Storage keeps it.

`TRANSITIONS` says which state may follow which. `diagram()` draws it for the docs; a test compares the drawing there with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.detail import Detail
from bot.domain.clip import ClipRequest

PREVIEW: Final = "preview"
"""The provider whose clips the bot draws itself, to try things out; every other one makes real clips."""


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
    # To itself: a job with trouble of its own stores until when it waits outside the line.
    _S.QUEUED: frozenset({_S.QUEUED, _S.PREPARING, _S.FAILED, _S.CANCELLED}),
    # A job goes back into line when the provider is full.
    _S.PREPARING: frozenset({_S.SUBMITTING, _S.QUEUED, _S.FAILED, _S.CANCELLED}),
    _S.SUBMITTING: frozenset({_S.GENERATING, _S.QUEUED, _S.FAILED, _S.CANCELLED, _S.UNKNOWN}),
    _S.GENERATING: frozenset({_S.FETCHING, _S.FAILED, _S.CANCELLED}),
    _S.FETCHING: frozenset({_S.FITTING, _S.FAILED, _S.CANCELLED}),
    # A job goes back to fetch a lost working file again, or after a 413 to fit the clip smaller.
    _S.FITTING: frozenset({_S.DELIVERING, _S.FETCHING, _S.UNPOSTED, _S.FAILED, _S.CANCELLED}),
    _S.DELIVERING: frozenset({_S.DONE, _S.FITTING, _S.FETCHING, _S.UNPOSTED, _S.FAILED, _S.CANCELLED}),
    # Its owner names another place, or an earlier post is found whose answer was lost.
    _S.UNPOSTED: frozenset({_S.FITTING, _S.DONE, _S.FAILED, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.UNKNOWN: frozenset(),
}

ENDED: Final = frozenset(state for state, after in TRANSITIONS.items() if not after)
FREE_TO_CANCEL: Final = frozenset({State.QUEUED, State.PREPARING})
"""Nothing that costs money was sent: a cancel is immediate and free."""
HOLDS_A_SLOT: Final = frozenset({State.PREPARING, State.SUBMITTING, State.GENERATING})
"""The job counts towards the number of clips that the provider takes at a time."""
MADE: Final = frozenset({State.FETCHING, State.FITTING, State.DELIVERING})
"""The provider has made the clip; it is being fetched, fitted or posted."""
OUT_OF_LINE: Final = HOLDS_A_SLOT | MADE
"""The job is being worked on, no longer in line. Only in some of these states the bot itself works on it, so that it may be the
reason of a crash: `take_over` in `jobs.sql` lists them."""
WAITS_LONG: Final = FREE_TO_CANCEL | {State.FETCHING, State.FITTING, State.UNPOSTED}
"""The job may wait for a long time, so a member's cancel or discard wakes it."""
MAY_BE_RETRIED: Final = frozenset({State.FAILED, State.UNKNOWN})
"""Ended without a clip though nobody cancelled it: the operator may have it tried again."""
UNPOSTED_MS: Final = 3 * 24 * 60 * 60 * 1000
"""How long a made clip that could not be posted waits for its owner to name another place; then the job ends, uncharged."""

STARTS_TOGETHER: Final = 3
"""A job during whose work the process died this often runs apart from the others; such jobs run one at a time."""
STARTS_MOST: Final = 6
"""After the process died this often during its work, a job is not run any more and fails as our own fault."""
FENCE_WHEN_BOOKED: Final = 0
"""The fence of a new job where the process that books it has drawn none of its own (see `HeldJobs`), as the operator's shell,
which runs no jobs. Each take-over adds one.
"""


class Failure(StrEnum):
    """Why a job ended without a clip. Each has its own text for members. `STOPPED`: the operator ended the job.

    Four of them are about a clip that was made: `UNDELIVERABLE` when every place to post it is closed, `DOUBTFUL` when it may
    have been posted in a place that can't be read any more, `TOO_LARGE` when no place takes a file of its size, `DISCORD` when
    Discord was in trouble for too long. An unposted job has one of these or `OURS`, and keeps it when it ends unposted.
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
    """How a post is sent. Stored before it is first sent.

    `CHANNEL` is a message in a channel or thread. `ANSWER` edits the answer to the interaction; if only one member sees that
    answer, the bot can't read it once the token has expired. `DIRECT` is a direct message. `FOLLOW_UP` is a message after the
    answer that one member alone sees: it can be sent while the token is valid, and never be looked for.
    """

    CHANNEL = "channel"
    ANSWER = "answer"
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a job's messages are in Discord, and how they may be edited.

    `asked_id` is the interaction that the card answers. Its `token` is valid until `token_expires_at_ms`, and `upload_limit` is
    in bytes. They and `application_id` are stored with what was asked, and nowhere else: "" or 0 in a job that no interaction
    asked for, and once what was asked is forgotten, which is long after the token has expired. `card_id` is the message of the
    card. `locale` is the language of its messages, by Discord's name, `member_locale` that of messages that its member alone
    reads. `guild_id` is None in a DM. `thread_id` is None before a thread is opened, and always where
    `in_place` is true: in a DM, in a thread, in a channel where the bot may not open one, and for a private job.

    Where messages are is read from the posts of the job and its order. `way` and `clip_channel_id` say where the clip is or may
    be. While `way` is None it was sent nowhere. A direct message has no `clip_channel_id` until it was sent.
    """

    guild_id: int | None
    channel_id: int
    asked_id: int | None = None
    application_id: int = 0
    token: str = field(default="", repr=False)
    token_expires_at_ms: int = 0
    upload_limit: int = 0
    locale: str = "en-US"
    member_locale: str = "en-US"
    private: bool = False
    in_place: bool = False
    card_id: int | None = None
    thread_id: int | None = None
    progress_id: int | None = None
    result_id: int | None = None
    result_url: str | None = None
    way: Way | None = None
    clip_channel_id: int | None = None

    @property
    def by_operator(self) -> bool:
        """True for a job that no interaction asked for: there is no answer, so the bot posts its card itself."""
        return self.asked_id is None

    @property
    def posts_to(self) -> int:
        """The thread, or else the channel, in which progress and clip are posted."""
        return self.thread_id or self.channel_id


@dataclass(frozen=True, slots=True)
class Job:
    """One row of `jobs`, with what its order says of it. `position`, from 0, is its number in the order `order_id`; times are
    epoch milliseconds.

    `fence` is the number that the process which booked the job has drawn, plus one for each take-over since: a transition made
    with an old fence changes nothing. `seed` is always set (drawn by the bot where the member gave none). `cost` is what was
    reserved in credits; `charged` is what the member paid in the end, None until then. `left_after` and `resets_at_ms` are the
    member's quota right after the reserve (None: no limit). `discard` means that a member does not want the paid clip any more;
    `discarded_by` is that member, None in rows of the first version, which counts as the owner.

    `not_before_ms` is set while the job has trouble of its own and waits outside the line until then; `troubled_since_ms` is
    when that trouble began, kept until it is over. `starts` counts how often a process died while the job was in its present
    state. `unposted_at_ms` is when a made clip first had no place to be posted in. `posting_fence` is the fence under which
    posting to the present place began, None before that: if the job's fence is higher now, a process that died may have posted
    the clip. `reduced_to` is the lower price of a clip that is less than was asked for, None where the price is `cost`.
    `bar_percent` is the fullest that its progress bar was shown, rounded up; None where no bar was shown. `told_percent` is how
    far the clip was, by what its provider last said when a bar was written. `turn` is the latest turn of all members when it
    was booked (see `fair_queue`); once its provider took it, the turn that this was. `card_rev` is how many changes
    its card had to show by the time this job was read, `progress_rev` the same for its progress message: a message that is
    drawn from this job shows all of them (`Posts.shown`).

    `order_size`, `used_job_id` and `order_prompt` (see `NewOrder.prompt`) are its order's. `take` and `variant` tell it from
    the other jobs of its order: which take of its prompt it is, from 1, or 0 where its prompt has one take only; and what the
    alternatives in the prompt gave to it, "" without any. `elsewhere`: its clip is posted in another place than those of the
    others, with a card of its own. `favourite`: its owner marked it, to find it again.
    """

    id: int
    order_id: int
    position: int
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
    failure_detail: Detail | None = None
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
    told_percent: int | None = None
    turn: int = 0
    card_rev: int = 0
    progress_rev: int = 0
    order_size: int = 1
    used_job_id: int | None = None
    order_prompt: str = field(default="", repr=False)
    take: int = 0
    variant: str = ""
    elsewhere: bool = False
    favourite: bool = False

    @property
    def due(self) -> int:
        """Credits that the owner pays once the clip is posted, or thrown away because they asked for that."""
        return self.cost if self.reduced_to is None else self.reduced_to

    @property
    def unposted_until_ms(self) -> int:
        """When an unposted job ends for good."""
        return (self.updated_at_ms if self.unposted_at_ms is None else self.unposted_at_ms) + UNPOSTED_MS

    @property
    def may_be_posted(self) -> bool:
        """Whether a try to post this unposted clip may have worked though its answer was lost.

        True also when every place is closed: one may have closed after such a try.
        """
        return self.failure in {Failure.DISCORD, Failure.UNDELIVERABLE, Failure.DOUBTFUL}

    @property
    def posting_begun(self) -> bool:
        """Whether the clip may have been sent already to the place where it is to be posted now."""
        return self.posting_fence is not None or self.state is State.DELIVERING

    @property
    def card_may_be_clip(self) -> bool:
        """Whether an edit of the card might overwrite the clip, since a post by `Way.ANSWER` may have put the clip there.

        Also true for a job that the first version of the bot was posting, since that version stored no way.
        """
        return self.posting_begun and (self.posting_fence is None or self.address.way is Way.ANSWER)

    @property
    def hides_prompt(self) -> bool:
        """A prompt that the safety check refused is not shown in public; only the owner's form shows it."""
        return self.failure is Failure.MODERATION

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def on_board(self) -> bool:
        """Whether it shares card, thread and progress message with other jobs of its order."""
        return self.order_size > 1 and not self.elsewhere

    @property
    def moderated_away(self) -> bool:
        """Whether a moderator had the clip thrown away, so that the owner does not pay for it."""
        return self.discard and self.discarded_by not in {None, self.member_id}

    @property
    def preview(self) -> bool:
        """True for a clip that the bot draws itself. It depends on this job's provider, not on the one of new jobs."""
        return self.provider == PREVIEW

    @property
    def known_as(self) -> str:
        """How the operator finds the clip at the provider: its reference, or its seed if no answer named a reference."""
        return self.provider_reference or f"seed {self.seed}"

    @property
    def job_code(self) -> str:
        """Short name of the job for members, operators and the log: its id in base 36."""
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
