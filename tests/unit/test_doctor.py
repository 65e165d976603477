"""The doctor's report, in this process: each finding with its remedy, and an exit code that says whether the bot can run."""

import sys
from types import SimpleNamespace

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot import doctor
from bot.settings import Settings
from tests.sandbox_process import sandbox_here

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for ffmpeg is a shell script")


@pytest.fixture
def elsewhere(monkeypatch):
    """The doctor points the whole process at its Discord; other tests want theirs back."""
    for owner, name in (
        (discord.http.Route, "BASE"),
        (discord.Asset, "BASE"),
        (DiscordWebSocket, "DEFAULT_GATEWAY"),
        (discord.VoiceClient, "warn_nacl"),
        (discord.VoiceClient, "warn_dave"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))


@pytest.fixture
async def visit(tmp_path, elsewhere):
    """A healthy configuration over a sandbox, and what the doctor says of it once a test has changed its sections."""
    async with sandbox_here(openapi=False) as here:

        async def report(**sections):
            discord = {"token": "sandbox-token", "api_base": f"{here.url}/api/v10", "cdn_base": f"{here.url}/cdn"}
            healthy = {"discord": discord, "storage": {"path": tmp_path / "data" / "happyhorse.db"}}
            said = []
            code = await doctor.report(Settings(**{**healthy, **sections}), said.append)
            return SimpleNamespace(code=code, said="".join(said), lines=said)

        yield report


async def test_a_healthy_set_up_ends_with_what_to_do_next(visit):
    seen = await visit()
    assert (seen.code, seen.lines[-1]) == (0, "All set: happyhorse run\n")
    assert "ERROR" not in seen.said
    assert "advice  Provider: clips are previews" in seen.said


async def test_an_allowance_that_no_clip_fits_into_is_a_warning_and_stops_nothing(visit):
    charged = {"preview": {"charged": True}}
    seen = await visit(quota={"allowance": 200}, **charged)
    assert "warning Quota: a 15 s clip at 1080P costs 270 credits" in seen.said
    assert seen.code == 0
    for fine in ({"allowance": 270}, {"allowance": 0}):
        assert "Quota:" not in (await visit(quota=fine, **charged)).said


async def test_a_database_that_is_none_is_an_error_and_everything_else_is_looked_at_all_the_same(visit, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "happyhorse.db").write_text("dear diary, not a database, " * 40, encoding="utf-8")
    seen = await visit()
    assert seen.code == 1
    assert "ERROR   Database" in seen.said
    assert "ok      ffmpeg" in seen.said
    assert seen.lines[-1] == "Something must be mended first, see ERROR above.\n"


@posix
@pytest.mark.parametrize(
    ("listed", "missing"), [("libx264", "aac"), ("aac", "libx264"), ("nothing", "libx264, aac")], ids=lambda each: each
)
async def test_an_ffmpeg_of_the_operators_own_that_lacks_an_encoder_is_named(visit, tmp_path, monkeypatch, listed, missing):
    own = tmp_path / "ffmpeg"
    own.write_text(f"#!/bin/sh\necho ' V..... {listed}'\n", encoding="utf-8")
    own.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(own))
    seen = await visit()
    assert f"ERROR   ffmpeg: cannot encode {missing}\n" in seen.said
    assert "IMAGEIO_FFMPEG_EXE" in seen.said
    assert seen.code == 1
