"""Describes one HTTP exchange for the records: readable, with every secret and every file's bytes taken out.

Also writes an injected fault's answer as the vendor writes its errors. `faults.py` calls it.
"""

import base64
import hashlib
import json
import re
from typing import Any

from aiohttp import web

from sandbox.strict_json import parsed

PREFIXES = {"discord": "/api/v10", "scenario": "/scenario/v1", "cdn": "/cdn"}
_SECRET_KEYS = {"token", "secret", "api_secret", "apiSecret"}
_SECRET_QUERY = {"signature", "sig", "hm", "token"}
_TOKEN_IN_PATH = re.compile(r"^((?:/api)?(?:/v\d+)?(?:/interactions/[^/]+/|/webhooks/[^/]+/))([^/]+)")
_INLINE_FILE_CHARACTERS = 1024  # a longer "image" string is a file in base64, never a name
_BODY_KEPT_BYTES = 256 * 1024
_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


def bare_path(source: str, path: str) -> str:
    """Return the path below the API's own prefix, as its documentation writes it."""
    prefix = PREFIXES.get(source, "")
    return path[len(prefix) :] or "/" if prefix and path.startswith(prefix + "/") else path


def redacted_path(path: str) -> str:
    """Replace an interaction token by a digest, so that requests of one interaction still show as such."""
    return _TOKEN_IN_PATH.sub(lambda found: f"{found[1]}token-{_digest(found[2].encode())[:8]}", path)


async def request_seen(request: web.Request) -> dict[str, Any]:
    """Read the request whole, leaving it readable for its handler (`read`, `json`, `post`), and describe it.

    A multipart form must be read by its handler with `await request.post()`, which answers from what was read here.
    """
    seen: dict[str, Any] = {}
    if request.query:
        seen["query"] = {key: "***" if key.lower() in _SECRET_QUERY else value for key, value in request.query.items()}
    if reason := request.headers.get("X-Audit-Log-Reason"):
        seen["audit_log_reason"] = reason
    if not request.body_exists:
        return seen
    if request.content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        try:
            seen["form"] = await _form_seen(request)
        except ValueError:
            seen["text"] = "(a form that cannot be read)"
        return seen
    body = await request.read()
    if request.content_type == "application/json":
        try:
            seen["json"] = _without_secrets(parsed(body))
        except ValueError:
            seen["text"] = body[:1000].decode(errors="replace")
    elif body:
        seen["file"] = _file_seen(None, body) | {"type": request.content_type}
    return seen


def response_seen(response: web.StreamResponse) -> object:
    """Return the answer's JSON with its secrets out, or what a file is without its bytes; None for an empty answer."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return {"type": response.content_type, "size": response.content_length}
    if not response.body:
        return None
    if response.content_type == "application/json" and len(response.body) <= _BODY_KEPT_BYTES:
        try:
            return _without_secrets(json.loads(response.body))
        except (ValueError, RecursionError):
            pass
    return {"type": response.content_type, "size": len(response.body)}


def refusal(source: str, kind: str, status: int, seconds: float, scope: str, body: object) -> web.Response:
    """Answer an injected `status` or `rate_limit` fault as the vendor would; `body` overrides the vendor's JSON."""
    headers: dict[str, str] = {}
    if kind == "rate_limit":
        status = 429
        headers["Retry-After"] = f"{seconds:g}"
        if source == "discord":
            headers |= {"X-RateLimit-Scope": scope, "X-RateLimit-Reset-After": f"{seconds:g}"}
            headers |= {"X-RateLimit-Global": "true"} if scope == "global" else {}
    reason = _REASONS.get(status, "Internal Server Error")
    if body is not None:
        return web.json_response(body, status=status, headers=headers)
    if source == "scenario":
        body = {"error": reason, "reason": "This fault was asked for."}
    elif kind == "rate_limit":
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
    else:
        body = {"message": f"{status}: {reason}", "code": 0}
    return web.json_response(body, status=status, headers=headers)


async def _form_seen(request: web.Request) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            digest, size = hashlib.sha256(), 0
            while chunk := value.file.read(1024 * 1024):
                digest.update(chunk)
                size += len(chunk)
            value.file.seek(0)
            seen.append(
                {
                    "name": name,
                    "filename": value.filename,
                    "type": value.content_type,
                    "size": size,
                    "sha256": digest.hexdigest(),
                }
            )
            continue
        text = value.decode(errors="replace") if isinstance(value, bytes | bytearray) else str(value)
        part: dict[str, Any] = {"name": name}
        try:
            part["json"] = _without_secrets(parsed(text))
        except ValueError:
            part["text"] = text
        seen.append(part)
    return seen


def _without_secrets(value: object) -> object:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, item in value.items():
        if key in _SECRET_KEYS and isinstance(item, str):
            kept[key] = "***"
        elif key == "image" and isinstance(item, str) and len(item) > _INLINE_FILE_CHARACTERS:
            kept[key] = _inline_seen(item)
        else:
            kept[key] = _without_secrets(item)
    return kept


def _inline_seen(text: str) -> dict[str, Any]:
    try:
        return _file_seen(None, base64.b64decode(text.rpartition(",")[2], validate=True))
    except ValueError:
        return {"size": len(text), "note": "not base64"}


def _file_seen(name: str | None, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": _digest(content)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
