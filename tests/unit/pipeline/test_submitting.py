"""Submitting a job: images are uploaded once and in order, the submit is stored before it is sent, and tries are counted."""

import asyncio

from bot.domain.clip import Kind
from bot.domain.job import Failure, State
from bot.errors import ModerationRefused, ProviderBusy, ProviderRejected, ProviderUnavailable, SubmitOutcomeUnknown
from bot.ports import Accepted, Next, Phase, RunStatus, Standstill, Why
from tests.factories import a_reference_image, a_request, storage_error


async def a_cast(world, *pictures):
    """A request with these pictures as its characters, in this order."""
    hashes = [await world.storage.kept_pictures.put(picture, "image/jpeg", 1) for picture in pictures]
    named = " and ".join(f"character{number}" for number in range(1, len(pictures) + 1))
    return a_request(
        Kind.CHARACTERS, prompt=f"{named} sing", references=tuple(a_reference_image(sha256=sha256) for sha256 in hashes)
    )


async def test_characters_are_submitted_in_their_order_whatever_is_known_of_them_already(world):
    request = await a_cast(world, b"first", b"second", b"third")
    first, second, third = (reference.sha256 for reference in request.references)
    await world.storage.kept_pictures.remember_upload("scenario", second, "asset-known", 1)
    job = await world.drive(await world.new_job(request=request))
    assert job.state is State.DONE
    assert world.provider.uploads == [first, third]
    assert world.provider.submitted[0].images == (f"asset-{first[:8]}-1", "asset-known", f"asset-{third[:8]}-2")


async def test_the_intent_with_seed_and_time_is_on_disk_before_the_request_leaves(world):
    job, seen = await world.new_job(seed=77), []
    submit = world.provider.submit

    async def looked_at(submission):
        seen.append((submission.seed, await world.storage.jobs.get(job.id)))
        return await submit(submission)

    world.provider.submit = looked_at
    await world.drive(job)
    ((sent, written),) = seen
    assert (sent, written.seed, written.state, written.tries) == (77, 77, State.SUBMITTING, 1)
    assert written.submitted_at_ms == world.clock.now


async def test_a_clip_thrown_away_while_its_images_are_handed_over_is_not_submitted(world):
    request = await a_cast(world, b"picture")
    job, upload = await world.new_job(request=request), world.provider.upload

    async def meanwhile(*arguments):
        await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
        return await upload(*arguments)

    world.provider.upload = meanwhile
    job = await world.drive(job)
    assert (job.state, job.charged, world.provider.submitted) == (State.CANCELLED, 0, [])
    assert await world.booked(job) == {"reserve": -job.cost, "release": job.cost}


async def test_no_more_than_sixteen_submits_are_under_way_at_once(world):
    jobs = [await world.new_job() for _ in range(20)]
    go, under_way, most = asyncio.Event(), 0, 0
    submit = world.provider.submit

    async def slow(submission):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 16:
            # After these reads the other four have had time enough: they wait for a slot, not for the disk.
            for _ in range(5):
                await world.storage.jobs.get(jobs[0].id)
            go.set()
        await go.wait()
        under_way -= 1
        return await submit(submission)

    world.provider.submit = slow
    await asyncio.gather(*(world.runner.run(job.id, slot=True) for job in jobs))
    assert most == 16
    assert len(world.provider.submitted) == 20


async def test_an_image_that_is_gone_from_the_store_ends_the_job_as_ours(world):
    request = a_request(Kind.CHARACTERS, prompt="character1 sings", references=(a_reference_image(404),))
    job = await world.drive(await world.new_job(request=request))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.OURS, 0)
    assert world.provider.submitted == []


