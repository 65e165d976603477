"""Reads a body by its model. All fields of a wrong type are refused together, as Discord does; if all types are right, a field
that the sandbox would drop is refused by its name.

Called by the REST routes, the gateway, and the control API where members write as applications do.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from sandbox.discord.bodies.messages import Component
from sandbox.discord.bodies.values import LIST_REFUSED, OBJECT_REFUSED, Bits, Body, Only
from sandbox.discord.errors import ApiError, Problems
from sandbox.strict_json import Json

NOT_SERVED = 501
Path = tuple[str | int, ...]
Model = Any
"""A model of a body, or a list of one."""
_REFUSED = {"model_type": OBJECT_REFUSED, "list_type": LIST_REFUSED}


@cache
def _adapter(model: Model) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def checked(value: Json, model: Model, path: Path = ()) -> Json:
    """The value, once all of it fits and is kept. Raises ApiError: 400 with every misfit, else 501."""
    problems = Problems()
    check(problems, path, value, model)
    problems.raise_any()
    for name, given in unkept(value, model, path):
        raise ApiError(NOT_SERVED, 0, f"501: the sandbox does not keep {name!r} as {_cut(given)}")
    return value


def check(problems: Problems, path: Path, value: Json, model: Model) -> None:
    """Add a problem for each field of another type."""
    try:
        _adapter(model).validate_python(value)
    except ValidationError as unfit:
        for one in unfit.errors(include_url=False, include_context=False, include_input=False):
            code, message = _REFUSED.get(one["type"], (one["type"], one["msg"]))
            problems.add((*path, *one["loc"]), code, message)


def fits(value: Json, model: Model) -> bool:
    problems = Problems()
    check(problems, (), value, model)
    return not problems


def unkept(value: Json, model: Model, path: Path = ()) -> Iterator[tuple[str, Json]]:
    """Every field that would be dropped: where it stands, such as `embeds[0].provider`, and what it holds.

    The value must fit. These are not reported: a field that its model keeps, a field that is `null`, and an `Only` field that
    holds its documented default, because it asks for nothing.
    """
    if get_origin(model) is list:
        for index, item in enumerate(value):
            yield from unkept(item, get_args(model)[0], (*path, index))
    elif isinstance(model, type) and issubclass(model, Body):
        known = _known(model, value)
        for key, inner in value.items() if known is not None else ():
            if inner is not None:
                yield from _unkept_field(inner, model, key, (*path, key), known=key in (known or ()))


def _unkept_field(value: Json, model: type[Body], key: str, path: Path, *, known: bool) -> Iterator[tuple[str, Json]]:
    if not known:
        yield _written(path), value
        return
    field = model.model_fields[key]
    limits = [one for one in field.metadata if isinstance(one, Only | Bits)]
    if any(value not in one.values if isinstance(one, Only) else value & ~one.known for one in limits):
        yield _written(path), value
    elif not limits:
        yield from unkept(value, field.annotation, path)


def _known(model: type[Body], value: dict[str, Any]) -> set[str] | None:
    """The fields that are kept. None for a component of a strange type, whose form is refused as a whole."""
    if model is Component:
        return Component.kept(value.get("type"))
    return set(model.model_fields)


def _written(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _cut(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
