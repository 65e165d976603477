"""The camera of a preview: which move a prompt asks for, and where the picture is at each moment of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.animatic.camera import corners_at, move_for, named_move, perspective

PROMPTS = {
    "": "push-in",
    "A dog runs": "push-in",
    "slow push-in on her face": "push-in",
    "the camera zooms out": "pull-out",
    "Slow pull-back": "pull-out",
    "dramatic camera orbit": "orbit",
    "pans left across the bay": "pan-left",
    "camera pans slowly to the right": "pan-right",
    "a pan over the roofs": "pan",
    "a pancake on a plate": "push-in",
    "tilt up to the tower": "tilt-up",
    "tilts down": "tilt-down",
    "as the camera tracks alongside": "tracking",
    "camera follows the fox": "tracking",
    "static shot of a door": "static",
    "locked-off, then push-in": "static",
}


@pytest.mark.parametrize(("prompt", "name"), PROMPTS.items())
def test_the_first_move_that_a_prompt_names_is_made(prompt, name):
    assert named_move(prompt) == name


@given(
    st.sampled_from(list(PROMPTS)), st.booleans(), st.integers(0, 2**31 - 1), st.integers(3, 15),
    st.sampled_from([1.0, 0.35]), st.sampled_from([0.0, 0.05]), st.sampled_from([21 / 9, 1.0, 9 / 21]),
)  # fmt: skip
def test_the_camera_never_looks_past_the_edges(prompt, handheld, seed, duration, share, up, shape):
    move = move_for(prompt + (" handheld, fast" if handheld else ""), seed, duration, share=share, up=up)
    for step in range(duration * 24 + 1):
        for x, y in corners_at(move, step / (duration * 24), shape):
            assert -0.012 <= x <= 1.012
            assert -0.012 <= y <= 1.012


def width_at(move, u):
    left, right, *_ = corners_at(move, u, 1.0)
    return right[0] - left[0]


def middle_at(move, u):
    corners = corners_at(move, u, 1.0)
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def test_each_move_goes_its_own_way():
    assert width_at(move_for("push-in", 2, 5), 1) < width_at(move_for("push-in", 2, 5), 0) - 0.08
    assert width_at(move_for("pull-out", 2, 5), 1) > width_at(move_for("pull-out", 2, 5), 0) + 0.08
    left, right = move_for("pan left", 2, 5), move_for("pan right", 2, 5)
    assert middle_at(left, 1)[0] < middle_at(left, 0)[0] - 0.08
    assert middle_at(right, 1)[0] > middle_at(right, 0)[0] + 0.08
    assert middle_at(move_for("tilt up", 2, 5), 1)[1] < middle_at(move_for("tilt up", 2, 5), 0)[1] - 0.08
    still = move_for("static shot", 2, 5)
    assert middle_at(still, 0) == middle_at(still, 1)
    shaky = move_for("handheld static shot", 2, 5)
    assert len({round(middle_at(shaky, u / 10)[0], 4) for u in range(10)}) > 5


def test_what_ffmpeg_evaluates_is_the_same_path():
    """The expressions in the filter, evaluated here, give the same corners as the code that the tests above check."""
    move, frames, width, height = move_for("handheld orbit", 5, 5), 120, 1280, 720
    text = perspective(move, frames).split("interpolation=linear:")[1]
    options = dict(part.split("=", 1) for part in text.replace("':", "'\n").splitlines())
    for frame in (0, 17, 60, 119):
        registers = {}

        def keep(register, value, registers=registers):
            registers[register] = value

        names = {
            "W": width, "H": height, "on": frame, "min": min, "cos": math.cos, "sin": math.sin, "st": keep,
            "ld": registers.get, "__builtins__": {},
        }  # fmt: skip
        corners = corners_at(move, frame / (frames - 1), width / height)
        for index, (x, y) in enumerate(corners):
            for axis, wanted, scale in (("x", x, width), ("y", y, height)):
                for step in options[f"{axis}{index}"].strip("'").split(";"):
                    value = eval(step, names)  # noqa: S307  our own arithmetic
                assert value == pytest.approx(wanted * scale, abs=0.05)
