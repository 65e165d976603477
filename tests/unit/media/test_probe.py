"""How many child processes inspect clips at the same time."""

import asyncio
import stat
import sys
from itertools import accumulate

import pytest

from bot.media.ffmpeg import INSPECTIONS_AT_ONCE, FFmpeg

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the child of this test is a shell script")


async def test_many_looks_wait_for_their_turn_and_all_come_through(tmp_path):
    marks = tmp_path / "marks"
    child = tmp_path / "child"
    child.write_text(f'#!/bin/sh\necho 1 >> "{marks}"\nsleep 0.02\necho -1 >> "{marks}"\n')
    child.chmod(child.stat().st_mode | stat.S_IXUSR)
    ffmpeg = FFmpeg(str(child))
    ran = await asyncio.gather(*(ffmpeg.inspect(time_limit=20) for _ in range(20)))
    at_once = list(accumulate(map(int, marks.read_text().split())))
    assert [each.code for each in ran] == [0] * 20
    assert len(at_once) == 40
    assert max(at_once) <= INSPECTIONS_AT_ONCE
