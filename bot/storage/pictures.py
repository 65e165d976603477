"""`KeptPictures` over any `Database`: images by their SHA-256, and the references of providers that have them."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from bot.storage.database import Database, Transaction
from bot.storage.sql import statement

_KNOWN = statement("files.known")
_PUT = statement("files.put")
_TOUCH = statement("files.touch")
_PRUNE = statement("files.prune")
_GET = statement("files.get")
_UPLOADED = statement("files.uploaded")
_REMEMBER_UPLOAD = statement("files.remember_upload")
_FORGET_UPLOAD = statement("files.forget_upload")

PRUNED_AT_ONCE: Final = 50
"""Images deleted in one write at most."""
_FRESH_MS: Final = 60 * 60 * 1000
"""If an image is put again within this time, its date is not updated: pruning counts in days."""


class StoredPictures:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, data: bytes, media_type: str, at_ms: int) -> str:
        # Megabytes are hashed on a thread, and written only where they are new, since all writes share one connection.
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        known = await self._database.read(lambda transaction: transaction.one(_KNOWN, {"sha256": sha256}))
        if known is not None and at_ms - known["used_ms"] < _FRESH_MS:
            return sha256
        parameters = {"sha256": sha256, "type": media_type, "bytes": len(data), "at_ms": at_ms, "content": data}

        def work(transaction: Transaction) -> None:
            # It may have been pruned since the read above.
            if known is None or not transaction.run(_TOUCH, {"sha256": sha256, "at_ms": at_ms}):
                transaction.run(_PUT, parameters)

        await self._database.write(work)
        return sha256

    async def prune(self, before_ms: int) -> int:
        parameters = {"before_ms": before_ms, "most": PRUNED_AT_ONCE}
        return await self._database.write(lambda transaction: transaction.run(_PRUNE, parameters))

    async def get(self, sha256: str) -> tuple[bytes, str] | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"sha256": sha256}))
        return None if row is None else (row["content"], row["type"])

    async def uploaded(self, provider: str, sha256: str) -> str | None:
        parameters = {"provider": provider, "sha256": sha256}
        row = await self._database.read(lambda transaction: transaction.one(_UPLOADED, parameters))
        return None if row is None else row["reference"]

    async def remember_upload(self, provider: str, sha256: str, asset_id: str, at_ms: int) -> None:
        parameters = {"provider": provider, "sha256": sha256, "reference": asset_id, "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_REMEMBER_UPLOAD, parameters))

    async def forget_upload(self, provider: str, sha256: str) -> None:
        parameters = {"provider": provider, "sha256": sha256}
        await self._database.write(lambda transaction: transaction.run(_FORGET_UPLOAD, parameters))
