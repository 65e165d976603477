"""The cores on which what is measured runs."""

import subprocess
import sys

import psutil

from bench.cores import halves, on_cores


def test_the_load_has_a_core_and_the_bot_all_others():
    loads, bots = halves()
    there = psutil.Process().cpu_affinity() if hasattr(psutil.Process, "cpu_affinity") else []

    if len(there) < 2:
        assert list(loads) == list(bots) == there
    else:
        assert len(loads) == 1
        assert sorted([*loads, *bots]) == sorted(there)


def test_a_process_started_on_some_cores_stays_there_and_this_one_goes_back():
    if not hasattr(psutil.Process, "cpu_affinity"):
        with on_cores(()):
            return
    before = psutil.Process().cpu_affinity()

    with on_cores(before[:1]):
        told = subprocess.check_output(
            [sys.executable, "-c", "import psutil; print(*psutil.Process().cpu_affinity())"], text=True
        )

    assert told.split() == [str(before[0])]
    assert psutil.Process().cpu_affinity() == before
