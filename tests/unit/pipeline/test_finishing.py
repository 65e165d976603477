"""After the clip is fetched: it is fitted to its place and posted once, and nothing of it stays on disk."""

import os
from dataclasses import replace

import pytest

from bot.domain.job import Failure, State
from bot.errors import CannotFit, DeliveryError, MediaError, NotAClip, ProviderBusy, ProviderUnavailable, UploadTooLarge
from bot.pipeline.working_files import WorkingFiles
from bot.ports import Next, NoUpload
from tests.factories import storage_error
from tests.fakes import failing_first
from tests.posts import clip_there

MIB = 1024 * 1024


@pytest.mark.parametrize(("asked", "obeyed"), [(45.0, 45.0), (30 * 86_400.0, 300.0)])
async def test_a_link_is_asked_for_again_when_the_provider_says_and_within_five_minutes(world, asked, obeyed):
    async def busy(reference, position):
        raise ProviderBusy("slow down", retry_after=asked)

    world.provider.link = busy
    world.media.faults.append(CannotFit("too large"))
    job = await world.at(State.FITTING)
    (world.folder / f"{job.id}.mp4").write_bytes(b"clip")
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, step.seconds) == (Next.LATER, obeyed)


@pytest.mark.parametrize("fault", [MediaError("ffmpeg does not start"), MediaError("more than 30 s"), OSError(28, "No space")])
async def test_a_passing_fault_while_fitting_is_waited_out_and_the_file_itself_is_posted(world, fault):
    world.media.faults.extend([fault] * 12)
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)
    ((_, posted),) = world.notifier.posted
    assert posted.path is not None
    assert world.notifier.told == []


async def test_a_clip_that_was_posted_before_a_kill_is_charged_though_ffmpeg_does_not_start_any_more(world):
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(b"clip")
    await clip_there(world.storage, job)
    await world.start_again()
    world.media.faults.extend([MediaError("ffmpeg does not start")] * 50)
    job = await world.drive(job, rounds=60)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, job.cost, 77)
    assert (world.notifier.posted, list(world.folder.iterdir())) == ([], [])


async def test_a_clips_bytes_are_on_the_disk_before_its_name_and_its_name_before_the_job_moves_on(world, monkeypatch):
    job = await world.at(State.FETCHING)
    named_at_each_sync = []
    fsync = os.fsync

    def watched(descriptor):
        fsync(descriptor)
        named_at_each_sync.append((world.folder / f"{job.id}.mp4").exists())

    monkeypatch.setattr(os, "fsync", watched)
    await world.drive(job)
    # The third is that of the folder in which the posted clip is kept.
    assert named_at_each_sync == [False, True, True]


async def test_a_whole_file_that_is_no_clip_ends_within_minutes_and_the_operator_is_told(world):
    async def probed(path):
        raise NotAClip("no video in it")

    world.media.probe = probed
    job = await world.at(State.FETCHING)
    began = world.clock.now
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)
    assert world.clock.now - began < 10 * 60_000
    [told] = world.notifier.told
    assert f"run-{job.id}" in told


async def test_a_file_that_only_the_machine_could_not_look_at_is_given_hours(world):
    world.media.probe = failing_first(world.media.probe, [MediaError("ffmpeg took more than 30 s")] * 20)
    assert (await world.drive(await world.at(State.FETCHING))).state is State.DONE


async def test_discord_that_refuses_ever_smaller_files_is_believed_in_the_end(world):
    world.media.size = 60 * MIB
    world.notifier.faults.extend([UploadTooLarge("413")] * 20)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.failure, job.charged) == (State.UNPOSTED, Failure.TOO_LARGE, None)
    assert world.media.limits == sorted(world.media.limits, reverse=True)
    assert world.media.limits[-1] >= 2 * 1024 * 1024
    assert not list(world.folder.iterdir())


@pytest.mark.parametrize(
    ("size", "refusals", "fitted"),
    [
        (60, [None], [50, 25]),
        (60, [None, None], [50, 25, 10]),
        (60, [None, None, None], [50, 25, 10, 7.5]),
        # The same file is not sent again when it is within the new limit already.
        (8, [None], [50, 6]),
        # The place's limit was known, so nothing was sent.
        (60, [10], [50, 10]),
    ],
)
async def test_what_was_too_large_is_fitted_into_the_next_limit_and_delivered(world, size, refusals, fitted):
    world.media.size = size * MIB
    world.notifier.limits = (50 * MIB, 25 * MIB, 10 * MIB)
    world.notifier.faults.extend(UploadTooLarge("413", limit=each and each * MIB) for each in refusals)
    job = await world.drive(await world.new_job(), rounds=60)
    assert job.state is State.DONE
    assert world.media.limits == [each * MIB for each in fitted]


