"""The jobs that an older version left unfinished run to their ends here: each is posted once at most, and settled once."""

from __future__ import annotations

import pytest

from bot.domain.job import ENDED, Failure, State
from bot.pipeline.operator_worker import OperatorWorker
from bot.pipeline.provider_stages import Pace
from bot.pipeline.recovery import life_began
from bot.ports import Phase, Posted, RunStatus
from bot.wiring import Adapters, wire_jobs
from tests.factories import jobs_of
from tests.fakes import InstantProvider, ManualClock, NothingKept
from tests.fixtures.old_databases import ALICE, KILLED_MS
from tests.unit.pipeline.conftest import World, operate  # noqa: F401  a fixture

ACCEPTED = "job_accepted"
"""The clip of a submit whose answer was lost, found again at the provider."""
FOUND_POSTED = "unposted and posted after all"
"""Its clip is in Discord already; only the answer was lost. `test_old_buttons` has one that was being posted."""
UNPOSTED = {"unposted", "unposted and doubtful", "unposted and too large"}
"""Nobody names another place, so they end after three days."""
THROWN_AWAY = {"generating and thrown away", "generating and thrown away by a moderator", "unposted and thrown away"}


class NextProcess(World):
    """This version's process over the old database, with the providers and the Discord that the old one worked with."""

    def restart(self):
        self.providers = {name: InstantProvider(name) for name in ("scenario", "preview")}
        self.providers["preview"].free = True
        self.every = {}
        adapters = Adapters(self.storage, self.media, self.providers, self.engine, self.clock, NothingKept())
        pace = Pace(watch_seconds=1, give_up_ms=3_600_000, lost_ms=60_000)
        self.runner = wire_jobs(adapters, self.notifier, self.folder, pace, self.every)

    async def begin(self, old):
        """Takes everything over as the start does, and returns it."""
        for row in old.rows("SELECT provider, provider_reference AS at FROM jobs WHERE state = 'generating'"):
            self.providers[row["provider"]].running[row["at"]] = RunStatus(row["at"], Phase.SUCCEEDED)
        scenario = self.providers["scenario"]
        scenario.running[ACCEPTED] = RunStatus(ACCEPTED, Phase.SUCCEEDED)
        scenario.found = {old.id("submitting and accepted"): ACCEPTED}
        job_id = old.jobs.get(FOUND_POSTED)
        if job_id is not None:
            self.notifier.found[job_id] = Posted(job_id + 1, job_id + 3, f"https://discord.test/{job_id}")
        for name in ("fitting", "fitting smaller", "fitting for less", "delivering"):
            if name in old.jobs:
                (self.folder / f"{old.id(name)}.mp4").write_bytes(b"clip")
        broke = await life_began(self.storage.key_values, self.clock)
        found = await self.take_up(self.every, broke=broke)
        self.runner.took_over(found.fences)
        self.stages = self.every["scenario"]
        return found

    async def to_its_end(self, job_id):
        job = await self.storage.jobs.get(job_id)
        # The stages of this job's provider: `drive` polls them, and they drop the job when an operator ends it.
        self.stages = self.every[job.provider]
        return await self.drive(job, rounds=100)


