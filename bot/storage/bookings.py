"""`Bookings` over any `Database`: the rows of a new order and its jobs, and the ledger rows that reserve their cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.clip import ClipRequest
from bot.domain.job import Job
from bot.domain.pause import check
from bot.domain.quota import Bounds, payer_for
from bot.errors import AlreadyBooked
from bot.ports import Booking, NewOrder, Outcome
from bot.storage import keys
from bot.storage.accounts import open_account
from bot.storage.admission import admit
from bot.storage.asked import settle_in
from bot.storage.database import Database, Row, Transaction
from bot.storage.file_uses import job_subject, use_pictures
from bot.storage.job_rows import JobRows
from bot.storage.pauses import pauses_in
from bot.storage.posts import posts_of_order
from bot.storage.rows import job_columns_of, job_of, order_columns_of, order_of
from bot.storage.sql import statement

_OF_SOURCE = statement("orders.of_source")
_INSERT_ORDER = statement("orders.insert")
_JOBS_IN_ORDER = statement("jobs.in_order")
_INSERT_JOB = statement("jobs.insert")
_ALIKE = statement("jobs.alike")
_RESERVE = statement("ledger.reserve")
_KEEP_POST = statement("posts.keep")


class StoredBookings:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def create(self, new: NewOrder, bounds: Bounds) -> Booking:
        if not new.jobs:
            raise ValueError("an order needs a job")
        if any(job.cost < 0 for job in new.jobs):
            raise ValueError(f"a job cannot cost {min(job.cost for job in new.jobs)}")
        columns = order_columns_of(new)
        columns_of_jobs = job_columns_of(new)
        posts = posts_of_order(new.id, new.address, new.created_at_ms)
        order = order_of({**columns, "created_at_ms": new.created_at_ms, "used_job_id": None, "ended_at_ms": None})

        def work(transaction: Transaction) -> Booking:
            # Checked before the bounds: Discord may deliver an interaction twice. Then the sums contain the order's reserves
            # already, and counting them again could cross a bound.
            there = transaction.one(_OF_SOURCE, {"source": new.source})
            if there is not None:
                return self._booked_before(transaction, there)
            self._refuse_twins(transaction, new)
            if not new.address.by_operator:
                check(pauses_in(transaction), new.address.guild_id, new.created_at_ms)
            wanted = [(job.provider, job.cost) for job in new.jobs]
            left_after = admit(transaction, new.member_id, new.address.guild_id, wanted, bounds)
            resets_at_ms = None if bounds.member_credits is None else bounds.span.end_ms
            _insert_order(transaction, new, columns)
            for each in posts:
                transaction.rows(_KEEP_POST, each)
            jobs: list[Job] = []
            for job, of_job in zip(new.jobs, columns_of_jobs, strict=True):
                inserted = transaction.rows(_INSERT_JOB, {**of_job, "left_after": left_after, "resets_at_ms": resets_at_ms})
                transaction.run(_RESERVE, of_job)
                use_pictures(transaction, job_subject(job.id), (reference.sha256 for reference in job.request.references))
                jobs += [job_of(row, job.request) for row in inserted]
            if new.address.asked_id is not None:
                settle_in(transaction, new.address.asked_id, Outcome.BOOKED)
            return Booking(order, tuple(jobs), new=True)

        return await self._database.write(work, alone=_read_before(new, bounds))

    async def check_bounds(
        self, member_id: int, guild_id: int | None, provider: str, costs: Sequence[int], bounds: Bounds
    ) -> int | None:
        wanted = [(provider, cost) for cost in costs]
        return await self._database.read(lambda transaction: admit(transaction, member_id, guild_id, wanted, bounds))

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        return await self._database.read(
            lambda transaction: self._twin(transaction, parent_id, member_id, provider, request, seed)
        )

    def _booked_before(self, transaction: Transaction, order: Row) -> Booking:
        rows = transaction.rows(_JOBS_IN_ORDER, {"order_id": order["id"]})
        return Booking(order_of(order), tuple(map(self._rows.read, rows)), new=False)

    def _refuse_twins(self, transaction: Transaction, new: NewOrder) -> None:
        """Raises `AlreadyBooked`."""
        if not new.once or new.parent_job_id is None:
            return
        for job in new.jobs:
            twin = self._twin(transaction, new.parent_job_id, new.member_id, job.provider, job.request, job.seed)
            if twin is not None:
                raise AlreadyBooked(twin.id)

    def _twin(
        self, transaction: Transaction, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int
    ) -> Job | None:
        came_from = {"parent_id": parent_id, "member_id": member_id, "seed": seed}
        rows = [row for row in transaction.rows(_ALIKE, came_from) if row["provider"] == provider]
        # Requests are compared as values, since another version may write the same request as another text.
        return next((job for job in self._rows.readable(rows) if job.request == request), None)


def _insert_order(transaction: Transaction, new: NewOrder, columns: dict[str, Any]) -> None:
    payer = payer_for(new.member_id)
    inserting = {**columns, "account_kind": payer.kind}
    if not transaction.run(_INSERT_ORDER, inserting):
        # The member's first order.
        open_account(transaction, payer)
        transaction.run(_INSERT_ORDER, inserting)


def _read_before(new: NewOrder, bounds: Bounds) -> list[str]:
    """The keys of all that decides whether the order is booked."""
    held = [keys.source(new.source), keys.member(new.member_id)]
    caps = (bounds.guild_credits, bounds.guild_running, bounds.guild_running_jobs)
    if any(cap is not None for cap in caps) and new.address.guild_id is not None:
        held.append(keys.guild(new.address.guild_id))
    if new.once and new.parent_job_id is not None:
        held.append(keys.made_from(new.parent_job_id))
    return held
