"""The plain values of a body, each with the refusal that Discord answers another type with, and the base of all bodies.

`ABSENT` as a default makes a field optional; `null` counts as absent in an object, never in a list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from sandbox.strict_json import Json

ABSENT: Any = None
T = TypeVar("T")


class Body(BaseModel):
    """A key without a field in the model is not an error when the body is validated; `reading.unkept` finds such keys."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Json) -> Json:
        return {key: one for key, one in value.items() if one is not None} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Only:
    """A field that is not kept: it may hold what it is by default, and nothing else."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Bits:
    """Bits of which these are kept."""

    known: int


@dataclass(frozen=True)
class PlainText:
    """Marks a value that stands in a form as bare text. A form holds texts only; the text of any other value is JSON."""


def _value(fits: Callable[[Json], bool], code: str, message: str) -> PlainValidator:
    def read(value: T) -> T:
        if not fits(value):
            raise PydanticCustomError(code, message)  # pyright: ignore[reportArgumentType] - wants a literal text, for templates; ours has none
        return value

    return PlainValidator(read)


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _digits(value: Json) -> bool:
    return (_whole(value) and value >= 0) or (
        isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20
    )


def _moment(value: Json) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _localized(value: Json) -> bool:
    return isinstance(value, dict) and all(_LOCALES.fullmatch(key) and isinstance(text, str) for key, text in value.items())


_LOCALES = re.compile(
    "ar|bg|cs|da|de|el|en-GB|en-US|es-419|es-ES|fi|fr|he|hi|hr|hu|id|it|ja|ko|lt|nl|no|pl|pt-BR|ro|ru|sv-SE|th|tr|uk|vi|"
    "zh-CN|zh-TW"
)
"""Those that Discord's OpenAPI file names."""
SNOWFLAKE_REFUSED = ("NUMBER_TYPE_COERCE", "Value is not snowflake.")
FLAG_REFUSED = ("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
OBJECT_REFUSED = ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
LIST_REFUSED = ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")

Text = Annotated[
    str,
    _value(lambda one: isinstance(one, str), "STRING_TYPE_CONVERT", "Could not interpret the value as string."),
    PlainText(),
]
Whole = Annotated[int, _value(_whole, "NUMBER_TYPE_COERCE", "Value is not int.")]
Number = Annotated[
    float, _value(lambda one: _whole(one) or isinstance(one, float), "NUMBER_TYPE_COERCE", "Value is not float.")
]
Flag = Annotated[bool, _value(lambda one: isinstance(one, bool), *FLAG_REFUSED)]
Snowflake = Annotated[str | int, _value(_digits, *SNOWFLAKE_REFUSED), PlainText()]
Permissions = Annotated[str | int, _value(_digits, "NUMBER_TYPE_COERCE", "Value is not a permission set."), PlainText()]
Scalar = Annotated[
    str | int | float,
    _value(lambda one: isinstance(one, str | int | float), "BASE_TYPE_CONVERT", "Must be text or a number."),
    PlainText(),
]
Moment = Annotated[str, _value(_moment, "DATE_TIME_TYPE_PARSE", "Could not parse it as ISO8601.")]
Slowmode = Annotated[
    int, _value(lambda one: _whole(one) and 0 <= one <= 21_600, "NUMBER_TYPE_MAX", "Must be 0 to 21600 seconds.")
]
Context = Annotated[
    int, _value(lambda one: _whole(one) and one in (0, 1, 2), "BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}.")
]
Installed = Annotated[
    int, _value(lambda one: _whole(one) and one in (0, 1), "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
]
Localized = Annotated[dict[str, str], _value(_localized, "DICT_TYPE_CONVERT", "Must be texts by one of Discord's locales.")]
Object = Annotated[dict[str, Any], _value(lambda one: isinstance(one, dict), *OBJECT_REFUSED)]
"""An object whose keys are the caller's own."""
Passed = Any
"""What Discord sends and takes back without reading it, so that a bot may return what it was given."""
Never = Annotated[Any, Only(())]
Off = Annotated[Flag, Only((False,))]
NoList = Annotated[Any, Only(([],))]
