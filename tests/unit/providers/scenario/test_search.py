"""Finding the clip of a submit whose answer was lost."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.domain.clip import Kind, Resolution
from bot.ports import Lost
from bot.providers.scenario import ScenarioProvider
from tests.fixtures.lost_submits import lose


def a_picture(colour):
    file = BytesIO()
    Image.new("RGB", (640, 640), colour).save(file, "PNG")
    return file.getvalue()


async def test_a_lost_submit_is_found_by_prompt_and_seed(served, provider, submission, clock):
    served.scenario.settings({"parallel": 99})
    other = (await provider.submit(submission(seed=6))).reference
    lost = await lose(served, provider, submission(job_id=5), clock)
    never = Lost(submission(job_id=6, prompt="another"), clock.now_ms())
    found = await provider.find([lost, never], {other})
    mine = next(job["jobId"] for job in served.scenario.jobs() if job["jobId"] != other)
    assert found == {5: mine}


async def test_the_720p_clip_is_not_taken_for_the_1080p_final_of_the_same_seed(served, provider, submission, clock):
    draft = await lose(served, provider, submission(job_id=1), clock)
    final = await lose(served, provider, submission(job_id=2, resolution=Resolution.P1080), clock)
    found = await provider.find([draft, final], set())
    assert len(set(found.values())) == 2
    assert None not in found.values()


async def test_a_clip_that_another_job_holds_is_no_candidate(provider, submission, clock):
    held = (await provider.submit(submission())).reference
    assert await provider.find([Lost(submission(job_id=2), clock.now_ms())], {held}) == {}


async def test_two_candidates_are_unknown_not_a_guess(served, provider, submission, clock):
    for _ in range(2):
        lost = await lose(served, provider, submission(), clock)
    assert await provider.find([lost], set()) == {1: None}


async def test_equal_submits_of_two_members_get_a_clip_each_in_order_of_age(served, provider, submission, clock):
    served.scenario.settings({"parallel": 9})
    lost = []
    for number in (3, 1, 2):
        lost.append(await lose(served, provider, submission(job_id=number), clock))
        clock.advance(2)
    clips = [job["jobId"] for job in served.scenario.jobs()]
    assert await provider.find(lost[::-1], set()) == dict(zip((3, 1, 2), clips, strict=True))


async def test_a_typed_seed_counts_as_equal_to_the_same_seed_drawn(served, provider, submission, clock):
    drawn = await lose(served, provider, submission(job_id=1), clock)
    clock.advance(2)
    same = submission(job_id=2)
    typed = replace(same, request=same.request.model_copy(update={"seed": same.seed}))
    lost = [drawn, await lose(served, provider, typed, clock)]
    assert await provider.find(lost, set()) == dict(enumerate([job["jobId"] for job in served.scenario.jobs()], 1))


async def test_of_equal_submits_the_oldest_get_what_clips_there_are_and_the_others_are_not_listed(
    served, provider, submission, clock
):
    one = await lose(served, provider, submission(job_id=1), clock)
    later = [Lost(submission(job_id=number), one.submitted_at_ms + number) for number in (2, 3)]
    assert await provider.find([*later, one], set()) == {1: served.scenario.jobs()[0]["jobId"]}


async def test_among_more_clips_than_equal_submits_nothing_is_guessed(served, provider, submission, clock):
    lost = [await lose(served, provider, submission(job_id=number), clock) for number in (1, 2, 3)]
    assert await provider.find(lost[:2], set()) == {1: None, 2: None}


async def test_submits_of_different_requests_with_one_clip_between_them_are_both_unknown(served, provider, submission, clock):
    one = await lose(served, provider, submission(job_id=1), clock)
    other = Lost(submission(job_id=2, aspect="9:16", frame=(720, 1280)), one.submitted_at_ms)
    assert await provider.find([one, other], set()) == {1: None, 2: None}


async def test_equal_pictures_that_are_not_remembered_make_no_equal_submits(served, provider, submission, clock):
    (picture,) = [await provider.upload("red", "image/png", a_picture("red"))]
    one = await lose(served, provider, submission(job_id=1, kind=Kind.IMAGE, images=(picture,)), clock)
    forgotten = [Lost(submission(job_id=number, kind=Kind.IMAGE), one.submitted_at_ms) for number in (1, 2)]
    assert await provider.find(forgotten, set()) == {1: None, 2: None}


async def test_equal_stills_of_two_members_and_a_remix_with_another_get_a_clip_each(served, provider, submission, clock):
    served.scenario.settings({"parallel": 9})
    pictures = [await provider.upload(colour, "image/png", a_picture(colour)) for colour in ("red", "red", "blue")]
    shown = [pictures[0], pictures[2], pictures[0]]
    lost = [
        await lose(served, provider, submission(job_id=number, kind=Kind.IMAGE, images=(picture,)), clock)
        for number, picture in enumerate(shown, 1)
    ]
    found = await provider.find(lost, set())
    echoed = {job["jobId"]: job["metadata"]["input"]["image"] for job in served.scenario.jobs()}
    assert [echoed[found[number]] for number in (1, 2, 3)] == shown
    assert len(set(found.values())) == 3


async def test_a_remix_with_another_picture_is_told_apart_by_the_picture(served, provider, submission, clock):
    pictures = [
        await provider.upload(sha256, "image/png", a_picture(colour)) for sha256, colour in (("a", "red"), ("b", "blue"))
    ]
    lost = [
        await lose(served, provider, submission(job_id=number, kind=Kind.IMAGE, images=(picture,)), clock)
        for number, picture in enumerate(pictures, 1)
    ]
    found = await provider.find(lost, set())
    echoed = {job["jobId"]: job["metadata"]["input"]["image"] for job in served.scenario.jobs()}
    assert [echoed[found[number]] for number in (1, 2)] == pictures


async def test_a_clip_whose_picture_was_uploaded_once_more_since_is_still_its_own(served, provider, submission, clock):
    first, again = [await provider.upload("red", "image/png", a_picture("red")) for _ in range(2)]
    lost = await lose(served, provider, submission(job_id=1, kind=Kind.IMAGE, images=(first,)), clock)
    remembered = Lost(submission(job_id=1, kind=Kind.IMAGE, images=(again,)), lost.submitted_at_ms)
    assert await provider.find([remembered], set()) == {1: served.scenario.jobs()[0]["jobId"]}


async def test_any_number_of_lost_submits_takes_one_pass_over_the_listing(served, provider, submission, clock):
    served.scenario.settings({"parallel": 999})
    for seed in range(150):
        await served.scenario.submit(
            "model_alibaba-happy-horse-1.1", {"prompt": "p", "seed": seed, "duration": 3, "resolution": "720P"}
        )
    begun = served.records.last
    lost = [Lost(submission(job_id=seed, prompt="p", seed=seed), clock.now_ms()) for seed in range(150)]
    found = await provider.find(lost, set())
    assert len(found) == 150
    assert None not in found.values()
    assert len(served.records.since(begun)) == 2


async def test_a_lost_submit_is_found_though_the_vendors_clock_is_an_hour_behind(served, account, submission):
    class Ahead:
        def now_ms(self):
            return served.clock.now_ms() + 3_600_000

        async def sleep(self, seconds):
            served.clock.advance(seconds)

    clock = Ahead()
    async with ScenarioProvider(account, clock) as provider:
        first = (await provider.submit(submission(seed=1))).reference
        lost = await lose(served, provider, submission(job_id=5), clock)
        found = await provider.find([lost], {first})
    assert found == {5: next(job["jobId"] for job in served.scenario.jobs() if job["jobId"] != first)}


def bend_ids(served, **which):
    """Has the listing show records whose id can't be read."""
    served.scenario.bends.add([{"path": "/jobs", "set": {"job.jobId": "projects/1/jobs/{2}"}, **which}], lambda _: None)


