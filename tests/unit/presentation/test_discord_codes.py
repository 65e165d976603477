"""The table of Discord's codes, row by row, and that a code is read before its status."""

import pytest

from bot.presentation.discord_codes import MEANINGS, WORDS_BLOCKED, Meaning, meaning

ROWS = {
    Meaning.PASSES: (20016, 20022, 20028, 20029, 30046, 40001, 40003, 40004, 40006, 40062, 40333, 130000),
    Meaning.TOO_LARGE: (40005, 50045),
    Meaning.CLOSED: (
        10003, 10004, 10013, 10015, 10062, 20009, 20024, 50001, 50007, 50008, 50013, 50024, 50027, 50033, 50278, 160002,
        160005, 160006, 160007,
    ),
    Meaning.DONE: (10008, 40060, 160004),
    Meaning.DIFFERENTLY: (20031, 50006, 50035, 50083, 200000, 200001, 240000),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "code"), [(each, code) for each, codes in ROWS.items() for code in codes])
def test_a_code_means_the_same_whatever_the_status(expected, code):
    assert {meaning(status, code) for status in (400, 401, 403, 404, 413, 429, 500, 503)} == {expected}


def test_no_row_is_untested():
    assert sorted(MEANINGS) == sorted(code for codes in ROWS.values() for code in codes)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (413, 0, Meaning.TOO_LARGE),
        (413, 99999, Meaning.TOO_LARGE),
        (401, 0, Meaning.PASSES),
        (408, 0, Meaning.PASSES),
        (429, 99999, Meaning.PASSES),
        (502, 99999, Meaning.PASSES),
        (403, 0, Meaning.PASSES),
        (404, 0, Meaning.PASSES),
        (400, 99999, Meaning.CLOSED),
        (403, 99999, Meaning.CLOSED),
        (404, 99999, Meaning.CLOSED),
    ],
)
def test_a_code_without_a_row_is_read_by_its_status_and_an_answer_without_a_code_is_not_discords(status, code, expected):
    assert meaning(status, code) is expected


def test_a_request_with_blocked_words_may_work_with_other_words():
    assert {MEANINGS[code] for code in WORDS_BLOCKED} == {Meaning.DIFFERENTLY}
