"""A made-up language for tests. Every text of the catalogues gets accents, is half as long again, and ends in right-to-left
letters. So a word in plain letters is one that does not come from a catalogue.
"""

from __future__ import annotations

import gettext
import re
from typing import Final

from babel import Locale

from bot.presentation.views.translations import Language

_ACCENTED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀćđéƒğĥíĵķľḿñóƥʠŕšţúṽŵẋýžÀƁĆĐÉƑĞĤÍĴĶĽḾÑÓƤʠŔŠŢÚṼŴẊÝŽ",
)
_KEPT: Final = re.compile(r"\{[^}]*\}|%(?:\([a-z_]+\))?[srd]|`[^`]*`|<[^>]*>|https?://\S+|/[a-z]+(?: [a-z]+)?")
"""Parts that translators do not change: placeholders, code, mentions, URLs, commands."""
_HEBREW: Final = "אבגדהוזחטיכלמנסעפצקרשת"
_LONGER: Final = 0.5
"""How much longer translations of short English texts are at most, as a share: a rule of thumb for German and Finnish."""


def pseudo(message: str) -> str:
    """`In line` becomes `Íñ ľíñé אבגד`."""
    words, at = [], 0
    for kept in _KEPT.finditer(message):
        words += [message[at : kept.start()].translate(_ACCENTED), kept.group()]
        at = kept.end()
    words.append(message[at:].translate(_ACCENTED))
    more = max(round(len(message) * _LONGER), 1)
    return f"{''.join(words)} {(_HEBREW * (more // len(_HEBREW) + 1))[:more]}"


def plain_words(text: str) -> set[str]:
    """The words in plain letters, without options such as `--port`, paths and placeholders in capitals. In the made-up language
    these are the words that do not come from a catalogue."""
    return set(re.findall(r"[A-Za-z]{2,}", re.sub(r"--[a-z]+|/\S+|\b[A-Z]+\b", "", text)))


class PseudoTexts(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)


PSEUDO: Final = Language("qps", PseudoTexts(), Locale("ar"))
"""It has Arabic numbers and lists, which differ most from ours."""
