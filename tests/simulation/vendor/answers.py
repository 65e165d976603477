"""The simulated provider's JSON about a job, a picture and an upload, and its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.chance import http_date
from tests.simulation.vendor.jobs import VendorJob

if TYPE_CHECKING:
    import random

    from tests.simulation.vendor.account import Upload, VendorAccount

_COURSE: Final = ("queued", "warming-up", "in-progress", "finalizing")
_LINK_SECONDS: Final = 3600
API: Final = "https://vendor.test/v1"
FILES: Final = "https://9.9.9.9"
"""A public address, so that no name is resolved; nothing is sent there."""
SHORT_WAITS: Final[tuple[str | None, ...]] = (None, None, "1", "4", "20", "-3", "soon")
LONG_WAITS: Final[tuple[str | None, ...]] = ("7200", "2592000", "inf", "1e400", "nan")
"""Waits far longer than anyone should obey, and values that are no numbers."""


class Refused(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None, **details: Any) -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"error": "Refused", "reason": reason, **({"details": details} if details else {})}
        self.headers = dict(headers or {})


def iso(at_ms: float) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def job_record(account: VendorAccount, job: VendorJob) -> dict[str, Any]:
    now, end = account.now_ms, job.end(account.now_ms)
    share = min((now - job.created_ms) / max(job.takes_ms, 1), 0.99)
    metadata: dict[str, Any] = {"input": {**job.inputs, "modelId": job.model}, "assetIds": []}
    if end == "success":
        metadata["assetIds"] = [job.asset_id] if now >= job.asset_from_ms else []
    elif end == "failure":
        moderated = job.outcome == "moderation"
        metadata["error"] = "Flagged by the safety filter." if moderated else "The model failed to generate the video."
    return {
        "jobId": job.id,
        "jobType": "custom",
        "status": end or _COURSE[int(share * len(_COURSE))],
        "progress": 1 if end == "success" else round(share, 2),
        "createdAt": iso(job.created_ms + account.ahead_ms),
        "updatedAt": iso(job.updated_ms(now) + account.ahead_ms),
        "metadata": metadata,
        "billing": {"cuCost": 12, "cuDiscount": 0} | ({} if job.refunds else {"disableRefund": True}),
    } | (job.odd if now < job.odd_until_ms else {})


def clip_asset(account: VendorAccount, job: VendorJob, *, expired: bool) -> dict[str, Any]:
    """The clip's record with a link that works for an hour, or answers 403 if `expired`."""
    expires = account.clock_ms // 1000 + (_LINK_SECONDS if not expired else -60)
    return {
        "id": job.asset_id,
        "url": f"{FILES}/{job.id}.mp4?Expires={expires}&Signature=abc",
        "mimeType": "video/mp4",
        "properties": {"size": 4_000},
    }


def upload_record(account: VendorAccount, upload: Upload) -> dict[str, Any]:
    done = upload.imported_at_ms is not None and account.now_ms >= upload.imported_at_ms
    parts = [{"number": number, "url": f"{API}/parts/{upload.id}/{number}"} for number in range(1, upload.count + 1)]
    status = "pending" if upload.imported_at_ms is None else "imported" if done else "validating"
    return {"id": upload.id, "status": status, "parts": parts, "entityId": upload.asset if done else None}


def wait_header(dice: random.Random, clock_ms: float, waits: tuple[str | None, ...]) -> dict[str, str]:
    """A `Retry-After`: none, seconds, a date by the provider's own clock, or nonsense."""
    if dice.random() < 0.2:
        return {"Retry-After": http_date(clock_ms + 1000 * dice.choice((2, 15, 40)))}
    wait = dice.choice(waits)
    return {} if wait is None else {"Retry-After": wait}
