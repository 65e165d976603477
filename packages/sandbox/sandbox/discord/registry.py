"""The application's commands: checked on registration, kept by scope, with ids that stay when the same name comes again.

`state.py` holds them, `rest/commands.py` changes them.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.discord.errors import Problems, unknown
from sandbox.discord.ids import Snowflakes

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
MAX_COMMANDS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
MAX_TOTAL = 8000
_NAME = re.compile(r"[-_'\w]{1,32}")
Scope = str | None


class Registry:
    """Commands by guild id, or None for global ones."""

    def __init__(self, ids: Snowflakes, application_id: str) -> None:
        self._application_id = application_id
        self._ids = ids
        self._scopes: dict[Scope, dict[str, dict[str, Any]]] = {}
        self._known: dict[tuple[Scope, int, str], str] = {}

    def all(self, scope: Scope) -> list[dict[str, Any]]:
        return list(self._scopes.get(scope, {}).values())

    def everywhere(self, guild_id: str) -> Iterator[dict[str, Any]]:
        """The commands of this guild, then the global ones. Of two with one name the guild's comes first, and runs."""
        yield from self.all(guild_id)
        yield from self.all(None)

    def get(self, scope: Scope, command_id: str) -> dict[str, Any]:
        try:
            return self._scopes[scope][command_id]
        except KeyError:
            raise unknown("command") from None

    def replace(self, scope: Scope, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        problems = Problems()
        made = [self._made(scope, body, problems, (index,)) for index, body in enumerate(given)]
        self._check_counts(made, problems)
        problems.raise_any()
        self._scopes[scope] = {command["id"]: command for command in made}
        return made

    def put(self, scope: Scope, body: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Add one command, or overwrite the one of that name; True where it is new."""
        problems = Problems()
        command = self._made(scope, body, problems, ())
        held = self._scopes.setdefault(scope, {})
        self._check_counts([one for one in held.values() if one["id"] != command["id"]] + [command], problems)
        problems.raise_any()
        new = command["id"] not in held
        held[command["id"]] = command
        return command, new

    def patch(self, scope: Scope, command_id: str, body: dict[str, Any]) -> dict[str, Any]:
        before = self.get(scope, command_id)
        problems = Problems()
        changed = self._made(scope, before | body | {"type": before["type"]}, problems, ())
        problems.raise_any()
        changed["id"] = command_id
        self._scopes[scope][command_id] = changed
        self._known[scope, changed["type"], changed["name"]] = command_id
        return changed

    def delete(self, scope: Scope, command_id: str) -> None:
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def _made(self, scope: Scope, body: dict[str, Any], problems: Problems, path: tuple[str | int, ...]) -> dict[str, Any]:
        kind = int(body.get("type") or CHAT_INPUT)
        name = str(body.get("name") or "")
        _check_command(kind, name, body, problems, path)
        key = (scope, kind, name)
        command_id = self._known.setdefault(key, self._ids.next())
        permissions = body.get("default_member_permissions")
        made: dict[str, Any] = {
            "id": command_id,
            "application_id": self._application_id,
            "version": self._ids.next(),
            "default_member_permissions": None if permissions is None else str(permissions),
            "type": kind,
            "name": name,
            "name_localizations": body.get("name_localizations"),
            "description": str(body.get("description") or ""),
            "description_localizations": body.get("description_localizations"),
            "dm_permission": body.get("dm_permission") is not False,
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0],
            "nsfw": bool(body.get("nsfw")),
        }
        if scope:
            made["guild_id"] = scope
        if options := body.get("options"):
            made["options"] = [_option(one) for one in options]
        return made

    def _check_counts(self, commands: list[dict[str, Any]], problems: Problems) -> None:
        for kind, limit in MAX_COMMANDS.items():
            if sum(command["type"] == kind for command in commands) > limit:
                problems.add((), "APPLICATION_COMMAND_TOO_MANY", f"At most {limit} commands of type {kind}.")
        names = [(command["type"], command["name"]) for command in commands]
        for index, name in enumerate(names):
            if name in names[:index]:
                problems.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


def _option(option: dict[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in option.items() if value is not None}
    if "options" in made:
        made["options"] = [_option(one) for one in made["options"]]
    return made


def _check_command(kind: int, name: str, body: dict[str, Any], problems: Problems, path: tuple[str | int, ...]) -> None:
    problems.length((*path, "name"), name, 1, 32)
    description = body.get("description")
    if kind == CHAT_INPUT:
        _check_name(name, problems, path)
        problems.length((*path, "description"), description, 1, 100)
        _check_options(body.get("options") or [], problems, path, depth=0)
        if _total(body) > MAX_TOTAL:
            problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_TOTAL})")
    elif kind not in {USER, MESSAGE}:
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    elif description or body.get("options"):
        field = "description" if description else "options"
        problems.add((*path, field), "APPLICATION_COMMAND_INVALID", f"Context menu commands cannot have {field}")


def _check_name(name: str, problems: Problems, path: tuple[str | int, ...]) -> None:
    if name and (not _NAME.fullmatch(name) or name != name.lower()):
        problems.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(options: list[dict[str, Any]], problems: Problems, path: tuple[str | int, ...], *, depth: int) -> None:
    problems.length((*path, "options"), options, 0, 25)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        place = (*path, "options", index)
        name, kind = str(option.get("name") or ""), option.get("type")
        problems.length((*place, "name"), name, 1, 32)
        _check_name(name, problems, place)
        problems.length((*place, "description"), option.get("description"), 1, 100)
        if name in names:
            problems.add((*place, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(name)
        if kind in {SUB_COMMAND, SUB_COMMAND_GROUP}:
            if depth > 1 or (depth == 1 and kind == SUB_COMMAND_GROUP):
                problems.add((*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option depth too large")
            _check_options(option.get("options") or [], problems, place, depth=depth + 1)
            continue
        if option.get("required") and optional_seen:
            problems.add(
                place,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        _check_value_option(option, problems, place)


def _check_value_option(option: dict[str, Any], problems: Problems, place: tuple[str | int, ...]) -> None:
    if option.get("type") not in range(3, 12):
        problems.add((*place, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
    choices = option.get("choices") or []
    problems.length((*place, "choices"), choices, 0, 25)
    if choices and option.get("autocomplete"):
        problems.add(
            (*place, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Options with choices cannot autocomplete"
        )
    for index, choice in enumerate(choices):
        problems.length((*place, "choices", index, "name"), choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            problems.length((*place, "choices", index, "value"), choice["value"], 1, 100)
    for key in ("min_length", "max_length"):
        if option.get(key) is not None and not 0 <= option[key] <= 6000:
            problems.add((*place, key), "NUMBER_TYPE_MAX", "int value should be between 0 and 6000.")


def _total(node: dict[str, Any]) -> int:
    """Characters of a command as Discord counts them: names, descriptions and values, all the way down."""
    size = len(str(node.get("name") or "")) + len(str(node.get("description") or ""))
    size += sum(_total(option) for option in node.get("options") or [])
    return size + sum(len(str(c.get("name"))) + len(str(c.get("value"))) for c in node.get("choices") or [])
