"""The interface of the job store, and the values that it takes. `bot.storage.jobs` implements it."""

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

    `once`: it is not made if it has a twin (see `JobStore.twin`).
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
    """Where all jobs are kept. Every write is one transaction; a method that returns None changed nothing.

    A job whose row this version can't read is left out of every list and keeps its reserve; only the operator can end it. A
    method about that one job raises `UnreadableJob`. Every method may raise `StorageError`.
    """

    def unreadable(self) -> dict[int, str]:
        """Ids of the unreadable jobs that were met so far, and why each can't be read."""
        ...

    async def create(self, new: NewJob, bounds: Bounds) -> Job | None:
        """Inserts the job and reserves its cost, both or neither. None: this id exists already (a redelivered interaction).

        `left_after` and `resets_at_ms` of the job come from the same sums that the bounds were compared with.

        Raises `QuotaRefused` with every bound that would be crossed; two calls at the same time can't cross one together.
        Raises `AlreadyBooked` for a job with `once` that has a twin; of two at the same time one is made. Raises `Paused` while
        the operator has paused clips there, unless the job is the operator's own (`Address.by_operator`).
        """
        ...

    async def check_bounds(self, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds) -> None:
        """Raises `QuotaRefused` where `create` would raise it now, for a job of this cost. Books nothing."""
        ...

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        """The first job of this member that came from `parent_id` with the same request and seed at the same provider, and that
        is unfinished and wanted, or done with its clip not deleted. None where there is none.
        """
        ...

    async def get(self, job_id: int) -> Job | None: ...

    async def advance(self, job: Job, to: State, at_ms: int, **changes: Unpack[JobChanges]) -> Job | None:
        """Moves the job to a state that is not an end, if id, state and fence are still those of `job`. None: they are not, so
        someone else changed or owns the job; stop silently.

        Raises `ValueError` for a transition that is not in the table, and for one that ends the job; `ReferenceHeld` where
        another job has the `provider_reference` among the changes: two jobs never share a clip.
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
        """Moves an unposted job on, to be posted where its owner asked for it now, if state and fence are still those of `job`.

        `address` is of that interaction; all of it is stored but `guild_id`, since the credits stay booked in the first server.
        None when the job is not unposted any more, or its clip was thrown away.
        """
        ...

    async def readdress(self, job_id: int, **address: Unpack[AddressChanges]) -> None:
        """Stores where messages are (fields of `Address`), in any state. Without a fence: two processes
        would write the same.
        """
        ...

    async def show_bar(self, job_id: int, percent: int) -> None:
        """Stores how full the job's bar is shown, in any state; a lower value than the stored one changes nothing."""
        ...

    async def want_discard(self, job_id: int, discard: bool, at_ms: int, *, by: int) -> Job | None:  # noqa: FBT001  the wish itself
        """Marks an unfinished job as thrown away (or as wanted again), as member `by` asked.

        The first who threw it away stays in `discarded_by`. Only the owner takes back what the owner threw away, only
        moderators what a moderator threw away. None where that is not allowed, and when the job has ended or is being posted.
        """
        ...

    async def take_over(self, at_ms: int, *, broke: bool = False) -> list[Job]:
        """Raises the fence of every unfinished job and returns them, oldest first. Called once, before the engine starts.

        `broke`: the process before crashed or was killed. Then `starts` of the jobs it worked on is raised too, up to
        `STARTS_TOGETHER`; otherwise `starts` is set to 0.
        """
        ...

    async def count_start(self, job: Job) -> bool:
        """Raises `starts` of a job that is about to run in a turn of its own. False: it is over, or another process has it."""
        ...

    async def resume(self, job_id: int) -> Job | None:
        """Ends the wait of an unfinished job: clears `not_before_ms` and `troubled_since_ms`, sets `starts` to 0. None: it is
        over.
        """
        ...

    async def end_unreadable(self, job_id: int, at_ms: int) -> bool:
        """Ends an unreadable job uncharged, as the operator asked. False: it was over already.

        In both cases it counts as shown, so that no later start reports it.
        """
        ...

    async def columns(self, job_id: int) -> Mapping[str, object] | None:
        """The stored row, readable or not, for the operator; without the interaction's token. None where there is none."""
        ...

    async def shown(self, job_id: int) -> None:
        """Stores that card and progress message of an ended job show its end."""
        ...

    async def unshown(self) -> list[Job]:
        """Ended jobs whose messages do not show the end yet (the bot was killed in between), oldest first."""
        ...

    async def of_member(self, member_id: int, limit: int, skip: int = 0) -> list[Job]:
        """A member's jobs: running ones, the latest first; unposted ones, the oldest first; then ended ones, the latest first.

        At most `limit`, after the first `skip` rows (unreadable ones count there).
        """
        ...

    async def references_held(self, provider: str) -> set[str]:
        """Provider references of unfinished jobs and of jobs of the last 48 hours."""
        ...

    async def holder(self, provider: str, reference: str) -> int | None:
        """Id of the job that has this reference, however long ago it ended; None where none has."""
        ...

    async def submitting(self, provider: str, seeds: Collection[int]) -> list[Job]:
        """Jobs with one of these seeds whose submit is under way or was lost, the oldest submit first.

        Those that this version can't read are left out.
        """
        ...

    async def took_ms(self, provider: str, kind: Kind, resolution: Resolution, duration: int, limit: int) -> list[int]:
        """Milliseconds from submit to generated of at most `limit` of the latest done clips of the same kind and resolution,
        those nearest in length first.
        """
        ...
