"""Values of another shape than we expect: each counts as missing, alone, and is noted by record and field.

A page is everybody's: one odd value must spoil neither the page nor its record. `Lenient[float]` is a field of that kind;
`kept` reads a list item by item. Values themselves are never noted, they may hold prompts or signed links.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import BaseModel, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

_log: Final = logging.getLogger(__name__)
_LOGGED_MOST: Final = 500
"""Odd fields that are logged in one process: enough to see what the vendor changed, and no log full of it."""
ID_FORM: Final = r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,199}$"
"""Ids are about thirty letters and figures long, as in `job_1aB2`. What else is offered as one might be a path or fill our
database, and names nothing."""
_ID: Final = re.compile(ID_FORM, re.ASCII)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Oddities:
    """What was odd in one answer; handed to pydantic as its context."""

    def __init__(self, subject: str) -> None:
        """`subject` is what the answer is about, where its records do not say."""
        self.subject = subject
        self.found: list[tuple[str, str]] = []

    def note(self, field: str) -> None:
        self.found.append((self.subject, field))


class OddityLog:
    """Writes each odd field of each record once, up to a limit."""

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
"""A field that may be missing, null or of a shape that can't be read: all three are None."""


def kept(items: object, model: type[M], key: str, info: ValidationInfo) -> object:
    """The items that can be read as `model`; `key` names an item in the log. What is no list is left for pydantic to refuse."""
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
    """An id as it may stand in the log."""
    return value if isinstance(value, str) and is_id(value) else otherwise


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def note(info: ValidationInfo, field: str) -> None:
    """Remembers that this field of the record that is being read is odd."""
    if isinstance(info.context, Oddities):
        info.context.note(field)
