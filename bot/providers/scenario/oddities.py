"""Reads values of an unexpected type as missing, one field at a time, and logs record and field. Used by the models in `wire`.

One bad value must not make the whole page of jobs unreadable. `Lenient[float]` is such a field; `kept` reads a list item by
item. Values are never logged: they may hold prompts or signed links.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import BaseModel, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

_log: Final = logging.getLogger(__name__)
_LOGGED_MOST: Final = 500
"""Unreadable fields that one process logs: enough to see what the vendor changed, without flooding the log."""
ID_FORM: Final = r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,199}$"
"""Ids are about thirty letters and digits long, such as `job_1aB2`. Anything else might be a path, or too long to store, and
counts as no id."""
_ID: Final = re.compile(ID_FORM, re.ASCII)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Oddities:
    """The unreadable fields of one answer. Given to pydantic as its validation context."""

    def __init__(self, subject: str) -> None:
        """`subject` names the answer in the log, for fields outside of a record."""
        self.subject = subject
        self.found: list[tuple[str, str]] = []

    def note(self, field: str) -> None:
        self.found.append((self.subject, field))


class OddityLog:
    """Logs each unreadable field of each record once, up to `_LOGGED_MOST`."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, str]] = set()

    def write(self, found: Iterable[tuple[str, str]]) -> None:
        for each in found:
            if each in self._logged or len(self._logged) >= _LOGGED_MOST:
                continue
            self._logged.add(each)
            subject, field = each
            _log.warning("%s of %s can't be read and counts as missing", field, subject)
            if len(self._logged) == _LOGGED_MOST:
                _log.warning("%d fields that can't be read were logged; more of them are not", _LOGGED_MOST)


def _or_missing(value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    if value is None:
        return None
    try:
        return read(value)
    except ValidationError:
        note(info, info.field_name or "a value")
        return None


Lenient = Annotated[T | None, WrapValidator(_or_missing)]
"""A field that is None where it is missing, null, or of a type that can't be read."""


def kept(items: object, model: type[M], key: str, info: ValidationInfo) -> object:
    """The items that can be read as `model`. The value of `key` names an item in the log. Anything but a list is returned
    unchanged, for pydantic to refuse.
    """
    if not isinstance(items, list):
        return items
    read: list[M] = []
    context = info.context
    subject = context.subject if isinstance(context, Oddities) else ""
    for number, item in enumerate(cast("list[Any]", items)):
        if isinstance(context, Oddities):
            context.subject = named(cast("dict[Any, Any]", item).get(key) if isinstance(item, dict) else None, f"item {number}")
        try:
            read.append(model.model_validate(item, context=context))
        except ValidationError:
            note(info, "the whole record")
    if isinstance(context, Oddities):
        context.subject = subject
    return read


def named(value: object, otherwise: str) -> str:
    """`value` where it is an id that may be logged, else `otherwise`."""
    return value if isinstance(value, str) and is_id(value) else otherwise


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def note(info: ValidationInfo, field: str) -> None:
    """Remembers that this field of the current record can't be read."""
    if isinstance(info.context, Oddities):
        info.context.note(field)
