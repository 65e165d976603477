"""Every text of the code is in every language's catalogue: translated, with the same placeholders, and compiled."""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.presentation.views.translations import DOMAIN, FOLDER, translated

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""The same as in `make locales`."""
REMEDY = "run `make locales`, translate what is empty in bot/locales, and run it again"


def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> dict[tuple[str | None, object], str]:
    """The file of each text, by context and text."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    found = {}
    for folder in ("bot", "cogs"):
        for name, _, text, _, context in extract_from_dir(
            ROOT / folder, [(each["pattern"], each["method"]) for each in mappings], keywords=KEYWORDS
        ):
            found[context, text] = f"{folder}/{name}"
    return found


@pytest.fixture(scope="module")
def texts():
    return extracted()


def placeholders(text: str) -> Counter[str | None]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def marks(text: str) -> list[str]:
    """Parts with a meaning for Discord (bold, code, small print, links, mentions) or for argparse (placeholders)."""
    return sorted(re.findall(r"\*\*|`[^`]*`|^-# |\]\(|<[^>]*>|%\(\w+\)[sr]|%[sr]", text, re.MULTILINE))


def pairs(catalogue: Catalog):
    """Each English text with its translation; every form of a plural with the English form for more than one."""
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            for form in message.string:
                yield message.id[1], form
        else:
            yield message.id, message.string


def test_there_is_a_language_beside_english():
    assert translated() == ("de",)


@pytest.mark.parametrize("language", translated())
def test_the_catalogue_holds_the_texts_of_the_code_and_no_others(language, texts):
    there = {(message.context, message.id) for message in catalogue(language) if message.id}
    missing = {each: texts[each] for each in texts.keys() - there}
    assert not missing, f"not in {language}: {missing}: {REMEDY}"
    assert not there - texts.keys(), f"in no file any more: {there - texts.keys()}: {REMEDY}"


@pytest.mark.parametrize("language", translated())
def test_every_text_is_translated(language):
    wanting = [message.id for message in catalogue(language) if message.id and (message.fuzzy or not _whole(message.string))]
    assert not wanting, f"without a {language} translation: {wanting}: {REMEDY}"


def _whole(translation) -> bool:
    return all(translation) if isinstance(translation, tuple) else bool(translation)


@pytest.mark.parametrize("language", translated())
def test_a_translation_has_the_placeholders_and_the_marks_of_the_text(language):
    for english, translation in pairs(catalogue(language)):
        assert set(placeholders(translation)) <= set(placeholders(english)), translation
        assert set(placeholders(english)) - set(placeholders(translation)) <= {"count", "number"}, translation
        assert marks(translation) == marks(english), translation


@pytest.mark.parametrize("language", translated())
def test_blanks_at_the_ends_are_kept(language):
    for english, translation in pairs(catalogue(language)):
        assert _ends(translation) == _ends(english), english


def _ends(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


@pytest.mark.parametrize("language", translated())
def test_the_compiled_file_is_that_of_the_catalogue(language):
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    there = (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").read_bytes()
    assert compiled.getvalue() == there, REMEDY
