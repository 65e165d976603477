"""`Posts` over any `Database`: our messages and threads at Discord. The stores of orders and jobs write posts with their own
rows, with the statements here.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from bot.domain.backoff import Doubling
from bot.domain.job import Address, Job, Way
from bot.domain.post import Post, PostState, Purpose, nonce_of, of_job, of_messages, of_order
from bot.domain.snowflake import RANDOM_END, new_ids
from bot.storage.database import Database, Row, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.sql import statement

PAUSES: Final = Doubling(first=3600, longest=86_400)
"""Seconds until an end that Discord refuses to show is tried again."""
LINE_PAUSES: Final = Doubling(first=60, longest=3600)
"""Seconds until a line to the operator that could not be sent is tried again."""
TRIES_MOST: Final = 7
"""An end that Discord refused so often in a row counts as shown. The pauses in between are 55 hours together."""

_numbers = itertools.count(random.randrange(RANDOM_END))  # noqa: S311  tells the posts of two processes apart, guards nothing

_KEEP = statement("posts.keep")
_FIND = statement("posts.find")
_WANT = statement("posts.want")
_SHOWN = statement("posts.shown")
_TRIED = statement("posts.tried")
_PUT_OFF = statement("posts.put_off")
_RECENT_LINE = statement("posts.recent_line")
_OLDEST_LINE = statement("posts.oldest_line")
_LINES_LEFT = statement("posts.lines_left")
_FORGET_LINES = statement("posts.forget_lines")
_LINE_TRIED = statement("posts.line_tried")
_PUT_LINE_OFF = statement("posts.put_line_off")
_RESET_STARTS = statement("jobs.reset_starts")
_BEHIND = statement("jobs.behind")
_REFUSED = statement("jobs.refused")


class StoredPosts:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def keep(self, *posts: Post) -> tuple[Post, ...]:
        def work(transaction: Transaction) -> tuple[Post, ...]:
            return tuple(post_of(row) for each in posts for row in transaction.rows(_KEEP, columns_of(each)))

        return await self._database.write(work)

    async def find(self, subject: str, purpose: Purpose, part: int = 0) -> Post | None:
        named = {"subject": subject, "purpose": purpose, "part": part}
        row = await self._database.read(lambda transaction: transaction.one(_FIND, named))
        return None if row is None else post_of(row)

    async def want(self, job: Job) -> Job:
        subject = {"subject": of_order(job.order_id)}
        rows = await self._database.write(lambda transaction: transaction.rows(_WANT, subject))
        wanted = {row["purpose"]: row["wanted_rev"] for row in rows}
        return replace(job, card_rev=wanted.get(Purpose.CARD, 0), progress_rev=wanted.get(Purpose.PROGRESS, 0))

    async def shown(self, job: Job, refused: Collection[Purpose] = (), at_ms: int = 0) -> None:
        def work(transaction: Transaction) -> None:
            late = {purpose for purpose in refused if _put_off(transaction, job, purpose, at_ms)}
            transaction.run(_SHOWN, _revisions(job, late))
            if job.starts:
                transaction.run(_RESET_STARTS, {"id": job.id})

        await self._database.write(work)

    async def recent_line(self, content: str, since_ms: int) -> Post | None:
        sought = {"content": content, "since_id": new_ids(since_ms, (0,))[0]}
        row = await self._database.read(lambda transaction: transaction.one(_RECENT_LINE, sought))
        return None if row is None else post_of(row)

    async def lines_left(self, at_ms: int, since_ms: int, most: int) -> list[Post]:
        sought = {"at_ms": at_ms, "since_id": new_ids(since_ms, (0,))[0], "most": most}

        def work(transaction: Transaction) -> list[Row]:
            transaction.run(_FORGET_LINES, {"before_id": sought["since_id"]})
            return transaction.rows(_LINES_LEFT, sought)

        if await self._database.read(lambda transaction: transaction.one(_OLDEST_LINE, {})) is None:
            return []
        return list(map(post_of, await self._database.write(work)))

    async def put_line_off(self, post: Post, at_ms: int) -> None:
        def work(transaction: Transaction) -> None:
            row = transaction.one(_LINE_TRIED, {"id": post.id})
            if row is not None:
                due_ms = at_ms + round(LINE_PAUSES.pause(row["tried"] + 1) * 1000)
                transaction.run(_PUT_LINE_OFF, {"id": post.id, "due_ms": due_ms})

        await self._database.write(work)

    async def refused(self, at_ms: int, most: int) -> list[Job]:
        put_off = {"at_ms": at_ms, "most": most}
        return self._rows.readable(await self._database.read(lambda transaction: transaction.rows(_REFUSED, put_off)))

    async def behind(self, at_ms: int) -> list[Job]:
        return self._rows.readable(await self._database.read(lambda transaction: transaction.rows(_BEHIND, {"at_ms": at_ms})))


def _put_off(transaction: Transaction, job: Job, purpose: Purpose, at_ms: int) -> bool:
    """Notes that Discord refused to have this message show what it should. False where it was tried for long enough."""
    named = {"subject": of_order(job.order_id), "purpose": purpose}
    row = transaction.one(_TRIED, named)
    if row is None or row["tried"] + 1 >= TRIES_MOST:
        return False
    due_ms = at_ms + round(PAUSES.pause(row["tried"] + 1) * 1000)
    transaction.run(_PUT_OFF, {**named, "due_ms": due_ms})
    return True


def _revisions(job: Job, late: Collection[Purpose]) -> dict[str, Any]:
    """What the messages of the job show, but for those that are `late`. For `posts.shown`."""
    card_rev = 0 if Purpose.CARD in late else job.card_rev
    progress_rev = 0 if Purpose.PROGRESS in late else job.progress_rev
    return {"subject": of_order(job.order_id), "card_rev": card_rev, "progress_rev": progress_rev}


def drawn_id(at_ms: int) -> int:
    """An id for a new post. Posts of one millisecond have different ids: the random part goes on from the last one's."""
    return new_ids(at_ms, (next(_numbers) % RANDOM_END,))[0]


