"""Checks every request of the bot and every answer of ours against Discord's own OpenAPI file, and reports what differs.

A millisecond or so each, so it is on only where a file is given. Nothing is refused for it.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.discord.bodies.reading import NOT_SERVED
from sandbox.discord.openapi_copy import shape
from sandbox.strict_json import Json, parsed

DOCUMENT = "urn:discord"
# Discord takes ids as numbers too (discord.py sends attachment ids so). The file, written for answers, does not say so.
_LENIENT_IN_REQUESTS = {"SnowflakeType": {"type": ["string", "integer"]}}
# The file names neither forwards nor media channels; Discord's documentation does.
_MISSING_CONSTANTS = (("MessageReferenceType", 1), ("ChannelTypes", 16))
_MEDIA_CHANNEL = 16
Report = Callable[[str, str, str, Any], None]


class Unusable(Exception):
    """Nothing can be checked against the file; the message says why."""


class OpenApi:
    """Validators are made on first use of an operation, and kept."""

    def __init__(self, file: Path, report: Report) -> None:
        """`report(method, path, problem, detail)` hears of each violation. Needs `jsonschema` (the extra `openapi`).

        Raises Unusable.
        """
        try:
            from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - of the extra `openapi`; a sandbox without the file must start without it
            from referencing import Registry  # noqa: PLC0415 - comes with jsonschema
            from referencing.jsonschema import DRAFT202012  # noqa: PLC0415 - comes with jsonschema
        except ImportError as missing:
            raise Unusable("an OpenAPI file needs the package jsonschema: pip install jsonschema") from missing

        document = document_of(file)
        _complete(document["components"]["schemas"])
        lenient = dict(document)
        lenient["components"] = document["components"] | {"schemas": document["components"]["schemas"] | _LENIENT_IN_REQUESTS}
        self._paths: dict[str, Any] = document["paths"]
        self._report = report
        self._registries = {
            strict: Registry().with_resource(DOCUMENT, DRAFT202012.create_resource(_absolute(content)))
            for strict, content in ((True, document), (False, lenient))
        }
        self._validator = validators.extend(Draft202012Validator, {"oneOf": _one_of, "anyOf": _one_of})
        self._shapes = {shape(path): path for path in self._paths}
        self._made: dict[tuple[str, ...], Any] = {}

    async def check_request(self, request: web.Request, route: str) -> None:
        operation = self._operation(request.method, route)
        if operation is None:
            return
        known = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"}
        if strange := set(request.query) - known:
            self._report(request.method, route, "query that Discord's file does not know", sorted(strange))
        content = operation.get("requestBody", {}).get("content", {})
        body = await _sent(request)
        if body is not None and "application/json" in content:
            key = ("request", request.method, route)
            self._check(key, content["application/json"]["schema"], body, f"{request.method} {route}", strict=False)

    def check_response(self, request: web.Request, route: str, response: web.Response) -> None:
        operation = self._operation(request.method, route)
        if operation is None or response.status == NOT_SERVED:
            return  # a request that is not served (501) is listed as a violation by `rest/app.py`
        status = str(response.status)
        responses = operation["responses"]
        declared = responses.get(status, responses.get(status[0] + "XX"))
        if declared is None:
            self._report(request.method, route, f"the sandbox answered {status}, which Discord's file does not name", None)
            return
        if "$ref" in declared:
            return  # Discord's shared error responses; their bodies are written in one place here
        schema = declared.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None and isinstance(response.body, bytes):
            key = ("response", request.method, route, status)
            self._check(key, schema, json.loads(response.body), f"answer to {request.method} {route}", strict=True)

    def _operation(self, method: str, route: str) -> dict[str, Any] | None:
        path = self._shapes.get(shape(route))
        return self._paths[path].get(method.lower()) if path else None

    def _check(self, key: tuple[str, ...], schema: Json, value: Json, where: str, *, strict: bool) -> None:
        validator = self._made.get(key)
        if validator is None:
            validator = self._validator(_absolute(schema), registry=self._registries[strict])
            self._made[key] = validator
        for error in validator.iter_errors(value):
            method, _, path = where.rpartition(" ")
            self._report(method, path, "not as Discord's OpenAPI file has it", _told(error))
            return


def document_of(file: Path) -> dict[str, Any]:
    """The file as JSON. Raises Unusable."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as unread:
        raise Unusable(f"{file} cannot be read as JSON: {unread}") from unread
    if not isinstance(document, dict) or "paths" not in document or "schemas" not in document.get("components", {}):
        raise Unusable(f"{file} is no OpenAPI file with paths and schemas")
    return document


def _complete(schemas: dict[str, Any]) -> None:
    for name, constant in _MISSING_CONSTANTS:
        schemas.get(name, {}).get("oneOf", []).append({"const": constant})
    kinds = schemas.get("GuildChannelResponse", {}).get("properties", {}).get("type", {}).get("enum", [])
    if _MEDIA_CHANNEL not in kinds:
        kinds.append(_MEDIA_CHANNEL)


def _absolute(node: Json) -> Json:
    """Make references absolute, so that a schema can be compiled alone."""
    if isinstance(node, list):
        return [_absolute(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{DOCUMENT}{value}" if key == "$ref" and isinstance(value, str) and value.startswith("#") else _absolute(value)
        for key, value in node.items()
    }


async def _sent(request: web.Request) -> Json:
    if request.content_type == "multipart/form-data":
        try:
            payload = (await request.post()).get("payload_json")
            return parsed(payload) if isinstance(payload, str) else None
        except ValueError:
            return None
    if request.content_type == "application/json" and request.body_exists:
        try:
            return parsed(await request.read() or b"null")
        except ValueError:
            return None
    return None


def _told(error: Json) -> dict[str, Any]:
    deepest = error
    while deepest.context:
        deepest = min(deepest.context, key=lambda one: -len(one.absolute_path))
    at = "/".join(str(part) for part in deepest.absolute_path)
    return {"at": at, "message": deepest.message[:500]}


def _one_of(validator: Json, branches: list[Any], instance: Json, _schema: Json) -> Iterator[Any]:
    """Try only the branches that the instance's `type` number allows: quicker, and its errors say what is wrong.

    At least one must fit. Discord's `oneOf` is not exclusive in practice: an empty action row fits several.
    """
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415 - of the extra, see above

    tried: list[Any] = []
    for index, branch in enumerate(branches):
        if isinstance(instance, dict) and not _may_fit(validator, branch, instance):
            continue
        errors = list(validator.descend(instance, branch, schema_path=index))
        if not errors:
            return
        tried.extend(errors)
    yield ValidationError("fits none of what is allowed here", context=tried)


def _may_fit(validator: Json, branch: dict[str, Any], instance: dict[str, Any]) -> bool:
    """Whether the branch's `type` enumeration, if it has one, holds the instance's type."""
    if "$ref" in branch:
        branch = validator._resolver.lookup(branch["$ref"]).contents  # noqa: SLF001 - jsonschema offers no public way to look a reference up
    kinds = branch.get("properties", {}).get("type", {}).get("enum") if isinstance(branch, dict) else None
    return kinds is None or instance.get("type") in kinds
