"""Carries out `happyhorse job end` and `happyhorse job retry`. `OperatorWorker` calls it with the operator's requests.

The answers say what may be billed at the provider. Safe to repeat after a kill: what was done before is found and reported
again, never done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.domain.job import FREE_TO_CANCEL, MAY_BE_RETRIED, Address, Failure, Job, State, job_code
from bot.domain.price import Prices
from bot.domain.quota import Policy, bounds_for
from bot.errors import AlreadyBooked, Crossed, QuotaRefused, UnreadableJob
from bot.pipeline.provider_report import ProviderReport, Report
from bot.ports import Bookings, Clock, JobReader, JobRecovery, JobTransitions, NewJob, OperatorAction, OperatorAnswer

_RACES_MOST: Final = 5


@dataclass(frozen=True)
class OperateJob:
    """`prices` gives a provider's prices by its name. `multiplier` gives a member's allowance multiplier, as last seen in a
    server.

    `wake` makes the engine look at a job. `let_go` stops uploads and searches at the provider for a job that has ended.
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

    async def done_before(self, action: OperatorAction, job_id: int, new_id: int) -> OperatorAnswer | None:
        """The answer to a request that was carried out before a kill and not answered. None where it was not carried out."""
        try:
            if action is OperatorAction.RETRY:
                booked = await self.jobs.get(new_id)
                return self._booked(booked) if booked is not None and booked.parent_id == job_id else None
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
                return OperatorAnswer(done=False, text=f"There is no job {code}.")
            if job.failure is Failure.STOPPED:
                return await self._stopped(job)
            if job.ended:
                return _over(job)
            if job.state not in FREE_TO_CANCEL and not sure:
                return OperatorAnswer(done=False, text=f"Job {code} is {_at_provider(job)} Say --yes to end it all the same.")
            detail = f"ended by the operator in {job.state}"
            ended = await self.transitions.end(
                job, State.FAILED, self.clock.now_ms(), charged=0, failure=Failure.STOPPED, detail=detail
            )
            if ended is not None:
                return await self._stopped(ended)
            job = await self.jobs.get(job_id)
        return OperatorAnswer(done=False, text=f"Job {code} moves on faster than it can be ended; try again.")

    async def _stopped(self, job: Job) -> OperatorAnswer:
        """The rest of the work for a job that the operator ended. After a kill all of it is done again, without harm."""
        self.let_go(job)
        self.wake(job.id)
        back = f"Job {job.job_code} has ended; its {job.cost} credits are back with member {job.member_id}."
        if job.submitted_at_ms is None:
            return OperatorAnswer(done=True, text=back)
        cancelled = await self.report.cancel(job) if job.generated_at_ms is None else ""
        billed = "" if job.preview else f"It may be billed at {job.provider} as {job.known_as}."
        return OperatorAnswer(done=True, text=" ".join(part for part in (back, cancelled, billed) if part))

    async def _end_unreadable(self, error: UnreadableJob, *, sure: bool) -> OperatorAnswer:
        code = job_code(error.job_id)
        if not sure:
            text = (
                f"Job {code} can't be read by this version ({error.why}), and may be billed at a provider."
                " Say --yes to end it all the same; its credits go back, and its messages stay as they are."
            )
            return OperatorAnswer(done=False, text=text)
        if await self.job_recovery.end_unreadable(error.job_id, self.clock.now_ms()):
            return OperatorAnswer(done=True, text=f"Job {code} has ended; its credits are back. Its messages stay as they are.")
        return OperatorAnswer(done=True, text=f"Job {code} was over already; the next start does not name it any more.")

    # -- retry ---------------------------------------------------------------------------------------------------------

    async def retry(self, job_id: int, *, sure: bool, new_id: int) -> OperatorAnswer:
        """Lets an unfinished job go on now. For a failed or unknown one, books another under `new_id`, if `sure`.

        Without `sure` it only says what another would cost, and what the provider says of the old one.
        """
        code = job_code(job_id)
        try:
            job = await self.jobs.get(job_id)
        except UnreadableJob as error:
            text = f"Job {code} can't be read by this version ({error.why}): install the version that wrote it."
            return OperatorAnswer(done=False, text=text)
        if job is None:
            return OperatorAnswer(done=False, text=f"There is no job {code}.")
        if not job.ended:
            return await self._go_on(job)
        if job.state not in MAY_BE_RETRIED:
            text = f"Job {code} is {job.state}: there is nothing to try again. Its member has buttons for another clip."
            return OperatorAnswer(done=False, text=text)
        booked = await self.jobs.get(new_id)
        if booked is not None:
            return (
                self._booked(booked)
                if booked.parent_id == job.id
                else OperatorAnswer(done=False, text="The new id is taken; try again.")
            )
        return await self._again(job, sure=sure, new_id=new_id)

    async def _go_on(self, job: Job) -> OperatorAnswer:
        if job.state is State.UNPOSTED:
            text = (
                f"Job {job.job_code} is made and waits until its owner has it posted (Post it here in /jobs), which"
                f" charges its {job.cost} credits. Left alone, it ends uncharged."
            )
            return OperatorAnswer(done=False, text=text)
        resumed = await self.job_recovery.resume(job.id)
        self.wake(job.id)
        if resumed is None:
            return OperatorAnswer(done=False, text=f"Job {job.job_code} has just ended.")
        text = f"Job {job.job_code} goes on now ({resumed.state}), under the {job.cost} credits reserved for it."
        return OperatorAnswer(done=True, text=text)

    async def _again(self, job: Job, *, sure: bool, new_id: int) -> OperatorAnswer:
        code, cost = job.job_code, self.prices(job.provider).of(job.request)
        if job.provider not in self.report.providers and not job.preview:
            return OperatorAnswer(done=False, text=f"{job.provider} is not configured here, so job {code} can't be made again.")
        word = await self.report.of(job)
        price = f"Another try of job {code} costs member {job.member_id} {cost} credits. Of this one: {word.text}."
        refusal = _refusal(word)
        if refusal or not sure:
            return OperatorAnswer(done=False, text=f"{price} {refusal or 'Say --yes to book it.'}")
        now = self.clock.now_ms()
        multiplier = await self.multiplier(job.member_id)
        new = NewJob(
            id=new_id,
            member_id=job.member_id,
            request=job.request,
            seed=job.seed,
            address=_same_channel(job.address),
            provider=job.provider,
            cost=cost,
            created_at_ms=now,
            parent_id=job.id,
            once=True,
        )
        try:
            made = await self.bookings.create(new, bounds_for(self.policy, job.member_id, multiplier, now))
        except AlreadyBooked as same:
            text = f"Nothing was booked: job {job_code(same.job_id)} makes, or made, this very clip."
            return OperatorAnswer(done=False, text=text)
        except QuotaRefused as refused:
            return OperatorAnswer(done=False, text=f"{price} Nothing was booked: {_crossed(refused, job.member_id)}")
        if made is None:
            return OperatorAnswer(done=False, text="The new id is taken; try again.")
        return OperatorAnswer(done=True, text=f"{price} {self._booked(made).text}")

    def _booked(self, job: Job) -> OperatorAnswer:
        """The answer for a booked job. Wakes it in any case: an earlier call may have booked it and died before the wake."""
        self.wake(job.id)
        text = f"Booked as job {job.job_code} ({job.id}); {job.cost} credits of member {job.member_id} are reserved."
        return OperatorAnswer(done=True, text=text)


