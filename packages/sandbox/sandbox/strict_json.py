"""Reads JSON strictly, and names data that goes on as JSON without being looked into.

Python's own reader takes more than JSON (NaN, Infinity) and fails in its own ways on very deep nesting.
"""

import json
import math
from typing import Any, NoReturn, TypeAlias

Json: TypeAlias = Any
MOST_DEEP = 100
"""Nesting that no request of Discord's or of ours comes near."""


def parsed(text: bytes | bytearray | str) -> Json:
    """Read strict JSON. Raises ValueError, with a sentence, for all that is none, or that nests deeper than `MOST_DEEP`."""
    try:
        made = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise ValueError(f"it nests deeper than {MOST_DEEP}") from None
    if _nests_too_deep(made):
        raise ValueError(f"it nests deeper than {MOST_DEEP}")
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _nests_too_deep(value: Json) -> bool:
    level = [value]
    for _ in range(MOST_DEEP):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
