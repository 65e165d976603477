"""`happyhorse` as an operator types it: help, mistakes, exit codes, and no traceback.

Most commands run in the test's process, where an error that is not told as a sentence fails the test by itself. Tests of a
process's streams, start or end start one of their own, and so do tests of `run`, which ends its process.
"""

import gettext
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.cli import main
from bot.presentation.views.translations import ENGLISH, speaking
from tests.noon import ZONE_AT_NOON

ROOT = Path(__file__).resolve().parents[3]


def happyhorse(*words, cwd, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HAPPYHORSE_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path):
    """Runs the command in this process, in an empty folder."""
    for name in list(os.environ):
        if name.startswith("HAPPYHORSE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANGUAGE", os.environ["LANGUAGE"])
    monkeypatch.chdir(tmp_path)

    def run(*words, **environment):
        with monkeypatch.context() as changed, speaking(ENGLISH):
            for name, value in environment.items():
                changed.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main.main(words)
        out, err = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code, stdout=out, stderr=err)

    domain = gettext.textdomain()
    yield run
    gettext.textdomain(domain)


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["run", "--help"],
        ["demo", "--help"],
        ["doctor", "--help"],
        ["quota", "grant", "--help"],
        ["job", "retry", "--help"],
        ["pause", "--help"],
    ],
)
def test_help_is_there_for_every_command(words, typed):
    ran = typed(*words, "--help")
    assert ran.returncode == 0
    assert "usage: happyhorse" in ran.stdout


