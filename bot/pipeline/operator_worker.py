"""Carries out what operators ask for with `happyhorse job ...` while the bot runs. The command line writes a request into the
database, since only the running bot may change its jobs' slots and timers.

A request stays open until its answer is written. After a kill in between it is carried out again, and `OperateJob` finds what
was done before.
"""

from __future__ import annotations

import logging
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.operator_answer import Said, Word
from bot.pipeline.operate_job import OperateJob
from bot.ports import Clock, OperatorAction, OperatorAnswer, OperatorRequest, OperatorRequests
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
EVERY_SECONDS: Final = 1.0
"""Between two reads of the table: the operator at the shell waits for an answer."""
FRESH_MS: Final = 60 * 60 * 1000
"""A request older than one hour is not carried out: the operator has stopped waiting for it."""


class OperatorWorker:
    def __init__(self, requests: OperatorRequests, operate: OperateJob, clock: Clock) -> None:
        self._requests = requests
        self._operate = operate
        self._clock = clock

    async def run(self) -> None:
        """Carries requests out until cancelled."""
        while True:
            try:
                with own_cancels_only():
                    await self.take_up()
            except (StorageError, Interrupted) as error:
                _log.warning("what the operator asked for waits, the database is in trouble: %s", error)
            await self._clock.sleep(EVERY_SECONDS)

    async def take_up(self) -> None:
        """Carries out all open requests, oldest first. Raises `StorageError`; a request without an answer stays open."""
        for request in await self._requests.unanswered():
            told = await self._carry_out(request)
            await self._requests.answer(request.id, told, self._clock.now_ms())
            _log.info("the operator asked to %s job %d: %s", request.action, request.job_id, told.remarks)

    async def _carry_out(self, request: OperatorRequest) -> OperatorAnswer:
        try:
            if self._clock.now_ms() - request.at_ms > FRESH_MS:
                # It may have been carried out before a kill, with only the answer missing.
                done = await self._operate.done_before(request.action, request.job_id, request.new_job_id)
                return done or OperatorAnswer(done=False, remarks=(Said(Word.TOO_OLD),))
            match request.action:
                case OperatorAction.END:
                    return await self._operate.end(request.job_id, sure=request.sure)
                case OperatorAction.RETRY:
                    return await self._operate.retry(request.job_id, sure=request.sure, new_id=request.new_job_id)
        except (StorageError, Interrupted):
            raise
        except Exception:  # noqa: BLE001  logged; one request that can't be carried out must not hold up the next
            _log.exception("the operator's request %d could not be carried out", request.id)
            return OperatorAnswer(done=False, remarks=(Said(Word.OUR_FAULT),))