def posts_of_order(order_id: int, address: Address, at_ms: int) -> list[dict[str, Any]]:
    """The rows of a new order: its card and its thread, which is `REFUSED` where it may have none. For `posts.keep`."""
    card = Post(
        drawn_id(at_ms),
        of_order(order_id),
        Purpose.CARD,
        "",
        way=Way.CHANNEL if address.by_operator else Way.ANSWER,
        channel_id=address.channel_id,
        message_id=address.card_id,
        state=PostState.WANTED if address.card_id is None else PostState.SENT,
        asked_id=address.asked_id,
    )
    thread = Post(
        drawn_id(at_ms),
        of_order(order_id),
        Purpose.THREAD,
        "",
        way=Way.CHANNEL,
        channel_id=address.channel_id,
        state=PostState.REFUSED if address.in_place else PostState.WANTED,
    )
    return [columns_of(card), columns_of(thread)]


def clip_columns(job: Job, at_ms: int) -> dict[str, Any]:
    """Parameters of the statements for the post of a job's clip: a new post's id and nonce, and two subjects. `order` is that
    of the job's card and thread.
    """
    post_id = drawn_id(at_ms)
    return {"post_id": post_id, "nonce": nonce_of(post_id), "subject": of_job(job.id), "order": of_messages(job)}


def columns_of(post: Post) -> dict[str, Any]:
    """The parameters of `posts.keep`. A post without a nonce gets the one of its id."""
    return {
        "id": post.id,
        "subject": post.subject,
        "purpose": post.purpose,
        "part": post.part,
        "way": post.way,
        "channel_id": post.channel_id,
        "nonce": post.nonce or nonce_of(post.id),
        "message_id": post.message_id,
        "state": post.state,
        "fence": post.fence,
        "content": post.content,
        "asked_id": post.asked_id,
    }


def post_of(row: Row) -> Post:
    return Post(
        id=row["id"],
        subject=row["subject"],
        purpose=Purpose(row["purpose"]),
        nonce=row["nonce"],
        part=row["part"],
        way=None if row["way"] is None else Way(row["way"]),
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        state=PostState(row["state"]),
        fence=row["fence"],
        content=row["content"],
        asked_id=row["asked_id"],
    )
