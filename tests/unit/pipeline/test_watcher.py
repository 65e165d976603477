"""The watcher asks about all clips at once, goes on after the provider's errors, and reports only what it saw."""

import asyncio

import pytest

from bot.domain.backoff import Backoff
from bot.domain.job import Failure, State
from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderRejected, ProviderUnavailable
from bot.pipeline.waits import DELIVER, FETCH, UNEXPECTED
from bot.ports import Phase, RunStatus
from tests.fakes import failing_first


class ScriptedStatuses:
    """Answers each question with the next of `answers`, and records how many clips it was about."""

    def __init__(self, world, answers):
        self.world = world
        self.answers = list(answers)
        self.asked = []
        self.at_ms = []
        self.over = asyncio.Event()
        world.provider.statuses = self.statuses

    async def statuses(self, running):
        self.asked.append(len(running))
        self.at_ms.append(self.world.clock.now)
        if not self.answers:
            self.over.set()
            return []
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def play(self):
        running = asyncio.create_task(self.world.stages.watcher.run())
        async with asyncio.timeout(5):
            await self.over.wait()
        running.cancel()
        return [after - before for before, after in zip(self.at_ms, self.at_ms[1:], strict=False)]


async def test_all_running_clips_are_asked_for_in_one_question(world):
    for _ in range(5):
        world.stages.watcher.watch(await world.at(State.GENERATING))
    looks = ScriptedStatuses(world, [])
    await looks.play()
    assert looks.asked[0] == 5


async def test_a_provider_in_trouble_is_asked_ever_more_seldom_and_at_the_usual_beat_once_it_answers(world):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    waits = await ScriptedStatuses(world, [*([ProviderUnavailable("down")] * 8), [], []]).play()
    assert waits == [2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000, 1000, 1000]


async def test_a_retry_after_is_obeyed(world):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    waits = await ScriptedStatuses(world, [ProviderBusy("slow down", retry_after=45.0)]).play()
    assert waits == [45000]


async def test_a_retry_after_of_a_month_is_obeyed_for_five_minutes_and_told_to_the_operator_once(world):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    waits = await ScriptedStatuses(world, [ProviderBusy("slow down", retry_after=30 * 86_400.0)] * 3).play()
    assert waits == [300_000] * 3
    assert len(world.notifier.told) == 1
    assert "2,592,000 s" in world.notifier.told[0]


async def test_a_long_wait_is_told_to_the_operator_once_though_questions_in_between_are_answered(world):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    waits = ProviderBusy("slow down", retry_after=30 * 86_400.0)
    await ScriptedStatuses(world, [waits, [], waits, [], waits]).play()
    assert len(world.notifier.told) == 1


async def test_a_refused_key_is_told_to_the_operator_once(world):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    await ScriptedStatuses(world, [ProviderMisconfigured("401")] * 3).play()
    assert len(world.notifier.told) == 1


async def test_a_bug_in_one_look_does_not_end_the_watching(world, caplog):
    job = await world.at(State.GENERATING)
    world.stages.watcher.watch(job)
    world.stages.watcher.watch(await world.at(State.GENERATING))
    await ScriptedStatuses(world, [RuntimeError("odd"), [RunStatus(f"run-{job.id}", Phase.SUCCEEDED)]]).play()
    assert "odd" in caplog.text
    assert world.engine.woken == [job.id]


async def test_an_operator_who_cannot_be_told_does_not_end_the_watching_and_is_told_later(world, caplog):
    world.stages.watcher.watch(await world.at(State.GENERATING))
    world.notifier.tell_operator = failing_first(world.notifier.tell_operator, [RuntimeError("no operator")])
    await ScriptedStatuses(world, [ProviderMisconfigured("401")] * 3).play()
    assert "no operator" in caplog.text
    assert len(world.notifier.told) == 1


async def test_a_clip_taken_up_during_a_question_is_part_of_the_next(world):
    watcher = world.stages.watcher
    for _ in range(2):
        watcher.watch(await world.at(State.GENERATING))
    late, seen = await world.at(State.GENERATING), []

    async def one_by_one(running):
        for reference in running:
            watcher.watch(late)
            await asyncio.sleep(0)
            seen.append(reference)
        return []

    world.provider.statuses = one_by_one
    await watcher.poll()
    assert len(seen) == 2
    await watcher.poll()
    assert f"run-{late.id}" in seen


class SilentProvider:
    """A provider whose listing has no clip, as after a long time away, or raises `fault`. `answers` are for single ids."""

    def __init__(self, world, answers):
        self.answers = answers
        self.asked = []
        self.fault = None
        world.provider.statuses = self.statuses
        world.provider.status = self.status

    async def statuses(self, running):
        if self.fault is not None:
            raise self.fault
        return []

    async def status(self, reference):
        self.asked.append(reference)
        answer = self.answers(reference)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def overdue(world, count):
    jobs = [await world.at(State.GENERATING) for _ in range(count)]
    for job in jobs:
        world.stages.watcher.watch(job)
    world.clock.now += 3_600_001
    return jobs


async def test_overdue_clips_that_succeeded_unseen_are_not_timed_out_and_asked_for_a_few_per_look(world):
    jobs = await overdue(world, 5)
    silent = SilentProvider(world, lambda reference: RunStatus(reference, Phase.SUCCEEDED))
    for asked in (2, 4, 5):
        await world.stages.watcher.poll()
        assert len(silent.asked) == asked
    assert [world.stages.watcher.observed(job.id).phase for job in jobs] == [Phase.SUCCEEDED] * 5


