"""Waits for something in another process by looking again and again, since there is no event."""

import time

PATIENCE_SECONDS = 40


def until(holds, otherwise, seconds=PATIENCE_SECONDS):
    """Call `holds` until it returns something true, and return that. Fails after `seconds`, with the text of `otherwise()`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.03)
    return found
