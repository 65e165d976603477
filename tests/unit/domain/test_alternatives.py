"""Alternatives in a prompt, such as `{rain|snow}`."""

from __future__ import annotations

import pytest

from bot.domain.alternatives import Alternative, count, escaped, expand


def prompts(typed: str) -> list[str]:
    return [each.prompt for each in expand(typed)]


def test_a_group_gives_one_prompt_for_each_of_its_texts_named_by_it() -> None:
    assert expand("a street in {rain|snow|fog}, at dusk") == (
        Alternative("a street in rain, at dusk", ("rain",)),
        Alternative("a street in snow, at dusk", ("snow",)),
        Alternative("a street in fog, at dusk", ("fog",)),
    )


def test_several_groups_give_each_combination_with_the_last_one_changing_first() -> None:
    assert [each.chosen for each in expand("{rain|snow} by {day|night}")] == [
        ("rain", "day"),
        ("rain", "night"),
        ("snow", "day"),
        ("snow", "night"),
    ]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("rain", 1), ("{rain}", 1), ("{rain|snow}", 2), ("{a|b|c} {d|e}", 6), ("{a|b}" * 500, 2**500), ("{rain|rain}", 1)],
)
def test_what_comes_out_is_counted_without_making_it(typed: str, number: int) -> None:
    assert count(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "no braces at all",
        "a sign that reads {hello}",
        "{",
        "}",
        "{}",
        "{|}",
        "an open {rain|snow",
        "closed only rain|snow}",
        "a | b",
        "C:\\new\\film",
        "\\",
        "emoji 🐎 and عربى {ok}",
    ],
)
def test_braces_and_bars_that_are_no_group_stay_as_they_are(typed: str) -> None:
    assert prompts(typed) == [typed]


@pytest.mark.parametrize(
    ("typed", "comes_out"),
    [
        (r"\{rain|snow\}", ["{rain|snow}"]),
        (r"\{rain|snow}", ["{rain|snow}"]),
        (r"{rain\|snow|fog}", ["rain|snow", "fog"]),
        (r"{a\}|b}", ["a}", "b"]),
        (r"\\{a|b}", ["\\a", "\\b"]),
        (r"\\\{a|b}", ["\\{a|b}"]),
    ],
)
def test_a_backslash_makes_a_brace_or_a_bar_text(typed: str, comes_out: list[str]) -> None:
    assert prompts(typed) == comes_out


def test_an_empty_text_in_a_group_is_the_prompt_without_it() -> None:
    assert expand("a {slow|} zoom") == (Alternative("a slow zoom", ("slow",)), Alternative("a  zoom", ("",)))


def test_groups_do_not_nest_so_the_inner_one_counts() -> None:
    assert prompts("{a|{b|c}|d}") == ["{a|b|d}", "{a|c|d}"]


def test_a_text_given_twice_in_a_group_is_one() -> None:
    assert prompts("{rain|snow|rain}") == ["rain", "snow"]


@pytest.mark.parametrize(
    "prompt", ["plain", "{a|b}", "{a} {b|c}", r"\{a|b\}", "\\\\{a|b}", "{a|b", r"\{", "C:\\new", "\\{a}", "{|}", "🐎{é|ü}"]
)
def test_an_escaped_prompt_comes_out_as_it_was(prompt: str) -> None:
    assert prompts(escaped(prompt)) == [prompt]


def test_a_prompt_without_a_group_is_not_changed_by_escaping() -> None:
    assert escaped("a sign that reads {hello}") == "a sign that reads {hello}"
