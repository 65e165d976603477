"""The folder of posted clips: what is kept, for how long, and what a kill or a power cut leaves."""

import asyncio
import errno
import os
import stat
from types import SimpleNamespace

import pytest

from bot.disk import ROOM_LEAST
from bot.domain.clip import Kind
from bot.domain.job import State
from bot.errors import StorageError
from bot.notice import ClipsNotKept
from bot.ports import OutputKind
from bot.storage import clip_files
from bot.storage.clip_files import ClipFiles
from tests.contract.store.keeper import Keeper
from tests.factories import DAY_MS, NOW_MS, a_new_order, a_reference_image, a_request, book

HOUR_MS = 60 * 60 * 1000


@pytest.fixture
def keeper(storage, tmp_path):
    return Keeper(storage, tmp_path)


async def test_a_posted_clip_and_its_poster_are_kept_for_the_bots_user_alone(keeper):
    await keeper.posted(1)
    assert (await keeper.content(1), await keeper.content(1, OutputKind.POSTER)) == (b"clip", b"poster")
    assert await keeper.content(2) is None
    folder = keeper.folder / "clips"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


async def test_a_drive_that_knows_no_second_names_gets_a_copy(keeper, monkeypatch):
    def refused(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refused)
    await keeper.posted(1)
    assert await keeper.content(1) == b"clip"


async def test_equal_clips_of_two_members_are_one_file_until_both_are_deleted(keeper):
    await keeper.posted(1, member_id=7)
    await keeper.posted(2, member_id=8)
    assert keeper.there() == [b"clip", b"poster"]
    await keeper.files.erase(1)
    assert (await keeper.content(1), await keeper.content(2)) == (None, b"clip")
    await keeper.files.erase(2)
    await keeper.files.erase(2)
    assert (await keeper.content(2), keeper.there()) == (None, [])


async def test_a_killed_keep_leaves_no_file_for_good_and_the_next_try_keeps_it(keeper):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    working.write_bytes(b"clip")
    await keeper.files.keep(job.id, working, b"poster")
    (keeper.folder / "clips" / "1.clip.part").write_bytes(b"cl")
    keeper.again()
    await keeper.files.sweep()
    assert keeper.there() == []
    await keeper.posted(2)
    assert await keeper.content(2) == b"clip"


async def test_a_sweep_leaves_what_a_running_job_has_just_kept(keeper):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    working.write_bytes(b"clip")
    outputs = await keeper.files.keep(job.id, working, b"poster")
    await keeper.files.sweep()
    await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, outputs=outputs)
    assert await keeper.content(1) == b"clip"


async def test_a_killed_delete_leaves_nothing_after_the_next_start(keeper, monkeypatch):
    await keeper.posted(1)

    async def killed(*_):
        raise SystemExit

    monkeypatch.setattr(keeper.files, "_remove", killed)
    with pytest.raises(SystemExit):
        await keeper.files.erase(1)
    keeper.again()
    assert await keeper.content(1) is None
    await keeper.files.sweep()
    assert keeper.there() == []


@pytest.mark.parametrize("trouble", [OSError(errno.EIO, "disk I/O error"), StorageError("disk full")], ids=["disk", "database"])
@pytest.mark.parametrize("work", ["deleted", "left by a kill"])
async def test_a_file_that_could_not_be_removed_goes_once_that_works_again(keeper, monkeypatch, work, trouble):
    monkeypatch.setattr(clip_files, "_AGAIN_SECONDS", 0.01)
    await keeper.posted(1)
    if work == "left by a kill":
        (keeper.folder / "clips" / f"{'a' * 64}.mp4").write_bytes(b"left")
    tries = []

    def broken(*_):
        tries.append(1)
        raise trouble

    with monkeypatch.context() as patched:
        if isinstance(trouble, OSError):
            patched.setattr(keeper.files._folder, "remove", broken)
        else:
            patched.setattr(keeper.files._database, "read", broken)
        if work == "deleted":
            await keeper.files.erase(1)
        await keeper.running(lambda: len(tries) > 2)
        assert len(keeper.there()) == (3 if work == "left by a kill" else 2)
    await keeper.running(lambda: keeper.there() == ([] if work == "deleted" else [b"clip", b"poster"]))


async def test_a_clip_is_deleted_though_the_folder_is_tidied_in_that_moment(keeper, monkeypatch):
    await keeper.posted(1)
    read, asked, goes_on = keeper.files._database.read, asyncio.Event(), asyncio.Event()

    async def slow(work):
        asked.set()
        await goes_on.wait()
        return await read(work)

    monkeypatch.setattr(keeper.files._database, "read", slow)
    deleting = asyncio.create_task(keeper.files.erase(1))
    await asked.wait()
    [(name, sha256)] = keeper.files._left.items()
    await keeper.files._remove(sha256, name)
    assert name in keeper.files._left
    goes_on.set()
    await deleting
    assert keeper.there() == []


