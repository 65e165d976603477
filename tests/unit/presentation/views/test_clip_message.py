"""What the finished message says of its clip."""

import json
from pathlib import Path

import pytest

from bot.domain.job import State
from bot.ports import ClipFacts, Delivery
from bot.presentation.views.clip_message import clip_page
from tests.factories import a_job, a_request


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (ClipFacts(1280, 720, 3.2, 24.0, 1, "h264", "aac"), "A clip of 3.2 seconds: "),
        (ClipFacts(1280, 720, 5.04, 24.0, 1, "h264", "aac"), "A clip of 5 seconds: "),
        (None, "A clip of 5 seconds: "),
    ],
)
async def test_who_has_the_clip_described_hears_how_long_it_came(facts, said):
    job = a_job(state=State.DONE, request=a_request(duration=5))
    page = clip_page(job, Delivery(Path("clip.mp4"), "clip.mp4", facts, "", facts and facts.came), mention=False)
    assert said in json.dumps(page.to_components())
