"""An answer's JSON into a model, also where a strict reader refuses all of it for one character."""

from __future__ import annotations

import json
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.providers.scenario.oddities import Oddities

_DIGITS: Final = 18
"""Whole numbers of so many figures fit 64 bits; Python itself refuses to read one of more than 4,300."""
Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], content: bytes, odd: Oddities | None = None) -> Model:
    """Raises `ValidationError`.

    A page of jobs is everybody's, and it holds texts of people that we never met: an emoji that was cut in two by somebody's
    length limit must not hide a hundred ends. What is no proper JSON is read once more as leniently as Python can.
    """
    try:
        return model.model_validate_json(content, context=odd)
    except ValidationError as error:
        if any(each["type"] != "json_invalid" for each in error.errors(include_url=False, include_input=False)):
            raise
        mended = _mended(content)
        if mended is None:
            raise
    return model.model_validate_json(mended, context=odd)


def _mended(content: bytes) -> bytes | None:
    """Proper JSON instead of: half characters, bytes that are no UTF-8, a byte order mark, bare line breaks in a text, numbers
    of thousands of digits. None where it is none even so.
    """
    try:
        value = json.loads(content.decode("utf-8-sig", "replace"), strict=False, parse_int=_number)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> int | float:
    return int(text) if len(text) <= _DIGITS else float(text)
