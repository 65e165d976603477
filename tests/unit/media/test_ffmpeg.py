"""ffmpeg as a child process: it ends in time, reports what happened, and never outlives its caller."""

import asyncio
import contextlib
import os
import sys

import psutil
import pytest

from bot.errors import MediaError
from bot.media.ffmpeg import FFmpeg, Ran
from tests.waiting import until

ENDLESS = ("-re", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=24", "-f", "null", "-")


def children():
    """Ids of ffmpeg processes that this process started."""
    found = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended between the two calls
            if "ffmpeg" in child.name():
                found.add(child.pid)
    return found


posix = pytest.mark.skipif(sys.platform == "win32", reason="priorities and groups are POSIX's")


async def started(before):
    return await until(lambda: children() - before)


async def test_what_it_writes_comes_back_and_success_is_zero():
    ran = await FFmpeg().run(
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=16x16:d=0.1",
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "pipe:1",
        time_limit=20,
    )
    assert (ran.code, len(ran.stdout)) == (0, 256)


async def test_a_failure_carries_ffmpegs_own_words(tmp_path):
    with pytest.raises(MediaError, match="No such file"):
        await FFmpeg().do("-i", str(tmp_path / "missing.mp4"), "-f", "null", "-", time_limit=20)


async def test_progress_counts_up_to_the_length():
    heard = []
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=4")
    await FFmpeg().do(*source, "-c:v", "libx264", "-f", "null", "-", time_limit=60, on_seconds=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(4, abs=0.1)


@posix
async def test_past_the_time_limit_it_is_dead():
    before = children()
    with pytest.raises(MediaError, match="ffmpeg_slow: 0"):
        await FFmpeg().run(*ENDLESS, time_limit=0.5)
    assert children() <= before


@posix
async def test_a_cancelled_run_leaves_no_process():
    before = children()
    running = asyncio.create_task(FFmpeg().run(*ENDLESS, time_limit=60))
    await started(before)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert children() <= before


@posix
async def test_it_has_a_low_priority():
    before = children()
    running = asyncio.create_task(FFmpeg().run(*ENDLESS, time_limit=60))
    (child,) = await started(before)
    # Relative to the priority of the tests; 19 is the lowest.
    assert os.getpriority(os.PRIO_PROCESS, child) >= min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_flood_of_words_or_bytes_stays_bounded():
    with pytest.raises(MediaError, match="ffmpeg_flood"):
        await FFmpeg().run("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=24", "-f", "rawvideo", "pipe:1", time_limit=30)
    source = ("-f", "lavfi", "-i", "testsrc2=s=16x16:r=24:d=20")
    ran = await FFmpeg().run("-v", "debug", *source, "-vf", "showinfo", "-f", "null", "-", time_limit=60)
    assert len(ran.stderr) <= 41_000
    assert ran.detail


@posix
async def test_a_child_that_writes_without_end_is_ended(tmp_path):
    flood = tmp_path / "flood"
    flood.write_text("#!/bin/sh\nexec cat /dev/zero\n")
    flood.chmod(0o755)
    # With an unread pipe about every second of these would hang.
    for _ in range(10):
        with pytest.raises(MediaError, match="ffmpeg_flood"):
            async with asyncio.timeout(20):
                await FFmpeg(str(flood)).run(time_limit=20)


@posix
async def test_a_child_has_none_of_our_secrets_in_its_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HAPPYHORSE_SCENARIO__API_SECRET", "very-secret")
    tells = tmp_path / "tells"
    tells.write_text("#!/bin/sh\nexec env\n")
    tells.chmod(0o755)
    ran = await FFmpeg(str(tells)).do(time_limit=20)
    assert b"PATH=" in ran.stdout
    assert b"very-secret" not in ran.stdout


async def test_without_an_executable_the_error_is_ours():
    with pytest.raises(MediaError):
        await FFmpeg("/nowhere/ffmpeg").do("-version", time_limit=5)


def test_text_in_a_file_can_not_forge_a_line_of_the_log():
    ran = Ran(1, "title : a\n2026-01-01 ERROR bot: forged\r\x1b[2J\u202eback\n", b"")
    assert ran.detail == "title : a 2026-01-01 ERROR bot: forged [2J back"
