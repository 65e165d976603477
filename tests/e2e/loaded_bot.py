"""Starts the bot, or a sandbox for it, in a process that has the code loaded already. `bot_process` calls it, since loading
takes most of a start.

The process is forked from one that has imported both and run nothing (`loaded.py`). From there on it is the `happyhorse`
command, or `python -m sandbox`.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sandbox.client import Client
from tests.e2e.waiting import until
from tests.sandbox_process import WORLD

BOT, SANDBOX = "bot.cli.main", "sandbox.cli.main"
LOADED = ("tests.e2e.loaded", "tests.e2e.loaded_bot")
STOP_SECONDS = 15
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(LOADED))


class Loaded:
    """A process with those methods of `subprocess.Popen` that tests use. It is no child of the test's process."""

    def __init__(self, command, arguments, folder, log, environment):
        """`command`: `BOT` or `SANDBOX`. `log`: a file, to which it appends its output. `folder`: its working directory."""
        self._process = _forks.Process(target=_become, args=(command, arguments, str(folder), str(log), environment))
        self._process.start()
        self.pid = self._process.pid

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds):
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("happyhorse", seconds)
        return self._process.exitcode


@contextmanager
def loaded_sandbox(folder):
    """The sandbox that `sandbox_process` starts too, and a client of it. `folder` gets a file with its output."""
    log = folder / "sandbox.log"
    log.touch()
    words = ["serve", "--port", "0", "--world", str(WORLD), "--openapi"]
    process = Loaded(SANDBOX, words, folder, log, dict(os.environ))
    try:
        until(lambda: "\n" in log.read_text(), log.read_text)
        yield Client(json.loads(log.read_text().partition("\n")[0])["url"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _become(command, arguments, folder, log, environment):
    """Runs in the new process, which `main` ends."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, stream in ((os.open(os.devnull, os.O_RDONLY), 0), (written, 1), (written, 2)):
        os.dup2(number, stream)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  as long as the process
    sys.exit(import_module(command).main(arguments))
