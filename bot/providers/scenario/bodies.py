"""Sends requests and reads bodies of answers, decompressed in pieces with a limit: a compressed body may be a thousand times
larger than it arrives. `Client`, `Links` and the download use it.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

import httpx

ACCEPTED: Final = "gzip"
"""The only compression that is asked for, and read."""
_PIECE_BYTES: Final = 256 * 1024
_MEMBERS_MOST: Final = 1000
"""Gzip members in one body at most. Proper bodies have one or a few; endless empty ones would take time and give no bytes."""
ODD_REDIRECT: Final = "a redirect that can't be read"
"""Text of the `httpx.RemoteProtocolError` for a redirect whose address httpx can't parse. Another try would get the same."""
_GZIP: Final = zlib.MAX_WBITS | 16
_PLAIN: Final = frozenset({"", "identity"})
_OF_THE_WAY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers about a body as it was sent; they are wrong for the decompressed body."""


class TooLong(httpx.RequestError):
    """The answer has more bytes than any real answer of this vendor."""


async def sent(http: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
    """The answer with its body still to come; no redirect is followed. Raises `httpx.RequestError`."""
    try:
        return await http.send(request, auth=auth, stream=True, follow_redirects=False)
    except ValueError as error:
        # httpx parses the address of a redirect even if it does not follow it, and raises ValueError for some bad host names.
        raise httpx.RemoteProtocolError(ODD_REDIRECT, request=request) from error


async def whole(reply: httpx.Response, most: int) -> httpx.Response:
    """Reads and decompresses the whole body and closes `reply`; the answer with that body. Raises `TooLong` past `most` bytes,
    or another `httpx.RequestError`.
    """
    body = bytearray()
    try:
        async for piece in pieces(reply):
            body += piece
            # The compressed bytes count too: much can arrive that decompresses to nothing.
            if max(len(body), reply.num_bytes_downloaded) > most:
                raise TooLong(f"an answer of more than {most} bytes", request=reply.request)
    finally:
        await reply.aclose()
    headers = [(name, value) for name, value in reply.headers.multi_items() if name not in _OF_THE_WAY]
    return httpx.Response(reply.status_code, headers=headers, content=bytes(body), request=reply.request)


async def pieces(reply: httpx.Response) -> AsyncIterator[bytes]:
    """The decompressed body in pieces of at most 256 KiB. The caller counts bytes, stops and closes.

    Raises `httpx.RequestError` for a compression that was not asked for, for one applied twice, and for broken data.
    """
    if reply.is_stream_consumed:  # by a transport that reads whole answers, which are decompressed already
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
            # Empty pieces are yielded too, so that a caller who counts arriving bytes can stop.
            piece = member.decompress(left, _PIECE_BYTES)
            yield piece
            left = member.unused_data if member.eof else member.unconsumed_tail
    # All input is read; the rest is still in the decompressor's buffer.
    while not member.eof and (piece := member.decompress(b"", _PIECE_BYTES)):
        yield piece
    if not member.eof:
        raise httpx.DecodingError("breaks off while it is unpacked", request=reply.request)
