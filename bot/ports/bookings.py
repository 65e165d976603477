"""The interface for booking new orders. `bot.storage.bookings` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.clip import ClipRequest
from bot.domain.job import FENCE_WHEN_BOOKED, Address, Job
from bot.domain.order import Order, OrderKind
from bot.domain.quota import Bounds


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job of a new order, about to be created in state queued, together with the reserve of `cost` credits. `take` and
    `variant` as in `Job`.
    """

    id: int
    request: ClipRequest
    seed: int
    provider: str
    cost: int
    take: int = 0
    variant: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order about to be created with its jobs, at least one, in their order. Fields as in `Order`.

    `address` is where the messages of its jobs are. `once`: it is not made if one of its jobs has a twin (see
    `Bookings.twin`). `prompt` is what was typed, with its braces and backslashes; "" where all its jobs have one prompt, which
    says as much. What was asked by the interaction `address.asked_id` gets its outcome with the order. `fence` is that of its
    jobs: it says which process booked them.
    """

    id: int
    source: str
    kind: OrderKind
    member_id: int
    address: Address
    created_at_ms: int
    jobs: tuple[NewJob, ...]
    parent_job_id: int | None = None
    once: bool = False
    prompt: str = ""
    fence: int = FENCE_WHEN_BOOKED


@dataclass(frozen=True, slots=True)
class Booking:
    """An order with its jobs, in their order. `new` is False where an earlier call made it."""

    order: Order
    jobs: tuple[Job, ...]
    new: bool


class Bookings(Protocol):
    """Books new orders within what their member may have. Every method may raise `StorageError`."""

    async def create(self, new: NewOrder, bounds: Bounds) -> Booking:
        """Inserts the order and all its jobs and reserves the cost of each, or does nothing of it: one transaction.

        Where an order of this source is there already (a redelivered interaction, a second press), that one is returned and
        nothing is changed. `left_after` and `resets_at_ms` of the jobs come from the same sums that the bounds were compared
        with, so they are what is left after the whole order.

        Raises `QuotaRefused` with every bound that would be crossed; two calls at the same time can't cross one together.
        Raises `AlreadyBooked` for an order with `once` if one of its jobs has a twin; of two at the same time one is made.
        Raises `Paused` while the operator has paused clips there, unless the order is their own (`Address.by_operator`).
        """
        ...

    async def check_bounds(
        self, member_id: int, guild_id: int | None, provider: str, costs: Sequence[int], bounds: Bounds
    ) -> int | None:
        """The member's credits left after an order of jobs of these costs, None where they have no limit. Books nothing.

        Raises `QuotaRefused` where `create` would raise it now.
        """
        ...

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        """The first job of this member that came from `parent_id` with the same request and seed at the same provider, and that
        is unfinished and wanted, or done with its clip not deleted. None where there is none.
        """
        ...
