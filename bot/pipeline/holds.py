"""Stops the line of a provider that takes no clips, or none of one model, until it takes one again. Jobs wait, up to a day.

Writes down why the line stands still, since when, how long it rests and who has tried, so that a restart and other processes
know it, and the operator is not told twice. `Refusing` and `Submitting` report to it what the provider answered; the engine
lets one clip at a time try.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Collection
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.backoff import RETRY_AFTER_MOST
from bot.domain.clip import Kind
from bot.domain.job import Failure, Job, State
from bot.errors import ProviderBusy, ProviderError, ProviderMisconfigured, SubmitOutcomeUnknown
from bot.notice import Notice, OutOfReach, Part, Refused, TakesAgain
from bot.pipeline.loop_backoff import LongWaits, RefusedKey, tell
from bot.pipeline.shared_gates import SharedGates
from bot.pipeline.stage_result import End
from bot.pipeline.waits import DAY_MS, REFUSED, UNREACHABLE
from bot.ports import Clock, Engine, Kinds, Notifier, ProviderStates, ShutGate, Standstill, Why

_log: Final = logging.getLogger(__name__)
_LASTS_MS: Final = 5 * 60 * 1000
"""The operator hears of a provider out of reach, or of a refusal that comes and goes, only when it lasts so long."""
_COMES_AND_GOES_MS: Final = 60 * 60 * 1000
"""A refusal within this time after a reported one counts as the same, and is reported again only if it lasts `_LASTS_MS`. For
example, a balance that pays for short clips only is refused again and again, with accepted clips in between.
"""


class Holds:
    """The standstills of one provider, at most one for each model and one for all. The engine has their gates; both are
    written down in `states`, by `gates`.

    `refused`, `unreachable` and `busy` stop the line at once, before another clip is refused too. `note` writes the gates down
    and tells the operator; `run` calls it after every change.
    """

    def __init__(
        self, provider: str, states: ProviderStates, engine: Engine, notifier: Notifier, key: RefusedKey, clock: Clock
    ) -> None:
        self._provider = provider
        self._key = key
        self.gates = SharedGates(provider, states, engine, clock)
        self._engine = engine
        self._notifier = notifier
        self._clock = clock
        self._standing: dict[Kinds, Standstill] = {}
        self._told: set[Kinds] = set()
        self._told_at_ms: dict[Kinds, int] = {}
        self._said: dict[Kinds, Detail] = {}
        self._latest: dict[Kinds, int] = {}
        self._met: set[Kinds] = set()
        self._long_waits = LongWaits(provider, notifier, clock, Part.WAITING_CLIPS)
        self._long_wait = 0.0
        self._news = asyncio.Event()
        self.refusals = 0
        """Refusals so far, counted up by one for each; see `accepted`."""
        engine.shared(provider).on_change(self._news.set)

    async def load(self, taken_over: Collection[int]) -> None:
        """Reads what earlier processes left. Called before the engine starts, with the ids of the jobs that were taken over.
        Raises `StorageError`.
        """
        self._learn(await self.gates.load(taken_over))

    async def look(self) -> None:
        """Reads what other processes have written since. Called when a job was turned away at a gate. Raises `StorageError`."""
        await self.write()
        self._learn(await self.gates.look())

    def _learn(self, gates: Collection[ShutGate]) -> None:
        for gate in gates:
            kinds = gate.standstill.kinds
            if gate.standstill.why is not Why.BUSY:
                self._standing.setdefault(kinds, gate.standstill)
                if gate.told and kinds not in self._told:
                    self._is_told(gate.standstill)

    # -- what the provider said ----------------------------------------------------------------------------------------

    def refused(self, error: ProviderMisconfigured) -> None:
        """The provider refuses our key, plan or balance, for all clips or for those of one model (`error.kinds`)."""
        self._stand(Why.REFUSED, None if error.kinds is None else frozenset(map(Kind, error.kinds)), error)

    def unreachable(self, error: ProviderError) -> None:
        """No connection was made. The reason is the provider or the network, not the job."""
        self._stand(Why.UNREACHABLE, None, error)

    def busy(self, error: ProviderBusy) -> None:
        """The provider has too many requests or too many clips at once."""
        self.refusals += 1
        if error.retry_after is not None and error.retry_after > RETRY_AFTER_MOST:
            self._long_wait = error.retry_after
            self._news.set()
        for_all = self._standing.get(None)
        if for_all is not None and for_all.why is Why.REFUSED and error.ceiling is None:
            # Some vendors count requests before they check the key, so "busy" does not mean that the key is good again.
            self._engine.hold(self._provider, for_all, error.retry_after or 0.0)
            return
        self._met.add(None)
        self._end(None)
        self._engine.full(self._provider, error.retry_after, error.ceiling)
        if error.ceiling is not None and error.ceiling == self._engine.slots(self._provider):
            self.gates.name_ceiling(error.ceiling)
        self._news.set()

    def stumbled(self, error: SubmitOutcomeUnknown, kind: Kind) -> None:
        """The provider answered a submit with an error of its own, such as a 500, which the next submits may meet too. So the
        line rests as after a busy answer, and then one clip at a time tries until one is taken.
        """
        standstill = self._engine.standstill(self._provider, kind)
        lasted_ms = 0 if standstill is None else self._clock.now_ms() - standstill.since_ms
        wait = UNREACHABLE.pause(lasted_ms, random.random())  # noqa: S311  spreads tries, guards nothing
        self.busy(ProviderBusy(error.detail, code=error.code, retry_after=max(wait, error.retry_after or 0.0)))

    def accepted(self, kind: Kind, refusals_before: int) -> None:
        """A clip of this kind was taken, which ends the standstills that concern it. `refusals_before` is `refusals` when its
        submit began: a standstill with a later refusal stays.
        """
        for kinds in list(self._standing):
            if (kinds is None or kind in kinds) and self._latest.get(kinds, 0) <= refusals_before:
                self._end(kinds)

    # -- what waits too long -------------------------------------------------------------------------------------------

    def overdue(self, job: Job) -> End | None:
        """The end of a job in line that has waited for a day; None while it may wait."""
        standstill = self._confirmed(job.request.kind)
        if standstill is None or self._clock.now_ms() - max(standstill.since_ms, job.created_at_ms) < DAY_MS:
            return None
        failure = Failure.OPERATOR if standstill.why is Why.REFUSED else Failure.PROVIDER
        detail = Detail(DetailCode.LINE_STOOD_FOR_A_DAY, (self._provider, standstill.why.value))
        return End(job, State.FAILED, failure=failure, detail=detail)

    def wake_overdue(self, kind: Kind) -> None:
        """Called after a refusal: wakes the jobs in line that have waited for a day, so that `overdue` ends them."""
        standstill = self._confirmed(kind)
        day_ago_ms = self._clock.now_ms() - DAY_MS
        if standstill is not None and standstill.since_ms <= day_ago_ms:
            for job_id in self._engine.line.waiting(self._provider, standstill.kinds, day_ago_ms + 1):
                self._engine.wake(job_id)

    def _confirmed(self, kind: Kind) -> Standstill | None:
        """The standstill of this kind, if a clip of this process was turned away there: after a start one clip tries before any
        job ends.
        """
        standstill = self._engine.standstill(self._provider, kind)
        return standstill if standstill is not None and standstill.kinds in self._met else None

    # -- on disk, and to the operator ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Calls `note` after every change, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self.note()

    async def note(self) -> None:
        """Writes the standstills to disk and tells the operator what is new. Never raises: what fails is done after the next
        change.
        """
        await self.write()
        for standstill in list(self._standing.values()):
            await self._tell_begun(standstill)
        while self.gates.untold:
            if not await tell(self._notifier, TakesAgain(self._provider, self.gates.untold[0])):
                break
            self.gates.untold.pop(0)
        if self._long_wait > RETRY_AFTER_MOST:
            asked, self._long_wait = self._long_wait, 0.0
            await self._long_waits.heard(asked)
        await self.write()

    async def write(self) -> None:
        """Writes down what changed at the gates, and a ceiling that was named. Never raises, as `note`."""
        await self.gates.write(self._standing, self._told)

    async def _tell_begun(self, standstill: Standstill) -> None:
        kinds = standstill.kinds
        if kinds in self._told or not self._worth_telling(standstill):
            return
        known = _is_the_key(standstill) and self._key.known
        if not (known or await tell(self._notifier, self._begun(standstill))):
            return
        if self._standing.get(kinds) is standstill:
            self._is_told(standstill)
        elif kinds not in self._standing:
            # It ended while the operator was being told: say that too.
            self.gates.untold.append(kinds)

    def _is_told(self, standstill: Standstill) -> None:
        self._told.add(standstill.kinds)
        self._told_at_ms[standstill.kinds] = self._clock.now_ms()
        if _is_the_key(standstill):
            self._key.told(self)

    def _worth_telling(self, standstill: Standstill) -> bool:
        now = self._clock.now_ms()
        told_at_ms = self._told_at_ms.get(standstill.kinds)
        new = told_at_ms is None or now - told_at_ms >= _COMES_AND_GOES_MS
        return (standstill.why is Why.REFUSED and new) or now - standstill.since_ms >= _LASTS_MS

    def _begun(self, standstill: Standstill) -> Notice:
        said = self._said.get(standstill.kinds)
        if standstill.why is Why.UNREACHABLE:
            return OutOfReach(self._provider, said)
        return Refused(self._provider, standstill.kinds, said)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _stand(self, why: Why, kinds: Kinds, error: ProviderError) -> None:
        self.refusals += 1
        self._latest[kinds] = self.refusals
        self._met.add(kinds)
        self._said[kinds] = error.reason
        now = self._clock.now_ms()
        standstill = self._standing.get(kinds)
        if standstill is None or standstill.why is not why:
            self._forget_told(kinds)
            standstill = self._standing[kinds] = Standstill(why, now, kinds)
        pace = REFUSED if why is Why.REFUSED else UNREACHABLE
        wait = pace.pause(now - standstill.since_ms, random.random())  # noqa: S311  spreads tries, guards nothing
        _log.warning(
            "%s takes no clips (%s), next try in %.0f s: %s", self._provider, ", ".join(sorted(kinds or Kind)), wait, error
        )
        self._engine.hold(self._provider, standstill, wait)
        self._news.set()

    def _end(self, kinds: Kinds) -> None:
        if self._standing.pop(kinds, None) is None:
            return
        if kinds in self._told:
            self._forget_told(kinds)
            self.gates.untold.append(kinds)
        self._news.set()

    def _forget_told(self, kinds: Kinds) -> None:
        self._told.discard(kinds)
        if kinds is None:
            self._key.over(self)


def _is_the_key(standstill: Standstill) -> bool:
    """Whether clips of all kinds are refused: then it is our key, plan or balance."""
    return standstill.why is Why.REFUSED and standstill.kinds is None
