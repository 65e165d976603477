"""Reads the JSON of a request to the vendor's double."""

from typing import Any

from aiohttp import web

from sandbox.scenario.errors import Malformed
from sandbox.strict_json import parsed


async def json_of(request: web.Request) -> object:
    try:
        return parsed(await request.read())
    except ValueError:
        raise Malformed("The body must be JSON") from None


def object_of(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Malformed("The body must be an object")
    return body
