"""`make demo` gives each value to the bot's demo as it was typed, whatever a shell or make would read in it."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def make(tmp_path):
    """The arguments that `make demo` would give to the demo, one a line."""
    echo = tmp_path / "happyhorse"
    echo.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    echo.chmod(0o755)

    def words(*values):
        command = ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/.installed", "demo", f"BIN={tmp_path}", "ONCE=1", *values]
        # These tests may be run by make, whose variables must not reach the make under test.
        bare = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
        ran = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=30, check=False)
        assert ran.returncode == 0, ran.stderr
        assert not (tmp_path / "pwned").exists()
        return ran.stdout.splitlines()

    return words


HOSTILE = '--help costs $5 $(shell touch pwned) `touch pwned` "quoted" $HOME \'; touch pwned'


@pytest.mark.parametrize("name", ["PROMPT", "IMAGE", "DURATION", "RESOLUTION", "ASPECT", "OUT"])
def test_a_value_reaches_the_bot_as_it_was_typed_through_make(make, name):
    assert make(f"{name}={HOSTILE}") == ["demo", "--once", f"--{name.lower()}={HOSTILE}"]


def test_characters_reach_the_bot_through_make_as_so_many_files_and_nothing_runs(make):
    assert make("CHARACTERS=one.png two.png three.png") == ["demo", "--once", "--characters", "one.png", "two.png", "three.png"]
    assert make("CHARACTERS=$(shell touch pwned) `touch pwned`")[:3] == ["demo", "--once", "--characters"]


def test_all_values_together_reach_the_bot_through_make(make):
    values = ["PROMPT=wind", "IMAGE=a b.png", "DURATION=5", "RESOLUTION=720P", "ASPECT=16:9", "OUT=my clips"]
    words = ["--prompt=wind", "--image=a b.png", "--duration=5", "--resolution=720P", "--aspect=16:9", "--out=my clips"]
    assert make(*values) == ["demo", "--once", *words]


def test_switches_reach_the_bot_through_make(make):
    assert make("OPEN=1", "QUOTA=1") == ["demo", "--once", "--open", "--quota"]
