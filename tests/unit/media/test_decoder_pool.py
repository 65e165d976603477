"""Members' pictures are decoded in child processes that can be killed: a bad picture harms no other request."""

import asyncio
import io
import struct
import sys

import psutil
import pytest
from PIL import Image

from bot.domain.image import Use
from bot.errors import MediaBusy, MediaError, RequestRefused
from bot.media import decoder_pool
from bot.media.decoder_pool import DecoderPool
from bot.media.local import LocalMedia
from bot.problem import Problem, ProblemCode
from tests.waiting import until

USE = Use.REFERENCE
FIELD = "character2"
FOREVER = 1_000
"""Seconds; the test ends the wait earlier."""


def saved(size=(640, 480), form="JPEG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, (200, 120, 40, 255)[: len(mode)]).save(file, form, **options)
    return file.getvalue()


def slow_picture(side=4000, scans=20_000):
    """A progressive JPEG with many empty scans: the decoder goes through all blocks for each."""

    def segment(kind, body):
        return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body

    tables = segment(0xDB, b"\0" + b"\x10" * 64)
    tables += segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\0") + segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    frame = segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + bytes([1, 0x11, 0]))
    first, again = (segment(0xDA, bytes([1, 1, 0, 0, 0, bits])) + b"\0" for bits in (0x01, 0x10))
    return b"\xff\xd8" + tables + frame + first + again * scans + b"\xff\xd9"


SLOW = slow_picture()


@pytest.fixture
async def pool():
    made = []

    def a_pool(**options):
        made.append(DecoderPool(**options))
        return made[-1]

    yield a_pool
    for each in made:
        await each.close()


def pids(pool):
    return {each.process.pid for each in pool._children}


async def decoding(pool):
    """Waits until a child process has started and decodes a picture."""
    await until(lambda: any(not each.idle for each in pool._children))


async def at_a_slow_picture(pool):
    """The pool, and a request whose picture a child decodes for as long as the test lasts."""
    decoders = pool(time_limit=FOREVER)
    reading = asyncio.create_task(decoders.check_image(SLOW, USE, FIELD, 1))
    await decoding(decoders)
    return decoders, reading


async def starting_its_first_child(pool):
    """The pool, and a request for which its first child process is starting."""
    decoders = pool()
    reading = asyncio.create_task(decoders.check_image(saved(), USE, FIELD, 1))
    await until(lambda: decoders._starting)
    return decoders, reading


async def test_a_picture_and_what_is_wrong_with_one_come_back(pool):
    decoders = pool()
    data = saved()
    checked = await decoders.check_image(data, USE, FIELD, 1)
    assert (checked.media_type, checked.width, checked.height) == ("image/jpeg", 640, 480)
    assert (checked.facts.format, checked.facts.size, checked.facts.frames) == ("JPEG", len(data), 1)
    assert Image.open(io.BytesIO(checked.data)).size == (640, 480)
    with pytest.raises(RequestRefused) as caught:
        await decoders.check_image(saved((200, 100)), USE, FIELD, 1)
    (problem,) = caught.value.problems
    assert problem == Problem(ProblemCode.SHORT_SIDE, FIELD, (200, 100), (400,))


async def test_children_start_with_the_first_picture_and_take_the_next_ones_too(pool):
    decoders = pool()
    assert not pids(decoders)
    await decoders.check_image(saved(), USE, FIELD, 1)
    first = pids(decoders)
    await decoders.check_image(saved(), USE, FIELD, 2)
    assert len(first) == 1
    assert pids(decoders) == first


async def test_a_child_is_replaced_after_its_share_of_pictures(pool, monkeypatch):
    monkeypatch.setattr(decoder_pool, "_PICTURES_OF_ONE_CHILD", 1)
    decoders = pool()
    await decoders.check_image(saved(), USE, FIELD, 1)
    assert not pids(decoders)


async def test_a_picture_that_takes_too_long_ends_its_child_and_the_next_one_is_read(pool):
    decoders = pool(time_limit=0.2)
    with pytest.raises(MediaError):
        await decoders.check_image(SLOW, USE, FIELD, 1)
    assert not pids(decoders)
    assert (await decoders.check_image(saved(), USE, FIELD, 1)).width == 640


async def test_a_child_that_does_not_even_use_the_processor_is_killed_by_the_clock(pool, monkeypatch):
    decoders = pool(time_limit=FOREVER)
    await decoders.check_image(saved(), USE, FIELD, 1)
    [pid] = pids(decoders)
    psutil.Process(pid).suspend()
    monkeypatch.setattr(decoders, "_time_limit", 0.05)
    with pytest.raises(MediaError, match="took more than"):
        await decoders.check_image(saved(), USE, FIELD, 1)
    assert not psutil.pid_exists(pid)


async def test_a_picture_that_takes_too_much_memory_ends_its_child(pool):
    decoders = pool(memory_mb=20)
    with pytest.raises(MediaError):
        await decoders.check_image(saved((3000, 3000), "PNG", "RGBA"), USE, FIELD, 1)
    assert (await decoders.check_image(saved(), USE, FIELD, 1)).width == 640


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGB", {"transparency": (0, 0, 0)}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("GIF", "P", {}),
        ("JPEG", "RGB", {}),
    ],
)
async def test_a_fine_picture_of_fifty_megapixels_finds_room(pool, form, mode, options):
    file = io.BytesIO()
    Image.new(mode, (8192, 6100)).save(file, form, compress_level=1, **options)
    assert (await pool(time_limit=FOREVER).check_image(file.getvalue(), USE, FIELD, 1)).width == 4096