def _same_channel(old: Address) -> Address:
    """The old job's channel without its interaction, whose token is dead; the old card stays as it is.

    The new job has one message there, which the bot posts itself.
    """
    return Address(
        application_id=old.application_id,
        guild_id=old.guild_id,
        channel_id=old.posts_to,
        token="",
        token_expires_at_ms=0,
        upload_limit=old.upload_limit,
        locale=old.locale,
        private=old.private,
        in_place=True,
    )


def _over(job: Job) -> OperatorAnswer:
    return OperatorAnswer(
        done=False, text=f"Job {job.job_code} is over already: {job.state}, {job.charged or 0} credits charged."
    )


def _at_provider(job: Job) -> str:
    known_as = f" as {job.provider_reference}" if job.provider_reference else ""
    posted = " Its clip may be posted already." if job.state is State.DELIVERING else ""
    return f"{job.state}: it is with {job.provider}{known_as} and may be billed there, while its member is not charged.{posted}"


def _refusal(word: Report) -> str:
    """Why no second clip may be booked, even with --yes; "" where it may."""
    if word.found is not None:
        return (
            f"Nothing was booked: the clip exists. Take it from the provider as {word.found} and hand it to the member; another"
            " would be billed again."
        )
    if word.searched and not word.heard:
        return "Nothing was booked: it may exist there, so it has to be looked for first. Try again later."
    return ""


def _crossed(refused: QuotaRefused, member_id: int) -> str:
    return " ".join(_bound(each, member_id) for each in refused.crossed)


def _bound(bound: Crossed, member_id: int) -> str:
    match bound.reason:
        case "allowance":
            missing = bound.needed - bound.left
            return f"the member has {bound.left} left (happyhorse quota grant {missing} --member {member_id})."
        case "guild_allowance":
            return f"the server has {bound.left} credits left of {bound.limit} (quota.guild_allowance)."
        case _:
            whose = "server" if bound.reason.startswith("guild") else "member"
            under_way = bound.limit - bound.left
            return f"the {whose} has {under_way} clips under way, and {bound.limit} is the limit; wait for one to end."
