"""The interfaces of the other stores: ledger, multipliers, drafts, key-value store. `bot.storage` implements them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from bot.domain.quota import Span


class Entry(StrEnum):
    """Kinds of ledger rows: a job's reserve, its end (settle or release), and a grant by the operator."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`credits` is negative when it takes from the member. `at_ms` is when the row was written; `counts_at_ms` decides to which
    window it belongs (the release of a reserve counts where the reserve did)."""

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
        """Sum of the member's entries that count in the span, in credits; spent credits are negative."""
        ...

    async def granted(self, member_id: int, span: Span) -> int:
        """The part of `booked` that is grants; negative where the operator took more than was given."""
        ...

    async def entries(self, member_id: int, limit: int) -> list[LedgerEntry]:
        """The member's latest entries with credits other than 0, newest first."""
        ...

    async def of_job(self, job_id: int) -> list[LedgerEntry]:
        """The job's reserve and its settle or release, oldest first."""
        ...

    async def grant(self, member_id: int, guild_id: int | None, credits: int, at_ms: int, note: str) -> LedgerEntry:  # noqa: A002  money's own word
        """Gives credits (a negative number takes them) in the window that contains `at_ms`."""
        ...

    async def set_left(
        self, member_id: int, left: int, allowance: int, span: Span, at_ms: int, note: str
    ) -> LedgerEntry | None:
        """Grants the difference so that the member has `left` credits of `allowance` left in `span`. None: it is so already.

        Sum and grant are one transaction, so that no booking comes in between. `at_ms` must lie in `span`.
        """
        ...


class Multipliers(Protocol):
    """The allowance multiplier by role with which each member was last seen in a server. Direct messages have no roles."""

    async def last(self, member_id: int) -> float | None:
        """None for a member who was never seen in one."""
        ...

    async def remember(self, member_id: int, multiplier: float, at_ms: int) -> None: ...


class Drafts(Protocol):
    """What a member typed, kept for a day, so that an error does not lose it; also the pictures that an open form is about,
    since a form itself holds only an id. `values` must be small JSON.
    """

    async def save(
        self, draft_id: int, member_id: int, values: Mapping[str, Any], at_ms: int, *, patience: float | None = None
    ) -> None:
        """Stores a draft. `patience` is how many seconds to wait for the database. Raises `StorageError`, as all writes do."""
        ...

    async def load(self, draft_id: int, member_id: int) -> dict[str, Any] | None:
        """The values of a draft; None when it is gone or belongs to another member."""
        ...

    async def bytes_kept(self, member_id: int) -> int:
        """Total bytes of the pictures that this member's drafts use and no job uses; each picture counts once."""
        ...

    async def prune(self, at_ms: int) -> None:
        """Deletes drafts that are older than a day at `at_ms`."""
        ...


COMMANDS_REFUSED: Final = "commands refused"
"""Key in the key-value store for Discord's reason when it refused the commands at the last start, "" where it took them;
`happyhorse doctor` reads it."""


class KeyValues(Protocol):
    """Small texts that are kept over a restart, such as the hash of the registered commands."""

    async def read(self, key: str) -> str | None: ...

    async def write(self, key: str, value: str, at_ms: int) -> None: ...