async def test_a_file_that_was_too_large_is_not_sent_again_while_the_database_takes_no_writes(world):
    world.media.size = 60 * MIB
    world.notifier.limits = (50 * MIB, 10 * MIB)
    world.notifier.faults.append(UploadTooLarge("413"))
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    world.storage.transitions.advance = failing_first(world.storage.transitions.advance, [storage_error("locked")])
    assert (await world.runner.run(job.id, slot=False)).next is Next.LATER
    assert (await world.drive(job)).state is State.DONE
    assert world.media.limits == [50 * MIB, 10 * MIB]


async def test_a_place_that_takes_less_by_now_is_fitted_for_once_more(world):
    world.media.size = 60 * MIB
    world.notifier.limits = (50 * MIB, 10 * MIB)
    world.notifier.faults.append(UploadTooLarge("too large", limit=10 * MIB))
    job = await world.at(State.FITTING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    await world.runner.run(job.id, slot=False)
    assert world.media.limits == [50 * MIB, 10 * MIB]


async def test_a_file_that_every_place_takes_was_not_refused_for_its_size(world):
    world.notifier.faults.append(UploadTooLarge("413"))
    job = await world.drive(await world.new_job())
    ((_, delivery),) = world.notifier.posted
    assert (job.state, job.upload_limit_tried) == (State.DONE, None)
    assert delivery.path is not None


async def test_a_clip_that_fits_nowhere_becomes_a_link_with_the_reason(world):
    world.media.faults.append(CannotFit("no"))
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    ((_, posted),) = world.notifier.posted
    assert posted.path is None
    assert posted.link == world.provider.signed
    assert posted.no_upload == NoUpload(10 * MIB)


async def test_a_link_that_does_not_come_for_now_is_asked_for_again(world):
    world.media.faults.append(CannotFit("no"))
    world.provider.link = failing_first(world.provider.link, [ProviderUnavailable("502")] * 3)
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    [(_, delivery)] = world.notifier.posted
    assert delivery.link == world.provider.signed


async def test_where_discord_takes_no_file_at_all_the_clip_comes_as_a_link(world):
    world.media.size = 60 * MIB
    world.notifier.faults.extend([UploadTooLarge("413")] * 6)
    job = await world.drive(await world.new_job(), rounds=60)
    assert job.state is State.DONE
    [(_, delivery)] = world.notifier.posted
    assert delivery.link == world.provider.signed


async def test_a_clip_that_was_posted_before_a_kill_needs_its_files_no_more(world):
    job = await world.at(State.DELIVERING)
    await clip_there(world.storage, job, 9)
    job = await world.drive(job)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, job.cost, 9)
    assert world.notifier.posted == []


async def test_a_limit_of_discords_is_obeyed_whole_before_the_next_try(world):
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    world.notifier.faults.append(DeliveryError("429", retry_after=219.5))
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, step.seconds) == (Next.LATER, 219.5)


async def test_discord_in_trouble_is_waited_for(world):
    world.notifier.faults.extend([DeliveryError("503")] * 5)
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE


async def test_between_the_tries_to_post_a_clip_its_messages_say_what_keeps_it(world):
    job = await world.at(State.DELIVERING)
    await world.start_again()
    world.provider.fetch_faults.append(ProviderUnavailable("no answer"))
    world.notifier.faults.extend([DeliveryError("503")] * 30)
    began, states, step = world.clock.now, set(), await world.runner.run(job.id, slot=False)
    while step.next is Next.LATER:
        states.add((await world.storage.jobs.get(job.id)).state)
        assert job.id in world.notifier.followed
        world.clock.now += int(step.seconds * 1000)
        step = await world.runner.run(job.id, slot=False)
    assert (step.job.state, states) == (State.DONE, {State.FETCHING, State.DELIVERING})
    assert (world.clock.now - began) / 3_600_000 > 3
    assert job.id not in world.notifier.followed


async def test_files_of_jobs_that_are_over_are_swept_at_start(world):
    for name in ("1.mp4", "1.0.part", "2.0.fit.mp4", "3.mp4", "3.1.fit.mp4", ".3.0.fit.mp4.part", "notes.txt"):
        (world.folder / name).write_bytes(b"x")
    world.stages.finishing.sweep({3})
    assert sorted(path.name for path in world.folder.iterdir()) == ["3.1.fit.mp4", "3.mp4", "notes.txt"]


async def test_a_process_that_hung_and_still_encodes_writes_into_no_file_of_the_one_that_took_over(world):
    job = await world.new_job()
    files, taken_over = WorkingFiles(world.folder), replace(job, fence=10)
    for path in (files.source(job.id), files.target(taken_over), files.target(replace(job, fence=9)), files.part(job)):
        path.write_bytes(b"x")
    files.target(job).write_bytes(b"what hung")
    assert files.target(taken_over).read_bytes() == b"x"
    assert files.posted(job.id) == files.target(taken_over)
    files.remove(job.id)
    assert list(world.folder.iterdir()) == []
    assert files.posted(job.id) is None
