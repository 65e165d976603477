"""Submits whose answer was lost: one search for all, and no decision too early or while the provider does not answer."""

import asyncio

import pytest

from bot.domain.job import State
from bot.errors import ProviderUnavailable
from bot.pipeline.loop_backoff import RefusedKey
from bot.pipeline.lost_submits import Fate, LostSubmits
from bot.pipeline.submission import submission
from bot.ports import Lost, Recognition
from tests.factories import a_job

WINDOW_MS = 60_000


class RecordedSearches:
    """Records each search at the provider as the job ids that it was for. The next searches raise one of `faults` each."""

    def __init__(self, world):
        self.sought = []
        self.known = None
        self.faults = []
        self._find = world.provider.find
        world.provider.find = self.find

    async def find(self, lost, known):
        self.sought.append([each.submission.job_id for each in lost])
        self.known = known
        if self.faults:
            raise self.faults.pop()
        return await self._find(lost, known)


@pytest.fixture
def searches(world):
    return LostSubmits(
        world.provider,
        world.storage.provider_references,
        world.storage.kept_pictures,
        world.notifier,
        RefusedKey(),
        world.clock,
        window_ms=WINDOW_MS,
        beat=1,
    )


def asking(searches, world, *numbers):
    """Tasks that wait to know what became of these submits."""
    lost = [Lost(submission(a_job(number, seed=number), ()), world.clock.now) for number in numbers]
    return [asyncio.create_task(searches.fate(each)) for each in lost]


