"""The transition table, and that the drawing in the docs matches it."""

import re
from pathlib import Path

from bot.domain.job import ENDED, FREE_TO_CANCEL, TRANSITIONS, State, diagram, may_follow


def test_every_state_leads_to_a_final_one():
    reached = set(ENDED)
    while True:
        more = {state for state, after in TRANSITIONS.items() if after & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State)


def test_a_final_state_is_never_left():
    assert all(not may_follow(end, state) for end in ENDED for state in State)


def test_only_a_submit_can_end_unknown():
    assert [state for state in State if may_follow(state, State.UNKNOWN)] == [State.SUBMITTING]


def test_a_cancel_is_free_only_before_the_submit_is_stored():
    assert {State.QUEUED, State.PREPARING} == FREE_TO_CANCEL


def test_the_drawing_in_the_docs_is_the_table():
    design = (Path(__file__).resolve().parents[3] / "docs" / "design.md").read_text(encoding="utf-8")
    drawings = re.findall(r"```mermaid\n(.*?)\n```", design, re.DOTALL)
    assert diagram() in drawings
