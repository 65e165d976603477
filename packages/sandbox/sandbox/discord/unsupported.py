"""Which fields of a bot's request the sandbox keeps: what it would drop without a word is refused by name instead.

A field passes that its shape names. One that is `null`, or holds what its documentation has as the default, asks for nothing.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.discord import body_types
from sandbox.discord.body_types import COMPONENT, OBJECT, Bits, Fixed, Shape
from sandbox.discord.errors import ApiError, Problems
from sandbox.strict_json import Json

NOT_SERVED = 501
_CHOOSING = ("custom_id", "placeholder", "min_values", "max_values", "disabled", "required", "default_values")
_CHOICES = ("custom_id", "min_values", "max_values", "required", "options")
COMPONENT_FIELDS: dict[int, tuple[str, ...]] = {
    1: ("components",),
    2: ("custom_id", "style", "label", "emoji", "url", "disabled"),
    3: (*_CHOOSING, "options"),
    4: ("custom_id", "style", "label", "value", "placeholder", "required", "min_length", "max_length"),
    5: _CHOOSING,
    6: _CHOOSING,
    7: _CHOOSING,
    8: (*_CHOOSING, "channel_types"),
    9: ("components", "accessory"),
    10: ("content",),
    11: ("media", "description", "spoiler"),
    12: ("items",),
    13: ("file", "spoiler", "name", "size"),
    14: ("divider", "spacing"),
    17: ("components", "accent_color", "spoiler"),
    18: ("label", "description", "component"),
    19: ("custom_id", "min_values", "max_values", "required"),
    21: ("custom_id", "required", "options"),
    22: _CHOICES,
    23: ("custom_id", "default"),
}
"""By a component's type, what is kept beside `type` and `id`. A type that is not here is refused by its form."""


def checked(value: Json, shape: Shape, path: tuple[str | int, ...] = ()) -> Json:
    """The value, once all of it fits and is kept. Raises ApiError: 400 with every misfit, else 501."""
    problems = Problems()
    body_types.check(problems, path, value, shape)
    problems.raise_any()
    check_kept(value, shape, path)
    return value


def check_kept(value: Json, shape: Shape, path: tuple[str | int, ...] = ()) -> None:
    """Raises ApiError, 501, for the first field that would be dropped. The types must have been checked."""
    for name, given in unkept(value, shape, path):
        why = f"501: the sandbox does not keep {name!r} as {_cut(given)}"
        raise ApiError(NOT_SERVED, 0, why)


def unkept(value: Json, shape: Shape, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Json]]:
    """Every field that would be dropped: where it stands, such as `embeds[0].provider`, and what it holds."""
    if isinstance(shape, Fixed):
        if value not in shape.values:
            yield _written(path), value
    elif isinstance(shape, Bits):
        if value & ~shape.known:
            yield _written(path), value
    elif isinstance(shape, list):
        for index, item in enumerate(value):
            yield from unkept(item, shape[0], (*path, index))
    elif isinstance(shape, dict) and shape is not OBJECT:
        yield from _unkept_fields(value, _known(shape, value), path)


def _unkept_fields(
    value: dict[str, Any], known: dict[str, Shape] | None, path: tuple[str | int, ...]
) -> Iterator[tuple[str, Json]]:
    for key, inner in value.items() if known is not None else ():
        if inner is None or known is None:
            continue
        if key in known:
            yield from unkept(inner, known[key], (*path, key))
        else:
            yield _written((*path, key)), inner


def _known(shape: dict[str, Shape], value: dict[str, Any]) -> dict[str, Shape] | None:
    """None for a component of a strange type, whose form is refused as a whole."""
    if shape is not COMPONENT:
        return shape
    fields = COMPONENT_FIELDS.get(value.get("type") or 0)
    return None if fields is None else {key: shape[key] for key in ("type", "id", *fields)}


def _written(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _cut(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
