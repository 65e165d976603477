"""Writes what came of a job, and forgets it. `StoredTransitions` and `ClipFiles` call it inside their transactions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import Output
from bot.storage.database import Transaction
from bot.storage.file_uses import job_subject
from bot.storage.sql import statement

_KEEP = statement("outputs.keep")
_USE = statement("outputs.use")
_LIST = statement("outputs.list")
_UNLIST = statement("outputs.unlist")
_FORGET_USE = statement("outputs.forget_use")
_REMOVE_UNUSED = statement("outputs.remove_unused")


def write_outputs(transaction: Transaction, job_id: int, outputs: Sequence[Output], at_ms: int) -> None:
    """Lists files that are in the folder already as what came of the job."""
    for position, output in enumerate(outputs):
        file = {"sha256": output.sha256, "type": output.media_type, "bytes": output.size, "at_ms": at_ms}
        row = transaction.one(_KEEP, file)
        if row is not None:
            kept = {"file_id": row["id"], "kind": output.kind.value}
            transaction.run(_USE, {**kept, "subject": job_subject(job_id)})
            transaction.run(_LIST, {**kept, "job_id": job_id, "position": position})


def forget_outputs(transaction: Transaction, job_id: int) -> list[tuple[str, str]]:
    """Forgets what came of the job. SHA-256 and media type of each file that nothing uses any more."""
    unused: list[tuple[str, str]] = []
    for row in transaction.rows(_UNLIST, {"job_id": job_id}):
        transaction.run(_FORGET_USE, {"file_id": row["file_id"], "subject": job_subject(job_id)})
        file = transaction.one(_REMOVE_UNUSED, {"file_id": row["file_id"]})
        if file is not None:
            unused.append((file["sha256"], file["type"]))
    return unused
