"""`happyhorse job show|end|retry ID`. If a bot runs, it is asked to do the work; otherwise this process does it."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from bot.cli.job_report import inert, report, report_of_row
from bot.domain.job import Job
from bot.errors import DatabaseInUse, Gone, UnreadableJob
from bot.operator_answer import Said, Silent, Word
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.ops.ids import draw_ids
from bot.pipeline.operate_job import OperateJob
from bot.pipeline.provider_report import ProviderReport
from bot.ports import OperatorAction, OperatorAnswer
from bot.presentation.views.operator_answers import text_of
from bot.presentation.views.translations import _
from bot.resources import bots_storage, open_vendors
from bot.services.allowances import Allowances
from bot.settings import Settings
from bot.storage import Storage
from bot.storage.lock import held, real_path

ANSWER_SECONDS: Final = 30.0
"""How long the command waits for the bot, which looks every second and may ask a provider for 20 s."""
_CHECK_SECONDS: Final = 0.2
_ANSWER_SHOWN: Final = 2_000
"""Characters of the answer that are shown, since it contains texts of a provider."""
_ID_END: Final = 2**63


async def run(settings: Settings, action: str, name: str, *, sure: bool) -> int:
    """`action` is show, end or retry; `name` is the job's number, or its code in base 36. Returns the exit code.

    Raises `Gone` where there is no such job, and as `bots_storage`.
    """
    if action == "show":
        return await show(settings, name)
    return await act(settings, OperatorAction(action), name, sure=sure)


async def show(settings: Settings, name: str) -> int:
    """Prints all that is known of the job, and what its provider says of it now. Returns the exit code."""
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(bots_storage(settings))
        job_id = await _find(storage, name)
        zone = settings.policy().zone
        entries = await storage.ledger.of_job(job_id)
        try:
            job = await storage.jobs.get(job_id)
        except UnreadableJob as error:
            columns = await storage.jobs.columns(job_id) or {}
            _say("\n".join(report_of_row(job_id, columns, error.why, entries, zone)))
            return 0
        if job is None:
            raise _nothing(name)
        clock = await _clock(storage)
        word = await (await _word(stack, settings, storage, clock)).of(job)
        _say("\n".join(report(job, word, entries, zone, clock.now_ms())))
    return 0


async def act(settings: Settings, action: OperatorAction, name: str, *, sure: bool) -> int:
    """Ends the job or has it tried again. Returns 0 when that was done, 1 when the printed text says why not."""
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(bots_storage(settings))
        job_id = await _find(storage, name)
        clock = await _clock(storage)
        now_ms = clock.now_ms()
        (new_id,) = draw_ids(now_ms, 1)
        here = _Here(settings, storage, clock, action, job_id, sure, new_id)
        told = await here.do()
        if told is None:
            request_id = await storage.requests.add(action, job_id, sure=sure, new_job_id=new_id, at_ms=now_ms)
            told = await _answer(request_id, here, name)
        _say(inert(text_of(told), _ANSWER_SHOWN))
    return 0 if told.done else 1


async def _find(storage: Storage, name: str) -> int:
    """The id of the job with this name. Digits are first read as a number, then in base 36. Raises `Gone`."""
    meant = [int(name)] if name.isdecimal() else []
    for job_id in (*meant, int(name, 36)):
        if job_id < _ID_END and await storage.jobs.columns(job_id) is not None:
            return job_id
    raise _nothing(name)


def _nothing(name: str) -> Gone:
    said = _("there is no job {job}; its reference is on its card and in the log")
    return Gone(said.format(job=name))


async def _clock(storage: Storage) -> SystemClock:
    """A clock like the bot's, even if the machine's is wrong: the bot compares the time of a request, and ids contain time."""
    return SystemClock(await known_ahead_ms(storage.key_values))


async def _word(stack: AsyncExitStack, settings: Settings, storage: Storage, clock: SystemClock) -> ProviderReport:
    """What asks the provider about the job. The vendors stay open until `stack` closes."""
    providers = await open_vendors(stack, settings, clock, storage.provider_states)
    return ProviderReport(providers, storage.provider_references, storage.kept_pictures)


@dataclass(frozen=True)
class _Here:
    """A request that this process carries out where no bot runs. Safe to repeat."""

    settings: Settings
    storage: Storage
    clock: SystemClock
    action: OperatorAction
    job_id: int
    sure: bool
    new_id: int

    async def do(self) -> OperatorAnswer | None:
        """The answer; None where a bot, or another such command, holds the database's lock."""
        async with AsyncExitStack() as stack:
            try:
                stack.enter_context(held(real_path(self.settings.storage.path)))
            except DatabaseInUse:
                return None
            operate = await self._operate(stack)
            if self.action is OperatorAction.END:
                told = await operate.end(self.job_id, sure=self.sure)
            else:
                told = await operate.retry(self.job_id, sure=self.sure, new_id=self.new_id)
            return OperatorAnswer(told.done, (*told.remarks, Said(Word.NO_BOT))) if told.done else told

    async def _operate(self, stack: AsyncExitStack) -> OperateJob:
        """Makes the operation for a database without a running bot: no job is woken, since the next start reads the rows."""
        policy = self.settings.policy()
        allowances = Allowances(policy, self.storage.multipliers, self.clock)

        def nobody(_job: int | Job) -> None:
            pass

        return OperateJob(
            jobs=self.storage.jobs,
            bookings=self.storage.bookings,
            transitions=self.storage.transitions,
            job_recovery=self.storage.job_recovery,
            report=await _word(stack, self.settings, self.storage, self.clock),
            wake=nobody,
            let_go=nobody,
            policy=policy,
            multiplier=lambda member_id: allowances.multiplier(member_id, None),
            prices=self.settings.prices_at,
            clock=self.clock,
            ids=draw_ids,
        )


async def _answer(request_id: int, here: _Here, name: str) -> OperatorAnswer:
    """Waits for the bot's answer. If the lock gets free first, this process carries out the same request."""
    requests, until = here.storage.requests, time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        answer = await requests.answer_of(request_id)
        if answer is not None:
            return answer
        told = await here.do()
        if told is not None:
            await requests.answer(request_id, told, here.clock.now_ms())
            return told
        await asyncio.sleep(_CHECK_SECONDS)
    return OperatorAnswer(done=False, remarks=(Silent(round(ANSWER_SECONDS), name),))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