async def waiting():
    """Lets all tasks run until they wait again."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_all_lost_submits_are_sought_in_one_search(world, searches):
    asked, tasks = RecordedSearches(world), asking(searches, world, 1, 2, 3)
    await waiting()
    world.provider.found.update({1: "run-1", 2: None, 3: "run-3"})
    await searches.search()
    assert asked.sought == [[1, 2, 3]]
    await searches.search()
    assert await asyncio.gather(*tasks) == ["run-1", Fate.UNCLEAR, "run-3"]


async def test_references_that_other_jobs_hold_are_no_candidates(world, searches):
    asked = RecordedSearches(world)
    first, second = await world.at(State.GENERATING), await world.at(State.GENERATING)
    asking(searches, world, 9)
    await waiting()
    await searches.search()
    assert set(asked.known) == {f"run-{first.id}", f"run-{second.id}"}


async def test_not_listed_yet_decides_nothing_before_the_window_is_over(world, searches):
    (task,) = asking(searches, world, 1)
    await waiting()
    for passed in (0, WINDOW_MS - 1):
        world.clock.now += passed
        await searches.search()
        await waiting()
        assert not task.done()
    world.clock.now += 1
    await searches.search()
    assert await task is Fate.NEVER_ARRIVED


async def test_one_look_long_after_the_submit_is_not_enough_to_say_that_it_never_arrived(world, searches):
    (task,) = asking(searches, world, 1)
    await waiting()
    world.clock.now += 10 * WINDOW_MS
    await searches.search()
    await waiting()
    assert not task.done()
    await searches.search()
    assert await task is Fate.NEVER_ARRIVED


async def test_a_provider_that_cannot_be_asked_decides_nothing_however_long(world, searches):
    asked, (task,) = RecordedSearches(world), asking(searches, world, 1)
    asked.faults = [RuntimeError("odd"), *([ProviderUnavailable("down")] * 9)]
    world.provider.found[1] = "run-1"
    running = asyncio.create_task(searches.run())
    assert await task == "run-1"
    running.cancel()
    assert len(asked.sought) == 11


async def test_two_that_wait_for_one_submit_get_the_same_answer_though_one_of_them_is_cancelled(world, searches):
    asked, (first,), (second,) = RecordedSearches(world), asking(searches, world, 1), asking(searches, world, 1)
    await waiting()
    first.cancel()
    await waiting()
    world.provider.found[1] = "run-1"
    await searches.search()
    assert await second == "run-1"
    assert asked.sought == [[1]]


class ListingProvider:
    """A provider that finds, for each job, the first of these clips that no job is known to have."""

    def __init__(self, world, clips):
        self.clips = clips
        self.searches = 0
        world.provider.find = self.find

    async def find(self, lost, known):
        self.searches += 1
        left = [clip for clip in self.clips if clip not in known]
        return dict(zip((each.submission.job_id for each in lost), left, strict=False))


async def ended_long_ago(world, clip):
    """A job that was requested three days ago, submitted today, and has ended."""
    job = await world.at(State.SUBMITTING, created_at_ms=world.clock.now - 3 * 86_400_000)
    job = await world.storage.transitions.advance(job, State.GENERATING, world.clock.now, provider_reference=clip)
    await world.storage.transitions.end(job, State.FAILED, world.clock.now, charged=0)
    # With this newer job, a search does not know from the start that the old job has its clip: it knows that only of unfinished
    # jobs, and of those that were requested at most two days before the newest one.
    await world.at(State.GENERATING)


async def test_a_clip_that_a_job_of_long_ago_holds_is_passed_over_for_the_one_beside_it(world, searches):
    await ended_long_ago(world, "clip-old")
    listing, (task,) = ListingProvider(world, ["clip-old", "clip-new"]), asking(searches, world, 1)
    await waiting()
    await searches.search()
    assert await task == "clip-new"
    assert listing.searches == 2, "in the same look"


async def test_a_job_is_not_given_a_clip_that_another_holds_however_often_it_is_found(world):
    await ended_long_ago(world, "clip-old")
    job = await world.at(State.SUBMITTING)
    ListingProvider(world, ["clip-old"])
    job = await world.drive(job)
    assert job.state is State.DONE
    assert job.provider_reference == f"run-{job.id}-1", "it never arrived, so it was submitted again"


async def test_nothing_is_decided_while_an_equal_submit_is_still_to_be_answered(world, searches):
    other = await world.at(State.SUBMITTING, seed=1)
    clips = ["clip-of-the-other"]
    ListingProvider(world, clips)
    (task,) = asking(searches, world, 1)
    await waiting()
    for _ in range(3):
        await searches.search()
        world.clock.now += WINDOW_MS
        await waiting()
        assert not task.done()
    await world.storage.transitions.advance(other, State.GENERATING, world.clock.now, provider_reference="clip-of-the-other")
    clips.append("clip-of-this-one")
    await searches.search()
    assert await task == "clip-of-this-one"


async def test_without_a_seed_every_submit_of_its_prompt_that_is_still_to_be_answered_is_waited_for(world, searches):
    world.provider.recognises = Recognition(seed=False)
    await world.at(State.SUBMITTING, seed=2)
    ListingProvider(world, ["clip"])
    (task,) = asking(searches, world, 1)
    await waiting()
    for _ in range(3):
        await searches.search()
        await waiting()
    assert not task.done()


async def test_with_a_seed_a_submit_of_another_seed_is_not_waited_for(world, searches):
    await world.at(State.SUBMITTING, seed=2)
    ListingProvider(world, ["clip"])
    (task,) = asking(searches, world, 1)
    await waiting()
    await searches.search()
    assert await task == "clip"


async def test_a_clip_that_was_begun_while_the_provider_was_asked_is_not_taken_for_a_lost_one(world, searches):
    clips, begun = ["clip-of-the-other"], []

    class Meanwhile(ListingProvider):
        async def find(self, lost, known):
            if not begun:
                begun.append(await world.at(State.SUBMITTING, seed=1))
            return await super().find(lost, known)

    Meanwhile(world, clips)
    (task,) = asking(searches, world, 1)
    await waiting()
    await searches.search()
    await waiting()
    assert not task.done()
    await world.storage.transitions.advance(begun[0], State.GENERATING, world.clock.now, provider_reference="clip-of-the-other")
    clips.append("clip-of-this-one")
    await searches.search()
    assert await task == "clip-of-this-one"


async def test_what_is_unclear_in_one_look_may_be_clear_in_the_next(world, searches):
    (task,) = asking(searches, world, 1)
    await waiting()
    for found in (None, "clip"):
        world.provider.found[1] = found
        await searches.search()
    assert await task == "clip"


async def test_both_submits_are_clear_once_the_equal_one_has_a_clip_too(world, searches):
    await world.at(State.SUBMITTING, seed=1)
    ListingProvider(world, ["clip-of-this-one", "clip-of-the-other"])
    (task,) = asking(searches, world, 1)
    await waiting()
    await searches.search()
    assert await task == "clip-of-this-one"


async def test_an_equal_submit_of_hours_ago_is_waited_for_after_a_start(world):
    await world.at(State.SUBMITTING, seed=1)
    world.clock.now += 3 * 3_600_000
    world.restart()
    ListingProvider(world, ["clip"])
    (task,) = asking(world.stages.lost, world, 1)
    await waiting()
    await world.stages.lost.search()
    await waiting()
    assert not task.done()


async def test_an_equal_submit_that_nobody_answers_for_is_not_waited_for_without_end(world, searches):
    await world.at(State.SUBMITTING, seed=1)
    world.clock.now += 11 * 60_000
    (task,) = asking(searches, world, 1)
    await waiting()
    for _ in range(2):
        await searches.search()
        world.clock.now += WINDOW_MS
    await searches.search()
    assert await task is Fate.NEVER_ARRIVED
