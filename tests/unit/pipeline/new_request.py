"""Tests of the sample request `still`. `tests/unit/test_new_request.py` adds it to a copy of the bot and runs these there."""

import json

import pytest
from bot.domain.still import StillRequest

from bot.domain.job import State
from bot.errors import ClipMissing
from bot.pipeline.submission import lost, submission
from bot.ports import Recognition
from bot.providers.preview.provider import PreviewProvider
from bot.providers.scenario import Account, ScenarioProvider, mapping, recognition
from bot.providers.scenario.wire import Job
from tests.factories import a_job, a_reference_image, a_request

STILL = StillRequest(prompt="A red kite", references=(a_reference_image(1),))


async def test_it_goes_from_the_books_through_the_pipeline_to_the_provider_beside_a_clip(world):
    for request in (STILL, a_request(prompt="A clip")):
        job = await world.at(State.PREPARING, request=request)
        for image in request.references:
            await world.storage.kept_pictures.remember_upload("scenario", image.sha256, "asset_1", world.clock.now)
        await world.runner.run(job.id, slot=True)
        assert world.provider.submitted[-1] == submission(job, ("asset_1",) * len(request.references))
        job = await world.storage.jobs.get(job.id)
        assert (job.state, job.request) == (State.GENERATING, request)
    read = "SELECT request FROM jobs ORDER BY id"
    rows = await world.storage.database.read(lambda transaction: transaction.rows(read, {}))
    assert [json.loads(row["request"])["type"] for row in rows] == ["still", "clip"]


async def test_after_a_kill_its_lost_submit_is_found_and_all_of_its_files_are_fetched(world, tmp_path):
    world.provider.recognises = Recognition(seed=False)
    world.provider.others = [b"second", b"third"]
    left = await world.at(State.SUBMITTING, request=STILL)
    (job,) = (await world.start_again()).unfinished
    assert (job.id, job.request) == (left.id, STILL)
    assert (await lost(job, world.storage.kept_pictures)).submission.request == STILL
    count = await world.provider.fetch("run", 0, tmp_path / "0", 1000)
    for position in range(1, count):
        await world.provider.fetch("run", position, tmp_path / str(position), 1000)
    assert [(tmp_path / str(position)).read_bytes() for position in range(3)] == [world.provider.clip, b"second", b"third"]
    with pytest.raises(ClipMissing):
        await world.provider.fetch("run", 3, tmp_path / "3", 1000)


def test_the_provider_that_takes_it_sends_it_to_its_model_and_knows_it_again_without_a_seed(world, tmp_path):
    scenario = ScenarioProvider(Account("key", "secret"), world.clock)
    assert scenario.availability.takes(STILL)
    assert not PreviewProvider(None, tmp_path).availability.takes(STILL)
    assert scenario.recognition(STILL) == Recognition(seed=False)

    sent = submission(a_job(request=STILL), ("asset_1",))
    assert (mapping.model_of(STILL.kind), "seed" in mapping.inputs(sent)) == ("model_still", False)
    told = {"prompt": "A red kite", "modelId": "model_still", "referenceImages": ["asset_1"]}
    for changes, ours in (({}, True), ({"referenceImages": ["asset_2"]}, False), ({"modelId": "model_other"}, False)):
        record = Job.model_validate({"jobId": "j", "status": "success", "metadata": {"input": told | changes}})
        assert recognition.is_ours(record, sent) is ours
