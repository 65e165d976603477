"""Every tip code has a text, and every text has a code."""

import pytest

from bot.domain.coach.tips import Tip, TipCode
from bot.presentation.views.tips import SENTENCES, sentence

EXAMPLES = {
    Tip(TipCode.SOUND): ("Say what is heard too: picture and sound are made together, and silence is filled by guesswork."),
    Tip(TipCode.LIP_SYNC): ("Write “clear lip-sync” for whoever speaks to the camera: mouths follow the words better."),
    Tip(TipCode.LONGER_SPEECH): "Give speech 11 to 15 s: shorter clips often stop in mid-sentence.",
    Tip(TipCode.PLAIN_NAME, (2,), "Maria"): (
        "“Maria” is a plain name and binds to no picture: write character2 if that is who you mean."
    ),
    Tip(TipCode.UNNAMED): ("Name your pictures in the prompt as character1, character2 and so on: else they may not appear."),
    Tip(TipCode.UNUSED, (2, 3)): "The prompt never uses character2, character3: name them, or leave the pictures out.",
    Tip(TipCode.PORTRAITS, (1, 4)): (
        "Square portraits of 1024 x 1024 pixels or more keep a face best (character1, character4)."
    ),
}


def test_no_tip_is_without_words_and_no_words_are_without_a_tip():
    assert set(SENTENCES) == set(TipCode) == {tip.code for tip in EXAMPLES}


@pytest.mark.parametrize("tip", EXAMPLES, ids=lambda tip: tip.code)
def test_a_tip_says_what_to_write_and_why(tip):
    assert sentence(tip) == EXAMPLES[tip]
