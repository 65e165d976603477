"""Answers and their bodies, unpacked in pieces: a packed one may unpack to a thousand times its size."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

import httpx

ACCEPTED: Final = "gzip"
"""The only packing that is asked for, and read."""
_PIECE_BYTES: Final = 256 * 1024
_MEMBERS_MOST: Final = 1000
"""Parts of one packed body, each packed by itself: proper ones are one or a few. Empty ones take time and make no bytes."""
ODD_REDIRECT: Final = "a redirect that can't be read"
"""Of the `httpx.RemoteProtocolError` for it. Another try gets the same."""
_GZIP: Final = zlib.MAX_WBITS | 16
_PLAIN: Final = frozenset({"", "identity"})
_OF_THE_WAY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of how a body travels: they do not hold for the body as it was unpacked."""


class TooLong(httpx.RequestError):
    """No answer of this vendor is so long."""


async def sent(http: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
    """The answer with its body still to come; no redirect is followed. Raises `httpx.RequestError`."""
    try:
        return await http.send(request, auth=auth, stream=True, follow_redirects=False)
    except ValueError as error:
        # httpx reads the address of a redirect all the same, and lets what its parser of names says through.
        raise httpx.RemoteProtocolError(ODD_REDIRECT, request=request) from error


async def whole(reply: httpx.Response, most: int) -> httpx.Response:
    """The answer with its body in it, unpacked, and closed. Raises `httpx.RequestError` for one of more than `most` bytes."""
    body = bytearray()
    try:
        async for piece in pieces(reply):
            body += piece
            # What arrives counts too: there are ways to pack nothing into much.
            if max(len(body), reply.num_bytes_downloaded) > most:
                raise TooLong(f"an answer of more than {most} bytes", request=reply.request)
    finally:
        await reply.aclose()
    headers = [(name, value) for name, value in reply.headers.multi_items() if name not in _OF_THE_WAY]
    return httpx.Response(reply.status_code, headers=headers, content=bytes(body), request=reply.request)


async def pieces(reply: httpx.Response) -> AsyncIterator[bytes]:
    """The body unpacked, each piece at most 256 KiB. The caller counts, stops and closes.

    Raises `httpx.RequestError` for a packing that was not asked for, packed twice too, and for one that is broken.
    """
    if reply.is_stream_consumed:  # by a transport that reads whole answers: there is nothing left to unpack
        yield reply.content
        return
    coding = reply.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {*_PLAIN, ACCEPTED}:
        raise httpx.DecodingError("packed in a way that was not asked for", request=reply.request)
    unpacked = _gunzipped(reply) if coding == ACCEPTED else reply.aiter_raw(_PIECE_BYTES)
    try:
        async for piece in unpacked:
            yield piece
    except zlib.error as error:
        raise httpx.DecodingError(f"can't be unpacked: {error}", request=reply.request) from error


async def _gunzipped(reply: httpx.Response) -> AsyncIterator[bytes]:
    member, members = zlib.decompressobj(_GZIP), 1
    async for packed in reply.aiter_raw():
        left = packed
        while left:
            if member.eof:
                member, members = zlib.decompressobj(_GZIP), members + 1
            if members > _MEMBERS_MOST:
                raise httpx.DecodingError("packed in parts without end", request=reply.request)
            # An empty piece is told too, so that who counts what arrives can stop.
            piece = member.decompress(left, _PIECE_BYTES)
            yield piece
            left = member.unused_data if member.eof else member.unconsumed_tail
    # What is in its window still, once all of the input is taken.
    while not member.eof and (piece := member.decompress(b"", _PIECE_BYTES)):
        yield piece
    if not member.eof:
        raise httpx.DecodingError("breaks off while it is unpacked", request=reply.request)
