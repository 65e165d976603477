"""The operator sets the credits that a member has left. The result is exact whatever else is booked or set at that moment."""

from __future__ import annotations

import asyncio
import threading
from itertools import accumulate

from bot.ports import Entry
from tests.books import every_entry
from tests.factories import NOW_MS, TODAY, a_new_order, book

ALLOWANCE, LEFT, TIMES = 1000, 400, 12


async def test_the_difference_is_booked_and_a_repeat_books_nothing(storage):
    await book(storage, a_new_order(1, cost=30))
    await storage.ledger.grant(7, None, 500, TODAY.start_ms - 1, "yesterday")

    entry = await storage.ledger.set_left(7, 50, 900, TODAY, NOW_MS, "set")
    assert (entry.entry, entry.credits, entry.counts_at_ms, entry.note) == (Entry.GRANT, 50 - 870, NOW_MS, "set")
    assert await storage.ledger.set_left(7, 50, 900, TODAY, NOW_MS, "set") is None
    assert 900 + await storage.ledger.booked(7, TODAY) == 50


async def set_left(storage):
    for _ in range(TIMES):
        await storage.ledger.set_left(7, LEFT, ALLOWANCE, TODAY, NOW_MS, "set")


async def book_all(storage):
    for number in range(1, TIMES + 1):
        await book(storage, a_new_order(number, cost=7))


def at_once(opened, *deeds):
    """Runs each in its own thread, with its own loop and connections, like a process. Raises the error of any of them."""
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


async def test_the_result_is_exact_though_others_set_and_book_at_the_same_moment(opened):
    await asyncio.to_thread(at_once, opened, set_left, set_left, book_all)

    async with opened() as storage:
        entries = list(reversed(await every_entry(storage, 7)))
    balances = list(accumulate((entry.credits for entry in entries), initial=ALLOWANCE))[1:]
    after = {balance for entry, balance in zip(entries, balances, strict=True) if entry.entry is Entry.GRANT}
    assert after == {LEFT}
    assert sum(entry.entry is Entry.RESERVE for entry in entries) == TIMES
