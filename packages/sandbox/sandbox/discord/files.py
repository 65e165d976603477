"""Attachments: their bytes in a temporary directory, their Discord objects, and the signed URLs that expire."""

import hashlib
import hmac
import mimetypes
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from sandbox.clock import Clock
from sandbox.discord.ids import Snowflakes
from sandbox.discord.pictures import size_of

URL_LIFE_SECONDS = 24 * 3600
_UNSAFE = re.compile(r"[^\w.\-]+")


@dataclass(eq=False)
class Stored:
    """One file. `place` is the channel it was posted in, or None for what a member attached to a command."""

    id: str
    filename: str
    content_type: str | None
    size: int
    path: Path
    place: str | None
    dimensions: tuple[int, int] | None
    given_name: str = ""
    """The name before it was cleaned: `attachment://` may use either."""
    description: str | None = None
    forwarded: bool = False
    """Whether a forward shows it: then it stays when its own message is deleted."""


class Files:
    """Every file of this world."""

    def __init__(self, clock: Clock, ids: Snowflakes, application_id: str) -> None:
        self.base = ""
        """`{url}/cdn`, known once the server listens."""
        self._clock = clock
        self._ids = ids
        self._application_id = application_id
        self._key = secrets.token_bytes(16)
        self._directory = tempfile.TemporaryDirectory(prefix="sandbox-discord-")
        self._stored: dict[str, Stored] = {}

    def close(self) -> None:
        self._directory.cleanup()

    def get(self, file_id: str) -> Stored | None:
        return self._stored.get(file_id)

    def add(self, filename: str, content_type: str | None, source: IO[bytes], place: str | None) -> Stored:
        """Copy the file in; the name is cleaned as Discord cleans names."""
        file_id = self._ids.next()
        path = Path(self._directory.name) / file_id
        with path.open("wb") as target:
            shutil.copyfileobj(source, target, 1024 * 1024)
        name = _UNSAFE.sub("_", filename.replace(" ", "_")).strip(".") or "unknown"
        if content_type in {None, "", "application/octet-stream"}:
            content_type = mimetypes.guess_type(name)[0]
        stored = Stored(file_id, name, content_type, path.stat().st_size, path, place, size_of(path), filename)
        self._stored[file_id] = stored
        return stored

    def remove(self, file_id: str) -> None:
        stored = self._stored.get(file_id)
        if stored and not stored.forwarded:
            del self._stored[file_id]
            stored.path.unlink(missing_ok=True)

    def url(self, stored: Stored) -> str:
        """A link that works for `URL_LIFE_SECONDS` of the sandbox's clock."""
        issued = self._clock.now_ms() // 1000
        path = self._path(stored)
        expires = issued + URL_LIFE_SECONDS
        return f"{self.base}/{path}?ex={expires:x}&is={issued:x}&hm={self._sign(path, expires, issued)}"

    def _path(self, stored: Stored) -> str:
        name = quote(stored.filename)
        if stored.place is None:
            return f"ephemeral-attachments/{self._application_id}/{stored.id}/{name}"
        return f"attachments/{stored.place}/{stored.id}/{name}"

    def _sign(self, path: str, expires: int, issued: int) -> str:
        return hmac.new(self._key, f"{path}|{expires}|{issued}".encode(), hashlib.sha256).hexdigest()

    def opened(self, kind: str, place: str, file_id: str, query: dict[str, str]) -> Stored | None:
        """Return the file behind a CDN URL; None where it is gone, was never signed, or the signature expired."""
        stored = self._stored.get(file_id)
        if stored is None:
            return None
        path = self._path(stored)
        if not path.startswith(f"{kind}/{place}/{file_id}/"):
            return None
        try:
            expires, issued = int(query["ex"], 16), int(query["is"], 16)
        except (KeyError, ValueError):
            return None
        valid = hmac.compare_digest(query.get("hm", "").encode(), self._sign(path, expires, issued).encode())
        return stored if valid and self._clock.now_ms() / 1000 < expires else None

    def payload(self, stored: Stored, *, ephemeral: bool = False) -> dict[str, Any]:
        url = self.url(stored)
        shown: dict[str, Any] = {
            "id": stored.id,
            "filename": stored.filename,
            "size": stored.size,
            "url": url,
            "proxy_url": url,
        }
        if stored.content_type:
            shown["content_type"] = stored.content_type
        if stored.dimensions:
            shown["width"], shown["height"] = stored.dimensions
        if stored.description:
            shown["description"] = stored.description
        if ephemeral or stored.place is None:
            shown["ephemeral"] = True
        return shown

    def media(self, stored: Stored) -> dict[str, Any]:
        """The file as a component shows it (Discord's unfurled media item).

        Who names it as `attachment://` adds an `attachment_id`; a link to the same file has none.
        """
        url = self.url(stored)
        width, height = stored.dimensions or (None, None)
        return {
            "id": stored.id,
            "url": url,
            "proxy_url": url,
            "width": width,
            "height": height,
            "content_type": stored.content_type,
        }
