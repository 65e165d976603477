"""`Bookings` over any `Database`: the rows of a new job, and the ledger row that reserves its cost."""

from __future__ import annotations

from bot.domain.clip import ClipRequest
from bot.domain.job import Job
from bot.domain.pause import check
from bot.domain.quota import Bounds
from bot.errors import AlreadyBooked
from bot.ports import NewJob
from bot.storage.admission import admit
from bot.storage.database import Database, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.pauses import pauses_in
from bot.storage.rows import columns_of, job_of
from bot.storage.sql import statement

_EXISTS = statement("jobs.exists")
_INSERT = statement("jobs.insert")
_ALIKE = statement("jobs.alike")
_RESERVE = statement("ledger.reserve")
_KEEP_IMAGE = statement("blobs.keep_for_job")


class StoredBookings:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def create(self, new: NewJob, bounds: Bounds) -> Job | None:
        if new.cost < 0:
            raise ValueError(f"a job cannot cost {new.cost}")
        columns = columns_of(new)

        def work(transaction: Transaction) -> Job | None:
            # Checked before the bounds: Discord may deliver an interaction twice. Then the sums contain the job's reserve
            # already, and counting it again could cross a bound.
            if transaction.one(_EXISTS, {"id": new.id}) is not None:
                return None
            if new.once and new.parent_id is not None:
                twin = self._twin(transaction, new.parent_id, new.member_id, new.provider, new.request, new.seed)
                if twin is not None:
                    raise AlreadyBooked(twin.id)
            if not new.address.by_operator:
                check(pauses_in(transaction), new.address.guild_id, new.created_at_ms)
            columns["left_after"] = admit(transaction, new.member_id, new.address.guild_id, new.provider, new.cost, bounds)
            columns["resets_at_ms"] = None if bounds.member_credits is None else bounds.span.end_ms
            row = transaction.one(_INSERT, columns)
            if row is None:
                return None
            transaction.run(_RESERVE, columns)
            for sha256 in {reference.sha256 for reference in new.request.references}:
                transaction.run(_KEEP_IMAGE, {"sha256": sha256, "job_id": new.id})
            return job_of(row, new.request)

        return await self._database.write(work)

    async def check_bounds(self, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds) -> None:
        await self._database.read(lambda transaction: admit(transaction, member_id, guild_id, provider, cost, bounds))

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        return await self._database.read(
            lambda transaction: self._twin(transaction, parent_id, member_id, provider, request, seed)
        )

    def _twin(
        self, transaction: Transaction, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int
    ) -> Job | None:
        came_from = {"parent_id": parent_id, "member_id": member_id, "provider": provider, "seed": seed}
        rows = transaction.rows(_ALIKE, came_from)
        # Requests are compared as values, since another version may write the same request as another text.
        return next((job for job in self._rows.readable(rows) if job.request == request), None)
