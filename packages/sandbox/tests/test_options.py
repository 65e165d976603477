"""Options of a command as a member types them: what is sent for them, and what Discord's client would refuse."""

import pytest

from sandbox.discord.options import BadOption, filled, find

PROMPT = {"name": "prompt", "type": 3, "required": True, "min_length": 2, "max_length": 10}
SECONDS = {"name": "seconds", "type": 4, "min_value": 3, "max_value": 15}
SHAPE = {"name": "shape", "type": 3, "choices": [{"name": "Wide", "value": "16:9"}, {"name": "Tall", "value": "9:16"}]}
PRIVATE = {"name": "private", "type": 5}
ALL = [PROMPT, SECONDS, SHAPE, PRIVATE]


def values(given, **options):
    return {one["name"]: one["value"] for one in filled(ALL, given, lambda _, value: value, **options)}


def test_texts_from_a_command_line_become_what_the_option_takes():
    given = {"prompt": "a kite", "seconds": "5", "shape": "Tall", "private": "true"}
    assert values(given) == {"prompt": "a kite", "seconds": 5, "shape": "9:16", "private": True}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "required"),
        ({"prompt": "x"}, "2 to 10 characters"),
        ({"prompt": "x" * 11}, "2 to 10 characters"),
        ({"prompt": "a kite", "seconds": 2}, "between 3 and 15"),
        ({"prompt": "a kite", "seconds": 4.5}, "whole number"),
        ({"prompt": "a kite", "seconds": "five"}, "a number"),
        ({"prompt": "a kite", "shape": "4:3"}, "Wide, Tall"),
        ({"prompt": "a kite", "private": "perhaps"}, "true or false"),
        ({"prompt": "a kite", "colour": "red"}, "no option 'colour'"),
    ],
)
def test_what_discords_client_would_not_send_is_refused_with_a_reason(given, word):
    with pytest.raises(BadOption, match=word):
        values(given)


def test_while_one_option_is_typed_the_others_may_be_missing():
    assert values({"seconds": "x"}, focused="seconds") == {"seconds": "x"}


def test_a_subcommand_must_be_named_and_known():
    command = {"name": "video", "options": [{"name": "text", "type": 1, "options": ALL}]}
    assert find(command, ["text"])[1] is ALL
    with pytest.raises(BadOption, match="name a subcommand: text"):
        find(command, [])
    with pytest.raises(BadOption, match="it has: text"):
        find(command, ["sound"])
