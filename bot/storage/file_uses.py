"""Notes which jobs and drafts use which files. The stores of bookings, drafts and clips call it inside their transactions."""

from __future__ import annotations

from collections.abc import Iterable

from bot.storage.database import Transaction
from bot.storage.sql import statement

_USE = statement("files.use")


def job_subject(job_id: int) -> str:
    """A job as the subject of a use."""
    return f"job:{job_id}"


def draft_subject(draft_id: int) -> str:
    """A draft as the subject of a use."""
    return f"draft:{draft_id}"


def use_pictures(transaction: Transaction, subject: str, names: Iterable[str]) -> None:
    """Notes that the subject needs these pictures, each named by its SHA-256, for as long as the subject is there."""
    for sha256 in sorted(set(names)):
        transaction.run(_USE, {"sha256": sha256, "subject": subject})
