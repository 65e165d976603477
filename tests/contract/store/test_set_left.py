"""Setting what a member has left: exact at its moment, whatever is booked or set beside it."""

from __future__ import annotations

import asyncio
import threading
from itertools import accumulate

from bot.ports import Entry
from tests.books import every_entry
from tests.factories import NO_BOUNDS, NOW_MS, TODAY, a_new_job

ALLOWANCE, LEFT, TIMES = 1000, 400, 12


async def test_the_difference_is_booked_and_once_more_nothing(storage):
    await storage.bookings.create(a_new_job(1, cost=30), NO_BOUNDS)
    await storage.ledger.grant(7, None, 500, TODAY.start_ms - 1, "yesterday")

    entry = await storage.ledger.set_left(7, 50, 900, TODAY, NOW_MS, "set")
    assert (entry.entry, entry.credits, entry.counts_at_ms, entry.note) == (Entry.GRANT, 50 - 870, NOW_MS, "set")
    assert await storage.ledger.set_left(7, 50, 900, TODAY, NOW_MS, "set") is None
    assert 900 + await storage.ledger.booked(7, TODAY) == 50


async def set_left(storage):
    for _ in range(TIMES):
        await storage.ledger.set_left(7, LEFT, ALLOWANCE, TODAY, NOW_MS, "set")


async def book(storage):
    for number in range(1, TIMES + 1):
        await storage.bookings.create(a_new_job(number, cost=7), NO_BOUNDS)


def at_once(opened, *deeds):
    """Each in a thread, a loop and connections of its own, as processes would; raises what one of them raised."""
    barrier = threading.Barrier(len(deeds))
    broken = []

    async def do(deed):
        async with opened() as storage:
            barrier.wait(timeout=30)
            await deed(storage)

    def run(deed):
        try:
            asyncio.run(do(deed))
        except BaseException as error:
            broken.append(error)
            raise

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken


async def test_others_that_set_and_book_at_the_same_moment_make_no_setting_wrong(opened):
    await asyncio.to_thread(at_once, opened, set_left, set_left, book)

    async with opened() as storage:
        entries = list(reversed(await every_entry(storage, 7)))
    balances = list(accumulate((entry.credits for entry in entries), initial=ALLOWANCE))[1:]
    after = {balance for entry, balance in zip(entries, balances, strict=True) if entry.entry is Entry.GRANT}
    assert after == {LEFT}
    assert sum(entry.entry is Entry.RESERVE for entry in entries) == TIMES
