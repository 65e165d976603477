"""What a bot may open as a modal, and what a member may submit in it, without a server."""

import pytest

from sandbox.discord.errors import ApiError
from sandbox.discord.modals import Unfit, check_modal, submitted


def label(component, text="Field"):
    return {"type": 18, "label": text, "component": component}


PROMPT = label({"type": 4, "custom_id": "prompt", "style": 2, "min_length": 3, "max_length": 20, "value": "a kite"})
FILES = label({"type": 19, "custom_id": "files", "min_values": 1, "max_values": 2})
SHAPE = label(
    {
        "type": 21,
        "custom_id": "shape",
        "required": False,
        "options": [{"label": "Wide", "value": "w"}, {"label": "Tall", "value": "t", "default": True}],
    }
)
MODAL = {"custom_id": "m", "title": "Studio", "components": [PROMPT, FILES, SHAPE]}


def values(given):
    made = submitted(check_modal(MODAL), given)
    return {one["component"]["custom_id"]: one["component"].get("value", one["component"].get("values")) for one in made}


def test_what_was_not_touched_is_sent_as_it_was_prefilled():
    assert values({"files": ["1"]}) == {"prompt": "a kite", "files": ["1"], "shape": "t"}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"files": ["1"], "prompt": ""}, "must be filled in"),
        ({"files": ["1"], "prompt": "x" * 21}, "3 to 20 characters"),
        ({}, "1 to 2 values"),
        ({"files": ["1", "2", "3"]}, "1 to 2 values"),
        ({"files": ["1"], "shape": "square"}, "no option 'square'"),
        ({"files": ["1"], "colour": "red"}, "no field 'colour'"),
    ],
)
def test_what_discords_client_would_not_submit_is_refused(given, word):
    with pytest.raises(Unfit, match=word):
        values(given)


def test_every_fault_of_a_modal_is_told_at_once():
    bad = {"custom_id": "", "title": "", "components": [label({"type": 2, "custom_id": "b"})]}
    with pytest.raises(ApiError) as refused:
        check_modal(bad)
    assert set(refused.value.errors) == {"custom_id", "title", "components"}
