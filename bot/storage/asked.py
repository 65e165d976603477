"""`AskedStore` over any `Database`: what members asked for. The payload is blanked once nothing is left to do, the token once
it has expired; the row is kept for a week.
"""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Final

from bot.ports import SECOND_PRESS_MS, Added, Asked, AskedKind, Outcome
from bot.storage import keys
from bot.storage.database import Database, Row, Transaction
from bot.storage.sql import statement

_log: Final = logging.getLogger(__name__)
KEPT_MS: Final = 7 * 24 * 60 * 60 * 1000
"""How long a row is kept: longer than a job that was asked for may be under way. Such a job has up to a day of trouble, and
then waits up to three days for a place to be posted in."""

_PERSON = statement("accounts.add_person")
_ADD = statement("asked.add")
_THERE = statement("asked.there")
_GET = statement("asked.get")
_LEFT = statement("asked.left")
_SETTLE = statement("asked.settle")
_BLANK = statement("asked.blank")
_FORGET_TOLD = statement("asked.forget_told")
_FORGET_OLD = statement("asked.forget_old")


_COLUMNS = tuple(field.name for field in fields(Asked) if field.name != "outcome")


class StoredAsked:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, asked: Asked) -> Added:
        # A press of a later time, too: the clock may have been set back in between.
        presses = {"after_ms": asked.at_ms - SECOND_PRESS_MS, "before_ms": asked.at_ms + SECOND_PRESS_MS}
        # Not `asdict`: it copies every value, and the member's first answer waits for this.
        columns = {name: getattr(asked, name) for name in _COLUMNS} | {"private": int(asked.private), **presses}

        def work(transaction: Transaction) -> Added:
            # Expired tokens are blanked here too, not only by `prune`, since no other write comes as regularly.
            transaction.run(_BLANK, {"at_ms": asked.at_ms})
            transaction.run(_PERSON, {"member_id": asked.member_id})
            if transaction.one(_ADD, columns) is not None:
                return Added.NEW
            delivered = transaction.one(_THERE, {"id": asked.id}) is not None
            return Added.DELIVERED_TWICE if delivered else Added.PRESSED_TWICE

        return await self._database.write(work, alone=[keys.press(asked.member_id, asked.press)] if asked.press else ())

    async def get(self, asked_id: int) -> Asked | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"id": asked_id}))
        return None if row is None else _asked_of(row)

    async def left(self) -> list[Asked]:
        rows = await self._database.read(lambda transaction: transaction.rows(_LEFT, {}))
        return [asked for asked in map(_asked_of, rows) if asked is not None]

    async def settle(self, asked_id: int, outcome: Outcome) -> None:
        await self._database.write(lambda transaction: settle_in(transaction, asked_id, outcome))

    async def prune(self, at_ms: int) -> None:
        def work(transaction: Transaction) -> None:
            transaction.run(_BLANK, {"at_ms": at_ms})
            transaction.run(_FORGET_TOLD, {"before_ms": at_ms - KEPT_MS})
            transaction.run(_FORGET_OLD, {"before_ms": at_ms - KEPT_MS})

        await self._database.write(work)


def settle_in(transaction: Transaction, asked_id: int, outcome: Outcome) -> None:
    """`AskedStore.settle` as a part of the transaction that carries out what was asked."""
    transaction.run(_SETTLE, {"id": asked_id, "outcome": outcome})


def _asked_of(row: Row) -> Asked | None:
    """None for a row of another version, or a damaged one: it stays for the version that can read it."""
    try:
        return Asked(
            id=row["id"],
            member_id=row["member_id"],
            kind=AskedKind(row["kind"]),
            payload=row["payload"],
            application_id=row["application_id"],
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            token=row["token"],
            token_expires_at_ms=row["token_expires_at_ms"],
            upload_limit=row["upload_limit"],
            locale=row["locale"],
            guild_locale=row["guild_locale"],
            private=bool(row["private"]),
            at_ms=row["at_ms"],
            press=row["press"],
            outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        )
    except ValueError as error:
        _log.warning("what was asked with interaction %d can't be read: %s", row["id"], error)
        return None
