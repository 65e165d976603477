"""The transition table, and that the drawing in the docs is drawn from it."""

import re
from pathlib import Path

import pytest

from bot.domain.filename import clip_filename
from bot.domain.job import ENDED, FREE_TO_CANCEL, TRANSITIONS, State, diagram, may_follow
from tests.factories import a_job, a_request


def test_every_state_leads_to_an_end():
    reached = set(ENDED)
    while True:
        more = {state for state, after in TRANSITIONS.items() if after & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State)


def test_no_end_is_ever_left():
    assert all(not may_follow(end, state) for end in ENDED for state in State)


def test_only_a_submit_can_end_unknown():
    assert [state for state in State if may_follow(state, State.UNKNOWN)] == [State.SUBMITTING]


def test_a_free_cancel_is_only_there_before_the_intent_to_spend_is_written():
    assert {State.QUEUED, State.PREPARING} == FREE_TO_CANCEL


def test_the_drawing_in_the_docs_is_the_table():
    design = (Path(__file__).resolve().parents[3] / "docs" / "design.md").read_text(encoding="utf-8")
    drawings = re.findall(r"```mermaid\n(.*?)\n```", design, re.DOTALL)
    assert diagram() in drawings


@pytest.mark.parametrize(
    ("prompt", "start"),
    [
        ("A red kite, over the DUNES!", "a-red-kite-over-the-dunes-5s-1080p-"),
        ("../../etc/passwd\x00", "etc-passwd-5s-1080p-"),
        ("雨の夜", "clip-from-text-5s-1080p-"),
        ("con", "clip-from-text-5s-1080p-"),
        ("Été à Paris", "ete-a-paris-5s-1080p-"),
        ("x" * 2500, "x" * 40 + "-5s-1080p-"),
    ],
)
def test_a_filename_is_safe_short_and_tells_the_clip(prompt, start):
    name = clip_filename(a_job(request=a_request(prompt=prompt)))
    assert name.startswith(start)
    assert re.fullmatch(r"[a-z0-9-]+\.mp4", name)
    assert len(name) <= 80
