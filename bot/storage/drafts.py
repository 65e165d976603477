"""`Drafts` over any `Database`: what members typed, as JSON, kept for a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, cast

from bot.storage.database import Database, Transaction
from bot.storage.sql import statement

_log: Final = logging.getLogger(__name__)
KEPT_MS: Final = 24 * 60 * 60 * 1000

_SAVE = statement("drafts.save")
_FORGET_OLD = statement("drafts.forget_old")
_LOAD = statement("drafts.load")
_OF_MEMBER = statement("drafts.of_member")
_BYTES_OF_UNBOOKED = statement("drafts.bytes_of_unbooked")


class SavedDrafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, draft_id: int, member_id: int, values: Mapping[str, Any], at_ms: int, *, patience: float | None = None
    ) -> None:
        content = json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))

        def work(transaction: Transaction) -> None:
            transaction.run(_FORGET_OLD, {"before_ms": at_ms - KEPT_MS})
            transaction.run(_SAVE, {"id": draft_id, "member_id": member_id, "content": content, "at_ms": at_ms})

        await self._database.write(work, patience=patience)

    async def bytes_kept(self, member_id: int) -> int:
        def work(transaction: Transaction) -> int:
            # Not in SQL, since each database reads JSON in its own way. A member has few drafts, each with few pictures.
            drafts = transaction.rows(_OF_MEMBER, {"member_id": member_id})
            pictures = {sha256 for row in drafts for sha256 in _pictures(row["content"])}
            rows = [transaction.one(_BYTES_OF_UNBOOKED, {"sha256": sha256}) for sha256 in pictures]
            return sum(int(row["bytes"]) for row in rows if row is not None)

        return await self._database.read(work)

    async def prune(self, at_ms: int) -> None:
        before = {"before_ms": at_ms - KEPT_MS}
        await self._database.write(lambda transaction: transaction.run(_FORGET_OLD, before))

    async def load(self, draft_id: int, member_id: int) -> dict[str, Any] | None:
        parameters = {"id": draft_id, "member_id": member_id}
        row = await self._database.read(lambda transaction: transaction.one(_LOAD, parameters))
        return None if row is None else _values(row["content"], draft_id)


def _values(content: str, draft_id: int) -> dict[str, Any] | None:
    """The values of a draft; None where its text is damaged."""
    try:
        values: object = json.loads(content)
    except ValueError as error:
        _log.warning("draft %d can't be read: %s", draft_id, type(error).__name__)
        return None
    return cast("dict[str, Any]", values) if isinstance(values, dict) else None


def _pictures(content: object) -> list[str]:
    """The SHA-256 of each picture in a draft. A damaged draft counts as one without pictures."""
    try:
        values: object = json.loads(content) if isinstance(content, str) else None
    except ValueError:
        return []
    references = cast("dict[str, Any]", values).get("references") if isinstance(values, dict) else None
    if not isinstance(references, list):
        return []
    named = [cast("dict[str, Any]", each).get("sha256") for each in cast("list[object]", references) if isinstance(each, dict)]
    return [sha256 for sha256 in named if isinstance(sha256, str)]
