"""Several clips of one request: which they are, what tells them apart, and what is wrong with any of them."""

import pytest

from bot.domain import takes
from bot.domain.clip import ClipRequest, Kind, RawClip
from bot.domain.takes import clips_in, count, problems_in, prompts_in, seeds, typed_otherwise
from bot.problem import Problem, ProblemCode


def told(clips):
    return [(each.raw.prompt, each.raw.seed, each.take, each.variant) for each in clips]


def a_raw(prompt="A kite", **changes):
    return RawClip(Kind.TEXT, prompt, **changes)


@pytest.mark.parametrize("raw", [a_raw(), a_raw(takes=1)])
def test_a_request_without_takes_or_alternatives_is_one_clip_as_it_was_typed(raw):
    assert told(clips_in(raw)) == [("A kite", None, 0, "")]


def test_takes_are_numbered_and_the_typed_seed_is_that_of_the_first():
    assert told(clips_in(a_raw(takes=3, seed=5))) == [("A kite", 5, 1, ""), ("A kite", None, 2, ""), ("A kite", None, 3, "")]


def test_each_alternative_has_all_takes_and_is_named_by_what_differs():
    raw = a_raw("A {red|blue} kite in {rain|snow}", duration=8)
    assert count(raw) == 4
    assert told(clips_in(raw))[1] == ("A red kite in snow", None, 0, "red, snow")
    assert {each.raw.duration for each in clips_in(raw)} == {8}
    several = clips_in(a_raw("A {red|blue} kite", takes=2, seed=5))
    assert [(each.variant, each.take, each.raw.seed) for each in several] == [
        ("red", 1, 5),
        ("red", 2, None),
        ("blue", 1, 5),
        ("blue", 2, None),
    ]


def test_a_request_from_an_escaped_prompt_gives_the_same_single_clip_again():
    [clip] = clips_in(a_raw(r"A sign that says \{left|right\}"))
    request = ClipRequest.check(clip.raw)
    assert request.prompt == "A sign that says {left|right}"
    assert told(clips_in(request.raw)) == [("A sign that says {left|right}", None, 0, "")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" A red kite\n", ""),
        ("A {red|blue} kite", "A {red|blue} kite"),
        (r"A {red|blue} kite in \{1|2\} ", r"A {red|blue} kite in \{1|2\}"),
        (r"A kite in \{1|2\}", ""),
    ],
)
def test_a_prompt_is_kept_as_it_was_typed_where_the_clips_have_several(typed, kept):
    raw = RawClip(Kind.TEXT, typed, takes=2)
    prompts = [ClipRequest.check(each.raw).prompt for each in clips_in(raw)]
    assert typed_otherwise(raw, prompts) == kept


def test_seeds_are_different_though_the_same_number_is_drawn():
    assert seeds(None, 3, lambda: 7) == (7, 8, 9)
    assert seeds(2_147_483_647, 2, lambda: 2_147_483_647) == (2_147_483_647, 0)
    assert seeds(3, 1, lambda: 7) == (3,)


@pytest.mark.parametrize("typed", [0, 5, -1, "many"])
def test_a_wrong_number_of_takes_is_told_beside_what_else_is_wrong(typed):
    problems = problems_in(a_raw(takes=typed, duration=99), 0)
    assert [each.code for each in problems] == [ProblemCode.TAKES, ProblemCode.LENGTH]
    assert problems[0] == Problem(ProblemCode.TAKES, "takes", (str(typed),), (1, 4))


def test_more_than_six_clips_are_counted_and_none_is_made(monkeypatch):
    monkeypatch.setattr(takes.alternatives, "expand", lambda _: pytest.fail("it was expanded"))
    raw = a_raw("A {red|blue} kite", takes=4, duration=99)
    assert problems_in(raw, 0)[-1] == Problem(ProblemCode.TOO_MANY_CLIPS, "prompt", (8, 2, 4), (6,))
    assert [each.code for each in problems_in(raw, 0)] == [ProblemCode.LENGTH, ProblemCode.TOO_MANY_CLIPS]
    huge = a_raw("{a|b}" * 1_000)
    assert problems_in(huge, 0) == (Problem(ProblemCode.TOO_MANY_CLIPS, "prompt", (9_999, 9_999, 1), (6,)),)
    assert prompts_in(huge) == (huge.prompt,)


def test_every_prompt_is_checked_after_the_alternatives_and_each_problem_is_told_once():
    assert problems_in(a_raw(f"{{{'x' * 2_000}|y}} {'z' * 490}", takes=2), 0) == ()
    long = problems_in(a_raw(f"{{{'x' * 2_000}|{'x' * 2_010}|y}} {'z' * 600}", takes=2), 0)
    assert long == (Problem(ProblemCode.PROMPT_TOO_LONG, "prompt", (2_611,), (1, 2500)),)
    strangers = RawClip(Kind.CHARACTERS, "{character4|character1|character3} waves")
    assert problems_in(strangers, 1) == (Problem(ProblemCode.STRANGERS, "prompt", (3, 4), (1, 9)),)
    assert problems_in(strangers, 4) == ()
