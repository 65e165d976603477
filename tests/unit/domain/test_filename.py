"""File names of clips are safe on every system, short, and differ from clip to clip."""

import re

import pytest

from bot.domain.clip import Kind
from bot.domain.filename import clip_filename
from tests.factories import a_job, a_request


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


def test_two_clips_of_one_prompt_have_two_names():
    request = a_request(prompt="the same words")
    assert clip_filename(a_job(10**18, request=request)) != clip_filename(a_job(10**18 + 1, request=request))


@pytest.mark.parametrize("kind", Kind)
def test_where_the_words_give_no_name_the_kind_stands_in(kind):
    assert clip_filename(a_job(request=a_request(kind, prompt="雨"))).startswith(f"clip-from-{kind}-")
