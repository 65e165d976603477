"""`Drafts` over any `Database`: what members typed, as JSON, kept for a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, cast

from bot.storage.database import Database, Transaction
from bot.storage.file_uses import draft_subject, use_pictures
from bot.storage.sql import statement

_log: Final = logging.getLogger(__name__)
KEPT_MS: Final = 24 * 60 * 60 * 1000

_SAVE = statement("drafts.save")
_FORGET_USES = statement("files.forget_uses")
_FORGET_OLD_USES = statement("drafts.forget_old_uses")
_FORGET_OLD = statement("drafts.forget_old")
_LOAD = statement("drafts.load")
_BYTES_KEPT = statement("drafts.bytes_kept")


class SavedDrafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, draft_id: int, member_id: int, values: Mapping[str, Any], at_ms: int, *, patience: float | None = None
    ) -> None:
        content = json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))
        pictures = _pictures_of(values)

        def work(transaction: Transaction) -> None:
            _forget_old(transaction, at_ms)
            if transaction.run(_SAVE, {"id": draft_id, "member_id": member_id, "content": content, "at_ms": at_ms}):
                transaction.run(_FORGET_USES, {"subject": draft_subject(draft_id)})
                use_pictures(transaction, draft_subject(draft_id), pictures)

        await self._database.write(work, patience=patience)

    async def bytes_kept(self, member_id: int) -> int:
        row = await self._database.read(lambda transaction: transaction.one(_BYTES_KEPT, {"member_id": member_id}))
        return 0 if row is None else int(row["bytes"])

    async def prune(self, at_ms: int) -> None:
        await self._database.write(lambda transaction: _forget_old(transaction, at_ms))

    async def load(self, draft_id: int, member_id: int) -> dict[str, Any] | None:
        parameters = {"id": draft_id, "member_id": member_id}
        row = await self._database.read(lambda transaction: transaction.one(_LOAD, parameters))
        return None if row is None else _values(row["content"], draft_id)


def _forget_old(transaction: Transaction, at_ms: int) -> None:
    """Deletes drafts that are older than a day, and with them their uses of pictures."""
    before = {"before_ms": at_ms - KEPT_MS}
    transaction.run(_FORGET_OLD_USES, before)
    transaction.run(_FORGET_OLD, before)


def _pictures_of(values: Mapping[str, Any]) -> list[str]:
    """The names of the pictures that a draft's values refer to. An empty place among them is None."""
    pictures: list[dict[str, Any] | None] = values.get("references") or []
    return [picture["sha256"] for picture in pictures if picture is not None]


def _values(content: str, draft_id: int) -> dict[str, Any] | None:
    """The values of a draft; None where its text is damaged."""
    try:
        values: object = json.loads(content)
    except ValueError as error:
        _log.warning("draft %d can't be read: %s", draft_id, type(error).__name__)
        return None
    return cast("dict[str, Any]", values) if isinstance(values, dict) else None