@pytest.mark.parametrize(
    "answer",
    [None, RunStatus("run-?", Phase.RUNNING, 0.5), ProviderRejected("no such id")],
    ids=["unknown", "running", "refused"],
)
async def test_an_overdue_clip_without_an_end_at_its_provider_is_timed_out(world, answer):
    (job,) = await overdue(world, 1)
    SilentProvider(world, lambda _: answer)
    await world.stages.watcher.poll()
    assert world.stages.watcher.observed(job.id).failure is Failure.TIMEOUT


async def test_an_overdue_clip_is_not_timed_out_while_its_provider_cannot_be_asked(world):
    jobs = await overdue(world, 3)
    down = [True]
    SilentProvider(world, lambda reference: ProviderUnavailable("down") if down else RunStatus(reference, Phase.SUCCEEDED))
    for _ in range(50):
        await world.stages.watcher.poll()
        world.clock.now += 1000
    assert len(world.stages.watcher) == 3
    assert set(world.engine.freed) == {job.id for job in jobs}, "nobody waits for their slots meanwhile"
    down.clear()
    world.clock.now += 60_000
    for _ in range(2):
        await world.stages.watcher.poll()
    assert [world.stages.watcher.observed(job.id).phase for job in jobs] == [Phase.SUCCEEDED] * 3


async def hours_of_looks(world, count):
    """Asks once a minute, always in vain, until all jobs are given up, for at most `count` hours. Returns the hours it took."""
    began = world.clock.now
    while len(world.stages.watcher) and world.clock.now - began < count * 3_600_000:
        with pytest.raises(ProviderUnavailable):
            await world.stages.watcher.poll()
        world.clock.now += 60_000
    return (world.clock.now - began) / 3_600_000


async def test_overdue_clips_are_asked_for_and_end_though_the_question_about_all_fails_for_hours(world):
    jobs = await overdue(world, 3)
    silent = SilentProvider(world, lambda reference: RunStatus(reference, Phase.SUCCEEDED))
    silent.fault = ProviderUnavailable("GET /jobs: an answer that we can't read")
    assert await hours_of_looks(world, 2) < 0.1
    assert [world.stages.watcher.observed(job.id).phase for job in jobs] == [Phase.SUCCEEDED] * 3


async def test_clips_of_a_provider_that_is_down_as_a_whole_are_given_up_after_a_day_not_after_an_hour(world):
    (job,) = await overdue(world, 1)
    SilentProvider(world, lambda _: ProviderUnavailable("down")).fault = ProviderUnavailable("down")
    assert 24 <= await hours_of_looks(world, 48) < 24.1
    assert world.stages.watcher.observed(job.id).failure is Failure.TIMEOUT


async def test_a_fault_of_ours_with_one_overdue_clip_is_logged_and_leaves_the_others_alone(world, caplog):
    ill, well = await overdue(world, 2)
    SilentProvider(
        world,
        lambda reference: RuntimeError("odd") if reference == f"run-{ill.id}" else RunStatus(reference, Phase.SUCCEEDED),
    )
    await world.stages.watcher.poll()
    assert "odd" in caplog.text
    assert world.stages.watcher.observed(well.id).phase is Phase.SUCCEEDED
    assert len(world.stages.watcher) == 1


async def test_one_overdue_clip_that_is_never_answered_for_holds_up_no_other_and_ends_too(world):
    ill, *others = await overdue(world, 3)
    SilentProvider(
        world,
        lambda reference: ProviderUnavailable("500") if reference == f"run-{ill.id}" else RunStatus(reference, Phase.SUCCEEDED),
    )
    for _ in range(2):
        await world.stages.watcher.poll()
    assert [world.stages.watcher.observed(job.id).phase for job in others] == [Phase.SUCCEEDED] * 2
    began = world.clock.now
    while len(world.stages.watcher):
        await world.stages.watcher.poll()
        world.clock.now += 1000
    assert world.stages.watcher.observed(ill.id).failure is Failure.TIMEOUT
    assert 55 < (world.clock.now - began) / 60_000 < 65, "about an hour of questions"


async def test_an_end_is_observed_once_and_the_clip_is_asked_for_no_more(world):
    job = await world.at(State.GENERATING)
    watcher = world.stages.watcher
    watcher.watch(job)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    await watcher.poll()
    assert len(watcher) == 0
    assert watcher.observed(job.id).phase is Phase.SUCCEEDED
    assert watcher.observed(job.id) is None


async def test_a_reported_fraction_never_falls(world):
    job = await world.at(State.GENERATING)
    watcher = world.stages.watcher
    watcher.watch(job)
    for fraction in (0.4, 0.2, None):
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, fraction)
        await watcher.poll()
        assert watcher.fraction(job.id) == 0.4


@pytest.mark.parametrize(
    ("backoff", "tried", "dice", "wait"),
    [
        (FETCH, 1, 0.0, 1.5),
        (FETCH, 1, 1.0, 2.5),
        (DELIVER, 39, 0.5, 600.0),
        (UNEXPECTED, 4, 0.5, None),
        (Backoff(first=1, longest=10, tries=99), 50, 0.5, 10.0),
    ],
)
def test_waits_double_up_to_the_longest_are_spread_and_end(backoff, tried, dice, wait):
    assert backoff.wait(tried, dice) == wait
