"""Reads from and ends child processes of tests, each within a time limit; a process that takes longer is killed."""

import subprocess
import threading
from contextlib import contextmanager

WORD_SECONDS = 60
GOODBYE_SECONDS = 15


@contextmanager
def at_most(process, seconds):
    """Kill the process if the block takes longer, so that a read of its output returns "" and does not hang."""
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def line_of(process, seconds=WORD_SECONDS):
    """The next line of its output; "" if it ended without one or was killed after the time limit."""
    with at_most(process, seconds):
        return process.stdout.readline()


def end(process, seconds=GOODBYE_SECONDS):
    """End the process as a service manager does: terminate it, and kill it if that takes too long. Always reaps it."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