@pytest.mark.parametrize("spoiled", ["missing", "cut short"])
async def test_a_file_that_a_power_cut_spoiled_counts_as_not_kept(keeper, spoiled):
    (clip, _) = await keeper.posted(1)
    path = keeper.folder / "clips" / f"{clip.sha256}.mp4"
    if spoiled == "missing":
        path.unlink()
    else:
        os.truncate(path, 1)
    assert await keeper.content(1) is None
    keeper.again()
    await keeper.files.sweep()
    assert (await keeper.content(1), keeper.there()) == (None, [b"poster"])
    await keeper.posted(2)
    assert (await keeper.content(1), await keeper.content(2)) == (b"clip", b"clip")


async def test_the_clips_that_were_not_used_for_longest_make_room(keeper):
    for number in (1, 2, 3):
        await keeper.posted(number, bytes([number]) * 400, poster=None)
        keeper.clock.now += HOUR_MS
    keeper.clock.now += DAY_MS
    assert await keeper.content(1) is not None
    await keeper.running(lambda: len(keeper.there()) == 2)
    assert [await keeper.content(number) is not None for number in (1, 2, 3)] == [True, False, True]
    await keeper.posted(4, bytes([2]) * 400, poster=None)
    assert await keeper.content(2) == bytes([2]) * 400, "the same clip once more is there for both"


async def test_clips_make_room_where_the_disk_has_none_for_work(keeper, monkeypatch):
    await keeper.posted(1)
    monkeypatch.setattr(clip_files.ClipFolder, "room", lambda _: ROOM_LEAST - 1)
    assert await keeper.posted(2, b"another") == ()
    await keeper.running(lambda: keeper.there() == [] and keeper.told)
    assert keeper.told == [ClipsNotKept(str(keeper.folder / "clips"), os.strerror(28))]


async def test_nothing_is_kept_where_the_limit_is_zero_and_what_was_there_goes(keeper):
    await keeper.posted(1)
    keeper.again(limit=0)
    assert await keeper.posted(2, b"another") == ()
    await keeper.running(lambda: keeper.there() == [])
    assert await keeper.content(1) is None


async def test_a_folder_that_cant_be_written_is_told_once_and_keeps_nothing(keeper):
    (keeper.folder / "clips").write_bytes(b"no folder")
    assert [await keeper.posted(number) for number in (1, 2)] == [(), ()]
    await keeper.running(lambda: keeper.told)
    assert await keeper.posted(3) == ()
    await keeper.running(lambda: not keeper.files._changed.is_set() and keeper.files._trouble is None)
    assert [type(each) for each in keeper.told] == [ClipsNotKept]
    (keeper.folder / "clips").unlink()
    await keeper.posted(4)
    assert await keeper.content(4) == b"clip"


async def test_a_clip_that_is_deleted_while_its_end_is_written_is_not_kept(keeper):
    job = await keeper.under_way(1)
    working = keeper.folder / "1.mp4"
    working.write_bytes(b"clip")
    outputs = await keeper.files.keep(job.id, working, None)
    await keeper.files.erase(1)
    await keeper.storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, outputs=outputs)
    keeper.files.settled(job.id, stays=True)
    await keeper.running(lambda: keeper.there() == [])
    assert await keeper.content(1) is None


async def test_deleting_a_clip_leaves_the_pictures_that_again_and_remix_need(keeper):
    picture = await keeper.storage.kept_pictures.put(b"picture", "image/png", NOW_MS)
    request = a_request(Kind.IMAGE, references=(a_reference_image(sha256=picture),))
    job = await book(keeper.storage, a_new_order(1, request=request))
    await keeper.files.erase(job.id)
    assert await keeper.storage.kept_pictures.prune(NOW_MS + 9 * DAY_MS) == 0
    assert await keeper.storage.kept_pictures.get(picture) == (b"picture", "image/png")


async def test_a_hanging_disk_holds_no_job_up(keeper, monkeypatch):
    hanging = SimpleNamespace(over=asyncio.Event())

    async def hangs(*_):
        await hanging.over.wait()

    monkeypatch.setattr(ClipFiles, "_keep", hangs)
    monkeypatch.setattr(clip_files, "_KEEP_SECONDS", 0.0)
    assert await keeper.posted(1) == ()
