"""Carries out `happyhorse job end` and `happyhorse job retry`. `OperatorWorker` calls it with the operator's requests.

The answers say what may be billed at the provider. Safe to repeat after a kill: what was done before is found and reported
again, never done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import FENCE_WHEN_BOOKED, FREE_TO_CANCEL, MAY_BE_RETRIED, Address, Failure, Job, State, job_code
from bot.domain.order import OrderKind, by_operator
from bot.domain.price import Prices
from bot.domain.quota import Policy, bounds_for
from bot.errors import AlreadyBooked, QuotaRefused, UnreadableJob
from bot.operator_answer import (
    About,
    AnotherTry,
    AtProvider,
    Booked,
    Bound,
    ClipExists,
    Ended,
    GoesOn,
    MayBeBilled,
    NoProvider,
    NothingLeft,
    NothingToRetry,
    NotReadable,
    OfJob,
    Over,
    Remark,
    Report,
    Said,
    WaitsForOwner,
    Word,
)
from bot.pipeline.provider_report import ProviderReport
from bot.ports import Bookings, Clock, JobReader, JobRecovery, JobTransitions, NewJob, NewOrder, OperatorAction, OperatorAnswer

_RACES_MOST: Final = 5


@dataclass(frozen=True)
class OperateJob:
    """`prices` gives a provider's prices by its name. `multiplier` gives a member's allowance multiplier, as last seen in a
    server.

    `wake` makes the engine look at a job. `let_go` stops uploads and searches at the provider for a job that has ended. `ids`
    takes the present (`now_ms`) and a number, and draws so many new ids. `fence` is that of the jobs that this process books.
    """

    jobs: JobReader
    bookings: Bookings
    transitions: JobTransitions
    job_recovery: JobRecovery
    report: ProviderReport
    wake: Callable[[int], None]
    policy: Policy
    multiplier: Callable[[int], Awaitable[float]]
    prices: Callable[[str], Prices]
    clock: Clock
    let_go: Callable[[Job], None]
    ids: Callable[[int, int], tuple[int, ...]]
    fence: int = FENCE_WHEN_BOOKED

    async def done_before(self, action: OperatorAction, job_id: int, new_id: int) -> OperatorAnswer | None:
        """The answer to a request that was carried out before a kill and not answered. None where it was not carried out."""
        try:
            if action is OperatorAction.RETRY:
                booked = await self.jobs.of_source(by_operator(new_id))
                return _done(self._booked(booked[0])) if booked and booked[0].parent_id == job_id else None
            job = await self.jobs.get(job_id)
        except UnreadableJob:
            return None
        return await self._stopped(job) if job is not None and job.failure is Failure.STOPPED else None

    # -- end -----------------------------------------------------------------------------------------------------------

    async def end(self, job_id: int, *, sure: bool) -> OperatorAnswer:
        """Ends an unfinished job uncharged and releases its reserve. Where it may be billed at the provider, only if `sure`."""
        code = job_code(job_id)
        try:
            job = await self.jobs.get(job_id)
        except UnreadableJob as error:
            return await self._end_unreadable(error, sure=sure)
        for _ in range(_RACES_MOST):
            if job is None:
                return _refused(OfJob(About.NO_SUCH, code))
            if job.failure is Failure.STOPPED:
                return await self._stopped(job)
            if job.ended:
                return _refused(Over(code, job.state.value, job.charged or 0))
            if job.state not in FREE_TO_CANCEL and not sure:
                return _refused(_at_provider(job))
            detail = Detail(DetailCode.ENDED_BY_OPERATOR, (job.state.value,))
            ended = await self.transitions.end(
                job, State.FAILED, self.clock.now_ms(), charged=0, failure=Failure.STOPPED, detail=detail
            )
            if ended is not None:
                return await self._stopped(ended)
            job = await self.jobs.get(job_id)
        return _refused(OfJob(About.MOVES_ON, code))

    async def _stopped(self, job: Job) -> OperatorAnswer:
        """The rest of the work for a job that the operator ended. After a kill all of it is done again, without harm."""
        self.let_go(job)
        self.wake(job.id)
        ended = Ended(job.job_code, job.cost, job.member_id)
        if job.submitted_at_ms is None:
            return _done(ended)
        cancelled = await self.report.cancel(job) if job.generated_at_ms is None else None
        billed = None if job.preview else MayBeBilled(job.provider, job.known_as)
        return _done(*(each for each in (ended, cancelled, billed) if each is not None))

    async def _end_unreadable(self, error: UnreadableJob, *, sure: bool) -> OperatorAnswer:
        code = job_code(error.job_id)
        if not sure:
            return _refused(NotReadable(code, error.why, ending=True))
        ended = await self.job_recovery.end_unreadable(error.job_id, self.clock.now_ms())
        return _done(OfJob(About.UNREADABLE_ENDED if ended else About.UNREADABLE_OVER, code))

    # -- retry ---------------------------------------------------------------------------------------------------------

    async def retry(self, job_id: int, *, sure: bool, new_id: int) -> OperatorAnswer:
        """Lets an unfinished job go on now. For a failed or unknown one, books another under `new_id`, if `sure`.

        Without `sure` it only says what another would cost, and what the provider says of the old one.
        """
        code = job_code(job_id)
        try:
            job = await self.jobs.get(job_id)
        except UnreadableJob as error:
            return _refused(NotReadable(code, error.why, ending=False))
        if job is None:
            return _refused(OfJob(About.NO_SUCH, code))
        if not job.ended:
            return await self._go_on(job)
        if job.state not in MAY_BE_RETRIED:
            return _refused(NothingToRetry(code, job.state.value))
        booked = await self.jobs.of_source(by_operator(new_id))
        if booked:
            return _done(self._booked(booked[0])) if booked[0].parent_id == job.id else _refused(Said(Word.ID_TAKEN))
        return await self._again(job, sure=sure, new_id=new_id)

    async def _go_on(self, job: Job) -> OperatorAnswer:
        if job.state is State.UNPOSTED:
            return _refused(WaitsForOwner(job.job_code, job.cost))
        resumed = await self.job_recovery.resume(job.id)
        self.wake(job.id)
        if resumed is None:
            return _refused(OfJob(About.JUST_ENDED, job.job_code))
        return _done(GoesOn(job.job_code, resumed.state.value, job.cost))

    async def _again(self, job: Job, *, sure: bool, new_id: int) -> OperatorAnswer:
        code, cost = job.job_code, self.prices(job.provider).of(job.request)
        if job.provider not in self.report.providers and not job.preview:
            return _refused(NoProvider(code, job.provider))
        report = await self.report.of(job)
        price = AnotherTry(code, job.member_id, cost, report)
        refusal = _refusal(report)
        if refusal or not sure:
            return _refused(price, refusal or Said(Word.SAY_YES))
        now = self.clock.now_ms()
        (order_id,) = self.ids(now, 1)
        multiplier = await self.multiplier(job.member_id)
        new = NewOrder(
            id=order_id,
            source=by_operator(new_id),
            kind=OrderKind.CLIP,
            member_id=job.member_id,
            address=_same_channel(job.address),
            created_at_ms=now,
            jobs=(NewJob(new_id, job.request, job.seed, job.provider, cost),),
            parent_job_id=job.id,
            once=True,
            fence=self.fence,
        )
        try:
            made = await self.bookings.create(new, bounds_for(self.policy, job.member_id, multiplier, now))
        except AlreadyBooked as same:
            return _refused(OfJob(About.SAME_CLIP, job_code(same.job_id)))
        except QuotaRefused as refused:
            return _refused(price, _nothing_left(refused, job.member_id))
        return _done(price, self._booked(made.jobs[0])) if made.new else _refused(Said(Word.ID_TAKEN))

    def _booked(self, job: Job) -> Booked:
        """The answer for a booked job. Wakes it in any case: an earlier call may have booked it and died before the wake."""
        self.wake(job.id)
        return Booked(job.job_code, job.id, job.cost, job.member_id)


def _done(*remarks: Remark) -> OperatorAnswer:
    return OperatorAnswer(done=True, remarks=remarks)


def _refused(*remarks: Remark) -> OperatorAnswer:
    return OperatorAnswer(done=False, remarks=remarks)


def _same_channel(old: Address) -> Address:
    """The old job's channel without its interaction; the old card stays as it is.

    The new job has one message there, which the bot posts itself.
    """
    return Address(
        guild_id=old.guild_id,
        channel_id=old.posts_to,
        locale=old.locale,
        member_locale=old.member_locale,
        private=old.private,
        in_place=True,
    )


def _at_provider(job: Job) -> AtProvider:
    posting = job.state is State.DELIVERING
    return AtProvider(job.job_code, job.state.value, job.provider, job.provider_reference or None, posting)


def _refusal(report: Report) -> Remark | None:
    """Why no second clip may be booked, even with --yes; None where it may."""
    if report.found is not None:
        return ClipExists(report.found)
    if report.searched and not report.heard:
        return Said(Word.LOOK_FIRST)
    return None


def _nothing_left(refused: QuotaRefused, member_id: int) -> NothingLeft:
    return NothingLeft(member_id, tuple(Bound(each.reason, each.needed, each.left, each.limit) for each in refused.crossed))
