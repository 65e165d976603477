"""Reads an answer's JSON into a model, also where the JSON has small faults such as half a character. `Client` calls it."""

from __future__ import annotations

import json
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.providers.scenario.oddities import Oddities

_DIGITS: Final = 18
"""Integers of so many digits fit into 64 bits. Longer ones are read as floats; Python refuses integers of over 4,300 digits."""
Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], content: bytes, odd: Oddities | None = None) -> Model:
    """Raises `ValidationError`.

    A page of jobs holds texts of other people too. An emoji that a length limit cut in two must not make a hundred jobs
    unreadable, so invalid JSON is read once more as leniently as Python can.
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
    """Valid JSON from one with half characters, bytes that are no UTF-8, a byte order mark, line breaks inside a text, or
    numbers of thousands of digits. None where it can't be read even so.
    """
    try:
        value = json.loads(content.decode("utf-8-sig", "replace"), strict=False, parse_int=_number)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> int | float:
    return int(text) if len(text) <= _DIGITS else float(text)
