"""Child processes of tests, all of which end: nobody waits for ever for what one says, and who will not go is killed."""

import subprocess
import threading
from contextlib import contextmanager

WORD_SECONDS = 60
GOODBYE_SECONDS = 15


@contextmanager
def at_most(process, seconds):
    """Kill it should the block take longer, so that a read of its output ends in "" instead of never."""
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def line_of(process, seconds=WORD_SECONDS):
    """The next line it says; "" where it ended without one, or was killed for saying nothing."""
    with at_most(process, seconds):
        return process.stdout.readline()


def end(process, seconds=GOODBYE_SECONDS):
    """End it as a service manager does: asked first, then killed, and reaped in any case."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
