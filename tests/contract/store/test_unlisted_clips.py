"""What is put into the folder of posted clips for an end that does not list it: it does not stay until the next start."""

import errno
import os
import threading

import pytest

from bot.disk import ROOM_LEAST
from bot.domain.job import State
from bot.ports import OutputKind
from bot.storage import clip_files, clip_folder
from tests.contract.store.keeper import Keeper
from tests.factories import NOW_MS
from tests.waiting import until


@pytest.fixture
def keeper(storage, tmp_path, monkeypatch):
    keeper = Keeper(storage, tmp_path)

    async def nothing():
        """In place of the comparison at a start, which would remove what these tests look for too."""

    monkeypatch.setattr(keeper.files, "sweep", nothing)
    return keeper


async def test_a_clip_that_no_end_lists_goes_and_the_same_or_another_that_is_kept_later_stays(keeper):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    for content in (b"first", b"second", b"first"):
        working.write_bytes(content)
        outputs = await keeper.files.keep(job.id, working, None)
        keeper.files.settled(job.id, stays=False)
    await keeper.files.keep(job.id, working, None)
    await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, outputs=outputs)
    await keeper.running(lambda: keeper.there() == [b"first"])
    keeper.files.settled(job.id, stays=True)
    assert await keeper.content(1) == b"first"


@pytest.mark.parametrize("again", ["fails", "brings another poster"])
async def test_what_an_end_does_not_list_goes_where_its_clip_was_kept_once_more(keeper, monkeypatch, again):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    working.write_bytes(b"clip")
    await keeper.files.keep(job.id, working, b"poster")
    with monkeypatch.context() as patched:
        if again == "fails":
            patched.setattr(clip_files.ClipFolder, "room", lambda _: ROOM_LEAST - 1)
        outputs = await keeper.files.keep(job.id, working, b"another")
    await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, outputs=outputs)
    keeper.files.settled(job.id, stays=True)
    await keeper.running(
        lambda: keeper.there() == ([] if again == "fails" else [b"another", b"clip"]) and not keeper.files._left
    )


async def test_what_another_process_may_list_stays(keeper):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    working.write_bytes(b"clip")
    outputs = await keeper.files.keep(job.id, working, b"poster")
    keeper.files.handed_over(job.id)
    await keeper.posted(2, b"another", poster=None)
    await keeper.running(lambda: not keeper.files._changed.is_set())
    await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, outputs=outputs)
    assert (await keeper.content(1), await keeper.content(1, OutputKind.POSTER)) == (b"clip", b"poster")


async def test_what_a_hanging_disk_takes_in_after_the_end_is_written_goes(keeper, monkeypatch):
    hanging, take_in = threading.Event(), clip_files.ClipFolder.take_in

    def slowly(*args):
        hanging.wait()
        take_in(*args)

    monkeypatch.setattr(clip_files.ClipFolder, "take_in", slowly)
    monkeypatch.setattr(clip_files, "_KEEP_SECONDS", 0.05)
    try:
        job = await keeper.under_way(1)
        working = keeper.folder / "1.mp4"
        working.write_bytes(b"clip")
        assert await keeper.files.keep(job.id, working, None) == ()
        await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost)
        keeper.files.settled(job.id, stays=True)
        await keeper.running(lambda: keeper.told and not keeper.files._left)
    finally:
        hanging.set()
    await until(lambda: (keeper.folder / "clips").exists() and keeper.there() == [b"clip"] and keeper.files._left)
    await keeper.running(lambda: keeper.there() == [])


async def test_a_disk_that_gets_full_midway_keeps_no_half_of_a_file(keeper, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(clip_folder, "sync_file", full)
    assert await keeper.posted(1) == ()
    await keeper.running(lambda: keeper.there() == [])
