"""Turns pydantic's error about a setting into a `ValueProblem`: a code, the value if it may be shown, and what is allowed.
`bot.settings` calls it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.problem import Figures
from bot.settings_problem import ValueCode, ValueProblem
from bot.settings_values import WrongValue

_VALUE_CHARACTERS: Final = 60
_CODES: Final[tuple[tuple[str, ValueCode, str], ...]] = (
    ("int", ValueCode.WHOLE_NUMBER, ""),
    ("float", ValueCode.NUMBER, ""),
    ("finite", ValueCode.NUMBER, ""),
    ("bool", ValueCode.TRUE_OR_FALSE, ""),
    ("string", ValueCode.TEXT, ""),
    ("path", ValueCode.PATH, ""),
    ("greater_than_equal", ValueCode.AT_LEAST, "ge"),
    ("greater_than", ValueCode.MORE_THAN, "gt"),
    ("less_than_equal", ValueCode.AT_MOST, "le"),
    ("literal_error", ValueCode.CHOICE, "expected"),
    ("enum", ValueCode.CHOICE, "expected"),
    ("tuple", ValueCode.LIST, ""),
    ("model", ValueCode.SECTION, ""),
    ("dict", ValueCode.TABLE, ""),
)
"""The code for each beginning of pydantic's error type, and the name of the figure in the error's context."""
_CHOICE: Final = re.compile(r"'([^']*)'")
_UNREAD: Final = re.compile(r'error parsing value for field "(\w+)"')


def wrong(key: str, kind: str, context: Mapping[str, Any], value: object, *, secret: bool) -> ValueProblem:
    """`kind` and `context` are pydantic's. The result has no value that is `secret` or has invisible characters."""
    code, figures = _code(kind, context)
    unseen = isinstance(value, str) and (value != value.strip() or not value.isprintable())
    return ValueProblem(code, key, None if secret or unseen else _shown(value), figures)


def _code(kind: str, context: Mapping[str, Any]) -> tuple[ValueCode, Figures]:
    error = context.get("error")
    if isinstance(error, WrongValue):
        return error.code, ()
    for begins, code, name in _CODES:
        if kind.startswith(begins):
            found = context.get(name)
            # Choices come as a text like "'day', 'week' or 'month'".
            return code, tuple(_CHOICE.findall(found)) if isinstance(found, str) else () if found is None else (found,)
    return ValueCode.UNFIT, ()


def unread(error: ValueError, prefix: str) -> str:
    """The beginning of the name of the variable that should hold a list or a table. `prefix` is that of all our variables."""
    found = _UNREAD.search(str(error))
    return f"{prefix}{found[1].upper() if found else ''}"


def _shown(value: object) -> str:
    """The value as it would be written in the file."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_CHARACTERS else f"{text[:_VALUE_CHARACTERS]}…"
