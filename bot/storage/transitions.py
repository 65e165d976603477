"""`JobTransitions` over any `Database`: the states of jobs, and the ledger row that is written when one ends."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any, Final, Unpack

from bot.detail import Detail, text_of
from bot.domain.job import ENDED, Address, Failure, Job, State, Way, may_follow
from bot.domain.post import PostState, of_job, of_order
from bot.errors import ReferenceHeld, StorageError
from bot.ports import Entry, JobChanges, Output, Posted, ProviderShut, ShutGate
from bot.storage import keys
from bot.storage.database import Database, Row, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.outputs import write_outputs
from bot.storage.posts import clip_columns, posts_of_order
from bot.storage.provider_references import holder_in
from bot.storage.provider_states import may_try
from bot.storage.rows import address_columns_of, job_of
from bot.storage.sql import changing, statement

_log: Final = logging.getLogger(__name__)

_JOB_COLUMNS: Final = JobChanges.__optional_keys__

_ADVANCE = statement("jobs.advance")
_TAKE_TURN = statement("turns.take")
_ENTER = changing(_ADVANCE, (), _JOB_COLUMNS)
_END = statement("jobs.end")
_END_UNRESERVED = statement("jobs.end_unreserved")
_POST_HERE = statement("jobs.post_here")
_WANT_DISCARD = statement("jobs.want_discard")
_CLOSE_RESERVE = statement("ledger.close_reserve")
_END_ORDER = statement("orders.end")
_USE = statement("orders.use")
_GET = statement("jobs.get")
_WANT = statement("posts.want")
_BEGIN_CLIP = statement("posts.begin_clip")
_CLIP_POSTED = statement("posts.clip_posted")
_WANT_END = statement("posts.want_end")
_MOVE_POSTS = statement("posts.move")
_KEEP_POST = statement("posts.keep")


class StoredTransitions:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def advance(self, job: Job, to: State, at_ms: int, **changes: Unpack[JobChanges]) -> Job | None:
        if to in ENDED:
            raise ValueError(f"{to} ends a job; that settles its reserve too")
        sql = changing(_ADVANCE, changes, _JOB_COLUMNS)
        hold = _hold(job, to, at_ms)
        parameters: dict[str, Any] = {**hold, **changes}
        detail = changes.get("failure_detail")
        if detail is not None:
            parameters["failure_detail"] = text_of(detail)
        clip = {**hold, **clip_columns(job, at_ms)} if to is State.DELIVERING else None

        def work(transaction: Transaction) -> Row | None:
            if clip is not None:
                transaction.run(_BEGIN_CLIP, clip)
            row = transaction.one(sql, parameters)
            if row is not None and to is State.GENERATING:
                transaction.run(_TAKE_TURN, {"id": job.id})
            return row

        try:
            row = await self._database.write(work)
        except StorageError as error:
            # A unique index refuses a second holder. Who holds it is asked only after that error, which is rare.
            reference = changes.get("provider_reference")
            if reference is None:
                raise
            held_by = await self._database.read(lambda transaction: holder_in(transaction, job.provider, reference))
            if held_by is None or held_by == job.id:
                raise
            raise ReferenceHeld(reference, held_by) from error
        return None if row is None else job_of(row, job.request)

    async def enter(
        self, job: Job, at_ms: int, tries_at: Collection[ShutGate] = (), opened: Collection[ShutGate] = ()
    ) -> Job | None:
        parameters = _hold(job, State.PREPARING, at_ms)

        def work(transaction: Transaction) -> Row | None:
            if not may_try(transaction, job, tries_at, opened):
                raise ProviderShut(job.provider)
            return transaction.one(_ENTER, parameters)

        row = await self._database.write(work)
        return None if row is None else job_of(row, job.request)

    async def end(
        self,
        job: Job,
        to: State,
        at_ms: int,
        *,
        charged: int,
        failure: Failure | None = None,
        detail: Detail | None = None,
        posted: Posted | None = None,
        outputs: Sequence[Output] = (),
    ) -> Job | None:
        if to not in ENDED:
            raise ValueError(f"{to} does not end a job")
        if not 0 <= charged <= job.cost:
            raise ValueError(f"{charged} cannot be charged of the {job.cost} that were reserved")
        outcome = {"charged": charged, "failure": failure, "detail": None if detail is None else text_of(detail)}
        hold = _hold(job, to, at_ms)
        closing = {"id": job.id, "entry": Entry.SETTLE if charged else Entry.RELEASE, "charged": charged, "at_ms": at_ms}
        clip = None if posted is None else {**hold, **clip_columns(job, at_ms), **_posted_columns(posted)}

        def work(transaction: Transaction) -> Job | None:
            # Posts are written first, each only if the job is still as `job` says: the job's row that `_END` returns has values
            # of its order's posts in it, and these must be the new ones.
            if clip is not None:
                transaction.run(_CLIP_POSTED, clip)
            transaction.run(_WANT_END, {**hold, "order": of_order(job.order_id)})
            row = transaction.one(_END, {**hold, **outcome})
            if row is None:
                return None
            if transaction.one(_CLOSE_RESERVE, closing) is None:
                # The ledger is damaged. End the job all the same; without a reserve nothing can be charged.
                _log.error("job %s ended uncharged: its reserve is missing in the ledger", job.job_code)
                row = transaction.one(_END_UNRESERVED, {"id": job.id}) or row
            transaction.run(_END_ORDER, {"job_id": job.id, "at_ms": at_ms})
            write_outputs(transaction, job.id, outputs, at_ms)
            return job_of(row, job.request)

        alone = (keys.order(job.order_id), *((keys.FILES,) if outputs else ()))
        return await self._database.write(work, alone=alone)

    async def post_here(self, job: Job, address: Address, at_ms: int) -> Job | None:
        parameters = {**address_columns_of(address), "id": job.id, "fence": job.fence, "at_ms": at_ms}
        places = {"channel_id": address.channel_id, "card_id": address.card_id, "asked_id": address.asked_id}
        # Of several clips the others stay where they are, so this one gets a card of its own.
        own = job.order_size > 1
        subjects = {"order": of_job(job.id) if own else of_order(job.order_id), "subject": of_job(job.id)}
        posts = [{**each, "subject": of_job(job.id)} for each in posts_of_order(job.order_id, address, at_ms) if own]
        parameters["elsewhere"] = own

        def work(transaction: Transaction) -> Row | None:
            # The job first: where another press was faster, its card stays as it is.
            if not transaction.run(_POST_HERE, parameters):
                return None
            for each in posts:
                transaction.rows(_KEEP_POST, each)
            transaction.run(_MOVE_POSTS, {**places, **subjects})
            return transaction.one(_GET, {"id": job.id})

        row = await self._database.write(work)
        return None if row is None else job_of(row, job.request)

    async def use(self, job: Job) -> Job | None:
        def work(transaction: Transaction) -> Row | None:
            if not transaction.run(_USE, {"job_id": job.id}):
                return None
            transaction.rows(_WANT, {"subject": of_order(job.order_id)})
            return transaction.one(_GET, {"id": job.id})

        row = await self._database.write(work)
        return None if row is None else self._rows.read(row)

    async def want_discard(self, job_id: int, discard: bool, at_ms: int, *, by: int) -> Job | None:  # noqa: FBT001  as in the port
        parameters = {"id": job_id, "discard": discard, "at_ms": at_ms, "by": by}
        row = await self._database.write(lambda transaction: transaction.one(_WANT_DISCARD, parameters))
        return None if row is None else self._rows.read(row)


def _hold(job: Job, to: State, at_ms: int) -> dict[str, object]:
    if not may_follow(job.state, to):
        raise ValueError(f"{to} may not follow {job.state}")
    return {"id": job.id, "state": job.state, "fence": job.fence, "to_state": to, "at_ms": at_ms}


def _posted_columns(posted: Posted) -> dict[str, object]:
    return {
        "way": Way.CHANNEL if posted.url else Way.ANSWER,
        "channel_id": posted.channel_id,
        "message_id": posted.message_id,
        "post_state": PostState.DELETED if posted.message_id is None else PostState.SENT,
    }
