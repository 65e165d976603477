"""The records of what a bot sent: their numbers, how many are kept, and waiting for one."""

import asyncio

from sandbox.records import Records


def add(records, path, source="discord"):
    return records.add(source, "GET", path, 200, {}, None)


def test_records_are_numbered_from_one_and_found_by_number_and_source():
    records = Records()
    assert [add(records, "/a"), add(records, "/b", "scenario"), add(records, "/c")] == [1, 2, 3]
    assert [r["path"] for r in records.since(1)] == ["/b", "/c"]
    assert [r["path"] for r in records.since(0, "discord")] == ["/a", "/c"]
    assert records.last == 3


def test_a_number_is_never_used_twice_even_after_a_clear():
    records = Records()
    add(records, "/a")
    records.clear()
    assert records.since(0) == []
    assert add(records, "/b") == 2


def test_a_limit_keeps_the_newest():
    records = Records(limit=2)
    for path in "abc":
        add(records, path)
    assert [r["path"] for r in records.since(0)] == ["b", "c"]


async def test_waiting_finds_what_is_kept_and_what_still_comes():
    records = Records()
    add(records, "/a")
    assert (await records.wait(lambda r: r["path"] == "/a", 0))["n"] == 1
    waiting = asyncio.create_task(records.wait(lambda r: r["path"] == "/a", 5, since=1))
    while not records._waiting:  # noqa: ASYNC110 - a condition of the class under test, without an event of its own
        await asyncio.sleep(0)
    add(records, "/b")
    add(records, "/a")
    assert (await waiting)["n"] == 3


async def test_waiting_in_vain_answers_none():
    records = Records()
    assert await records.wait(lambda _: True, 0.01) is None
    assert records._waiting == []
