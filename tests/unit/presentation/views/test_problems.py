"""Every problem code has a text, and every text has a code."""

import pytest

from bot.domain import limits
from bot.domain.clip import Kind, ReferenceImage
from bot.domain.image import ImageFacts, Use, problems
from bot.errors import RequestRefused
from bot.presentation.views.problems import WORDS, words_of
from bot.problem import Problem, ProblemCode
from tests.factories import checked

SQUARE = ReferenceImage(sha256="a" * 64, width=1024, height=1024)


def told(problem):
    words = words_of(problem)
    return f"given {words.given}, {'needed' if words.missing else 'allowed'} {words.allowed}", words.remedy


def of_request(**values):
    with pytest.raises(RequestRefused) as caught:
        checked(**{"kind": Kind.TEXT.value, "prompt": "a red kite, wind", **values})
    (problem,) = caught.value.problems
    return problem


def of_picture(name="PNG", width=1024, height=1024, size=1000):
    (problem,) = problems(ImageFacts(name, width, height, size), Use.FIRST_FRAME, "image")
    return problem


EXAMPLES = [
    (
        of_request(prompt=" "),
        "given nothing, needed 1 to 2,500 characters",
        "Describe what is seen and what is heard.",
    ),
    (
        of_request(prompt="x" * 2700),
        "given 2,700 characters, allowed 1 to 2,500 characters",
        "Shorten it by 200 characters.",
    ),
    (
        of_request(duration="4.5"),
        "given 4.5, allowed 3 to 15 whole seconds",
        "Choose a length in whole seconds; make longer stories as several clips.",
    ),
    (
        of_request(resolution="4K"),
        "given 4K, allowed 720P or 1080P",
        "720P for trying ideas, 1080P for finals.",
    ),
    (
        of_request(aspect="2:1"),
        "given 2:1, allowed 16:9, 4:3, 1:1, 9:16, 3:4, 4:5, 5:4, 9:21, 21:9",
        "Choose one of the shapes in the list.",
    ),
    (
        of_request(seed=-1),
        "given -1, allowed whole numbers from 0 to 2,147,483,647",
        "Leave it empty for a new result, or give a number from an earlier clip.",
    ),
    (
        Problem(ProblemCode.UNUSABLE, "request", ("x",)),
        "given x, allowed something else",
        "Change it and try again.",
    ),
    (
        Problem(ProblemCode.NOT_MADE, "request", ("clip",)),
        "given clip, allowed something else",
        "No video service of this bot makes it.",
    ),
    (
        of_request(references=(SQUARE,)),
        "given 1 picture, allowed none in a clip from text",
        "Use /video image or /video characters for pictures.",
    ),
    (
        of_request(kind="image"),
        "given no picture, needed one still picture",
        "Attach one picture to start the clip from.",
    ),
    (
        of_request(kind="characters", references=(SQUARE,) * 10),
        "given 10 pictures, allowed 1 to 9 pictures",
        "Attach one picture for each character.",
    ),
    (
        of_request(kind="characters", prompt="character2 nods", references=(SQUARE,)),
        "given character2, allowed character1, one for each picture",
        "Attach a picture for character2, or change the number in the prompt.",
    ),
    (
        Problem(ProblemCode.GAP, "character2"),
        "given no picture, needed one for each character",
        "Add a picture for character2, or leave it out of the prompt.",
    ),
    (
        Problem(ProblemCode.GAP_BEFORE, "character2", (), (3,)),
        "given no picture, needed one, since character3 has one",
        "Add a picture for character2, or start again with the pictures in order.",
    ),
    (
        Problem(ProblemCode.TAKES, "takes", ("9",), (1, 4)),
        "given 9, allowed 1 to 4",
        "Choose how many clips are made of it, each with a seed of its own.",
    ),
    (
        Problem(ProblemCode.TOO_MANY_CLIPS, "prompt", (8, 2, 4), (6,)),
        "given 8 clips, 2 prompts with 4 takes each, allowed up to 6 clips",
        r"Ask for fewer takes, or give fewer choices between braces. Write `\{` for a brace that is only text.",
    ),
    (
        Problem(ProblemCode.TOO_MANY_CLIPS, "prompt", (9_999, 9_999, 1), (6,)),
        "given more than 9,999 clips, allowed up to 6 clips",
        r"Ask for fewer takes, or give fewer choices between braces. Write `\{` for a brace that is only text.",
    ),
    (
        Problem(ProblemCode.TOO_MANY_KEPT, "image", (103_400_000,), (100_000_000,)),
        "given 103 MB of pictures in your requests that were refused, allowed less than 100 MB",
        "Edit one of those and try again, or wait until tomorrow.",
    ),
    (
        of_picture("PDF"),
        "given PDF, allowed JPEG, PNG, WEBP, GIF or HEIC",
        "Save the picture as JPEG or PNG and attach it.",
    ),
    (
        Problem(ProblemCode.EMPTY_FILE, "image", (), limits.IMAGE_FORMATS),
        "given an empty file, allowed a JPEG, PNG, WEBP, GIF or HEIC",
        "Attach the picture again.",
    ),
    (
        of_picture(size=12_340_000),
        "given 12.3 MB, allowed up to 10 MB",
        "Attach a smaller copy; a JPEG of 2000 pixels is plenty.",
    ),
    (
        of_picture(width=451, height=200),
        "given 451 x 200 pixels, allowed a short side of 300 pixels or more",
        "Attach a larger picture; enlarging a small one rarely looks good.",
    ),
    (
        of_picture(width=1200, height=400),
        "given 1200 x 400 pixels, allowed a shape between 1:2.5 and 2.5:1",
        "Crop the picture so that it is less narrow.",
    ),
    (
        Problem(ProblemCode.PIXELS, "image", (9000, 8000), (50_000_000,)),
        "given 9000 x 8000 pixels, allowed up to 50 megapixels",
        "Attach a smaller copy; 2000 pixels on the long side are plenty.",
    ),
    (
        Problem(ProblemCode.LONG_SIDE, "image", (70_000, 500), (65_500,)),
        "given 70000 x 500 pixels, allowed up to 65,500 pixels on each side",
        "Attach the part of it that matters.",
    ),
    (
        Problem(ProblemCode.HDR, "image"),
        "given an HDR picture (PQ or HLG), allowed a picture in ordinary colours",
        "Save a copy of it without HDR, as JPEG or PNG, and attach that.",
    ),
    (
        Problem(ProblemCode.DAMAGED, "image", ("WEBP",)),
        "given a damaged WEBP, allowed a picture that opens",
        "Open it, save it again as JPEG or PNG, and attach the new file.",
    ),
    (
        Problem(ProblemCode.HEAVY, "image"),
        "given a picture that takes too much time or memory to open, allowed an ordinary one",
        "Attach a smaller copy.",
    ),
    (
        Problem(ProblemCode.LINK_ELSEWHERE, "image"),
        "given a link to another site, allowed a file attached on Discord",
        "Attach the file itself.",
    ),
    (
        Problem(ProblemCode.LINK_EXPIRED, "image"),
        "given a link that has expired, allowed a file that is still there",
        "Attach it again.",
    ),
    (
        Problem(ProblemCode.LINK_REFUSED, "image"),
        "given a file that Discord does not hand out, allowed one that can be read",
        "Attach it again.",
    ),
    (
        Problem(ProblemCode.LINK_FAILED, "image"),
        "given a file that Discord did not hand out, allowed one that can be read",
        "Wait a moment and try again.",
    ),
    (
        Problem(ProblemCode.LINK_SLOW, "image"),
        "given a file that took too long, allowed one that Discord hands out in time",
        "Try again.",
    ),
]


