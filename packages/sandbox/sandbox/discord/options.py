"""Checks a member's command line as Discord's client does before anything is sent.

Turns `{"prompt": "…", "image": "@f1"}` into the options and resolved data of an interaction.
`member_actions.py` calls it.
"""

from collections.abc import Callable
from typing import Any

from sandbox.discord.registry import ATTACHMENT, BOOLEAN, INTEGER, NUMBER, STRING, SUB_COMMAND, SUB_COMMAND_GROUP
from sandbox.strict_json import Json

USER, CHANNEL, ROLE, MENTIONABLE = 6, 7, 8, 9
Resolve = Callable[[int, Any], str]
MOST_NUMBER = 2**53  # Discord's own bound on integers and numbers
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


class BadOption(Exception):
    """Discord's client would not send this; the message says what to change."""


def find(command: dict[str, Any], words: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Follow subcommand names; return the definitions walked through and the options of the last."""
    walked: list[dict[str, Any]] = []
    options: list[dict[str, Any]] = command.get("options") or []
    for word in words:
        found = next((o for o in options if o["name"] == word and o["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP}), None)
        if found is None:
            known = ", ".join(o["name"] for o in options if o["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP})
            raise BadOption(f"/{command['name']} has no subcommand {word!r}; it has: {known or 'none'}")
        walked.append(found)
        options = found.get("options") or []
    if any(o["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP} for o in options):
        raise BadOption(f"name a subcommand: {', '.join(o['name'] for o in options)}")
    return walked, options


def filled(
    definitions: list[dict[str, Any]], given: dict[str, Any], resolve: Resolve, *, focused: str | None = None
) -> list[dict[str, Any]]:
    """Return the interaction's options. `focused` names the one being typed.

    The focused option is not checked, and with one, required options may be missing.
    """
    known = {definition["name"]: definition for definition in definitions}
    if strange := [name for name in given if name not in known]:
        raise BadOption(f"there is no option {strange[0]!r}; there are: {', '.join(known) or 'none'}")
    if focused is not None and focused not in known:
        raise BadOption(f"there is no option {focused!r} to complete; there are: {', '.join(known) or 'none'}")
    made: list[dict[str, Any]] = []
    for name, definition in known.items():
        value = given.get(name)
        if isinstance(value, dict | list):
            raise BadOption(f"option {name!r} takes one value, not {value!r:.60}")
        if name == focused:
            made.append({"name": name, "type": definition["type"], "value": "" if value is None else value, "focused": True})
        elif value is not None:
            made.append({"name": name, "type": definition["type"], "value": _value(definition, value, resolve)})
        elif definition.get("required") and focused is None:
            raise BadOption(f"option {name!r} is required")
    return made


def _value(definition: dict[str, Any], value: Json, resolve: Resolve) -> Json:
    kind, name = definition["type"], definition["name"]
    if kind == STRING:
        made: Any = _string(definition, value)
    elif kind in {INTEGER, NUMBER}:
        made = _number(definition, value)
    elif kind == BOOLEAN:
        made = _boolean(name, value)
    elif kind in {ATTACHMENT, USER, CHANNEL, ROLE, MENTIONABLE}:
        return _resolved(kind, name, value, resolve)
    else:
        raise BadOption(f"option {name!r} has a type that the sandbox does not know: {kind}")
    return _choice(definition, made)


def _resolved(kind: int, name: str, value: Json, resolve: Resolve) -> str:
    try:
        return resolve(kind, value)
    except BadOption as bad:
        remedy = ""
        if kind == ATTACHMENT and not str(value).startswith("@"):
            remedy = f"; on the command line write {name}=@{value}"
        raise BadOption(f"option {name!r}: {bad}{remedy}") from bad


def _string(definition: dict[str, Any], value: Json) -> str:
    low, high = definition.get("min_length") or 0, definition.get("max_length") or 6000
    text = str(value)
    if not low <= len(text) <= high:
        raise BadOption(f"option {definition['name']!r} takes {low} to {high} characters, {len(text)} were given")
    return text


def _number(definition: dict[str, Any], value: Json) -> int | float:
    name = definition["name"]
    choices = {choice["name"]: choice["value"] for choice in definition.get("choices") or []}
    value = choices.get(value, value) if isinstance(value, str) else value
    try:
        number = int(value) if definition["type"] == INTEGER else float(value)
    except (TypeError, ValueError, OverflowError):
        raise BadOption(f"option {name!r} takes a number, not {value!r}") from None
    if isinstance(value, bool) or (definition["type"] == INTEGER and isinstance(value, float) and value != number):
        raise BadOption(f"option {name!r} takes a whole number, not {value!r}")
    if not -MOST_NUMBER <= number <= MOST_NUMBER:
        raise BadOption(f"option {name!r} takes numbers from -2^53 to 2^53")
    low, high = definition.get("min_value"), definition.get("max_value")
    if (low is not None and number < low) or (high is not None and number > high):
        raise BadOption(f"option {name!r} must lie between {low} and {high}, {number} was given")
    return number


def _boolean(name: str, value: Json) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise BadOption(f"option {name!r} takes true or false, not {value!r}")


def _choice(definition: dict[str, Any], value: Json) -> Json:
    """A choice may be given by its value or by the name that members see."""
    choices = definition.get("choices") or []
    if not choices:
        return value
    for choice in choices:
        if value in {choice["value"], choice["name"]}:
            return choice["value"]
    names = ", ".join(str(choice["name"]) for choice in choices)
    raise BadOption(f"option {definition['name']!r} must be one of: {names}; {value!r} was given")