@pytest.fixture
async def world(storage, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return NextProcess(storage, folder, clock=ManualClock(KILLED_MS))


def in_this_order(old):
    """Jobs with short waits first, since all jobs share one clock and each wait moves it forward.

    A lost submit waits for a minute, a clip without a place for days.
    """
    return sorted(old.unfinished.items(), key=lambda each: ("unposted" in each[0], "submitting" in each[0], each[1]))


async def test_every_unfinished_job_comes_to_its_end_with_one_post_and_one_settle_at_most(old, world):
    found = await world.begin(old)
    assert len(list(world.folder.iterdir())) == (4 if "fitting for less" in old.jobs else 3)
    taken = [job for job in (*found.unfinished, *found.apart) if not job.ended]
    assert sorted(job.id for job in taken) == sorted(old.unfinished.values())
    ended = {name: await world.to_its_end(job_id) for name, job_id in in_this_order(old)}
    assert {job.state for job in ended.values()} <= ENDED
    done = ended.keys() - UNPOSTED - THROWN_AWAY
    assert {name for name, job in ended.items() if job.state is State.DONE} == done
    assert {name for name, job in ended.items() if job.state is State.CANCELLED} == THROWN_AWAY & ended.keys()
    posts = sorted(job_id for job_id, _ in world.notifier.posted)
    assert posts == sorted(ended[name].id for name in done - {FOUND_POSTED})
    for name, job in ended.items():
        assert await ledger_of(world, job) == {"reserve": -job.cost, closing(job): job.cost - job.charged}
        assert job.charged == charged(name, job)
    assert not world.storage.job_recovery.unreadable()


async def ledger_of(world, job):
    entries = await world.storage.ledger.of_job(job.id)
    assert len(entries) == 2
    return {entry.entry: entry.credits for entry in entries}


def closing(job):
    return "settle" if job.charged else "release"


def charged(name, job):
    if name in UNPOSTED or name.endswith("by a moderator"):
        return 0
    return 40 if name == "fitting for less" else job.cost


async def test_no_clip_is_submitted_again_that_the_provider_had_already(old, world):
    await world.begin(old)
    for _, job_id in in_this_order(old):
        await world.to_its_end(job_id)
    submitted = [submission.job_id for provider in world.providers.values() for submission in provider.submitted]
    never_sent = {name for name in old.unfinished if name.startswith(("queued", "preparing", "retried"))}
    assert sorted(submitted) == sorted(old.id(name) for name in {*never_sent, "submitting"})
    assert (await world.storage.jobs.get(old.id("submitting and accepted"))).provider_reference == ACCEPTED


async def test_pictures_that_the_provider_has_are_not_uploaded_again(old, world):
    await world.begin(old)
    ended = [await world.to_its_end(old.id(name)) for name in ("preparing", "queued with characters")]
    assert [job.state for job in ended] == [State.DONE, State.DONE]
    (reference,) = [each["reference"] for each in old.rows("SELECT reference FROM uploads ORDER BY at_ms, reference LIMIT 1")]
    first, second = world.providers["scenario"].submitted
    assert first.images == (reference,)
    assert second.images[0] == "asset_second222"
    assert len(world.providers["scenario"].uploads) == 1


async def test_a_clip_that_has_no_place_keeps_its_reason_and_ends_three_days_after_it_was_made(old, world):
    if old.schema == 1:
        assert not [name for name in old.jobs if name.startswith("unposted")]
        return
    await world.begin(old)
    job = await world.to_its_end(old.id("unposted"))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.UNDELIVERABLE, 0)
    assert world.clock.now - job.unposted_at_ms >= 3 * 86_400_000


async def test_an_end_that_no_message_showed_is_shown_now_and_changes_nothing_else(old, world):
    await world.begin(old)
    names = ("done and not shown", "failed and not shown")
    before = [await world.storage.jobs.get(old.id(name)) for name in names]
    assert [(await world.to_its_end(job.id)).charged for job in before] == [job.charged for job in before]
    assert [job.id for job in world.notifier.ends] == [job.id for job in before]
    assert await world.storage.posts.behind(world.clock.now) == []
    assert world.notifier.posted == []


async def test_jobs_that_may_have_killed_the_old_process_run_apart(old, world):
    found = await world.begin(old)
    names = {job_id: name for name, job_id in old.jobs.items()}
    apart = {"delivering", "delivering and posted", "delivering as an answer", "delivering directly", "fetching"}
    apart |= {"done and not shown", "failed and not shown"}
    assert {names[job.id] for job in found.apart} == (apart if old.schema > 1 else set())


async def test_what_the_operator_asked_for_before_is_carried_out(old, world, operate):  # noqa: F811  the fixture
    await world.begin(old)
    await OperatorWorker(world.storage.requests, operate, world.clock).take_up()
    assert await world.storage.requests.unanswered() == []
    if old.schema == 1:
        return
    half, end, retry = old.rows("SELECT * FROM operator_requests WHERE answered_at_ms IS NULL ORDER BY id")
    again = await world.storage.jobs.get(retry["new_job_id"])
    failed = await world.storage.jobs.get(retry["job_id"])
    assert (again.request, again.seed, again.member_id) == (failed.request, failed.seed, failed.member_id)
    assert again.parent_id == failed.id
    assert (await world.to_its_end(again.id)).state is State.DONE
    assert (await world.storage.requests.answer_of(end["id"])).done
    # The old bot booked it and was killed before it answered.
    assert (await world.storage.requests.answer_of(half["id"])).done
    assert len([job for job in await jobs_of(world.storage, ALICE) if job.parent_id == half["job_id"]]) == 1
    queued = await world.storage.jobs.get(end["job_id"])
    assert (queued.state, queued.failure, queued.charged) == (State.FAILED, Failure.STOPPED, 0)
