"""The interfaces to stored jobs: reading them, changing their state, resuming those that were left or are stuck, and the
provider's references of their clips. `bot.storage` implements each in a file of its own.

Every write is one transaction; one that returns None changed nothing. Every method may raise `StorageError`.

A job whose row this version can't read is left out of every list and keeps its reserve; only the operator can end it. A method
about that one job raises `UnreadableJob`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypedDict, Unpack

from bot.detail import Detail
from bot.domain.clip import Kind, Resolution
from bot.domain.job import Address, Failure, Job, State
from bot.domain.order import Order
from bot.ports.engine import ShutGate
from bot.ports.files import Output
from bot.ports.notifier import Posted


class JobReader(Protocol):
    """Reads jobs and changes nothing."""

    async def get(self, job_id: int) -> Job | None: ...

    async def of_source(self, source: str) -> list[Job]:
        """The jobs of the order that this source asked for, in their order; none where it asked for none."""
        ...

    async def order(self, order_id: int) -> Order | None: ...

    async def of_order(self, order_id: int) -> list[Job]:
        """The order's jobs, in their order."""
        ...

    async def of_member(self, member_id: int, limit: int, skip: int = 0) -> list[list[Job]]:
        """The jobs of each of a member's orders. First unfinished orders: those in which a clip runs, the latest first; then
        those in which clips only wait to be posted, the longest wait first. Then ended orders, the latest first.

        At most `limit` orders, after the first `skip` (those of which nothing can be read count there).
        """
        ...

    async def took_ms(self, provider: str, kind: Kind, resolution: Resolution, duration: int, limit: int) -> list[int]:
        """Milliseconds from submit to generated of at most `limit` of the latest done clips of the same kind and resolution,
        those nearest in length first.
        """
        ...

    async def columns(self, job_id: int) -> Mapping[str, object] | None:
        """The stored row, readable or not, for the operator; without the interaction's token. None where there is none."""
        ...


class JobChanges(TypedDict, total=False):
    """Fields of `Job` that a transition may set."""

    tries: int
    provider_reference: str | None
    submitted_at_ms: int | None
    generated_at_ms: int | None
    failure: Failure | None
    failure_detail: Detail | None
    upload_limit_tried: int | None
    not_before_ms: int | None
    troubled_since_ms: int | None
    unposted_at_ms: int | None
    reduced_to: int | None


class JobTransitions(Protocol):
    """Moves a job from state to state, up to its end. The table is `TRANSITIONS` of `bot.domain.job`."""

    async def advance(self, job: Job, to: State, at_ms: int, **changes: Unpack[JobChanges]) -> Job | None:
        """Moves the job to a state that is not an end, if id, state and fence are still those of `job`. None: they are not, so
        someone else changed or owns the job; stop silently. With `delivering`, the post of its clip begins: in the thread, or
        else the channel; a private clip's place is not decided yet.

        Raises `ValueError` for a transition that is not in the table, and for one that ends the job; `ReferenceHeld` where
        another job has the `provider_reference` among the changes: two jobs never share a clip.
        """
        ...

    async def enter(
        self, job: Job, at_ms: int, tries_at: Collection[ShutGate] = (), opened: Collection[ShutGate] = ()
    ) -> Job | None:
        """Moves a queued job that has a slot to preparing. `tries_at` are the shut gates at which it is the one that tries, as
        this process knows them; that is written with it, so that no other job tries there. `opened` are those that this process
        has opened and that may still be written as shut.

        Raises `ProviderShut`, and changes nothing, where a gate is shut that this process did not know of, rests for longer
        than it knew, or has another job trying. None as for `advance`.
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
        detail: Detail | None = None,
        posted: Posted | None = None,
        outputs: Sequence[Output] = (),
    ) -> Job | None:
        """Ends the job and settles or releases its reserve in the same transaction, exactly once.

        `charged` of the reserved cost is kept, the rest goes back; 0 releases all of it. `posted` is the clip's message. From
        then on the order's card has something new to show (`Posts.behind`). `outputs` are files that `KeptClips.keep` has put
        into its folder: what came of the job. None as for `advance`.
        """
        ...

    async def post_here(self, job: Job, address: Address, at_ms: int) -> Job | None:
        """Moves an unposted job on, to be posted where its owner asked for it now, if state and fence are still those of `job`.

        `address` is of that interaction; all of it is stored but `guild_id`, since the credits stay booked in the first server.
        None when the job is not unposted any more, or its clip was thrown away.
        """
        ...

    async def use(self, job: Job) -> Job | None:
        """Marks this clip as the one in use among the clips of its order; an earlier mark goes. The order's card then has
        something new to show (`Posts.behind`).

        Returns the job as it is then; None where it is in use already, its order has one clip, or its clip was not posted.
        """
        ...

    async def want_discard(self, job_id: int, discard: bool, at_ms: int, *, by: int) -> Job | None:  # noqa: FBT001  the wish itself
        """Marks an unfinished job as thrown away (or as wanted again), as member `by` asked.

        The first who threw it away stays in `discarded_by`. Only the owner takes back what the owner threw away, only
        moderators what a moderator threw away. None where that is not allowed, and when the job has ended or is being posted.
        """
        ...


class JobRecovery(Protocol):
    """Resumes jobs that an earlier process left or that are stuck. The start and the operator use it."""

    async def take_over(self, at_ms: int, *, broke: bool = False) -> list[Job]:
        """Raises the fence of every unfinished job and returns them, oldest first. Called once, before the engine starts.

        `broke`: the process before crashed or was killed. Then `starts` of the jobs it worked on is raised too, up to
        `STARTS_TOGETHER`; otherwise `starts` is set to 0.
        """
        ...

    async def turns(self) -> dict[int, int]:
        """The number of each member's last turn at any provider. Members with nothing under way may be missing."""
        ...

    async def count_start(self, job: Job) -> bool:
        """Raises `starts` of a job that is about to run apart from others. False: it is over, or another process has it."""
        ...

    async def resume(self, job_id: int) -> Job | None:
        """Ends the wait of an unfinished job: clears `not_before_ms` and `troubled_since_ms`, sets `starts` to 0. None: it is
        over.
        """
        ...

    def unreadable(self) -> dict[int, str]:
        """Ids of the unreadable jobs that were met so far, and why each can't be read."""
        ...

    async def end_unreadable(self, job_id: int, at_ms: int) -> bool:
        """Ends an unreadable job uncharged, as the operator asked. False: it was over already.

        In both cases it counts as shown, so that no later start reports it.
        """
        ...


class ProviderReferences(Protocol):
    """Which job has which clip at a provider, by the provider's name for the clip. A lost submit is looked for with it."""

    async def held(self, provider: str) -> set[str]:
        """Provider references of unfinished jobs and of jobs of the last 48 hours."""
        ...

    async def holder(self, provider: str, reference: str) -> int | None:
        """Id of the job that has this reference, however long ago it ended; None where none has."""
        ...

    async def submitting(self, provider: str, but: Collection[int]) -> list[Job]:
        """Jobs whose submit is under way or was lost, but not those with one of these ids, the oldest submit first.

        Those that this version can't read are left out.
        """
        ...
