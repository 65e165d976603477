"""The doctor's report, in the test's process: each finding with its remedy, and the exit code."""

import re
import sqlite3
import sys
from contextlib import closing
from types import SimpleNamespace

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.cli import doctor
from bot.cli.columns import columns
from bot.disk import ROOM_LEAST
from bot.domain.pause import Pause
from bot.ports import COMMANDS_REFUSED
from bot.presentation.views.translations import speaking
from bot.settings import Settings
from bot.storage import copies, open_storage
from bot.storage.clip_files import CLIPS_FOLDER
from bot.storage.lock import held
from bot.storage.schema import migrate, recorded, shipped
from tests.pseudo_locale import PSEUDO, plain_words
from tests.sandbox_process import sandbox_here

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for ffmpeg is a shell script")


@pytest.fixture
def elsewhere(monkeypatch):
    """Undoes what the doctor sets for the whole process, Discord's addresses, so that other tests are not affected."""
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
    """A healthy configuration for a sandbox; the test changes sections of it and gets the doctor's report."""
    async with sandbox_here(openapi=False) as here:

        async def report(advance=0, **sections):
            here.sandbox.clock.advance(advance)
            discord = {"token": "sandbox-token", "api_base": f"{here.url}/api/v10", "cdn_base": f"{here.url}/cdn"}
            healthy = {"discord": discord, "storage": {"path": tmp_path / "data" / "happyhorse.db"}}
            said = []
            code = await doctor.report(Settings(**{**healthy, **sections}), said.append)
            return SimpleNamespace(code=code, said="".join(said), lines=said)

        report.here = here
        yield report


async def test_a_healthy_set_up_ends_with_what_to_do_next(visit):
    seen = await visit()
    assert (seen.code, seen.lines[-1]) == (0, "All set: happyhorse run\n")
    assert "ERROR" not in seen.said
    assert "advice  Provider: clips are previews" in seen.said


@pytest.mark.parametrize(("ahead", "said"), [(0, "agrees with Discord's"), (1200, "1200 s slow by Discord's")])
async def test_a_machine_whose_clock_is_wrong_is_told_by_how_much_and_what_to_do(visit, ahead, said):
    seen = await visit(advance=ahead)
    assert seen.code == 0
    [line] = [each for each in seen.lines if "Clock" in each]
    assert re.sub(r"\b(1199|1201)\b", "1200", line).endswith(f"{said}\n")
    assert ("timedatectl" in seen.said) == (ahead > 0)


async def test_when_tls_fails_the_report_gives_this_machines_date(visit):
    # The server there does not speak TLS, which fails like a certificate that has expired.
    url = visit.here.url.replace("http://", "https://")
    seen = await visit(discord={"token": "sandbox-token", "api_base": f"{url}/api/v10"})
    assert seen.code == 1
    assert "ERROR   Discord: not reachable (ClientConnectorSSLError)" in seen.said
    assert re.search(r"This machine says that it is 20\d\d-\d\d-\d\d: set its clock if that is wrong", seen.said)


async def test_a_discord_that_goes_away_in_the_middle_is_an_error_and_the_rest_is_looked_at(visit):
    await visit.here.post("/faults", faults=[{"what": "reset", "path": "/users/@me/guilds", "times": 9}])
    seen = await visit()
    assert seen.code == 1
    assert "ok      Discord token: this is" in seen.said
    assert "ERROR   Discord: not reachable (" in seen.said
    assert "ffmpeg" in seen.said


async def test_an_allowance_that_no_clip_fits_into_is_a_warning_and_stops_nothing(visit):
    charged = {"preview": {"charged": True}}
    seen = await visit(quota={"allowance": 200}, **charged)
    assert "warning Quota: a 15 s clip at 1080P costs 270 credits" in seen.said
    assert seen.code == 0
    for fine in ({"allowance": 270}, {"allowance": 0}):
        assert "Quota:" not in (await visit(quota=fine, **charged)).said


async def test_a_disk_without_room_for_a_clip_is_an_error_and_little_room_a_warning(visit, monkeypatch):
    for free, mark, code in ((ROOM_LEAST - 1, "ERROR  ", 1), (ROOM_LEAST, "warning", 0)):
        monkeypatch.setattr(doctor, "room", lambda _folder, free=free: free)
        seen = await visit()
        assert (seen.code, f"{mark} Disk: 25" in seen.said) == (code, True), seen.said
        assert "Make room" in seen.said


