"""Serves files as Discord's CDN does: behind signed URLs that expire, in ranges so that video plays; and default avatars."""

import struct
import zlib

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.discord.files import Stored
from sandbox.discord.state import State

_AVATAR_COLOURS = ((88, 101, 242), (116, 127, 141), (59, 165, 92), (250, 166, 26), (237, 66, 69), (235, 69, 158))


class Cdn:
    def __init__(self, state: State) -> None:
        self._state = state

    def app(self, middleware: Middleware, unknown: Handler) -> web.Application:
        """The application to mount under `/cdn`; `middleware` records and applies faults (all but `truncate`), `unknown`
        answers for all other files.
        """
        app = web.Application(middlewares=[middleware])
        app.router.add_get("/embed/avatars/{number}.png", self.avatar)
        app.router.add_get("/{kind:attachments|ephemeral-attachments}/{place}/{file_id}/{name}", self.file)
        app.router.add_get("/external/{path:.+}", self.external)
        app.router.add_route("*", "/{unknown:.*}", unknown)
        return app

    async def file(self, request: web.Request) -> web.StreamResponse:
        match = request.match_info
        stored = self._state.files.opened(match["kind"], match["place"], match["file_id"], dict(request.query))
        return _served(stored)

    async def external(self, request: web.Request) -> web.StreamResponse:
        """What lies at another host's address, as Discord's proxy gives it."""
        return _served(self._state.outside.opened(request.match_info["path"]))

    async def avatar(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        colour = _AVATAR_COLOURS[int(number) % len(_AVATAR_COLOURS) if number.isdecimal() else 0]
        return web.Response(body=_png(colour), content_type="image/png")


def _served(stored: Stored | None) -> web.StreamResponse:
    if stored is None:
        return web.Response(status=404, text="This content is no longer available.")
    response = web.FileResponse(stored.path)
    response.content_type = stored.content_type or "application/octet-stream"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def _png(colour: tuple[int, int, int], side: int = 64) -> bytes:
    """One flat square."""
    rows = (b"\0" + bytes(colour) * side) * side

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
