"""Waiting for what other processes do: looked at again and again, since nothing tells of it."""

import time

PATIENCE_SECONDS = 40


def until(holds, otherwise, seconds=PATIENCE_SECONDS):
    """Ask until it is so, and return what it was; `otherwise` is asked for what to say when it never is."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.03)
    return found
