"""Copies of the code with a sample added to it, and a test run over such a copy: they show which files an addition touches."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


def with_sample(
    copy: Path, folders: Sequence[str], left_out: Sequence[str], changes: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """Makes `copy` of these folders. `changes` has, for each changed file, pairs of a pattern and what replaces it.

    Files are links until they are changed, since nearly all stay as they are. `left_out` are patterns of names.
    """
    for folder in folders:
        ignored = shutil.ignore_patterns(*left_out)
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored, copy_function=os.symlink)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, some in changes.items():
        text = (copy / name).read_text(encoding="utf-8")
        for there, with_it in some:
            text, count = re.subn(there, with_it, text, flags=re.MULTILINE)
            assert count, f"{name} has no {there} any more: change the sample like the file"
        (copy / name).unlink()
        (copy / name).write_text(text, encoding="utf-8")


def assert_passes(copy: Path, test: str) -> None:
    """Runs this test file of the copy, with the copy's code."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", test],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (copy, *sys.path)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
