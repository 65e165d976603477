"""The bot's Scenario provider in cases that can cost money: what it does in each, and what the bill says."""

import base64
from contextlib import asynccontextmanager
from io import BytesIO

import httpx
import pytest
from PIL import Image

from bot.domain.job import Failure
from bot.ports import Phase
from bot.providers.scenario import Account, Pace, ScenarioProvider
from sandbox.testing.scenario import KEY, SECRET, served_scenario
from tests.factories import a_submission
from tests.fixtures.video_providers import SteppedClock

T2V = "model_alibaba-happy-horse-1.1"
R2V = "model_alibaba-happy-horse-reference-to-video-1.1"


@pytest.fixture
async def served():
    async with served_scenario() as made:
        yield made


@asynccontextmanager
async def provider_at(served, **settings):
    served.scenario.settings({"clip_seconds": 60, **settings})
    account = Account(KEY, SECRET, base_url=served.url, team_id="team_sandbox")
    async with ScenarioProvider(account, SteppedClock(served), pace=Pace(progress=0)) as provider:
        yield provider


async def test_an_accepted_cancel_may_prove_nothing(served):
    async with provider_at(served, cancel_accepts=True, cancel_ignored=True) as provider:
        job = (await provider.submit(a_submission())).reference
        assert await provider.cancel(job)
        assert (await provider.status(job)).phase in {Phase.WAITING, Phase.RUNNING}
        served.clock.advance(61)
        assert [one.phase for one in await provider.statuses({job})] == [Phase.SUCCEEDED]
    [entry] = served.scenario.bill()["entries"]
    assert (entry["cost"], entry["refunded"]) == (42, 0)


async def test_an_accepted_cancel_that_holds_is_seen_as_one(served):
    async with provider_at(served, cancel_accepts=True) as provider:
        job = (await provider.submit(a_submission())).reference
        assert await provider.cancel(job)
        assert (await provider.status(job)).phase is Phase.CANCELLED
    assert served.scenario.bill()["total"] == 0


@pytest.mark.parametrize(("refunds", "left"), [(True, 0), (False, 42)])
async def test_a_failure_tells_whether_its_charge_is_kept(served, refunds, left):
    async with provider_at(served, outcome="failure", refunds=refunds) as provider:
        job = (await provider.submit(a_submission())).reference
        served.clock.advance(61)
        [status] = await provider.statuses({job})
        assert (status.phase, status.failure, status.billed) == (Phase.FAILED, Failure.PROVIDER, not refunds)
    assert served.scenario.bill()["total"] == left


async def test_the_older_words_for_running_and_failed_mean_the_same(served):
    async with provider_at(served, outcome="failure", older_statuses=True) as provider:
        job = (await provider.submit(a_submission())).reference
        served.clock.advance(30)
        assert (await provider.status(job)).phase is Phase.RUNNING
        assert served.scenario.jobs()[0]["status"] == "processing"
        served.clock.advance(31)
        assert [one.phase for one in await provider.statuses({job})] == [Phase.FAILED]
        assert served.scenario.jobs()[0]["status"] == "failed"


def picture(width, height, kind="PNG", size=0):
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue().ljust(size, b"\0")


@pytest.mark.parametrize(
    ("field", "image", "word"),
    [
        ("image", picture(299, 500), "300 px"),
        ("image", picture(300, 751), "2.5:1"),
        ("image", picture(751, 300), "2.5:1"),
        ("image", picture(400, 400, "BMP"), "JPEG, PNG or WEBP"),
        ("image", picture(400, 400, "GIF"), "JPEG, PNG or WEBP"),
        ("referenceImages", picture(399, 900), "400 px"),
        ("referenceImages", picture(400, 400, "BMP"), "JPEG, PNG or WEBP"),
        ("image", picture(300, 750), None),
        ("image", picture(300, 300, "WEBP"), None),
        ("referenceImages", picture(400, 4000, "JPEG"), None),
    ],
)
@pytest.mark.parametrize("query", ["", "?dryRun=true"])
async def test_an_image_that_the_model_refuses_is_refused_at_submit(served, field, image, word, query):
    async with httpx.AsyncClient(base_url=served.url, auth=(KEY, SECRET)) as client:
        body = {"name": "a", "image": base64.b64encode(image).decode()}
        asset = (await client.post("/assets", json=body)).json()["asset"]["id"]
        model = R2V if field == "referenceImages" else T2V
        inputs = {"prompt": "a kite", field: [asset] if field == "referenceImages" else asset}
        answer = await client.post(f"/generate/custom/{model}{query}", json=inputs)
    if word is None:
        assert answer.status_code == (269 if query else 200)
    else:
        assert answer.status_code == 400
        assert word in answer.json()["reason"]
        assert served.scenario.bill()["entries"] == []


@pytest.mark.parametrize(("size", "taken"), [(10_000_000, True), (10_000_001, False)])
async def test_an_image_of_more_than_ten_megabytes_is_refused_at_submit(served, size, taken):
    async with provider_at(served) as provider:
        asset = await provider.upload("0" * 64, "image/png", picture(600, 600, size=size))
    async with httpx.AsyncClient(base_url=served.url, auth=(KEY, SECRET)) as client:
        answer = await client.post(f"/generate/custom/{T2V}", json={"prompt": "a kite", "image": asset})
    assert (answer.status_code == 200) is taken


@pytest.mark.parametrize(("size", "status"), [(5_999_999, 200), (6_000_000, 413)])
async def test_an_image_of_six_megabytes_does_not_go_in_one_call(served, size, status):
    body = {"name": "a", "image": base64.b64encode(picture(600, 600, size=size)).decode()}
    async with httpx.AsyncClient(base_url=served.url, auth=(KEY, SECRET)) as client:
        assert (await client.post("/assets", json=body)).status_code == status
