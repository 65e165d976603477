"""`GET /jobs`: which filters go together, what they sort by, and pages that stay stable while jobs move."""

import base64
from collections.abc import Mapping, Sequence

from sandbox.scenario.errors import Malformed, from_iso
from sandbox.scenario.jobs import STATUSES, Book, Job

_PAGE_DEFAULT = 50
_PAGE_MOST = 100
_BY_UPDATE = ("status", "type", "types", "workflowId")


def page(book: Book, query: Mapping[str, str]) -> tuple[list[Job], str | None]:
    """Return one page, newest first, and the token of the next. Refuses with 400 filters that the vendor refuses."""
    by_update = any(name in query for name in _BY_UPDATE)
    if by_update and "createdAfter" in query:
        raise Malformed("createdAfter is only allowed without status, type, types and workflowId: use updatedAfter")
    if not by_update and "updatedAfter" in query:
        raise Malformed("updatedAfter is only allowed with status, type, types or workflowId: use createdAfter")
    status = query.get("status")
    if status is not None and status not in STATUSES:
        raise Malformed(f"status must be one of {', '.join(STATUSES)}")
    size = _page_size(query.get("pageSize", str(_PAGE_DEFAULT)))
    kinds = query["types"].split(",") if "types" in query else [query["type"]] if "type" in query else ["custom"]
    if "custom" not in kinds or "workflowId" in query:
        return [], None
    name = "updatedAfter" if by_update else "createdAfter"
    after_ms = from_iso(name, query[name]) if name in query else None
    start = _position(query["paginationToken"]) if "paginationToken" in query else None
    chosen: list[tuple[float, Job]] = []
    for key, job in book.listed(by_update=by_update, status=status, after_ms=after_ms):
        if start is not None and (-key, job.id) <= start:
            continue
        if len(chosen) == size:
            last_key, last = chosen[-1]
            return [job for _, job in chosen], _token(last_key, last.id)
        chosen.append((key, job))
    return [job for _, job in chosen], None


def foreign(records: Sequence[object], query: Mapping[str, str]) -> list[object]:
    """The given records that this page shows: on the first page those that do not contradict the filters, on others none."""
    if "paginationToken" in query or query.get("type", "custom") != "custom":
        return []
    wanted = query.get("status")
    name = "updatedAfter" if "updatedAfter" in query else "createdAfter"
    after_ms = from_iso(name, query[name]) if name in query else None
    return [record for record in records if _may_be_shown(record, wanted, name.replace("After", "At"), after_ms)]


def _may_be_shown(record: object, wanted: str | None, name: str, after_ms: float | None) -> bool:
    """A status that the vendor does not have, or a date that can't be read, does not exclude the record."""
    if not isinstance(record, dict):
        return True
    if wanted is not None and record.get("status") in STATUSES and record["status"] != wanted:
        return False
    try:
        return after_ms is None or from_iso(name, str(record.get(name))) > after_ms
    except Malformed:
        return True


def _page_size(text: str) -> int:
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= _PAGE_MOST:
        raise Malformed(f"pageSize must be between 1 and {_PAGE_MOST}")
    return int(text)


def _token(key: float, job_id: str) -> str:
    return base64.urlsafe_b64encode(f"{key}|{job_id}".encode()).decode()


def _position(token: str) -> tuple[float, str]:
    try:
        key, _, job_id = base64.urlsafe_b64decode(token.encode()).decode().partition("|")
        return -float(key), job_id
    except ValueError:
        raise Malformed("paginationToken is not one of ours") from None
