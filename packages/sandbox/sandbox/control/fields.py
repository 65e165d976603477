"""What a caller of the control API sent, read field by field: the type and the range first, then the value.

Unknown fields are refused with the known ones named, so that a slip of the pen never looks like a success. It knows no route.
"""

import contextlib
import math
from typing import Any

from sandbox.discord.member_actions import Refused
from sandbox.strict_json import Json

MOST_SECONDS = 10 * 366 * 24 * 3600.0
"""Ten years: further than any rule here reaches."""
MOST_WHOLE = 2**64
_BITS = 64
_MISSING = object()


class Fields:
    """One JSON object or one query. Each getter raises Refused for a value that does not fit.

    With no default a field is required; `null` counts as absent. `query` lets numbers be written as text.
    """

    def __init__(self, body: Json, *known: str, what: str = "the body", query: bool = False) -> None:
        if not isinstance(body, dict):
            raise Refused(f"{what} must be a JSON object")
        if strange := [key for key in body if key not in known]:
            names = ", ".join(known) or "nothing"
            raise Refused(f"{what} has no {strange[0]!r}; it takes: {names}")
        self._body: dict[str, Any] = body
        self._query = query

    def __contains__(self, key: str) -> bool:
        return self._body.get(key) is not None

    def sent(self, key: str) -> bool:
        """Whether the key is there, also with `null`."""
        return key in self._body

    def _given(self, key: str, default: Json) -> Json:
        value = self._body.get(key)
        if value is None and default is _MISSING:
            raise Refused(f"{key!r} is missing")
        return default if value is None else value

    def text(self, key: str, default: Json = _MISSING, *, most: int = 6000) -> Json:
        value = self._given(key, default)
        if key in self and not (isinstance(value, str) and value and len(value) <= most):
            raise Refused(f"{key!r} must be text of 1 to {most} characters")
        return value

    def words(self, key: str, *, most: int = 4000) -> str:
        """Text that may be empty or absent."""
        value = self._given(key, "")
        if not isinstance(value, str) or len(value) > most:
            raise Refused(f"{key!r} must be text of up to {most} characters")
        return value

    def name(self, key: str, default: Json = _MISSING) -> Json:
        """An id or a name; ids may be numbers."""
        value = self._given(key, default)
        if key not in self:
            return value
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise Refused(f"{key!r} must be an id or a name, not {value!r:.60}")
        return str(value)

    def names(self, key: str) -> list[str]:
        """A list of ids or names; empty where it is absent."""
        value = self._given(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str | int) and not isinstance(one, bool) for one in value):
            raise Refused(f"{key!r} must be a list of ids or names")
        return [str(one) for one in value]

    def number(self, key: str, default: Json = _MISSING, *, low: float = 0.0, high: float = MOST_SECONDS) -> Json:
        value = self._read_number(key, default)
        if key not in self:
            return value
        if not low <= value <= high:
            raise Refused(f"{key!r} must lie between {low:g} and {high:g}")
        return float(value)

    def whole(self, key: str, default: Json = _MISSING, *, low: int = 0, high: int = MOST_WHOLE) -> Json:
        value = self._read_number(key, default)
        if key not in self:
            return value
        if value != int(value) or not low <= value <= high:
            raise Refused(f"{key!r} must be a whole number between {low} and {high}")
        return int(value)

    def _read_number(self, key: str, default: Json) -> Json:
        value = self._given(key, default)
        if key not in self:
            return value
        if self._query and isinstance(value, str):
            with contextlib.suppress(ValueError):
                value = int(value) if value.isascii() and value.isdecimal() else float(value)
        wrong = isinstance(value, bool) or not isinstance(value, int | float)
        if wrong or (isinstance(value, float) and not math.isfinite(value)):
            raise Refused(f"{key!r} must be a number, not {value!r:.60}")
        return value

    def flag(self, key: str, default: Json = _MISSING) -> Json:
        value = self._given(key, default)
        if key in self and not isinstance(value, bool):
            raise Refused(f"{key!r} must be true or false, not {value!r:.60}")
        return value

    def choice(self, key: str, choices: tuple[Any, ...], default: Json = _MISSING) -> Json:
        value = self._given(key, default)
        if key in self and not any(value == one and type(value) is type(one) for one in choices):
            raise Refused(f"{key!r} must be one of: {', '.join(map(str, choices))}")
        return value

    def bits(self, key: str, default: Json = _MISSING) -> Json:
        """Permission bits: a number, or one written as text, as Discord writes them."""
        value = self._given(key, default)
        if key not in self:
            return value
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << _BITS:
            raise Refused(f'{key!r} must be permission bits, such as "1024", not {value!r:.60}')
        return value

    def objects(self, key: str, *known: str, default: Json = _MISSING) -> "list[Fields]":
        value = self._given(key, default)
        if not isinstance(value, list):
            raise Refused(f"{key!r} must be a list of objects")
        return [Fields(one, *known, what=f"{key}[{index}]") for index, one in enumerate(value)]

    def object(self, key: str) -> dict[str, Any]:
        """An object whose keys are the caller's own; empty where it is absent."""
        value = self._given(key, {})
        if not isinstance(value, dict):
            raise Refused(f"{key!r} must be an object")
        return value

    def any_list(self, key: str) -> list[Any]:
        """A list whose items the caller checks; empty where it is absent."""
        value = self._given(key, [])
        if not isinstance(value, list):
            raise Refused(f"{key!r} must be a list")
        return value

    def any(self, key: str) -> Json:
        return self._given(key, _MISSING)

    @property
    def raw(self) -> dict[str, Any]:
        """All of it, for a reader with checks of its own."""
        return self._body