async def test_a_clip_that_is_listed_without_an_id_is_unknown_and_not_made_again(served, provider, submission, clock):
    lost = await lose(served, provider, submission(), clock)
    bend_ids(served)
    assert await provider.find([lost], set()) == {1: None}


@pytest.mark.parametrize("changes", [{"seed": 8}, {"prompt": "another"}, {"resolution": Resolution.P1080}])
async def test_somebody_elses_clip_without_an_id_leaves_a_lost_submit_alone(served, provider, submission, clock, changes):
    await lose(served, provider, submission(), clock)
    bend_ids(served)
    assert await provider.find([Lost(submission(job_id=2, **changes), clock.now_ms())], set()) == {}


async def test_a_record_without_id_or_words_leaves_a_lost_submit_alone(served, provider, submission, clock):
    served.scenario.foreign += [{"jobId": None}, {}, "text"]
    assert await provider.find([Lost(submission(), clock.now_ms())], set()) == {}


async def test_a_clip_with_an_id_is_found_beside_one_without(served, provider, submission, clock):
    served.scenario.settings({"parallel": 9})
    first = await lose(served, provider, submission(), clock)
    name = served.scenario.jobs()[0]["jobId"]
    second = await lose(served, provider, submission(job_id=2), clock)
    bend_ids(served, job=name)
    found = await provider.find([first, second], set())
    assert sorted(found) == [1, 2]
    assert None in found.values()
    assert name not in found.values()


@pytest.mark.parametrize("seconds", [-86_400, -600, 600, 80_000])
async def test_a_lost_submit_is_found_where_the_date_of_answers_is_not_that_of_the_records(
    served, provider, submission, clock, seconds
):
    served.scenario.bends.add([{"date_seconds": seconds}], lambda _: None)
    lost = await lose(served, provider, submission(), clock)
    (mine,) = served.scenario.jobs()
    assert await provider.find([lost], set()) == {1: mine["jobId"]}
