"""While a provider takes no clips: how long it gets none, which job tries next, and which jobs wait for that."""

import asyncio

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.ports import Next, RunResult, Standstill, Why
from tests.factories import a_job, a_request
from tests.virtual_time import played

HOUR = 3600.0
CHARACTERS = frozenset({Kind.CHARACTERS})


class LoopClock:
    """The time of the event loop."""

    def now_ms(self):
        return int(asyncio.get_running_loop().time() * 1000)


class Provider:
    """A provider. `refuses` has, by job id, a function that returns how a try is refused. Others are taken and never end."""

    def __init__(self, slots=4, kinds=None, members=None):
        self.engine = LocalEngine(LoopClock(), slots)
        self.kinds = kinds or {}
        self.members = members or {}
        self.tried: list[tuple[float, int]] = []
        self.taken: list[int] = []
        self.refuses = {}
        self.engine.start(self.run)

    def job(self, job_id, state=State.QUEUED):
        kind = self.kinds.get(job_id, Kind.TEXT)
        return a_job(job_id, state, member_id=self.members.get(job_id, job_id), request=a_request(kind), created_at_ms=job_id)

    async def run(self, job_id, *, slot):
        if not slot:
            return RunResult(Next.IN_LINE, self.job(job_id))
        self.tried.append((asyncio.get_running_loop().time(), job_id))
        await asyncio.sleep(0.3)
        refuse = self.refuses.get(job_id, lambda: None)()
        if refuse is not None:
            self.engine.state_changed(self.job(job_id))
            return refuse
        self.taken.append(job_id)
        self.engine.state_changed(self.job(job_id, State.GENERATING))
        return RunResult(Next.PARKED, self.job(job_id))

    def busy(self, job_id, seconds=None):
        def refuse():
            self.engine.full("preview", seconds, None)
            return RunResult(Next.IN_LINE, self.job(job_id))

        self.refuses[job_id] = refuse

    def wake(self, *job_ids):
        for job_id in job_ids:
            self.engine.wake(job_id)


def after(seconds, scene, **settings):
    """Plays `scene` for that many seconds, stops the engine, and returns the provider."""

    async def play():
        provider = Provider(**settings)
        scene(provider)
        await asyncio.sleep(seconds)
        await provider.engine.stop()
        return provider

    return played(play())


@pytest.mark.parametrize("asked", [30 * 86_400.0, float("inf"), 301.0])
def test_a_provider_that_asks_to_be_left_alone_for_a_month_is_tried_after_five_minutes(asked):
    def scene(provider):
        provider.engine.full("preview", asked, None)
        provider.wake(1)

    assert after(HOUR, scene).tried == [(300.0, 1)]


def test_a_clip_that_is_refused_each_time_holds_up_nobody_else():
    def scene(provider):
        provider.engine.full("preview", None, None)
        provider.busy(1)
        provider.wake(1, 2, 3)

    provider = after(HOUR, scene)
    assert provider.taken == [2, 3]
    assert [job_id for _, job_id in provider.tried][:2] == [1, 2]


def test_a_job_that_tried_in_vain_tries_again_after_all_others_and_else_keeps_its_place_in_line():
    def scene(provider):
        for job_id in (1, 2, 3):
            provider.busy(job_id)
        provider.engine.full("preview", None, None)
        provider.wake(1, 2, 3)

    assert [job_id for _, job_id in after(34, scene).tried] == [1, 2, 3, 1, 2, 3]


def test_one_that_waits_alone_tries_again_and_again():
    def scene(provider):
        provider.busy(1, 20.0)
        provider.engine.full("preview", 20.0, None)
        provider.wake(1)

    assert [job_id for _, job_id in after(90, scene).tried] == [1, 1, 1, 1]


def test_while_the_outcome_of_a_submit_is_unclear_another_job_tries():
    def scene(provider):
        def lost():
            provider.engine.state_changed(provider.job(1, State.SUBMITTING))
            provider.engine.unclear(provider.job(1))
            return RunResult(Next.PARKED, provider.job(1))

        provider.refuses[1] = lost
        provider.engine.full("preview", None, None)
        provider.wake(1, 2, 3)

    provider = after(10, scene)
    assert provider.taken == [2, 3]


def test_a_submit_that_turns_out_to_have_worked_opens_the_line_too():
    async def play():
        provider = Provider()
        for job_id in (2, 3):
            provider.busy(job_id, 200.0)
        provider.engine.full("preview", None, None)
        provider.wake(1)
        provider.refuses[1] = lambda: RunResult(Next.PARKED, provider.job(1))
        await asyncio.sleep(5.1)
        provider.engine.unclear(provider.job(1))
        assert provider.engine.standstill("preview", Kind.TEXT) is not None
        provider.engine.state_changed(provider.job(1, State.GENERATING))
        assert provider.engine.standstill("preview", Kind.TEXT) is None
        await provider.engine.stop()

    played(play())


