"""What a caller of the control API sent, read by pydantic models: each route has one for its body or its query.

An unknown field is refused with the known ones named, so that a typing mistake never looks like a success. `null` counts as
absent. The first thing that does not fit is told in one sentence.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, PrivateAttr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sandbox.discord.member_actions import Refused
from sandbox.strict_json import Json

MOST_SECONDS = 10 * 366 * 24 * 3600.0
"""Ten years: further than any rule here reaches."""
MOST_WHOLE = 2**64
_BITS = 64
A = TypeVar("A", bound="Asked")


class Asked(BaseModel):
    """Base of the models. A field is required where it has no default."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    _sent: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="wrap")
    @classmethod
    def _without_nulls(cls, value: Json, handler: Callable[[Json], Any]) -> Any:  # noqa: ANN401 - pydantic's own form
        if not isinstance(value, dict):
            return handler(value)
        made = handler({key: one for key, one in value.items() if one is not None})
        made._sent = frozenset(value)  # noqa: SLF001 - its own
        return made

    def sent(self, key: str) -> bool:
        """Whether the field is there, also with `null`."""
        return key in self._sent

    @classmethod
    def known(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]


def read(model: type[A], value: Json, what: str = "the body") -> A:
    """Raises Refused."""
    try:
        return model.model_validate(value)
    except ValidationError as unfit:
        raise Refused(_told(unfit, model, what)) from unfit


def known_object(value: Json, known: tuple[str, ...], what: str = "the body") -> dict[str, Any]:
    """An object of these fields, whose values have a reader of their own. Raises Refused."""
    if not isinstance(value, dict):
        raise Refused(f"{what} must be a JSON object")
    if strange := [key for key in value if key not in known]:
        raise Refused(f"{what} has no {strange[0]!r}; it takes: {', '.join(known) or 'nothing'}")
    return value


def _told(unfit: ValidationError, model: type[Asked], what: str) -> str:
    errors = unfit.errors(include_url=False, include_context=False, include_input=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    *path, key = first["loc"] or (what,)
    if first["type"] == "extra_forbidden":
        known = ", ".join(_within(model, path).known()) or "nothing"
        return f"{_written(path) or what} has no {key!r}; it takes: {known}"
    if first["type"] == "model_type":
        return f"{_written(first['loc']) or what} must be a JSON object"
    said = {"missing": "is missing", "list_type": "must be a list of objects"}.get(first["type"], first["msg"])
    return f"{key!r} {said}"


def _within(model: type[Asked], path: list[int | str]) -> type[Asked]:
    """The model of the part at this path."""
    for step in path:
        if isinstance(step, str):
            field = next(one for name, one in model.model_fields.items() if step in {name, one.alias})
            inner = field.annotation
            while get_args(inner):
                inner = get_args(inner)[0]
            if isinstance(inner, type) and issubclass(inner, Asked):
                model = inner
    return model


def _written(path: Any) -> str:  # noqa: ANN401 - pydantic's path
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _unfit(said: str) -> PydanticCustomError:
    return PydanticCustomError("unfit", said)  # pyright: ignore[reportArgumentType] - wants a literal text, for templates; ours has none


def text(most: int = 6000) -> PlainValidator:
    def check(value: Json) -> str:
        if not (isinstance(value, str) and value and len(value) <= most):
            raise _unfit(f"must be text of 1 to {most} characters")
        return value

    return PlainValidator(check)


def words(most: int = 4000) -> PlainValidator:
    """Text that may be empty."""

    def check(value: Json) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise _unfit(f"must be text of up to {most} characters")
        return value

    return PlainValidator(check)


def number(low: float = 0.0, high: float = MOST_SECONDS, *, query: bool = False) -> PlainValidator:
    """`query` lets it be written as text."""

    def check(value: Json) -> float:
        read_value = _read_number(value, query=query)
        if not low <= read_value <= high:
            raise _unfit(f"must lie between {low:g} and {high:g}")
        return float(read_value)

    return PlainValidator(check)


def whole(low: int = 0, high: int = MOST_WHOLE, *, query: bool = False) -> PlainValidator:
    def check(value: Json) -> int:
        read_value = _read_number(value, query=query)
        if read_value != int(read_value) or not low <= read_value <= high:
            raise _unfit(f"must be a whole number between {low} and {high}")
        return int(read_value)

    return PlainValidator(check)


def _read_number(value: Json, *, query: bool) -> int | float:
    made: Any = value
    if query and isinstance(value, str):
        try:
            made = int(value) if value.isascii() and value.isdecimal() else float(value)
        except ValueError:
            made = value
    wrong = isinstance(made, bool) or not isinstance(made, int | float)
    if wrong or (isinstance(made, float) and not math.isfinite(made)):
        raise _unfit(f"must be a number, not {made!r:.60}")
    return made


def one_of(*choices: str | int) -> PlainValidator:
    def check(value: Json) -> Json:
        if not any(value == one and type(value) is type(one) for one in choices):
            raise _unfit(f"must be one of: {', '.join(map(str, choices))}")
        return value

    return PlainValidator(check)


def _name(value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _unfit(f"must be an id or a name, not {value!r:.60}")
    return str(value)


def _names(value: Json) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str | int) and not isinstance(one, bool) for one in value):
        raise _unfit("must be a list of ids or names")
    return [str(one) for one in value]


def word_list(most: int, letters: int) -> PlainValidator:
    def check(value: Json) -> list[str]:
        made = _names(value)
        if len(made) > most or not all(one.strip("*") and len(one) <= letters for one in made):
            raise _unfit(f"takes up to {most} words of 1 to {letters} characters")
        return made

    return PlainValidator(check)


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise _unfit(f"must be true or false, not {value!r:.60}")
    return value


def _bits(value: Json) -> int:
    made = value
    if isinstance(made, str) and made.isascii() and made.isdecimal() and len(made) <= 20:
        made = int(made)
    if isinstance(made, bool) or not isinstance(made, int) or not 0 <= made < 1 << _BITS:
        raise _unfit(f'must be permission bits, such as "1024", not {value!r:.60}')
    return made


def _object(value: Json) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unfit("must be an object")
    return value


def _any_list(value: Json) -> list[Any]:
    if not isinstance(value, list):
        raise _unfit("must be a list")
    return value


Name = Annotated[str, PlainValidator(_name)]
"""An id or a name; ids may be numbers."""
Names = Annotated[list[str], PlainValidator(_names)]
Flag = Annotated[bool, PlainValidator(_flag)]
Bits = Annotated[int, PlainValidator(_bits)]
"""Permission bits: a number, or one written as text, as Discord writes them."""
Object = Annotated[dict[str, Any], PlainValidator(_object)]
"""An object whose keys are the caller's own."""
AnyList = Annotated[list[Any], PlainValidator(_any_list)]
"""A list whose items have a reader of their own."""
Title = Annotated[str, text(100)]
Locale = Annotated[str, text(20)]
Emoji = Annotated[str, text(32)]
WHO = Field(alias="as")
"""Who acts, `as` in the body."""
NONE: Any = Field(default_factory=list)
NOTHING: Any = Field(default_factory=dict)
"""What a list and an object hold where they are absent."""