async def test_an_image_is_handed_over_once_for_many_clips(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/jpeg", 1)
    reference = a_reference_image(sha256=sha256)
    request = a_request(Kind.CHARACTERS, prompt="character1 sings", references=(reference,))
    for _ in range(3):
        assert (await world.drive(await world.new_job(request=request))).state is State.DONE
    assert world.provider.uploads == [sha256]


async def test_a_reference_that_the_provider_forgot_is_uploaded_again(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/jpeg", 1)
    request = a_request(Kind.CHARACTERS, prompt="character1 sings", references=(a_reference_image(sha256=sha256),))
    await world.storage.kept_pictures.remember_upload("scenario", sha256, "asset-old", 1)
    world.provider.faults.append(ProviderRejected("asset not found"))
    job = await world.drive(await world.new_job(request=request))
    assert job.state is State.DONE
    assert world.provider.submitted[0].images == (f"asset-{sha256[:8]}-1",)


async def test_an_image_that_the_provider_refuses_ends_the_job_instead_of_going_round(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/jpeg", 1)
    request = a_request(Kind.CHARACTERS, prompt="character1 sings", references=(a_reference_image(sha256=sha256),))

    async def refuse(*arguments):
        world.provider.uploads.append("tried")
        raise ProviderRejected("not an image to me")

    world.provider.upload = refuse
    job = await world.drive(await world.new_job(request=request))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.OURS, 0)
    assert world.provider.uploads == ["tried"]


async def test_a_full_provider_uses_up_nobodys_tries(world):
    world.provider.faults.extend([*([ProviderBusy("full")] * 15), ProviderUnavailable("blip"), SubmitOutcomeUnknown("lost")])
    job = await world.drive(await world.new_job(), rounds=60)
    assert job.state is State.DONE
    assert len(world.provider.submitted) == 1


async def test_while_a_lost_answer_is_searched_for_another_may_try(world):
    world.provider.faults.append(SubmitOutcomeUnknown("lost"))
    job = await world.new_job()
    assert (await world.drive(job)).state is State.DONE
    assert world.engine.unclear_jobs == [job.id]


async def test_a_submit_that_is_answered_with_the_providers_own_trouble_holds_the_others_up_ever_longer(world):
    for wait, lasted_s in ((None, 0), (120.0, 0), (30 * 86_400.0, 0), (None, 60)):
        world.provider.faults.append(SubmitOutcomeUnknown("maintenance", code="503", retry_after=wait))
        began = world.clock.now - lasted_s * 1000
        world.engine.standing = Standstill(Why.BUSY, began) if lasted_s else None
        assert (await world.drive(await world.new_job())).state is State.DONE
    short, asked, month, later = (rest for rest, _ in world.engine.refusals)
    assert 1.5 <= short <= 2.5
    assert (asked, month) == (120.0, 30 * 86_400.0)
    assert 22.5 <= later <= 75
    assert len([text for text in world.notifier.told if "2,592,000 s" in text]) == 1


async def test_a_missing_answer_does_not_count_as_the_providers_own_trouble(world):
    world.provider.faults.append(SubmitOutcomeUnknown("ReadTimeout"))
    assert (await world.drive(await world.new_job())).state is State.DONE
    assert world.engine.refusals == []


async def test_submits_that_never_arrive_end_as_the_providers_trouble(world):
    world.provider.faults.extend([SubmitOutcomeUnknown("lost")] * 9)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.failure, job.charged, job.tries) == (State.FAILED, Failure.PROVIDER, 0, 3)


async def test_a_search_that_a_full_disk_repeats_counts_as_one_submit(world):
    advance, faults = world.storage.transitions.advance, [storage_error("disk full")] * 4

    async def full(job, to, at_ms, **changes):
        if job.state is State.SUBMITTING and to is State.QUEUED and faults:
            raise faults.pop()
        return await advance(job, to, at_ms, **changes)

    world.storage.transitions.advance = full
    world.provider.faults.append(SubmitOutcomeUnknown("lost"))
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.tries, faults) == (State.DONE, 2, [])


