"""`BlobStore` over any `Database`: images by content, and which provider has them. Knows no image format and no provider."""

from __future__ import annotations

import asyncio
import hashlib

from bot.storage.database import Database
from bot.storage.sql import statement

_EXISTS = statement("blobs.exists")
_PUT = statement("blobs.put")
_GET = statement("blobs.get")
_UPLOADED = statement("blobs.uploaded")
_REMEMBER_UPLOAD = statement("blobs.remember_upload")
_FORGET_UPLOAD = statement("blobs.forget_upload")


class Blobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, data: bytes, media_type: str, at_ms: int) -> str:
        # Megabytes are hashed beside the event loop, and written only where they are new: the writer is everyone's.
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        known = await self._database.read(lambda transaction: transaction.one(_EXISTS, {"sha256": sha256}))
        if known is None:
            parameters = {"sha256": sha256, "media_type": media_type, "at_ms": at_ms, "content": data}
            await self._database.write(lambda transaction: transaction.run(_PUT, parameters))
        return sha256

    async def get(self, sha256: str) -> tuple[bytes, str] | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"sha256": sha256}))
        return None if row is None else (row["content"], row["media_type"])

    async def uploaded(self, provider: str, sha256: str) -> str | None:
        parameters = {"provider": provider, "sha256": sha256}
        row = await self._database.read(lambda transaction: transaction.one(_UPLOADED, parameters))
        return None if row is None else row["reference"]

    async def remember_upload(self, provider: str, sha256: str, reference: str, at_ms: int) -> None:
        parameters = {"provider": provider, "sha256": sha256, "reference": reference, "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_REMEMBER_UPLOAD, parameters))

    async def forget_upload(self, provider: str, sha256: str) -> None:
        parameters = {"provider": provider, "sha256": sha256}
        await self._database.write(lambda transaction: transaction.run(_FORGET_UPLOAD, parameters))
