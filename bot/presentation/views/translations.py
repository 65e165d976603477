"""Texts in the reader's language: gettext catalogues, and numbers and lists as that language writes them.

Code that makes a text for a person calls `_` and the other functions here: views, cogs, the command line. English is the
source: the text in the code is the message's key. `make locales` collects the keys, and bot/locales has the translations.

The code that begins the work sets the language, with `speak` (an interaction, the command line) or `speaking` (a job's
messages): the member's language for what they alone see, the server's for what all see. It holds for that asyncio task and
for the tasks that it starts.

How a text is marked:
- A whole sentence with named placeholders, filled afterwards: `_("{name} is full.").format(name=name)`. Never an f-string, nor
  inside of one, where `make locales` does not find it, and never a sentence glued together from parts: other languages put the
  parts in another order.
- Where a number decides the form: `ngettext("{count} clip waits.", "{count} clips wait.", n).format(count=number(n))`.
- A text in a table at module level, which is read before there is a reader: `N_("In line")` there, `_(TABLE[key])` where it is
  shown.
- The same English text with two meanings: `pgettext("button", "Delete")`.
- `# Translators: ...` on the line before says what a translator can't see.
"""

from __future__ import annotations

import gettext as catalogues
import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.numbers import format_decimal

_log: Final = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parents[2] / "locales"
DOMAIN: Final = "messages"
_ENVIRONMENT: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The variables in which a shell names its user's language, in the order in which gettext reads them."""


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is the catalogue's name, such as `de`; `locale` is how Babel formats numbers and lists for it."""

    tag: str
    texts: catalogues.NullTranslations
    locale: Locale


ENGLISH: Final = Language("en", catalogues.NullTranslations(), Locale("en", "GB"))
"""British lists have no comma before "and", as our sentences have none."""
_current: Final[ContextVar[Language]] = ContextVar("language", default=ENGLISH)


@cache
def translated() -> tuple[str, ...]:
    """Tags of the languages that have a catalogue, English not among them."""
    return tuple(sorted(path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


@lru_cache(64)
def language_of(tag: str) -> Language:
    """The language of a tag such as `de`, `pt-BR` or `de_AT.UTF-8`: its own catalogue, or its language's, else English."""
    try:
        wanted = Locale.parse(tag.partition(".")[0].partition("@")[0].replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return ENGLISH
    for name in (str(wanted), wanted.language):
        if name in translated() and (texts := _catalogue(name)) is not None:
            return Language(name, texts, wanted)
    return ENGLISH


@cache
def _catalogue(name: str) -> catalogues.NullTranslations | None:
    """None where its file can't be read, which is logged once: people then read English."""
    try:
        return catalogues.translation(DOMAIN, FOLDER, [name])
    except Exception as error:  # noqa: BLE001  gettext checks little of a file, so a damaged one raises any error
        _log.warning("%s: its catalogue can't be read, so English is shown; install the bot anew: %r", name, error)
        return None


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """The language of the person at the command line, by the variables that gettext reads. Of several, as in `fr:de`, the first
    that is translated."""
    value = next((environment[name] for name in _ENVIRONMENT if environment.get(name)), "")
    named = ((tag, language_of(tag)) for tag in value.split(":"))
    return next((language for tag, language in named if language is not ENGLISH or tag.startswith("en")), ENGLISH)


def load_languages() -> None:
    """Reads catalogues and number formats of all languages that the bot speaks. Otherwise the first text in each language would
    do so, and stop everything else for some twenty milliseconds."""
    for tag in ("en", *translated()):
        with speaking(tag):
            number(0)
            listed(("", ""))


def current() -> Language:
    return _current.get()


def speak(language: Language | str) -> None:
    """Sets the language of all texts in this task from now on. A tag is as in `language_of`."""
    _current.set(language_of(language) if isinstance(language, str) else language)


@contextmanager
def speaking(language: Language | str) -> Generator[None]:
    """Sets the language like `speak`, during the block only."""
    token = _current.set(language_of(language) if isinstance(language, str) else language)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """The text in the current language."""
    return _current.get().texts.gettext(message)


def pgettext(context: str, message: str) -> str:
    """As `_`, for an English text with several meanings; `context` says which one."""
    return _current.get().texts.pgettext(context, message)


def ngettext(one: str, many: str, count: int) -> str:
    """As `_`, in the form that `count` takes. Languages have from one to six such forms."""
    return _current.get().texts.ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a text that is translated later
    """Marks a text for the catalogues and returns it as it is; `_` translates it where it is shown."""
    return message


def number(value: float, decimals: int = 0) -> str:
    """`1,250` in English, `1.250` in German. Rounded to `decimals`, which are shown even where they are 0."""
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return _formatted(value, pattern, _current.get().locale)


def plain_number(value: float) -> str:
    """As `number`, with as many decimals as it has, six at most: `1,250`, `0.5`."""
    return _formatted(value, "#,##0.######", _current.get().locale)


@lru_cache(2_000)
def _formatted(value: float, pattern: str, locale: Locale) -> str:
    """The number as Babel writes it. It is remembered, since a card has a dozen numbers, and nearly all of them come again."""
    return format_decimal(value, format=pattern, locale=locale)


def listed(items: Iterable[str], *, either: bool = False) -> str:
    """`a, b and c`; with `either` `a, b or c`."""
    return format_list(list(items), style="or" if either else "standard", locale=_current.get().locale)
