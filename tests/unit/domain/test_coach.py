"""Tips: what the coach notices, and what it leaves in peace."""

import pytest

from bot.domain.clip import Reference, clip_request
from bot.domain.coach import tips

PORTRAIT = Reference(sha256="a" * 64, width=1024, height=1024)
SNAPSHOT = Reference(sha256="b" * 64, width=640, height=427)


def said(prompt, references=(), **values):
    kind = "characters" if references else "text"
    return tips(clip_request(kind=kind, prompt=prompt, references=references, **values))


@pytest.mark.parametrize(
    ("prompt", "duration", "word"),
    [
        ("A red kite over the dunes", 5, "what is heard"),
        ("A chef speaks to the camera in a loud kitchen", 12, "lip-sync"),
        ("A guard says “halt” with clear lip-sync", 5, "11 to 15 s"),
    ],
)
def test_a_weak_prompt_gets_the_tip_that_helps(prompt, duration, word):
    assert any(word in tip for tip in said(prompt, duration=duration))


@pytest.mark.parametrize(
    ("prompt", "duration"),
    [
        ("A red kite over the dunes, steady wind and distant surf", 5),
        ("A news anchor speaks to camera with clear lip-sync, quiet studio ambience", 12),
        ("A voiceover tells of the sea while waves roll in", 13),
    ],
)
def test_a_good_prompt_gets_none(prompt, duration):
    assert said(prompt, duration=duration) == ()


def test_a_plain_name_is_pointed_to_the_character_that_nobody_uses():
    found = said("Maria walks into the bar, jazz music", (PORTRAIT,))
    assert "Maria" in found[0]
    assert "character1" in found[0]


def test_a_sentences_first_word_is_no_name():
    assert not any("plain name" in tip for tip in said("The crowd cheers for character1", (PORTRAIT,)))


def test_a_reference_that_the_prompt_never_uses_is_named():
    assert any("never uses character2" in tip for tip in said("character1 hums a song", (PORTRAIT, PORTRAIT)))


def test_references_that_are_no_square_portraits_are_named():
    assert any("(character2)" in tip for tip in said("character1 and character2 sing", (PORTRAIT, SNAPSHOT)))


def test_tips_never_block():
    assert clip_request(kind="text", prompt="x") is not None
    assert said("x")
