"""The door to the jobs that are kept, and the values that pass through it. Knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, TypedDict, Unpack

from bot.domain.clip import ClipRequest, Kind, Resolution
from bot.domain.job import Address, Failure, Job, State, Way
from bot.domain.quota import Bounds


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be created in state queued, together with the reserve of `cost` credits.

    `once` says that it must not be made beside its twin (see `JobStore.twin`).
    """

    id: int
    member_id: int
    request: ClipRequest
    seed: int
    address: Address
    provider: str
    cost: int
    created_at_ms: int
    parent_id: int | None = None
    once: bool = False


class JobChanges(TypedDict, total=False):
    """Fields of `Job` that a transition may set."""

    tries: int
    provider_reference: str | None
    submitted_at_ms: int | None
    generated_at_ms: int | None
    failure: Failure | None
    failure_detail: str | None
    upload_limit_tried: int | None
    not_before_ms: int | None
    troubled_since_ms: int | None
    unposted_at_ms: int | None
    reduced_to: int | None


class AddressChanges(TypedDict, total=False):
    """Fields of `Address` that are learned while messages are made."""

    in_place: bool
    card_id: int | None
    thread_id: int | None
    progress_id: int | None
    result_id: int | None
    result_url: str | None
    way: Way | None


class JobStore(Protocol):
    """The truth about jobs. Every write is one transaction; a method that returns None changed nothing.

    A job whose row this version can't read is left out of every list, keeps its reserve, and is ended by nobody but the
    operator; a method that is about that one job raises `UnreadableJob`.
    """

    def unreadable(self) -> dict[int, str]:
        """The ids of such jobs as far as they were met, and why each can't be read."""
        ...

    async def create(self, new: NewJob, bounds: Bounds) -> Job | None:
        """Inserts the job and reserves its cost, both or neither. None: this id exists already (a redelivered interaction).

        Sets `left_after` and `resets_at_ms` of the job from the same sums that the bounds were held against.

        Raises `QuotaRefused` with every bound that would be crossed; two calls at one moment can't cross it together. Raises
        `AlreadyBooked` for a job that is made `once` and has a twin; of two at one moment, one is made. Raises `Paused` while
        the operator takes no new clips there, unless it is the operator's own (`Address.by_operator`).
        """
        ...

    async def check_bounds(self, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds) -> None:
        """Raises `QuotaRefused` where `create` would now, for a job of this cost there. Books nothing and promises nothing."""
        ...

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        """The first job of this member that came from `parent_id` with the same request and seed
        at the same provider, and still stands.

        That is: under way and wanted, or done with its clip not deleted.
        """
        ...

    async def get(self, job_id: int) -> Job | None: ...

    async def advance(self, job: Job, to: State, at_ms: int, **changes: Unpack[JobChanges]) -> Job | None:
        """Moves to a state that is not an end, on (id, state, fence). None: someone else owns the job now; stop silently.

        Raises `ValueError` for a transition that is not in the table, and for one that ends the job; `ReferenceHeld` where
        another job holds the `provider_reference` among the changes: one clip is never two jobs'.
        """
        ...

    async def end(
        self,
        job: Job,
        to: State,
        at_ms: int,
        *,
        charged: int,
        failure: Failure | None = None,
        detail: str | None = None,
        **address: Unpack[AddressChanges],
    ) -> Job | None:
        """Ends the job and settles or releases its reserve in the same transaction, exactly once.

        `charged` of the reserved cost is kept, the rest goes back; 0 releases all of it. `address` may carry result_id
        and result_url. None as for `advance`.
        """
        ...

    async def post_here(self, job: Job, address: Address, at_ms: int) -> Job | None:
        """Sends an unposted clip off to be posted where its owner asked for it now, on (id, state, fence).

        `address` is of that interaction: everything of it but `guild_id`, since the money stays booked where it was. None
        when the clip is not unposted any more, or was thrown away.
        """
        ...

    async def readdress(self, job_id: int, **address: Unpack[AddressChanges]) -> None:
        """Remembers where messages are (fields of `Address`), in any state; no fence, since both writers say the same."""
        ...

    async def show_bar(self, job_id: int, percent: int) -> None:
        """Remembers that the bar of this job is shown so full, in any state; a fuller one that was shown before stays."""
        ...

    async def want_discard(self, job_id: int, discard: bool, at_ms: int, *, by: int) -> Job | None:  # noqa: FBT001  the wish itself
        """Marks an unfinished job as not wanted any more (or wanted again) by the word of member `by`.

        Whoever said first that it is not wanted stays in `discarded_by`. Only the same side takes it back: the owner what
        the owner said, moderators what a moderator said. None when nothing was changed for that, and when the job has ended
        or is being posted.
        """
        ...

    async def take_over(self, at_ms: int, *, broke: bool = False) -> list[Job]:
        """Raises the fence of every unfinished job and returns them, oldest first: called once, when an engine starts.

        `broke`: the process before did not end in order. Then `starts` of what it was running is raised too, up to
        `STARTS_TOGETHER`; after an orderly end it begins at 0 again.
        """
        ...

    async def count_start(self, job: Job) -> bool:
        """Raises `starts` of a job that is about to run in a turn of its own. False: it is over, or another's by now."""
        ...

    async def resume(self, job_id: int) -> Job | None:
        """Takes back what an unfinished job waits for by itself: its wait, since when it
        lasts, and `starts`. None: it is over.
        """
        ...

    async def end_unreadable(self, job_id: int, at_ms: int) -> bool:
        """As `end` with nothing charged, for a row that can't be read, by the operator's word. False: it was over already.

        Either way it counts as shown, so that no start names it any more.
        """
        ...

    async def columns(self, job_id: int) -> Mapping[str, object] | None:
        """The row as it stands, readable or not, for the operator's eyes: without the interaction's token."""
        ...

    async def shown(self, job_id: int) -> None:
        """Remembers that card and progress message of an ended job show its end."""
        ...

    async def unshown(self) -> list[Job]:
        """Ended jobs whose end no message shows yet (we were killed in between), oldest first."""
        ...

    async def of_member(self, member_id: int, limit: int, skip: int = 0) -> list[Job]:
        """Jobs on their way, the latest first; made ones without a place, the oldest first; then the latest that ended.

        Without the first `skip` of them, those that can't be read counted; as many as `limit` where there are.
        """
        ...

    async def references_held(self, provider: str) -> set[str]:
        """Provider references that jobs of the last 48 hours hold."""
        ...

    async def holder(self, provider: str, reference: str) -> int | None:
        """Id of the job that holds this reference, however long ago it ended; None where nobody does."""
        ...

    async def submitting(self, provider: str, seeds: Collection[int]) -> list[Job]:
        """Jobs with one of these seeds whose submit is under way or was lost, the oldest submit first.

        Those that this version can't read are left out.
        """
        ...

    async def took_ms(self, provider: str, kind: Kind, resolution: Resolution, duration: int, limit: int) -> list[int]:
        """Submit-to-generated times of the latest done clips most like this one: same kind and resolution, nearest length."""
        ...