@pytest.mark.parametrize("name", [CLIPS_FOLDER, "work", "preview"])
async def test_a_file_where_one_of_the_bots_folders_is_to_be_is_an_error_that_names_it(visit, tmp_path, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("no folder", encoding="utf-8")
    seen = await visit()
    assert seen.code == 1
    assert f"ERROR   Disk: {tmp_path / 'data' / name} is no folder" in seen.said
    assert "Choose another storage.path, or give this user the right to write there." in seen.said
    assert (tmp_path / "data" / name).read_text("utf-8") == "no folder"


async def test_a_folder_of_clips_from_before_is_no_finding_and_stays_as_it_is(visit, tmp_path):
    clip = tmp_path / "data" / CLIPS_FOLDER / "a.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"a clip")
    assert (await visit()).code == 0
    assert clip.read_bytes() == b"a clip"


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


@pytest.fixture
def older(tmp_path):
    """The database of an older bot in the place where the doctor looks."""
    path = tmp_path / "data" / "happyhorse.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, shipped()[:-1])
    return path


def database_in(said):
    lines = said.splitlines()
    first = next(number for number, line in enumerate(lines) if "Database:" in line)
    return "\n".join(lines[first:-1])


async def test_the_doctor_makes_no_database_and_tells_of_a_running_bot(visit, tmp_path):
    path = tmp_path / "data" / "happyhorse.db"
    assert database_in((await visit()).said) == f"ok      Database: {path} will be made by the first start"
    assert not path.exists()
    async with open_storage(path):
        seen = await visit()
        assert database_in(seen.said) == f"ok      Database: {path}, schema {len(shipped())}, a bot is running on it"
    assert database_in((await visit()).said) == f"ok      Database: {path}, schema {len(shipped())}"


async def test_an_older_database_is_advice_and_is_left_as_it_is(visit, older):
    seen = await visit()
    assert (seen.code, "advice  Database" in seen.said) == (0, True)
    assert f"this bot works with {len(shipped())}" in seen.said
    assert "makes a copy and brings it up to date" in seen.said
    with closing(sqlite3.connect(older)) as connection:
        assert recorded(connection, older, shipped()) == len(shipped()) - 1
    async with open_storage(older):
        pass
    copy = rf"happyhorse\.db\.schema{len(shipped()) - 1}\.\w+"
    assert re.search(rf"ok      Copies: {copy} of 20\d\d-.* UTC, 1 in all", (await visit()).said)


async def test_an_older_bot_that_runs_on_the_database_is_a_warning_with_what_to_do(visit, older):
    with held(older):
        seen = await visit()
    assert "warning Database" in seen.said
    assert "an older bot is running on it" in seen.said
    assert "Stop it; then happyhorse run" in seen.said


async def test_an_older_database_that_can_not_be_copied_is_an_error(visit, older, monkeypatch):
    monkeypatch.setattr(copies, "ROOM_BYTES", 2**60)
    seen = await visit()
    assert (seen.code, "ERROR   Database" in seen.said, "make room in" in seen.said) == (1, True, True)


async def test_a_database_of_a_newer_bot_is_an_error_with_what_to_do(visit, older):
    ours = len(shipped())
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.executemany("INSERT INTO migrations VALUES (?, 'later', 'c', 0)", [(ours,), (ours + 1,)])
    seen = await visit()
    assert (seen.code, "ERROR   Database" in seen.said) == (1, True)
    assert f"written by a newer bot (its schema is {ours + 1}, this bot knows {ours}): install that version again" in seen.said


async def test_a_pause_that_holds_is_a_warning_with_how_to_end_it(visit, tmp_path):
    async with open_storage(tmp_path / "data" / "happyhorse.db") as storage:
        await storage.pauses.change(20, Pause(None, "New prices"), 1)
        await storage.pauses.change(21, Pause(1, "over"), 1)
    seen = await visit()
    assert seen.code == 0
    assert "warning Paused: new clips are paused in server 20 until happyhorse resume: New prices." in seen.said
    assert ("happyhorse resume --server 20" in seen.said, "over" in seen.said) == (True, False)


async def test_commands_that_discord_refused_are_an_error_with_its_words(visit, tmp_path):
    async with open_storage(tmp_path / "data" / "happyhorse.db") as storage:
        await storage.key_values.write(COMMANDS_REFUSED, "400 Bad Request\x1b[2J", 1)
        seen = await visit()
        await storage.key_values.write(COMMANDS_REFUSED, "", 2)
    assert (seen.code, "ERROR   Commands: Discord refused them at the last start: 400 Bad Request·[2J\n" in seen.said) == (
        1,
        True,
    )
    assert (await visit()).code == 0


async def test_the_report_is_in_the_shells_language_with_its_marks_in_one_column(visit, tmp_path, monkeypatch):
    async with open_storage(tmp_path / "data" / "happyhorse.db") as storage:
        await storage.pauses.change(None, Pause(None, ""), 1)
        await storage.pauses.change(20, Pause(1_900_000_000_000, ""), 1)
        await storage.key_values.write(COMMANDS_REFUSED, "400", 1)
    monkeypatch.setattr(doctor, "room", lambda _folder: ROOM_LEAST - 1)
    named = {"happyhorse", "resume", "preview", "ffmpeg", "Discord", "Happy", "Horse", "Studio", "ClientConnectorError"}
    with speaking(PSEUDO):
        seen = [await visit(quota={"allowance": 200}, preview={"charged": True}), await visit(discord={"token": ""})]
        monkeypatch.setenv("PATH", "")
        seen.append(await visit(advance=1200, discord={"token": "sandbox-token", "api_base": "http://127.0.0.1:1"}))
    assert plain_words("".join(each.said for each in seen)) - named == set()
    for each in seen:
        findings = [line for line in each.lines[:-1] if not line.startswith(" ")]
        assert len({columns(re.match(r"\S+( \S+)? +", line)[0]) for line in findings}) == 1
