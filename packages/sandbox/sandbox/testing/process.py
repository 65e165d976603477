"""A sandbox in a process of its own, as users run it, for tests that start their bot as a process too."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.client import Client

START_SECONDS = 60
STOP_SECONDS = 15


@contextmanager
def sandbox_process(*arguments: str, openapi: bool = True) -> Iterator[Client]:
    """Start `python -m sandbox serve`, yield a client of its control API, end it. `openapi` needs the extra of that name."""
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments, *(["--openapi"] if openapi else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            yield Client(json.loads(_first_line(process))["url"])
        finally:
            _end(process)


def _first_line(process: "subprocess.Popen[str]") -> str:
    """What it says when it listens; "" where it ended before that, or was killed for saying nothing."""
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        timer.cancel()


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
