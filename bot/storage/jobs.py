"""`JobStore` over any `Database`: each write is one transaction. The port's docstrings say what each method promises."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Final, Unpack

from bot.domain.clip import ClipRequest, Kind, Resolution
from bot.domain.job import ENDED, STARTS_TOGETHER, Address, Failure, Job, State, job_code, may_follow
from bot.domain.pause import check
from bot.domain.quota import Bounds
from bot.errors import AlreadyBooked, ReferenceHeld, StorageError, UnreadableJob
from bot.ports import AddressChanges, Entry, JobChanges, NewJob
from bot.storage.admission import admit
from bot.storage.database import Database, Row, Transaction
from bot.storage.pauses import pauses_in
from bot.storage.rows import address_columns_of, columns_of, job_of
from bot.storage.sql import changing, statement

_log: Final = logging.getLogger(__name__)
HOLD_MS: Final = 48 * 60 * 60 * 1000
"""For so long `references_held` lists the reference of an ended job."""
LATEST_LIKE: Final = 500
"""How many of the latest similar clips `took_ms` compares in length."""

_JOB_COLUMNS: Final = JobChanges.__optional_keys__
_ADDRESS_COLUMNS: Final = AddressChanges.__optional_keys__

_EXISTS = statement("jobs.exists")
_INSERT = statement("jobs.insert")
_GET = statement("jobs.get")
_ADVANCE = statement("jobs.advance")
_END = statement("jobs.end")
_END_UNRESERVED = statement("jobs.end_unreserved")
_POST_HERE = statement("jobs.post_here")
_READDRESS = statement("jobs.readdress")
_SHOW_BAR = statement("jobs.show_bar")
_WANT_DISCARD = statement("jobs.want_discard")
_TAKE_OVER = statement("jobs.take_over")
_TAKE_OVER_UNSHOWN = statement("jobs.take_over_unshown")
_COUNT_START = statement("jobs.count_start")
_RESUME = statement("jobs.resume")
_END_UNREADABLE = statement("jobs.end_unreadable")
_SHOWN = statement("jobs.shown")
_UNSHOWN = statement("jobs.unshown")
_UNFINISHED_OF_MEMBER = statement("jobs.unfinished_of_member")
_ENDED_OF_MEMBER = statement("jobs.ended_of_member")
_REFERENCES_HELD = statement("jobs.references_held")
_HOLDER = statement("jobs.holder")
_SUBMITTING = statement("jobs.submitting")
_ALIKE = statement("jobs.alike")
_TOOK_MS = statement("jobs.took_ms")
_RESERVE = statement("ledger.reserve")
_CLOSE_RESERVE = statement("ledger.close_reserve")
_KEEP_IMAGE = statement("blobs.keep_for_job")


class Jobs:
    """The rows of jobs, and the ledger rows that are written when a job begins and ends."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unreadable: dict[int, str] = {}

    def unreadable(self) -> dict[int, str]:
        return dict(self._unreadable)

    async def create(self, new: NewJob, bounds: Bounds) -> Job | None:
        if new.cost < 0:
            raise ValueError(f"a job cannot cost {new.cost}")
        columns = columns_of(new)

        def work(transaction: Transaction) -> Job | None:
            # First: the reserve of a redelivered interaction is in the sums already and could cross a bound.
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

    async def get(self, job_id: int) -> Job | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"id": job_id}))
        return None if row is None else self._read(row)

    async def check_bounds(self, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds) -> None:
        await self._database.read(lambda transaction: admit(transaction, member_id, guild_id, provider, cost, bounds))

    async def twin(self, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int) -> Job | None:
        return await self._database.read(
            lambda transaction: self._twin(transaction, parent_id, member_id, provider, request, seed)
        )

    async def advance(self, job: Job, to: State, at_ms: int, **changes: Unpack[JobChanges]) -> Job | None:
        if to in ENDED:
            raise ValueError(f"{to} ends a job; that settles its reserve too")
        sql = changing(_ADVANCE, changes, _JOB_COLUMNS)
        parameters = {**_hold(job, to, at_ms), **changes}
        try:
            row = await self._database.write(lambda transaction: transaction.one(sql, parameters))
        except StorageError as error:
            # A unique index refuses a second holder. Who holds it is asked only after that error, which is rare.
            reference = changes.get("provider_reference")
            held_by = None if reference is None else await self.holder(job.provider, reference)
            if reference is None or held_by is None or held_by == job.id:
                raise
            raise ReferenceHeld(reference, held_by) from error
        return None if row is None else job_of(row, job.request)

    async def end(
        self,
        job: Job,
        to: State,
        at_ms: int,
        *,
        charged: int,
        failure: Failure | None = None,
        detail: str | None = None,
        **address: Unpack[AddressChanges],
    ) -> Job | None:
        if to not in ENDED:
            raise ValueError(f"{to} does not end a job")
        if not 0 <= charged <= job.cost:
            raise ValueError(f"{charged} cannot be charged of the {job.cost} that were reserved")
        sql = changing(_END, address, _ADDRESS_COLUMNS)
        outcome = {"charged": charged, "failure": failure, "detail": detail}
        parameters = {**_hold(job, to, at_ms), **outcome, **address}
        closing = {"id": job.id, "entry": Entry.SETTLE if charged else Entry.RELEASE, "charged": charged, "at_ms": at_ms}

        def work(transaction: Transaction) -> Job | None:
            row = transaction.one(sql, parameters)
            if row is None:
                return None
            if transaction.one(_CLOSE_RESERVE, closing) is None:
                # The ledger is damaged. End the job all the same; without a reserve nothing can be charged.
                _log.error("job %s ended uncharged: its reserve is missing in the ledger", job.job_code)
                row = transaction.one(_END_UNRESERVED, {"id": job.id}) or row
            return job_of(row, job.request)

        return await self._database.write(work)

    async def post_here(self, job: Job, address: Address, at_ms: int) -> Job | None:
        parameters = {**address_columns_of(address), "id": job.id, "fence": job.fence, "at_ms": at_ms}
        row = await self._database.write(lambda transaction: transaction.one(_POST_HERE, parameters))
        return None if row is None else job_of(row, job.request)

    async def readdress(self, job_id: int, **address: Unpack[AddressChanges]) -> None:
        if not address:
            return
        sql = changing(_READDRESS, address, _ADDRESS_COLUMNS)
        await self._database.write(lambda transaction: transaction.run(sql, {"id": job_id, **address}))

    async def show_bar(self, job_id: int, percent: int) -> None:
        await self._database.write(lambda transaction: transaction.run(_SHOW_BAR, {"id": job_id, "percent": percent}))

    async def want_discard(self, job_id: int, discard: bool, at_ms: int, *, by: int) -> Job | None:  # noqa: FBT001  as in the port
        parameters = {"id": job_id, "discard": discard, "at_ms": at_ms, "by": by}
        row = await self._database.write(lambda transaction: transaction.one(_WANT_DISCARD, parameters))
        return None if row is None else self._read(row)

    async def take_over(self, at_ms: int, *, broke: bool = False) -> list[Job]:
        broken = {"broke": broke, "alone": STARTS_TOGETHER}

        def work(transaction: Transaction) -> list[Row]:
            transaction.run(_TAKE_OVER_UNSHOWN, broken)
            return transaction.rows(_TAKE_OVER, {"at_ms": at_ms, **broken})

        rows = await self._database.write(work)
        return sorted(self._readable(rows), key=lambda job: (job.created_at_ms, job.id))

    async def count_start(self, job: Job) -> bool:
        parameters = {"id": job.id, "fence": job.fence}
        return await self._database.write(lambda transaction: transaction.run(_COUNT_START, parameters)) > 0

    async def resume(self, job_id: int) -> Job | None:
        row = await self._database.write(lambda transaction: transaction.one(_RESUME, {"id": job_id}))
        return None if row is None else self._read(row)

    async def end_unreadable(self, job_id: int, at_ms: int) -> bool:
        closing = {"id": job_id, "entry": Entry.RELEASE, "charged": 0, "at_ms": at_ms}

        def work(transaction: Transaction) -> bool:
            ended = transaction.run(_END_UNREADABLE, {"id": job_id, "at_ms": at_ms, "failure": Failure.STOPPED})
            if ended:
                transaction.rows(_CLOSE_RESERVE, closing)
            transaction.run(_SHOWN, {"id": job_id})
            return bool(ended)

        return await self._database.write(work)

    async def columns(self, job_id: int) -> Mapping[str, object] | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"id": job_id}))
        return None if row is None else {name: value for name, value in row.items() if name != "token"}

    async def shown(self, job_id: int) -> None:
        await self._database.write(lambda transaction: transaction.run(_SHOWN, {"id": job_id}))

    async def unshown(self) -> list[Job]:
        return self._readable(await self._database.read(lambda transaction: transaction.rows(_UNSHOWN, {})))

    async def of_member(self, member_id: int, limit: int, skip: int = 0) -> list[Job]:
        def work(transaction: Transaction) -> list[Job]:
            most = limit
            while True:
                rows = _rows_of_member(transaction, member_id, most, skip)
                readable = self._readable(rows)
                if len(readable) >= limit or len(rows) < most:
                    return readable[:limit]
                # Some rows can't be read: read more, so that the answer is still `limit` long.
                most += limit

        return await self._database.read(work)

    async def references_held(self, provider: str) -> set[str]:
        parameters = {"provider": provider, "hold_ms": HOLD_MS}
        rows = await self._database.read(lambda transaction: transaction.rows(_REFERENCES_HELD, parameters))
        return {row["provider_reference"] for row in rows}

    async def holder(self, provider: str, reference: str) -> int | None:
        parameters = {"provider": provider, "reference": reference}
        row = await self._database.read(lambda transaction: transaction.one(_HOLDER, parameters))
        return None if row is None else row["id"]

    async def submitting(self, provider: str, seeds: Collection[int]) -> list[Job]:
        rows = await self._database.read(lambda transaction: transaction.rows(_SUBMITTING, {"provider": provider}))
        return self._readable(row for row in rows if row["seed"] in seeds)

    async def took_ms(self, provider: str, kind: Kind, resolution: Resolution, duration: int, limit: int) -> list[int]:
        like = {"provider": provider, "kind": kind, "resolution": resolution, "duration": duration}
        parameters = {**like, "looked_at": LATEST_LIKE, "most": limit}
        rows = await self._database.read(lambda transaction: transaction.rows(_TOOK_MS, parameters))
        return [row["took_ms"] for row in rows]

    def _twin(
        self, transaction: Transaction, parent_id: int, member_id: int, provider: str, request: ClipRequest, seed: int
    ) -> Job | None:
        came_from = {"parent_id": parent_id, "member_id": member_id, "provider": provider, "seed": seed}
        rows = transaction.rows(_ALIKE, came_from)
        # Requests are compared as values, since another version may write the same request as another text.
        return next((job for job in self._readable(rows) if job.request == request), None)

    def _read(self, row: Row) -> Job:
        try:
            return job_of(row)
        except UnreadableJob as error:
            if error.job_id not in self._unreadable:
                self._unreadable[error.job_id] = error.why
                _log.error("job %s (%d) is left alone: %s", job_code(error.job_id), error.job_id, error.why)
            raise

    def _readable(self, rows: Iterable[Row]) -> list[Job]:
        """The jobs of these rows, without those that this version can't read."""
        jobs: list[Job] = []
        for row in rows:
            with suppress(UnreadableJob):
                jobs.append(self._read(row))
        return jobs


def _rows_of_member(transaction: Transaction, member_id: int, most: int, skip: int) -> list[Row]:
    # A member has few unfinished jobs, so skipped ones are simply read and dropped.
    rows = transaction.rows(_UNFINISHED_OF_MEMBER, {"member_id": member_id, "most": skip + most})
    past = max(skip - len(rows), 0)
    rows = rows[skip:]
    return rows + transaction.rows(_ENDED_OF_MEMBER, {"member_id": member_id, "most": most - len(rows), "skip": past})


def _hold(job: Job, to: State, at_ms: int) -> dict[str, object]:
    if not may_follow(job.state, to):
        raise ValueError(f"{to} may not follow {job.state}")
    return {"id": job.id, "state": job.state, "fence": job.fence, "to_state": to, "at_ms": at_ms}