def test_a_process_of_its_own_prints_its_help(tmp_path):
    ran = happyhorse("--help", cwd=tmp_path)
    assert (ran.returncode, ran.stdout.startswith("usage: happyhorse"), ran.stderr) == (0, True, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "COMMAND"),
        (["quota", "grant", "many", "--member", "1"], "many is no whole number of credits"),
        (["quota", "grant", "9" * 5000, "--member", "1"], "no whole number of credits"),
        (["quota", "grant", "5", "--member", "1", "--member", "2"], "--member is given twice"),
        (["quota", "grant", "99999999999", "--member", "1"], "at most"),
        (["pause", "--for=-2h"], "45m, 2h"),
        (["pause", "--for", "2h"], "there is no database"),
        (["resume", "--server", "x"], "no Discord id"),
        (["job", "show"], "ID"),
        (["job", "show", "no/such"], "no job"),
        (["job", "show", "x" * 20], "no job"),
        (["job", "show", "1", "--yes"], "unrecognized"),
        (["demo", "--once"], "--prompt"),
        (["demo", "--once", "--prompt", "x"], "--out"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(words, said, typed):
    ran = typed(*words)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dance"], "invalid choice"),
        (["run"], "discord.token is not set"),
        (["run", "--config", "nowhere.toml"], "config.example.toml"),
        (["run", "--config", "x" * 300], "cannot be read (File name too long): give this user the right"),
        (["demo", "--once", "--open", "--prompt", "x", "--out", "out"], "leave --open"),
    ],
)
def test_a_mistake_ends_a_process_with_one_sentence_and_exit_code_2(words, said, tmp_path):
    ran = happyhorse(*words, cwd=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_after_a_mistake_in_the_set_up_systemd_tries_no_further(tmp_path):
    unit = (ROOT / "deploy" / "happyhorse.service").read_text(encoding="utf-8")
    (tmp_path / "config.toml").write_text("[discord", encoding="utf-8")
    ran = happyhorse("run", cwd=tmp_path)
    assert f"RestartPreventExitStatus={ran.returncode}\n" in unit


@pytest.mark.parametrize("command", ["run", "doctor"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[storage]\npath = "C:\\Users\\me\\bot.db"\n', "single quotes"),
        ("[discord]\ntoken = 'x'\n".encode("utf-16"), "UTF-8"),
        (b"[scenario]\napi_secret = 'hunter2 '\n", "scenario.api_secret: has a blank"),
    ],
)
def test_a_file_that_another_system_spoiled_is_one_sentence_with_its_path(tmp_path, typed, command, content, said):
    (tmp_path / "my.toml").write_bytes(content)
    words = (command, "--config", "my.toml")
    ran = happyhorse(*words, cwd=tmp_path) if command == "run" else typed(*words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert (said in ran.stderr, "my.toml" in ran.stderr, "hunter2" in ran.stderr) == (True, True, False)
    assert "Traceback" not in ran.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["my.toml"]


def test_the_doctor_says_what_others_may_read_and_creates_nothing_on_a_terminal_of_any_encoding(tmp_path):
    config = tmp_path / "gr\u00fc\u00dfe.toml"
    config.write_bytes(b"\xef\xbb\xbf[discord]\r\ntoken = 'x'\r\napi_base = 'http://127.0.0.1:1'\r\n")
    config.chmod(0o644)
    ran = happyhorse("doctor", "--config", str(config), cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    shown = str(config).encode("ascii", "backslashreplace").decode()
    assert f"ok      Configuration: {shown}" in ran.stdout
    assert (f"chmod 600 {shown}" in ran.stdout) == (sys.platform != "win32")
    assert [each.name for each in tmp_path.iterdir()] == [config.name]


def test_a_provider_without_its_key_is_told_at_the_start(tmp_path):
    ran = happyhorse("run", cwd=tmp_path, HAPPYHORSE_DISCORD__TOKEN="x", HAPPYHORSE_PROVIDER__NAME="scenario")
    assert ran.returncode == 2
    assert "scenario.api_key" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_migrate_makes_the_database_and_may_be_repeated(tmp_path):
    for _ in range(2):
        ran = happyhorse("migrate", cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "up to date" in ran.stdout
    assert (tmp_path / "data" / "happyhorse.db").exists()


def test_a_file_that_is_no_database_is_refused_without_a_traceback(tmp_path, typed):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "happyhorse.db").write_text("dear diary, today I was not a database at all", encoding="utf-8")
    ran = typed("migrate")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "happyhorse.db" in ran.stderr


def test_quota_is_shown_granted_and_set_from_the_shell(typed):
    assert typed("migrate").returncode == 0
    shell = partial(typed, "quota", HAPPYHORSE_QUOTA__TIME_ZONE=ZONE_AT_NOON)
    assert "900 credits left" in shell("show", "--member", "7").stdout
    granted = shell("grant", "100", "--member", "7", "--note", "for the showcase")
    assert "1000 credits left" in granted.stdout
    assert "for the showcase" in granted.stdout
    assert "Member 7: 50 credits left" in shell("set", "50", "--member", "7").stdout
    taken = shell("grant", "--member", "7", "--", "-30")
    assert "Member 7: 20 credits left" in taken.stdout
    assert "taken by the operator" in taken.stdout
    odd = shell("grant", "5", "--member", "7", "--note", "red\x1b[31m")
    assert (odd.returncode, odd.stdout, "one line" in odd.stderr) == (2, "", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["demo", "--port", "99999"], "no port"),
        (["demo", "--port", "\u0663\u0663"], "no port"),
        (["demo", "--port", "8" * 5000], "no port"),
        (["quota", "show", "--member", "99999999999999999999999"], "no Discord id"),
        (["quota", "show", "--member=-4"], "no Discord id"),
    ],
)
def test_a_number_out_of_range_is_told_as_such(words, said, typed):
    ran = typed(*words)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_a_folder_that_cannot_be_written_is_found_before_a_clip_is_made(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    ran = happyhorse("demo", "--once", "--prompt=wind", f"--out={tmp_path / 'file'}", cwd=tmp_path)
    assert ran.returncode == 2
    assert "--out" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", ["work", "preview"])
def test_a_start_that_can_not_make_its_folders_is_one_sentence_and_exit_code_1(tmp_path, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("in the way", encoding="utf-8")
    ran = happyhorse("run", cwd=tmp_path, HAPPYHORSE_DISCORD__TOKEN="x")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False), ran
    assert f"cannot write data{os.sep}{name}" in ran.stderr
    assert "give the bot a folder" in ran.stderr


@pytest.mark.parametrize("path", ["x" * 300, "loop/happyhorse.db"])
def test_a_database_that_can_not_even_be_looked_for_is_one_sentence_everywhere(tmp_path, typed, path):
    (tmp_path / "loop").symlink_to("loop")
    environment = {"HAPPYHORSE_STORAGE__PATH": path, "HAPPYHORSE_DISCORD__TOKEN": "x"}
    environment["HAPPYHORSE_DISCORD__API_BASE"] = "http://127.0.0.1:1"
    for ran in (
        happyhorse("run", cwd=tmp_path, **environment),
        typed("doctor", **environment),
        typed("quota", "show", "--member", "1", **environment),
    ):
        assert (ran.returncode, "Traceback" in ran.stderr) == (1, False), ran
        assert path in ran.stdout + ran.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["loop"]


def test_a_folder_in_the_databases_place_is_told_as_one(tmp_path, typed):
    (tmp_path / "data" / "happyhorse.db").mkdir(parents=True)
    ran = typed("migrate")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "happyhorse.db is a folder: name a file in it (storage.path)" in ran.stderr


def test_health_has_exit_code_1_also_where_there_is_no_database(tmp_path):
    ran = happyhorse("health", cwd=tmp_path)
    assert ran.returncode == 1
    assert "there is no database" in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is full")
def test_output_for_which_the_disk_has_no_room_is_one_sentence(tmp_path):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1), ran
    assert "what is said here could not be written (No space left on device): make room there" in ran.stderr


def test_the_doctor_finds_a_folder_that_cannot_be_written(tmp_path, typed):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    environment = {"HAPPYHORSE_STORAGE__PATH": str(tmp_path / "file" / "happyhorse.db")}
    ran = typed("doctor", **environment)
    assert ran.returncode == 1
    assert "storage.path" in ran.stdout
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("words", [["quota", "grant", "5", "--member", "7"], ["job", "show", "9k2f"], ["job", "end", "9k2f"]])
def test_from_another_folder_than_the_bots_nothing_is_made_and_it_is_said(tmp_path, typed, words):
    ran = typed(*words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("happyhorse: there is no database at data")
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_is_not_there_is_one_sentence_and_exit_code_1(typed):
    assert typed("migrate").returncode == 0
    for words in (["show", "9k2f"], ["end", "12"], ["retry", "12", "--yes"]):
        ran = typed("job", *words)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("happyhorse: there is no job ")
