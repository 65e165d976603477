"""A made-up language for tests: every text of the catalogues is accented, half as long again, and ends in letters that run from
right to left. What stands there in plain letters has not come from a catalogue.
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
"""What a translator leaves as it is: placeholders, code, mentions, addresses, commands."""
_HEBREW: Final = "אבגדהוזחטיכלמנסעפצקרשת"
_LONGER: Final = 0.5
"""By how much translations of short English texts are longer at most, as a rule of thumb for German and Finnish."""


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
    """The words of a text that stand there in plain letters, without options such as `--port`, paths and placeholders in
    capitals: in the made-up language, what has not come from a catalogue."""
    return set(re.findall(r"[A-Za-z]{2,}", re.sub(r"--[a-z]+|/\S+|\b[A-Z]+\b", "", text)))


class PseudoTexts(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


PSEUDO: Final = Language("qps", PseudoTexts(), Locale("ar"))
"""With Arabic's numbers and lists, which look most unlike ours."""
