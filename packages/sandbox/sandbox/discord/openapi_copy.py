"""The copy of Discord's OpenAPI file that comes with the sandbox: the routes that are served, the schemas they need, no words.

`python -m sandbox openapi` makes it from the whole file, which is at github.com/discord/discord-api-spec (MIT, see
`data/LICENSE.openapi`). `openapi.py` holds requests and answers against it.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sandbox.strict_json import Json

COPY = Path(__file__).parent / "data" / "openapi.json"
BESIDE = (
    "GuildResponse",
    "GuildChannelResponse",
    "GuildMemberResponse",
    "GuildRoleResponse",
    "MessageResponse",
    "ThreadResponse",
)
"""Schemas of what the gateway sends. They are kept even if no route refers to them."""
_SCHEMAS = "#/components/schemas/"
_WORDS = ("description", "title")
"""Keys whose text is for readers; a property of that name holds a schema, not text."""
_KEPT = "application/json"


def trimmed(document: dict[str, Any], routes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What checks these routes (method, path) need of the whole file. Raises KeyError where it is no such file."""
    by_shape = {shape(path): path for path in document["paths"]}
    paths: dict[str, Any] = {}
    for method, route in sorted(routes, key=lambda one: (one[1], one[0])):
        path = by_shape.get(shape(route), "")
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            paths.setdefault(path, {})[method.lower()] = _operation(operation)
    schemas: dict[str, Any] = {}
    wanted = [*_named(paths), *BESIDE]
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = _without_words(document["components"]["schemas"][name])
            wanted += _named(schemas[name])
    info = {key: document["info"][key] for key in ("title", "license", "version")}
    components = {"schemas": dict(sorted(schemas.items()))}
    return {"openapi": document["openapi"], "info": info, "paths": paths, "components": components}


def written(document: dict[str, Any]) -> str:
    """As JSON with a path or a schema a line, so that a newer copy can be read as a difference."""

    def lines(part: dict[str, Any]) -> str:
        return ",\n".join(f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in part.items())

    head = lines({key: document[key] for key in ("openapi", "info")})
    paths, schemas = lines(document["paths"]), lines(document["components"]["schemas"])
    return f'{{\n{head},\n"paths": {{\n{paths}\n}},\n"components": {{"schemas": {{\n{schemas}\n}}}}\n}}\n'


def shape(path: str) -> str:
    """The path with its parameters' names left out, which differ between Discord's file and ours."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if parameters := operation.get("parameters"):
        made["parameters"] = [{key: one[key] for key in ("name", "in")} for one in parameters]
    if body := operation.get("requestBody", {}).get("content", {}).get(_KEPT):
        made["requestBody"] = {"content": {_KEPT: _without_words(body)}}
    made["responses"] = {status: _response(one) for status, one in operation["responses"].items()}
    return made


def _response(response: dict[str, Any]) -> dict[str, Any]:
    """A response that is shared by all routes stays a reference, which is not followed."""
    if "$ref" in response:
        return response
    content = response.get("content", {}).get(_KEPT)
    return {"content": {_KEPT: _without_words(content)}} if content else {}


def _without_words(node: Json) -> Json:
    if isinstance(node, list):
        return [_without_words(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_words(one) for key, one in node.items() if not (key in _WORDS and isinstance(one, str))}


def _named(node: Json) -> Iterator[str]:
    """Every schema that is referred to."""
    if isinstance(node, list):
        for one in node:
            yield from _named(one)
    elif isinstance(node, dict):
        for key, one in node.items():
            if key == "$ref" and isinstance(one, str) and one.startswith(_SCHEMAS):
                yield one.removeprefix(_SCHEMAS)
            else:
                yield from _named(one)
