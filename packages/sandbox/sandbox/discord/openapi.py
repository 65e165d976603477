"""Checks every request of the bot and every answer of ours against Discord's own OpenAPI file, and reports what differs.

It takes a second library and a while for the first request of each kind, so it is on only where a file is given. Nothing is
refused for it.
"""

import json
from collections.abc import Callable
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
_CHARACTERS = 500
Report = Callable[[str, str, str, Any], None]


class Unusable(Exception):
    """Nothing can be checked against the file; the message says why."""


class OpenApi:
    """Validators are made on first use of an operation, and kept."""

    def __init__(self, file: Path, report: Report) -> None:
        """`report(method, path, problem, detail)` hears of each violation. Needs `jsonschema-rs` (the extra `openapi`).

        Raises Unusable.
        """
        try:
            from jsonschema_rs import Draft202012Validator, Registry  # noqa: PLC0415 - of the extra `openapi`; a sandbox without the file must start without it
        except ImportError as missing:
            raise Unusable("an OpenAPI file needs the package jsonschema-rs: pip install jsonschema-rs") from missing

        document = document_of(file)
        _complete(document["components"]["schemas"])
        lenient = dict(document)
        lenient["components"] = document["components"] | {"schemas": document["components"]["schemas"] | _LENIENT_IN_REQUESTS}
        self._paths: dict[str, Any] = document["paths"]
        self._report = report
        self._registries = {
            strict: Registry([(DOCUMENT, _checkable(content))]) for strict, content in ((True, document), (False, lenient))
        }
        self._validator = Draft202012Validator
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
            validator = self._validator(_checkable(schema), registry=self._registries[strict])
            self._made[key] = validator
        error = next(validator.iter_errors(value), None)
        if error is not None:
            method, _, path = where.rpartition(" ")
            self._report(method, path, "not as Discord's OpenAPI file has it", _told(error))


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


def _checkable(node: Json) -> Json:
    """The schema with absolute references, so that it can be compiled alone, and with `anyOf` in place of each `oneOf`.

    Discord's `oneOf` is not exclusive in practice: an empty action row fits several.
    """
    if isinstance(node, list):
        return [_checkable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str) and value.startswith("#"):
            made[key] = f"{DOCUMENT}{value}"
        else:
            made["anyOf" if key == "oneOf" and isinstance(value, list) else key] = _checkable(value)
    return made


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
    """What to change: where none of several branches fits, the deepest error in the one of the same `type`."""
    while branches := getattr(error.kind, "context", None):
        kind = [*error.instance_path, "type"]
        of_its_type = [errors for errors in branches if all(one.instance_path != kind for one in errors)]
        error = max((one for errors in of_its_type or branches for one in errors), key=lambda one: len(one.instance_path))
    return {"at": "/".join(map(str, error.instance_path)), "message": error.message[:_CHARACTERS]}
