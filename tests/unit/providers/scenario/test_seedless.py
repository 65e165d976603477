"""Finding the lost submits of a model that takes no seed: by model, prompt and pictures, and never from before the submit."""

from io import BytesIO

import pytest
from PIL import Image

from bot.domain.clip import Kind
from bot.ports import Lost, Recognition
from bot.providers.scenario import mapping
from tests.fixtures.lost_submits import lose


@pytest.fixture(autouse=True)
def seedless(monkeypatch):
    """A sample: the models of today, as if they took no seed."""
    for model in mapping.MODELS:
        monkeypatch.setitem(mapping.RECOGNITION, model, Recognition(seed=False))


@pytest.fixture
def roomy(served):
    served.scenario.settings({"parallel": 9})
    return served


async def a_picture(provider, colour):
    file = BytesIO()
    Image.new("RGB", (640, 640), colour).save(file, "PNG")
    return await provider.upload(colour, "image/png", file.getvalue())


def names(served):
    return [job["jobId"] for job in served.scenario.jobs()]


async def test_no_seed_is_sent_and_the_clip_is_found_by_its_prompt_alone(roomy, provider, submission, clock):
    await provider.submit(submission(job_id=4, prompt="another"))
    lost = await lose(roomy, provider, submission(job_id=5, seed=1), clock)
    assert all("seed" not in job["metadata"]["input"] for job in roomy.scenario.jobs())
    assert "seed" not in mapping.model_inputs(mapping.TEXT_AND_IMAGE)
    assert await provider.find([lost], set()) == {5: names(roomy)[-1]}


async def test_two_candidates_are_unknown_not_a_guess_though_their_seeds_differ(roomy, provider, submission, clock):
    for seed in (1, 2):
        lost = await lose(roomy, provider, submission(seed=seed), clock)
    assert await provider.find([lost], set()) == {1: None}


async def test_a_clip_that_another_job_holds_is_no_candidate(roomy, provider, submission, clock):
    held = (await provider.submit(submission(seed=1))).reference
    lost = await lose(roomy, provider, submission(job_id=2, seed=2), clock)
    assert await provider.find([lost], {held}) == {2: names(roomy)[-1]}


async def test_equal_submits_get_a_clip_each_in_order_of_age(roomy, provider, submission, clock):
    lost = []
    for number in (3, 1, 2):
        lost.append(await lose(roomy, provider, submission(job_id=number, seed=number), clock))
        clock.advance(2)
    assert await provider.find(lost[::-1], set()) == dict(zip((3, 1, 2), names(roomy), strict=True))


@pytest.mark.parametrize(("kind", "shown"), [(Kind.IMAGE, ("blue",)), (Kind.CHARACTERS, ("blue", "red")), (Kind.TEXT, ())])
async def test_a_clip_of_other_pictures_is_not_taken_for_it(roomy, provider, submission, clock, kind, shown):
    uploaded = {colour: await a_picture(provider, colour) for colour in ("red", "blue")}
    sent = {"red": Kind.IMAGE, "blue": Kind.IMAGE} if kind is Kind.TEXT else {"red": kind}
    for colour, how in sent.items():
        images = (uploaded[colour],) if how is Kind.IMAGE else (uploaded["red"], uploaded["blue"])
        await lose(roomy, provider, submission(job_id=1, kind=how, images=images), clock)
    never = submission(job_id=2, kind=kind, images=tuple(uploaded[colour] for colour in shown))
    assert await provider.find([Lost(never, clock.now_ms())], set()) == {}


async def test_a_clip_of_its_pictures_is_found_beside_one_of_others(roomy, provider, submission, clock):
    lost = []
    for number, colour in enumerate(("red", "blue"), 1):
        images = (await a_picture(provider, colour),)
        lost.append(await lose(roomy, provider, submission(job_id=number, kind=Kind.IMAGE, images=images), clock))
    assert await provider.find([lost[1]], set()) == {2: names(roomy)[1]}
    assert await provider.find(lost, set()) == dict(enumerate(names(roomy), 1))


async def test_one_whose_pictures_are_not_remembered_is_unknown_and_not_made_again(roomy, provider, submission, clock):
    image = await a_picture(provider, "red")
    lost = await lose(roomy, provider, submission(job_id=1, kind=Kind.IMAGE, images=(image,)), clock)
    forgotten = [Lost(submission(job_id=1, kind=Kind.IMAGE), lost.submitted_at_ms)]
    clock.advance(61)
    assert await provider.find(forgotten, set()) == {1: None}


async def test_a_clip_from_before_its_submit_is_not_taken_for_it(roomy, provider, submission, clock):
    await lose(roomy, provider, submission(job_id=1), clock)
    clock.advance(3600)
    assert await provider.find([Lost(submission(job_id=2), clock.now_ms())], set()) == {}
