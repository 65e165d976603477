"""Members' text is shown inert, cut to length, and without characters that deceive or can't be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.views.escaping import blocks, clean, cut, inline, one_line, thread_name, unseen, well_formed, width


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** _it_ ~~no~~ `x` ||y||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`x\` \|\|y\|\|"),
        ("# A heading", r"\# A heading"),
        ("-# small print", r"\-# small print"),
        ("> quote", r"\> quote"),
        ("1. first", r"1\. first"),
        ("[here](http://evil.example)", r"\[here\](http\://evil.example)"),
        ("see https://evil.example", r"see https\://evil.example"),
        ("<@123> <#4> <t:0:R> </quota:1>", r"\<@123> \<#4> \<t:0:R> \</quota:1>"),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("two\n\nlines", "two lines"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_nothing_that_a_member_types_is_live(typed, shown):
    assert inline(typed, 200) == shown


def test_direction_tricks_are_gone_and_right_to_left_text_turns_nothing_around_it():
    assert clean("abc\u202etxt.exe\u2066\u200f") == "abctxt.exe"
    shown = inline("\u05e9\u05dc\u05d5\u05dd", 200)
    assert shown == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"


def test_zero_width_and_blank_letters_leave_nothing_behind():
    assert one_line("\u200b\u3164\u2800x\u00ad\ufeff\U000e0041", 50).strip("\u2800") == "x"


def test_a_family_emoji_keeps_its_joiners_and_a_loose_joiner_goes():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean(family) == family
    assert clean("a\u200db \u200d c") == "ab  c"


def test_accents_piled_on_one_letter_are_taken_down():
    assert len(clean("z" + "\u0336" * 40)) == 3


@pytest.mark.parametrize("most", [10, 11, 12, 13, 14, 15])
def test_a_cut_never_splits_an_emoji(most):
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    kept = cut("abc " + family + " and more words after it", most).removesuffix("…")
    assert width(kept) <= most - 1
    assert not kept.endswith("\u200d")
    assert family in kept or "\U0001f468" not in kept


def test_a_cut_prefers_the_end_of_a_word():
    assert cut("the quick brown fox jumps", 22) == "the quick brown fox…"


def test_a_thread_always_has_a_name():
    assert thread_name("\u200b\u200b \n") == "A clip"
    assert width(thread_name("word " * 100)) <= 60


def test_a_whole_prompt_comes_back_in_blocks_that_nothing_can_break_out_of():
    text = "say ```hello``` <@1> @everyone " * 90
    parts = blocks(text)
    assert all(part.startswith("```\n") and part.endswith("\n```") and part.count("```") == 2 for part in parts)
    whole = "".join(part[4:-4] for part in parts)
    assert whole.replace("`\u200b`\u200b`", "```") == text.strip()


def test_a_whole_prompt_has_the_marks_too_that_nobody_sees_and_says_how_many():
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    text = f"The {flag} flag\u200b waves\u202e\x07"
    assert blocks(text) == [f"```\nThe {flag} flag\u200b waves\n```"]
    assert (unseen(text), unseen("The flag waves")) == (9, 0)


def test_half_a_surrogate_pair_becomes_a_mark_that_every_encoding_takes():
    typed = "a kite \ud83d and \ude00, \U0001f600 \ud83d\ude00"
    whole = well_formed(typed)
    assert whole == "a kite \ufffd and \ufffd, \U0001f600 \U0001f600"
    whole.encode()


@given(st.text(max_size=400), st.integers(1, 100))
def test_whatever_is_typed_fits_and_is_one_line(text, most):
    line = one_line(text, most)
    assert width(line) <= most
    assert "\n" not in line
    assert not any(unicodedata.category(letter) == "Cc" for letter in line)
    assert width(inline(text, most)) <= 2 * most + 4