async def test_a_child_that_the_system_killed_is_not_blamed_on_the_picture(pool):
    decoders, reading = await at_a_slow_picture(pool)
    for pid in pids(decoders):
        psutil.Process(pid).kill()
    with pytest.raises(MediaBusy):
        await reading


async def test_a_child_that_died_while_it_waited_is_replaced(pool):
    decoders = pool()
    await decoders.check_image(saved(), USE, FIELD, 1)
    [pid] = pids(decoders)
    psutil.Process(pid).kill()
    await until(lambda: all(each.process.returncode is not None for each in decoders._children))
    assert (await decoders.check_image(saved(), USE, FIELD, 1)).width == 640
    assert pid not in pids(decoders)


async def test_one_members_hostile_pictures_never_keep_anothers_waiting(pool):
    decoders = pool(time_limit=FOREVER)
    hostile = [asyncio.create_task(decoders.check_image(SLOW, USE, FIELD, 1)) for _ in range(20)]
    await decoding(decoders)
    assert (await decoders.check_image(saved(), USE, FIELD, 2)).width == 640
    assert (await decoders.check_image(saved(), USE, FIELD, 3)).width == 640
    assert not any(each.done() for each in hostile)
    for each in hostile:
        each.cancel()
    await asyncio.gather(*hostile, return_exceptions=True)
    assert not decoders._free._shares


async def test_a_picture_that_waited_too_long_for_a_decoder_is_not_called_wrong(pool, monkeypatch):
    decoders, reading = await at_a_slow_picture(pool)
    monkeypatch.setattr(decoder_pool, "WAIT_LIMIT_SECONDS", 0.05)
    with pytest.raises(MediaBusy):
        await decoders.check_image(saved(), USE, FIELD, 1)
    reading.cancel()


async def test_a_request_that_is_given_up_leaves_no_child_at_its_picture(pool):
    decoders, reading = await at_a_slow_picture(pool)
    [pid] = pids(decoders)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert not psutil.pid_exists(pid)
    assert (await decoders.check_image(saved(), USE, FIELD, 1)).width == 640


async def test_closing_ends_a_child_in_the_middle_of_a_picture(pool):
    decoders, reading = await at_a_slow_picture(pool)
    [pid] = pids(decoders)
    await decoders.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(MediaError):
        await reading


async def test_no_child_is_started_once_the_pool_is_closed_and_one_that_is_starting_is_waited_for(pool):
    decoders, reading = await starting_its_first_child(pool)
    await decoders.close()
    assert not decoders._starting
    assert not pids(decoders)
    for each in (reading, decoders.check_image(saved(), USE, FIELD, 2)):
        with pytest.raises(MediaBusy):
            await each


async def test_a_child_whose_request_was_given_up_while_it_started_takes_the_next_picture(pool):
    decoders, reading = await starting_its_first_child(pool)
    reading.cancel()
    await until(lambda: decoders._idle)
    first = pids(decoders)
    assert (await decoders.check_image(saved(), USE, FIELD, 1)).width == 640
    assert pids(decoders) == first


async def test_a_child_ends_when_its_parent_is_gone(pool):
    decoders = pool()
    await decoders.check_image(saved(), USE, FIELD, 1)
    [child] = decoders._children
    child.input.close()
    assert await child.process.wait() == 0


async def test_a_child_has_none_of_our_secrets_in_its_environment(pool, monkeypatch):
    monkeypatch.setenv("HAPPYHORSE_DISCORD__TOKEN", "very-secret")
    decoders = pool()
    await decoders.check_image(saved(), USE, FIELD, 1)
    [pid] = pids(decoders)
    assert "very-secret" not in psutil.Process(pid).environ().values()


@pytest.mark.skipif(sys.platform == "win32", reason="the child of this test is a shell script")
@pytest.mark.parametrize(
    "answer",
    ["[]", "{}", "none", '{"size": -1}', '{"size": 0}', '{"size": 99999999}', '{"size": 0, "facts": 7}', '{"size": "0"}'],
)
async def test_a_decoder_that_a_picture_has_taken_over_is_not_asked_again(pool, tmp_path, monkeypatch, answer):
    taken = tmp_path / "taken"
    taken.write_text(f"#!/bin/sh\nprintf 'R\\000\\000\\000\\{len(answer):03o}%s' '{answer}'\nexec cat >/dev/null\n")
    taken.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(taken))
    decoders = pool(time_limit=FOREVER)
    with pytest.raises(MediaError, match="none"):
        await decoders.check_image(saved(), USE, FIELD, 1)
    assert not pids(decoders)


async def test_a_decoder_that_does_not_start_is_our_trouble(pool, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(MediaBusy):
        await pool().check_image(saved(), USE, FIELD, 1)


async def test_a_member_reads_that_the_picture_is_too_heavy():
    async with LocalMedia(decoders=DecoderPool(time_limit=0.2)) as media:
        with pytest.raises(RequestRefused) as caught:
            await media.check_image(SLOW, USE, FIELD, 7)
    (problem,) = caught.value.problems
    assert problem == Problem(ProblemCode.HEAVY, FIELD)
