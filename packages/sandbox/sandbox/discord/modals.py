"""Modals: what a bot may open, and what a member may submit in it.

Checks the form as Discord's API does when it opens, and as Discord's client does before it is sent.
`callbacks.py` and `member_actions.py` call it.
"""

from typing import Any

from sandbox.discord.components import (
    ACTION_ROW,
    MAX_OPTIONS,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    check_choosing,
    select_options,
    walk,
)
from sandbox.discord.errors import Problems
from sandbox.strict_json import Json

LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
IN_LABEL = (STRING_SELECT, TEXT_INPUT, 5, 6, 7, 8, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
INPUTS = frozenset(IN_LABEL)
MAX_TOP_LEVEL = 5
_MOST_CHOSEN = dict.fromkeys(SELECTS, MAX_OPTIONS) | {FILE_UPLOAD: 10, CHECKBOX_GROUP: 10}
_OPTION_LIMITS = {STRING_SELECT: (1, 25), RADIO_GROUP: (2, 10), CHECKBOX_GROUP: (1, 10)}


class Unfit(Exception):
    """What a member filled in would not leave Discord's client; the message says what to change."""


def check_modal(data: dict[str, Any]) -> dict[str, Any]:
    """Check a modal as it is opened and return it. Raises ApiError with every fault."""
    problems = Problems()
    problems.length(("custom_id",), data.get("custom_id"), 1, 100)
    problems.length(("title",), data.get("title"), 1, 45)
    components = data.get("components") or []
    problems.length(("components",), components, 1, MAX_TOP_LEVEL)
    seen: set[str] = set()
    for index, component in enumerate(components):
        _check_top(("components", index), component, problems, seen)
    problems.raise_any()
    return {"custom_id": data["custom_id"], "title": data["title"], "components": components}


def _check_top(path: tuple[str | int, ...], component: dict[str, Any], problems: Problems, seen: set[str]) -> None:
    kind = component.get("type")
    if kind == LABEL:
        problems.length((*path, "label"), component.get("label"), 1, 45)
        problems.length((*path, "description"), component.get("description"), 0, 100)
        inner = component.get("component") or {}
        if inner.get("type") not in IN_LABEL:
            problems.add(
                (*path, "component", "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {IN_LABEL}.'
            )
            return
        _check_input((*path, "component"), inner, problems, seen)
    elif kind == ACTION_ROW:
        inside = component.get("components") or []
        problems.length((*path, "components"), inside, 1, 1)
        for number, inner in enumerate(inside):
            if inner.get("type") != TEXT_INPUT:
                at = (*path, "components", number, "type")
                problems.add(at, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({TEXT_INPUT},).')
            problems.length((*path, "components", number, "label"), inner.get("label"), 1, 45)
            _check_input((*path, "components", number), inner, problems, seen)
    elif kind == TEXT_DISPLAY:
        problems.length((*path, "content"), component.get("content"), 1, 4000)
    else:
        problems.add((*path, "type"), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).')


def _check_input(path: tuple[str | int, ...], field: dict[str, Any], problems: Problems, seen: set[str]) -> None:
    custom_id = field.get("custom_id")
    problems.length((*path, "custom_id"), custom_id, 1, 100)
    if custom_id in seen:
        problems.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    seen.add(str(custom_id))
    kind = field.get("type")
    if kind == TEXT_INPUT:
        _check_text_input(path, field, problems)
    elif kind in _OPTION_LIMITS:
        select_options(problems, path, field.get("options"), *_OPTION_LIMITS[kind])
    if kind in _MOST_CHOSEN:
        check_choosing(problems, path, field, _MOST_CHOSEN[kind])


def _check_text_input(path: tuple[str | int, ...], field: dict[str, Any], problems: Problems) -> None:
    problems.length((*path, "value"), field.get("value"), 0, 4000)
    problems.length((*path, "placeholder"), field.get("placeholder"), 0, 100)
    if field.get("style") not in {1, 2}:
        problems.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
    low, high = field.get("min_length") or 0, field.get("max_length") or 4000
    if not (0 <= low <= 4000 and 1 <= high <= 4000 and low <= high):
        problems.add((*path, "max_length"), "NUMBER_TYPE_MAX", "min_length and max_length must fit 0 to 4000 in order.")
    value = field.get("value") or ""
    if value and not low <= len(value) <= high:
        problems.add((*path, "value"), "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def _bounds(field: dict[str, Any]) -> tuple[int, int]:
    low, high = field.get("min_values"), field.get("max_values")
    return (1 if low is None else low), (1 if high is None else high)


def inputs_of(modal: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields that a member can fill in, by custom id."""
    return {field["custom_id"]: field for field in walk(modal["components"]) if field["type"] in INPUTS}


def submitted(modal: dict[str, Any], values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the submission's components, with defaults where nothing was filled in. Raises Unfit.

    Values of file uploads are attachment ids.
    """
    unknown = set(values) - set(inputs_of(modal))
    if unknown:
        names = ", ".join(inputs_of(modal)) or "none"
        raise Unfit(f"the modal has no field {min(unknown)!r}; its fields are: {names}")
    made: list[dict[str, Any]] = []
    for index, component in enumerate(modal["components"], start=1):
        shown: dict[str, Any] = {"type": component["type"], "id": component.get("id") or index}
        if component["type"] == LABEL:
            shown["component"] = _filled(component["component"], component["label"], values, index + 100)
        elif component["type"] == ACTION_ROW:
            rows = component["components"]
            shown["components"] = [_filled(one, one.get("label") or "", values, index + 200) for one in rows]
        made.append(shown)
    return made


def _filled(field: dict[str, Any], label: str, values: dict[str, Any], number: int) -> dict[str, Any]:
    kind, custom_id = field["type"], field["custom_id"]
    shown: dict[str, Any] = {"type": kind, "id": field.get("id") or number, "custom_id": custom_id}
    given = values.get(custom_id)
    if kind == TEXT_INPUT:
        text = str(field.get("value") or "") if given is None else given
        return shown | {"value": _text(field, label, text)}
    if kind == CHECKBOX:
        if given is not None and not isinstance(given, bool):
            raise Unfit(f"{label!r} takes true or false")
        return shown | {"value": bool(field.get("default") if given is None else given)}
    values_given = _defaults(field) if given is None else chosen(given, label)
    _check_choice(field, label, values_given)
    if kind == RADIO_GROUP:
        return shown | {"value": values_given[0] if values_given else None}
    return shown | {"values": values_given}


def chosen(given: Json, label: str) -> list[str]:
    """One text or a list of texts, as a list. Raises Unfit."""
    made = [given] if isinstance(given, str) else given
    if not isinstance(made, list) or not all(isinstance(one, str) for one in made):
        raise Unfit(f"{label!r} takes text or a list of texts")
    return made


def _defaults(field: dict[str, Any]) -> list[str]:
    return [option["value"] for option in field.get("options") or [] if option.get("default")]


def _text(field: dict[str, Any], label: str, text: Json) -> str:
    if not isinstance(text, str):
        raise Unfit(f"{label!r} takes text")
    low, high = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and field.get("required", True) is not False:
        raise Unfit(f"{label!r} must be filled in")
    if text and not low <= len(text) <= high:
        raise Unfit(f"{label!r} takes {low} to {high} characters, {len(text)} were given")
    return text


def _check_choice(field: dict[str, Any], label: str, given: list[str]) -> None:
    low, high = _bounds(field)
    required = field.get("required", True) is not False
    if field["type"] == RADIO_GROUP:
        low, high = (1 if required else 0), 1
    if not given and not required:
        return
    if not max(low, int(required)) <= len(given) <= high:
        raise Unfit(f"{label!r} takes {max(low, int(required))} to {high} values, {len(given)} were given")
    known = {option["value"] for option in field.get("options") or []}
    strange = [value for value in given if known and value not in known]
    if strange:
        raise Unfit(f"{label!r} has no option {strange[0]!r}; it has: {', '.join(sorted(known))}")