def test_a_job_that_tries_and_has_trouble_of_its_own_lets_another_try():
    def scene(provider):
        provider.refuses[1] = lambda: RunResult(Next.LATER, provider.job(1, State.PREPARING), HOUR)
        provider.engine.full("preview", None, None)
        provider.wake(1, 2)

    assert after(10, scene).taken == [2]


def test_a_job_that_must_prepare_something_first_is_not_in_line_and_has_no_slot():
    async def play():
        provider = Provider(slots=1)
        provider.busy(1)
        provider.refuses[1] = lambda: RunResult(Next.LATER, provider.job(1), 60.0)
        provider.wake(1, 2)
        await asyncio.sleep(10)
        assert (provider.taken, provider.engine.line.position(1)) == ([2], None)
        provider.refuses.clear()
        provider.engine.state_changed(provider.job(2, State.DONE))
        await asyncio.sleep(60)
        assert provider.taken == [2, 1]
        await provider.engine.stop()

    played(play())


def test_a_submit_from_before_the_refusal_does_not_end_it():
    async def play():
        provider = Provider()
        provider.wake(1, 2)
        await asyncio.sleep(0.1)
        provider.engine.full("preview", 60.0, None)
        provider.wake(3)
        await asyncio.sleep(30)
        assert provider.taken == [1, 2]
        await asyncio.sleep(31)
        assert provider.taken == [1, 2, 3]
        await provider.engine.stop()

    played(play())


def test_a_model_that_is_closed_holds_its_own_kinds_alone_and_one_of_them_tries():
    def scene(provider):
        closed = Standstill(Why.REFUSED, 0, CHARACTERS)
        provider.engine.hold("preview", closed, 60.0)
        assert provider.engine.standstill("preview", Kind.CHARACTERS) is closed
        assert provider.engine.standstill("preview", Kind.TEXT) is None

        def refuse():
            provider.engine.hold("preview", closed, 60.0)
            return RunResult(Next.IN_LINE, provider.job(1))

        provider.refuses[1] = refuse
        provider.wake(1, 2, 3, 4)

    provider = after(170, scene, kinds={1: Kind.CHARACTERS, 2: Kind.CHARACTERS})
    assert provider.taken == [3, 4, 2]
    assert [job_id for _, job_id in provider.tried] == [3, 4, 1, 2, 1]


def test_a_clip_of_a_closed_model_tries_though_clips_of_other_models_keep_coming():
    async def play():
        provider = Provider(slots=1, kinds={1: Kind.CHARACTERS})
        provider.engine.hold("preview", Standstill(Why.REFUSED, 0, CHARACTERS), 60.0)
        provider.wake(1, *range(2, 100))
        for _ in range(90):
            await asyncio.sleep(1)
            provider.engine.state_changed(provider.job(provider.taken[-1], State.DONE))
        await provider.engine.stop()
        return provider

    provider = played(play())
    assert 1 in provider.taken
    assert len(provider.taken) > 80


def test_clips_of_a_closed_model_that_have_not_tried_yet_keep_no_other_from_trying():
    def scene(provider):
        provider.engine.hold("preview", Standstill(Why.REFUSED, 0, CHARACTERS), 300.0)
        provider.busy(1, 10.0)
        provider.engine.full("preview", 10.0, None)
        provider.wake(*range(1, 30))

    tries = after(60, scene, kinds=dict.fromkeys(range(2, 30), Kind.CHARACTERS)).tried
    assert [job_id for _, job_id in tries] == [1] * 5


def test_how_long_a_provider_is_busy_counts_from_the_first_refusal_of_a_row():
    async def play():
        provider = Provider()
        provider.engine.full("preview", None, None)
        await asyncio.sleep(3)
        provider.engine.full("preview", None, None)
        assert provider.engine.standstill("preview", Kind.TEXT) == Standstill(Why.BUSY, 0)
        await provider.engine.stop()

    played(play())


def test_those_in_line_are_named_by_kind_and_by_how_long_they_wait():
    async def play():
        provider = Provider(slots=0, kinds={3: Kind.CHARACTERS})
        provider.wake(1, 2, 3)
        await asyncio.sleep(1)
        assert provider.engine.line.waiting("preview", None, 3) == [1, 2]
        assert provider.engine.line.waiting("preview", CHARACTERS, 100) == [3]
        assert provider.engine.line.waiting("elsewhere", None, 100) == []
        await provider.engine.stop()

    played(play())


def test_after_a_members_later_clip_ran_first_another_members_clip_goes_before_their_waiting_one():
    """Member 1's clip with characters waits for its closed model, and their clip from text runs. Next is member 2's."""

    def scene(provider):
        provider.engine.hold("preview", Standstill(Why.REFUSED, 0, CHARACTERS), 10.0)
        provider.wake(1, 3, 2)

    kinds = {1: Kind.CHARACTERS, 3: Kind.CHARACTERS}
    provider = after(60, scene, slots=2, kinds=kinds, members={1: 1, 2: 1, 3: 2})
    assert provider.taken == [2, 3]
