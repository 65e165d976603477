"""Which language a text gets, and how numbers and lists are written in each."""

import asyncio
import logging

import pytest
from babel import Locale

from bot.presentation.views import translations
from bot.presentation.views.translations import (
    ENGLISH,
    Language,
    language_of,
    language_of_environment,
    listed,
    number,
    plain_number,
    speak,
    speaking,
)
from tests.pseudo_locale import PSEUDO

GERMAN_FIGURES = Language("figures", ENGLISH.texts, Locale("de"))


@pytest.mark.parametrize("tag", ["en-US", "en-GB", "th", "", "none of any land", "C.UTF-8", "POSIX", "../../etc"])
def test_who_reads_no_translated_language_reads_english(tag):
    assert language_of(tag) is ENGLISH


@pytest.fixture
def german_file(tmp_path, monkeypatch):
    """A copy of the German catalogue, which a test may damage."""
    whole = (translations.FOLDER / "de" / "LC_MESSAGES" / f"{translations.DOMAIN}.mo").read_bytes()
    file = tmp_path / "de" / "LC_MESSAGES" / f"{translations.DOMAIN}.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(whole)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    read = (translations.translated, translations.language_of, translations._catalogue)
    for each in read:
        each.cache_clear()
    yield file
    for each in read:
        each.cache_clear()


@pytest.mark.parametrize(
    "damaged",
    [lambda whole: b"", lambda whole: whole[:1000], lambda whole: whole[:-1000], lambda whole: bytes(len(whole))],
    ids=["empty", "begun", "cut", "zeros"],
)
def test_who_would_read_a_damaged_catalogue_reads_english_and_the_log_says_so_once(german_file, damaged, caplog):
    german_file.write_bytes(damaged(german_file.read_bytes()))
    assert [language_of(tag) for tag in ("de", "de-AT", "de_DE.UTF-8")] == [ENGLISH] * 3
    assert language_of_environment({"LANG": "de_DE.UTF-8"}) is ENGLISH
    (told,) = caplog.records
    assert told.levelno == logging.WARNING
    assert told.getMessage().startswith("de: its catalogue can't be read, so English is shown; install the bot anew: ")


def test_without_its_catalogue_a_language_is_english(german_file):
    german_file.unlink()
    assert language_of("de") is ENGLISH


def test_a_text_is_in_the_language_of_the_block_and_of_the_tasks_that_it_starts():
    async def told():
        return translations._("In line")

    async def both():
        with speaking(PSEUDO):
            inner = asyncio.create_task(told())
        return await inner, await told()

    assert asyncio.run(both()) == ("Íñ ľíñé אבגד", "In line")


def test_what_one_task_speaks_changes_no_other():
    async def speaks():
        speak(PSEUDO)
        return translations._("In line")

    async def both():
        return await asyncio.create_task(speaks()), translations._("In line")

    assert asyncio.run(both()) == ("Íñ ľíñé אבגד", "In line")


def test_the_count_chooses_the_form():
    with speaking(PSEUDO):
        assert translations.ngettext("a clip", "{number} clips", 1).startswith("à ćľíƥ")
        assert translations.ngettext("a clip", "{number} clips", 2).startswith("{number} ćľíƥš")


def test_a_marked_text_stays_as_it_is_until_it_is_shown():
    with speaking(PSEUDO):
        assert translations.N_("In line") == "In line"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (ENGLISH, ("1,250", "3.20", "1,234,567", "0.25", "a, b and c", "a or b")),
        (GERMAN_FIGURES, ("1.250", "3,20", "1.234.567", "0,25", "a, b und c", "a oder b")),
    ],
)
def test_numbers_and_lists_are_written_as_the_language_writes_them(language, told):
    with speaking(language):
        numbers = (number(1250), number(3.2, 2), plain_number(1_234_567), plain_number(0.25))
        assert (*numbers, listed("abc"), listed("ab", either=True)) == told


def test_the_command_line_speaks_the_language_of_its_shell(monkeypatch):
    monkeypatch.setattr(translations, "language_of", lambda tag: tag)
    assert language_of_environment({"LANG": "de_DE.UTF-8", "LC_ALL": ""}) == "de_DE.UTF-8"
    assert language_of_environment({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:de"}) == "fr"
    assert language_of_environment({}) == ""


@pytest.mark.parametrize(("named", "tag"), [("fr:qps", "qps"), ("en:qps", "en"), ("fr", "en"), ("qps:en", "qps")])
def test_the_shell_may_name_several_languages_and_the_first_that_there_is_counts(named, tag, monkeypatch):
    monkeypatch.setattr(translations, "language_of", lambda tag: PSEUDO if tag == "qps" else ENGLISH)
    assert language_of_environment({"LANGUAGE": named, "LANG": "qps"}).tag == tag
