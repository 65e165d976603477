"""`FinishedClips` over any `Database`: a member's posted clips, found by their words, kind and time, and their marks."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from bot.domain.clip_search import ClipSearch
from bot.domain.job import Job
from bot.storage.database import Database, Row, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.sql import statement

SEARCHED_MOST: Final = 2_000
"""The latest clips of a member in whose prompts words are looked for. Reading so many takes some hundredths of a second."""
_log: Final = logging.getLogger(__name__)
_OF_MEMBER = statement("finished_clips.of_member")
_MARK = statement("finished_clips.mark")
_GET = statement("jobs.get")


class StoredFinishedClips:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def found(self, member_id: int, search: ClipSearch, limit: int, skip: int = 0) -> list[Job]:
        wanted: dict[str, Any] = {
            "member_id": member_id,
            "since_ms": search.since_ms or 0,
            "favourite": int(search.favourites),
            "kind": "" if search.kind is None else search.kind.value,
        }

        def work(transaction: Transaction) -> list[Job]:
            if search.words:
                # In Python, since SQLite's LOWER knows the letters of English only.
                rows = transaction.rows(_OF_MEMBER, {**wanted, "most": SEARCHED_MOST, "skip": 0})
                rows = [row for row in rows if search.finds(_prompt_of(row))][skip : skip + limit]
            else:
                rows = transaction.rows(_OF_MEMBER, {**wanted, "most": limit, "skip": skip})
            jobs = [transaction.one(_GET, {"id": row["id"]}) for row in rows]
            return self._rows.readable(job for job in jobs if job is not None)

        return await self._database.read(work)

    async def mark(self, job_id: int, *, favourite: bool) -> Job | None:
        def work(transaction: Transaction) -> Row | None:
            if transaction.one(_MARK, {"id": job_id, "favourite": int(favourite)}) is None:
                return None
            return transaction.one(_GET, {"id": job_id})

        row = await self._database.write(work)
        return None if row is None else self._rows.read(row)


def _prompt_of(row: Row) -> str:
    """The prompt, empty for a request that another version wrote and this one can't read."""
    try:
        return str(json.loads(row["request"])["prompt"])
    except (ValueError, TypeError, KeyError) as error:
        _log.info("job %d: its prompt can't be searched: %s", row["id"], type(error).__name__)
        return ""
