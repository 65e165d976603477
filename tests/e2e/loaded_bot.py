"""Starts the bot in a process that has its code loaded already. `RunningBot` calls it, since loading takes most of a start.

The process is forked from one that has imported the bot and run nothing. From there on it is the `happyhorse` command.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

LOADED = ("bot.cli.main", "bot.settings", "bot.app", "tests.e2e.loaded_bot")
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(LOADED))


class LoadedBot:
    """A process with those methods of `subprocess.Popen` that tests use. It is no child of the test's process."""

    def __init__(self, arguments, folder, log, environment):
        """`log`: a file, to which it appends its output. `folder`: its working directory."""
        self._process = _forks.Process(target=_become, args=(arguments, str(folder), str(log), environment))
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


def _become(arguments, folder, log, environment):
    """Runs in the new process, which `main` ends."""
    from bot.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, stream in ((os.open(os.devnull, os.O_RDONLY), 0), (written, 1), (written, 2)):
        os.dup2(number, stream)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  as long as the process
    main(arguments)
