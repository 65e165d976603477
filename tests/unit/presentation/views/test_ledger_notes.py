"""Notes of the ledger that the command line wrote by itself: stored in English, read in the reader's language."""

import pytest

from bot.presentation.views.ledger_notes import GRANTED, TAKEN, set_to, worded
from bot.presentation.views.translations import speaking
from tests.pseudo_locale import PSEUDO, plain_words


@pytest.mark.parametrize("note", [GRANTED, TAKEN, set_to(0), set_to(1_000_000_000)])
def test_a_note_of_the_command_line_is_read_in_the_readers_language(note):
    assert worded(note) == note
    with speaking(PSEUDO):
        assert plain_words(worded(note)) == set()


@pytest.mark.parametrize("note", ["", "for the showcase", "set to music by the operator", f"{GRANTED}."])
def test_a_note_of_an_operator_stays_as_it_is(note):
    with speaking(PSEUDO):
        assert worded(note) == note
