"""The notes that `happyhorse quota` writes into the ledger where the operator gives none.

They are stored in English and translated for their readers: members in `/quota`, operators in `happyhorse quota show`.
"""

from __future__ import annotations

import re
from typing import Final

from bot.presentation.views.translations import N_, _

GRANTED: Final = N_("granted by the operator")
TAKEN: Final = N_("taken by the operator")
_SET: Final = N_("set to {credits} by the operator")
_SET_READ: Final = re.compile(r"set to (\d{1,10}) by the operator", re.ASCII)


def set_to(credit: int) -> str:
    """The note of `happyhorse quota set`, as it is stored."""
    return _SET.format(credits=credit)


def worded(note: str) -> str:
    """The note in the reader's language. A note in an operator's own words stays as it is."""
    if note in {GRANTED, TAKEN}:
        return _(note)
    found = _SET_READ.fullmatch(note)
    return note if found is None else _(_SET).format(credits=found[1])
