"""The interface for booking new jobs. `bot.storage.bookings` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.clip import ClipRequest
from bot.domain.job import Address, Job
from bot.domain.quota import Bounds


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be created in state queued, together with the reserve of `cost` credits.

    `once`: it is not made if it has a twin (see `Bookings.twin`).
    """

    id: int
    member_id: int
    request: ClipRequest
    seed: int
    address: Address
    provider: str
    cost: int
    created_at_ms: int
    parent_id: int | None = None
    once: bool = False


class Bookings(Protocol):
    """Books new jobs within what their member may have. `create` is one transaction. Every method may raise `StorageError`."""

    async def create(self, new: NewJob, bounds: Bounds) -> Job | None:
        """Inserts the job and reserves its cost, both or neither. None: this id exists already (a redelivered interaction).

        `left_after` and `resets_at_ms` of the job come from the same sums that the bounds were compared with.

        Raises `QuotaRefused` with every bound that would be crossed; two calls at the same time can't cross one together.
        Raises `AlreadyBooked` for a job with `once` that has a twin; of two at the same time one is made. Raises `Paused` while
        the operator has paused clips there, unless the job is the operator's own (`Address.by_operator`).
        """
        ...

    async def check_bounds(self, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds) -> None:
        """Raises `QuotaRefused` where `create` would raise it now, for a job of this cost. Books nothing."""
        ...

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        """The first job of this member that came from `parent_id` with the same request and seed at the same provider, and that
        is unfinished and wanted, or done with its clip not deleted. None where there is none.
        """
        ...
