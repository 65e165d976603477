"""What the message with the finished clip says."""

import json
from pathlib import Path

import pytest

from bot.domain.job import State
from bot.ports import Change, ClipFacts, Delivery, NoUpload
from bot.presentation.views.clip_message import changed, clip_page, why_no_upload
from tests.factories import a_job, a_request


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (ClipFacts(1280, 720, 3.2, 24.0, 1, "h264", "aac"), "A clip of 3.2 seconds: "),
        (ClipFacts(1280, 720, 5.04, 24.0, 1, "h264", "aac"), "A clip of 5 seconds: "),
        (None, "A clip of 5 seconds: "),
    ],
)
async def test_the_alt_text_says_how_long_the_clip_that_came_is(facts, said):
    job = a_job(state=State.DONE, request=a_request(duration=5))
    page = clip_page(job, Delivery(Path("clip.mp4"), "clip.mp4", facts, came=facts and facts.came), mention=False)
    assert said in json.dumps(page.to_components())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), ""),
        ((Change.REPACKED,), "repacked so that it plays everywhere"),
        ((Change.CONVERTED,), "converted so that it plays everywhere"),
        ((Change.CONVERTED, Change.SMALLER_FRAME), "converted so that it plays everywhere at 720P"),
        ((Change.COMPRESSED,), "compressed to fit the upload limit"),
        ((Change.COMPRESSED, Change.SMALLER_FRAME), "compressed at 720P to fit the upload limit"),
        (
            (Change.CONVERTED, Change.COMPRESSED, Change.SMALLER_FRAME),
            "converted so that it plays everywhere, compressed at 720P to fit the upload limit",
        ),
        (
            (Change.REPACKED, Change.SOUND_LEFT_OUT),
            "repacked so that it plays everywhere; its sound is broken and was left out",
        ),
    ],
)
def test_what_was_done_to_a_clip_is_told_in_one_line(changes, said):
    assert changed(frozenset(changes)) == said


def test_a_link_in_place_of_a_file_has_its_reason():
    assert why_no_upload(NoUpload(10 * 2**20)) == "The clip can't be made small enough for this place (10 MB)."
    assert why_no_upload(NoUpload()) == "Discord takes no file in this place."
