"""The real bot and a sandbox, each as a process, for tests that need all of it.

The bot is started by its command line, and its database is read from the file. Nothing here imports the bot's code into the
test's process.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from sandbox.client import CallFailed, Client
from sandbox.discord.components import walk
from tests.e2e.books import Books
from tests.e2e.faults import CLIP_SECONDS, LONG, Faults
from tests.e2e.loaded_bot import BOT, Loaded, loaded_sandbox
from tests.e2e.member import Member
from tests.e2e.waiting import PATIENCE_SECONDS, until
from tests.noon import ZONE_AT_NOON

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 40
RENDER_SECONDS = 180
"""Waits for rendering and encoding may take this long: they have a low priority on a busy machine."""

SETTINGS = {
    "provider": {"name": "scenario", "watch_seconds": 0.2, "lost_submit_seconds": 2.0},
    "quota": {"allowance": 1_000_000, "running_per_member": 8, "time_zone": ZONE_AT_NOON},
}


def with_operators(sandbox):
    """Settings of a bot whose operators have a channel for notices."""
    channel = sandbox.post("/channels", name="operators")["id"]
    return {**SETTINGS, "discord": {"operator_channel": int(channel)}}


def texts(message):
    """All texts of a message, joined."""
    return "\n".join(one["content"] for one in walk(message["components"]) if one.get("content"))


class RunningBot:
    """The bot's process and the sandbox that it runs in.

    `books` is what is written down of its jobs, `faults` what goes wrong or is held. `settings` are the bot's, by section, or a
    function that makes them from the sandbox.
    """

    def __init__(self, sandbox: Client, folder: Path, settings=SETTINGS):
        self.sandbox = sandbox
        self.folder = folder
        self.database = folder / "data" / "happyhorse.db"
        self.process = None
        self.environment = {}
        """Variables that the bot's next process gets in addition to this process's environment."""
        self._members = 0
        self._config = folder / "config.toml"
        self._log = folder / "bot.log"
        address = sandbox.url
        chosen = settings(sandbox) if callable(settings) else settings
        wired = {
            **chosen,
            "discord": {
                **chosen.get("discord", {}),
                "token": "sandbox-token",
                "api_base": f"{address}/api/v10",
                "gateway_url": f"{address.replace('http', 'ws', 1)}/gateway",
                "cdn_base": f"{address}/cdn",
            },
            "scenario": {
                "base_url": f"{address}/scenario/v1",
                "api_key": "sandbox-key",
                "api_secret": "sandbox-secret",
            },
            "storage": {"path": str(self.database)},
        }
        self._write(wired)
        self.books = Books(self)
        self.faults = Faults(self)

    def _write(self, tables):
        lines = []
        for name, values in tables.items():
            # JSON and TOML write strings, numbers, true and false in the same way.
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
        self._config.write_text("\n".join(lines), encoding="utf-8")

    # -- the bot's process -----------------------------------------------------------------------------------------

    def start(self):
        """Start the bot and wait until it is online and its commands are registered."""
        self.launch()
        online = self.sandbox.wait(START_SECONDS, bot="online")
        assert online, f"the bot did not come online: {self.log()}"
        until(lambda: self.sandbox.get("/state")["commands"], self.log)

    def launch(self):
        """Start the bot without waiting: with its code loaded already, but as a new Python if `environment` is set, since its
        variables may be about how Python itself starts.
        """
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HAPPYHORSE_")}
        words = ["run", "--config", str(self._config)]
        if not self.environment:
            self.process = Loaded(BOT, words, ROOT, self._log, kept)
            return
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", *words],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**kept, **self.environment},
            )

    def kill(self):
        """End the bot with SIGKILL, like a power cut."""
        self._end(signal.SIGKILL)

    def stop(self):
        """End the bot with SIGTERM, as a service manager does. It must end in order."""
        assert self._end(signal.SIGTERM) == 0, self.log()

    def restart(self):
        self.stop()
        self.start()

    def _end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(20)
        self.process = None
        assert self.sandbox.wait(20, bot="offline")
        return code

    def log(self, characters=4000):
        return self._log.read_text(errors="replace")[-characters:]

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)

    # -- the sandbox around it ----------------------------------------------------------------------------------------

    def member(self, *, roles=(), **changes):
        """A new member, so that no test sees another test's clips, credits or pings."""
        self._members += 1
        made = self.sandbox.post("/members", name=f"member{self._members}", roles=list(roles))
        if changes:
            self.sandbox.patch(f"/members/{made['id']}", **changes)
        return Member(self, made["id"], made["name"])

    def known(self, name):
        """A member that every sandbox has: alice, bob, mod."""
        found = next(one for one in self.sandbox.get("/state")["members"] if one["name"] == name)
        return Member(self, found["id"], name)

    def channel(self, name, **settings):
        return self.sandbox.post("/channels", name=name, **settings)["id"]

    def provider(self, **settings):
        self.sandbox.post("/scenario", **settings)

    def requests(self, since=0, source="discord"):
        return self.sandbox.get("/requests", since=since, source=source)


@contextmanager
def a_bot(folder, settings=SETTINGS, *, meant=()):
    """A sandbox with the bot. At the end the bot must have sent nothing that Discord refuses, and logged no unexpected error.

    `meant` are refusals that a test causes on purpose.
    """
    with loaded_sandbox(folder) as sandbox:
        # A bot that restarts within five seconds would wait for Discord's limit of identifies, which other tests cover.
        sandbox.post("/limits", identifies=False)
        bot = RunningBot(sandbox, folder, settings)
        bot.faults.calm()
        try:
            bot.start()
            yield bot
            violations = [one for one in sandbox.get("/violations")["violations"] if one["problem"] not in meant]
            assert not violations, violations
            log = bot.log(10_000_000)
            assert "Traceback" not in log, log[max(log.find("Traceback") - 500, 0) :][:4000]
        finally:
            bot.close()


__all__ = [
    "CLIP_SECONDS",
    "LONG",
    "PATIENCE_SECONDS",
    "RENDER_SECONDS",
    "SETTINGS",
    "CallFailed",
    "RunningBot",
    "a_bot",
    "texts",
    "until",
    "with_operators",
]