async def test_a_full_provider_sends_the_job_back_into_line_and_tells_the_engine_its_ceiling(world):
    world.provider.faults.append(ProviderBusy("limit", retry_after=7.0, ceiling=4))
    job = await world.new_job()
    await world.runner.run(job.id, slot=False)
    step = await world.runner.run(job.id, slot=True)
    assert step.next is Next.IN_LINE
    assert world.engine.refusals == [(7.0, 4)]
    assert (await world.drive(job)).state is State.DONE


class ScriptedVendor:
    """A provider that starts `clips`, one for each submit, and lists all of them from the beginning."""

    def __init__(self, world, clips):
        self.clips = list(clips)
        world.provider.running.update({clip: RunStatus(clip, Phase.SUCCEEDED) for clip in clips})
        self.submits = 0
        world.provider.submit = self.submit
        world.provider.find = self.find

    async def submit(self, submission):
        self.submits += 1
        return Accepted(self.clips[self.submits - 1])

    async def find(self, lost, known):
        left = [clip for clip in self.clips if clip not in known]
        return dict(zip((each.submission.job_id for each in lost), left, strict=False))


async def test_a_job_whose_clip_an_equal_lost_submit_was_given_meanwhile_takes_the_other_clip(world):
    first = await world.at(State.SUBMITTING)
    await world.storage.transitions.advance(first, State.GENERATING, world.clock.now, provider_reference="clip-of-the-second")
    vendor = ScriptedVendor(world, ["clip-of-the-second", "clip-of-the-first"])
    second = await world.drive(await world.new_job())
    assert (second.state, second.provider_reference) == (State.DONE, "clip-of-the-first")
    assert vendor.submits == 1


async def test_where_no_other_clip_is_listed_the_job_ends_unknown_and_is_never_submitted_again(world):
    first = await world.at(State.SUBMITTING)
    await world.storage.transitions.advance(first, State.GENERATING, world.clock.now, provider_reference="clip")
    vendor = ScriptedVendor(world, ["clip"])
    second = await world.drive(await world.new_job())
    assert (second.state, second.charged, vendor.submits) == (State.UNKNOWN, 0, 1)
    (told,) = world.notifier.told
    assert second.job_code in told
    assert await world.booked(second) == {"reserve": -second.cost, "release": second.cost}


async def test_an_answer_that_cannot_be_written_down_at_once_is_kept_and_neither_searched_nor_sent_again(world):
    vendor, faults = ScriptedVendor(world, ["clip"]), [storage_error("locked")] * 3
    advance = world.storage.transitions.advance

    async def locked(job, to, at_ms, **changes):
        if to is State.GENERATING and faults:
            raise faults.pop()
        return await advance(job, to, at_ms, **changes)

    async def unlisted(lost, known):
        raise AssertionError("it is known already")

    world.storage.transitions.advance, world.provider.find = locked, unlisted
    job = await world.drive(await world.new_job())
    assert (job.state, job.provider_reference, vendor.submits) == (State.DONE, "clip", 1)


async def test_the_operator_is_told_once_of_rejections_that_no_prompt_caused_until_a_clip_is_taken(world):
    async def ended(*faults):
        world.provider.faults.extend(faults)
        return await world.drive(await world.new_job())

    first, second = [await ended(ProviderRejected("no such model", code="404")) for _ in range(2)]
    assert (first.failure, second.failure) == (Failure.OURS, Failure.OURS)
    (told,) = world.notifier.told
    assert first.job_code in told
    assert "rejected it (404: no such model)" in told
    assert (await ended()).state is State.DONE
    third = await ended(ProviderRejected("no such model", code="404"))
    assert third.job_code in world.notifier.told[1]


async def test_a_rejection_of_a_prompt_is_not_told_to_the_operator(world):
    world.provider.faults.append(ModerationRefused("flagged"))
    assert (await world.drive(await world.new_job())).failure is Failure.MODERATION
    assert world.notifier.told == []
