"""The doors to what else is kept: money, images, drafts, small facts. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from bot.domain.quota import Span


class Entry(StrEnum):
    """Kinds of ledger rows."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`credits` is negative when it takes from the member. `counts_at_ms` says which window it belongs to (a reserve's
    release counts where the reserve did); `at_ms` when it was written."""

    id: int
    job_id: int | None
    member_id: int
    guild_id: int | None
    entry: Entry
    credits: int
    at_ms: int
    counts_at_ms: int
    note: str


class Ledger(Protocol):
    async def booked(self, member_id: int, span: Span) -> int:
        """Sum of the member's entries that count in the span; spent is negative."""
        ...

    async def granted(self, member_id: int, span: Span) -> int:
        """Sum of the member's grants that count in the span, as `booked` has them; negative where some were taken."""
        ...

    async def entries(self, member_id: int, limit: int) -> list[LedgerEntry]:
        """The latest that moved credits, newest first."""
        ...

    async def of_job(self, job_id: int) -> list[LedgerEntry]:
        """The job's reserve and what came of it, oldest first."""
        ...

    async def grant(self, member_id: int, guild_id: int | None, credits: int, at_ms: int, note: str) -> LedgerEntry:  # noqa: A002  money's own word
        """Adds (or with a negative figure takes) credits in the window that holds `at_ms`."""
        ...

    async def set_left(
        self, member_id: int, left: int, allowance: int, span: Span, at_ms: int, note: str
    ) -> LedgerEntry | None:
        """Makes `left` what the member has left of `allowance` in `span`, by a grant of the difference; None: it is so already.

        Sums and books in one transaction, so that neither another call nor a booking comes in between. `at_ms` lies in `span`.
        """
        ...


class Multipliers(Protocol):
    """The role multiplier with which each member was last seen in a server."""

    async def last(self, member_id: int) -> float | None:
        """None for a member who was never seen in one."""
        ...

    async def remember(self, member_id: int, multiplier: float, at_ms: int) -> None: ...


class BlobStore(Protocol):
    """Checked images by content, and what was typed before an error so that it can come back."""

    async def put(self, data: bytes, media_type: str, at_ms: int) -> str:
        """Keeps the bytes and returns their SHA-256 in hex, which names them; putting them twice keeps them once."""
        ...

    async def prune(self, before_ms: int) -> int:
        """Drops some images that no job and no draft needs and nobody handed in since then; how many, 0 when it was all."""
        ...

    async def get(self, sha256: str) -> tuple[bytes, str] | None:
        """Bytes and media type."""
        ...

    async def uploaded(self, provider: str, sha256: str) -> str | None:
        """The provider's reference for this image, if it was uploaded before."""
        ...

    async def remember_upload(self, provider: str, sha256: str, asset_id: str, at_ms: int) -> None: ...

    async def forget_upload(self, provider: str, sha256: str) -> None:
        """The provider says that it does not know the reference any more."""
        ...


class Drafts(Protocol):
    """What a member typed, kept for a day so that an error or a modal never loses it. `values` is small JSON."""

    async def save(
        self, draft_id: int, member_id: int, values: Mapping[str, Any], at_ms: int, *, patience: float | None = None
    ) -> None:
        """`patience` in seconds, where nobody can wait longer for the database. Raises `StorageError` as all writes do."""
        ...

    async def load(self, draft_id: int, member_id: int) -> dict[str, Any] | None:
        """None when it is gone or belongs to someone else."""
        ...

    async def bytes_kept(self, member_id: int) -> int:
        """Bytes of the pictures that this member's drafts keep and no job does, each counted once."""
        ...

    async def prune(self, at_ms: int) -> None:
        """Drops what is older than a day at `at_ms`."""
        ...


COMMANDS_REFUSED: Final = "commands refused"
"""The key under which the bot notes why Discord refused its commands at the last start, empty where it did not; the doctor
reads it."""


class KeyValues(Protocol):
    """Small facts that outlive a restart, such as the hash of the commands that were registered."""

    async def read(self, key: str) -> str | None: ...

    async def write(self, key: str, value: str, at_ms: int) -> None: ...
