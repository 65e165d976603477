"""The model's limits are checked before anything is sent or charged."""

import pytest

from bot.domain import limits
from bot.domain.clip import (
    Aspect,
    ClipRequest,
    Kind,
    RawClip,
    ReferenceImage,
    Resolution,
    frame_size,
    problems_before_images,
)
from bot.errors import RequestRefused
from bot.problem import ProblemCode
from tests.factories import checked

SQUARE = ReferenceImage(sha256="a" * 64, width=1024, height=1024)


def refused(**values):
    with pytest.raises(RequestRefused) as caught:
        checked(**values)
    return caught.value.problems


def test_defaults_are_five_seconds_at_1080p_in_16_to_9():
    request = checked(kind="text", prompt="a red kite, wind")
    assert (request.duration, request.resolution, request.aspect, request.seed) == (5, Resolution.P1080, Aspect.WIDE, None)


@pytest.mark.parametrize("duration", [3, 15])
@pytest.mark.parametrize("seed", [0, limits.SEED_MAX])
@pytest.mark.parametrize("length", [1, 2500])
def test_every_limit_is_inclusive(duration, seed, length):
    assert checked(kind="text", prompt="x" * length, duration=duration, seed=seed).duration == duration


@pytest.mark.parametrize(
    ("values", "field", "code", "given"),
    [
        ({"prompt": ""}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": " \n\t"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "\u200b\u2060\u202e"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "\u3164\u3164"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "\u2800 \u115f\u1160\uffa0"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "\ufe0f"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "\u0301\u20dd \u093e"}, "prompt", ProblemCode.PROMPT_MISSING, ()),
        ({"prompt": "x" * 2501}, "prompt", ProblemCode.PROMPT_TOO_LONG, (2501,)),
        ({"duration": 2}, "duration", ProblemCode.LENGTH, ("2",)),
        ({"duration": 16}, "duration", ProblemCode.LENGTH, ("16",)),
        ({"duration": 4.5}, "duration", ProblemCode.LENGTH, ("4.5",)),
        ({"duration": "7"}, "duration", ProblemCode.LENGTH, ("7",)),
        ({"duration": True}, "duration", ProblemCode.LENGTH, ("True",)),
        ({"resolution": "4K"}, "resolution", ProblemCode.RESOLUTION, ("4K",)),
        ({"aspect": "2:1"}, "aspect", ProblemCode.SHAPE, ("2:1",)),
        ({"seed": -1}, "seed", ProblemCode.SEED, ("-1",)),
        ({"seed": limits.SEED_MAX + 1}, "seed", ProblemCode.SEED, ("2147483648",)),
        ({"references": (SQUARE,)}, "images", ProblemCode.NO_PICTURES_TAKEN, (1,)),
        ({"kind": "image"}, "image", ProblemCode.ONE_STILL, (0,)),
        ({"kind": "image", "references": (SQUARE, SQUARE)}, "image", ProblemCode.ONE_STILL, (2,)),
        ({"kind": "characters"}, "characters", ProblemCode.CHARACTER_PICTURES, (0,)),
        ({"kind": "characters", "references": (SQUARE,) * 10}, "characters", ProblemCode.CHARACTER_PICTURES, (10,)),
    ],
)
def test_a_broken_limit_names_the_field_and_what_was_given(values, field, code, given):
    problems = refused(**{"kind": "text", "prompt": "a red kite, wind", **values})
    assert [(each.field, each.code, each.given) for each in problems] == [(field, code, given)]


def test_every_problem_is_told_at_once():
    problems = refused(
        kind="characters", prompt="x" * 2501 + " character3", duration=99, seed=-4, aspect="no", references=(SQUARE,)
    )
    assert [each.field for each in problems] == ["prompt", "duration", "aspect", "seed", "prompt"]
    assert problems[-1].given == (3,)


def test_a_character_without_an_image_is_an_error_and_one_with_is_not():
    assert checked(kind="characters", prompt="character1 waves", references=(SQUARE,)).characters_used == {1}
    assert [each.given for each in refused(kind="characters", prompt="character0 and character2", references=(SQUARE,))] == [
        (0, 2)
    ]


def test_characters_without_a_picture_stand_beside_how_many_pictures_came_and_may_come():
    (problem,) = refused(kind="characters", prompt="character9 nods to character4", references=(SQUARE,))
    assert (problem.code, problem.given, problem.allowed) == (ProblemCode.STRANGERS, (4, 9), (1, 9))


def test_a_characters_number_is_stored_in_the_models_own_spelling():
    request = checked(kind="characters", prompt="Character 1 greets CHARACTER-2", references=(SQUARE, SQUARE))
    assert request.prompt == "character1 greets character2"


@pytest.mark.parametrize(
    "prompt",
    [
        "The main character 2 seconds later",
        "The character 5 years older",
        "The character 10-year-old fans love",
        "Her character 3 times in a row",
        "The character 6 feet tall",
        "The character 4 s later",
        "character2nd",
        "mycharacter2",
    ],
)
def test_a_number_that_counts_something_else_names_no_character(prompt):
    assert checked(kind="characters", prompt=prompt, references=(SQUARE,)).characters_used == frozenset()


@pytest.mark.parametrize("prompt", ["character2が笑う", "Der character2, dann", "character 2 steps closer", "Character２ nods"])
def test_a_character_is_recognised_beside_other_scripts_and_words(prompt):
    assert [each.given for each in refused(kind="characters", prompt=prompt, references=(SQUARE,))] == [(2,)]


def test_character_words_in_other_kinds_are_left_alone():
    assert checked(kind="text", prompt="Character 7 dances").prompt == "Character 7 dances"


def test_problems_found_before_images_are_read_count_the_images():
    assert problems_before_images(RawClip(Kind.CHARACTERS, "character2 nods"), 2) == ()
    assert [each.field for each in problems_before_images(RawClip(Kind.CHARACTERS, "character2 nods"), 1)] == ["prompt"]
    assert [each.field for each in problems_before_images(RawClip(Kind.TEXT, "", duration=1), 1)] == [
        "prompt",
        "duration",
        "images",
    ]


@pytest.mark.parametrize(
    ("resolution", "aspect", "frame"),
    [
        ("720P", "16:9", (1280, 720)),
        ("1080P", "16:9", (1920, 1080)),
        ("720P", "9:16", (720, 1280)),
        ("1080P", "1:1", (1080, 1080)),
        ("720P", "21:9", (1680, 720)),
        ("1080P", "9:21", (1080, 2520)),
        ("720P", "4:5", (720, 900)),
    ],
)
def test_the_frame_has_the_resolutions_short_side_and_the_presets_shape(resolution, aspect, frame):
    assert checked(kind="text", prompt="x", resolution=resolution, aspect=aspect).frame == frame


def test_a_stills_own_shape_wins_over_the_setting():
    still = ReferenceImage(sha256="b" * 64, width=451, height=300)
    request = checked(kind="image", prompt="x", aspect="9:16", resolution="720P", references=(still,))
    assert request.frame == (1082, 720)


@pytest.mark.parametrize("ratio", [0.4, 0.77, 1, 1.503, 2.5])
def test_frames_are_even_because_video_needs_it(ratio):
    assert all(side % 2 == 0 for side in frame_size(Resolution.P720, ratio))


def test_a_request_survives_storage():
    request = checked(kind="characters", prompt="character1", references=(SQUARE,), seed=7)
    assert ClipRequest.model_validate_json(request.model_dump_json()) == request
    assert request.kind is Kind.CHARACTERS