def test_no_code_is_without_words_and_no_words_are_without_a_code():
    assert set(WORDS) == set(ProblemCode) == {problem.code for problem, *_ in EXAMPLES}


@pytest.mark.parametrize(("problem", "sentence", "remedy"), EXAMPLES, ids=[problem.code for problem, *_ in EXAMPLES])
def test_a_problem_says_what_was_given_what_is_allowed_and_what_to_do(problem, sentence, remedy):
    assert told(problem) == (sentence, remedy)


def test_one_character_too_many_is_one():
    assert words_of(of_request(prompt="x" * 2501)).remedy == "Shorten it by 1 character."


def test_of_many_characters_without_a_picture_the_first_are_named_and_the_rest_counted():
    prompt = " ".join(f"character{number}" for number in range(2, 200))[:2500]
    words = words_of(of_request(kind="characters", prompt=prompt, references=(SQUARE,)))
    assert words.given == "character2, character3, character4, character5, character6 and 193 more"
    assert words.remedy == "Change the number in the prompt."


def test_characters_that_have_a_picture_are_named_from_the_first_to_the_last():
    words = words_of(of_request(kind="characters", prompt="character0", references=(SQUARE,) * 3))
    assert (words.given, words.allowed) == ("character0", "character1 to character3, one for each picture")


def test_a_file_that_was_cut_off_is_more_than_the_limit():
    assert words_of(Problem(ProblemCode.FILE_SIZE, "image", (), (10_000_000,))).given == "more than 10 MB"


@pytest.mark.parametrize("name", ["AVIF", "TIFF", "RAW", "JPEG XL"])
def test_a_picture_of_another_format_says_how_to_make_a_jpeg_of_it(name):
    remedy = words_of(of_picture(name)).remedy
    assert "photo app" in remedy
    assert "JPEG" in remedy
