"""Starts the processes that are measured: a served sandbox, and the real bot or a bare one in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from sandbox.client import Client
from sandbox.discord.application import TOKEN
from sandbox.scenario.api import KEY, SECRET

PATIENCE_SECONDS = 120.0
_STOP_SECONDS = 20.0
_HAPPYHORSE = Path(sys.executable).with_name("happyhorse")
WORLD = Path(__file__).resolve().parents[1] / "demo" / "world.toml"
_BARE = Path(__file__).with_name("bare_bot.py")
_LOOK_SECONDS = 0.005


@dataclass(frozen=True)
class SandboxServer:
    """A running sandbox, and a folder for the files of one measurement."""

    client: Client
    folder: Path

    def config(self, name: str = "bot", **sections: Mapping[str, Any]) -> Path:
        """Writes a configuration for this sandbox with the provider `scenario` and no quota. `sections` override its tables."""
        url = self.client.url
        values: dict[str, dict[str, Any]] = {
            "discord": {
                "token": TOKEN,
                "api_base": f"{url}/api/v10",
                "gateway_url": f"{url.replace('http', 'ws', 1)}/gateway",
                "cdn_base": f"{url}/cdn",
            },
            "provider": {"name": "scenario"},
            "scenario": {"base_url": f"{url}/scenario/v1", "api_key": KEY, "api_secret": SECRET},
            "storage": {"path": str(self.database(name))},
            "quota": {"allowance": 10**9, "running_per_member": 0, "running_jobs_per_member": 0},
        }
        for section, changes in sections.items():
            values.setdefault(section, {}).update(changes)
        # JSON's strings, numbers and booleans are TOML's too.
        text = "\n".join(
            f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for section, keys in values.items()
        )
        file = self.folder / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def database(self, name: str = "bot") -> Path:
        return self.folder / name / "happyhorse.db"

    def bot(self, config: Path) -> Bot:
        """Starts `happyhorse run`."""
        return Bot([str(_HAPPYHORSE), "run", "--config", str(config)], self)

    def bare_bot(self, *arguments: str) -> Bot:
        """Starts the bot of discord.py alone."""
        return Bot([sys.executable, str(_BARE), self.client.url, TOKEN, *arguments], self)

    def online(self) -> None:
        """Waits until a bot has got READY."""
        there(self.client.wait(PATIENCE_SECONDS, bot="online"), "no bot came online")

    def members(self, count: int) -> list[str]:
        return [self.client.post("/members", name=f"member{number}")["id"] for number in range(count)]


class Bot:
    """A bot's process and its log. The end of the `with` block stops it, and kills it if that takes too long."""

    def __init__(self, command: list[str], sandbox: SandboxServer) -> None:
        self._sandbox = sandbox
        self.log = sandbox.folder / f"bot-{time.monotonic_ns()}.log"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HAPPYHORSE_")}
        self.began = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        self._inside = psutil.Process(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            sys.stderr.write(self.said()[-3000:])
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._sandbox.client.wait(_STOP_SECONDS, bot="offline")

    def kill(self) -> None:
        """Kills the process (`kill -9`)."""
        self._process.kill()
        self._process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def memory(self) -> int:
        """Resident bytes, without children."""
        return self._inside.memory_info().rss

    def works_on_files(self) -> bool:
        """Whether an ffmpeg of the bot runs now."""
        try:
            return any("ffmpeg" in child.name() for child in self._inside.children())
        except psutil.NoSuchProcess:  # it ended between the two questions
            return False

    def cpu_seconds(self) -> float:
        """CPU seconds used so far, without children."""
        times = self._inside.cpu_times()
        return times.user + times.system

    def line(self, text: str) -> tuple[float, str]:
        """Waits for a line of the log with this text: seconds from the start of the process until then, and the line."""
        until = time.perf_counter() + PATIENCE_SECONDS
        while time.perf_counter() < until:
            found = next((line for line in self.said().splitlines() if text in line), None)
            if found is not None:
                return time.perf_counter() - self.began, found
            if self._process.poll() is not None:
                break
            time.sleep(_LOOK_SECONDS)
        raise RuntimeError(f"the bot never said {text!r}, but:\n{self.said()[-3000:]}")

    @contextmanager
    def most_memory(self) -> Generator[list[int]]:
        """Samples the memory while the block runs; afterwards the list holds the largest value in bytes."""
        most, over = [self.memory()], threading.Event()

        def look() -> None:
            while not over.wait(_LOOK_SECONDS):
                most[0] = max(most[0], self.memory())

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield most
        finally:
            over.set()
            thread.join()


@contextmanager
def served_sandbox(*arguments: str) -> Generator[SandboxServer]:
    """Starts a sandbox and ends it after the block. `arguments` go to `python -m sandbox serve`."""
    command = [sys.executable, "-m", "sandbox", "serve", "--world", str(WORLD), "--port", "0", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HAPPYHORSE_")}
    with (
        tempfile.TemporaryDirectory(prefix="happyhorse-bench-") as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process,
    ):
        try:
            told = there(process.stdout, "the sandbox has no output").readline()
            yield SandboxServer(Client(json.loads(told)["url"]), Path(folder))
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def until(condition: Any, what: str, seconds: float = PATIENCE_SECONDS) -> Any:  # noqa: ANN401  whatever the condition found
    """Repeats until the condition is true, and returns its value. Raises after so many seconds; `what` is the text."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise RuntimeError(f"{what} within {seconds:g} s")


def there(found: Any, otherwise: str) -> Any:  # noqa: ANN401  whatever was sought
    if found is None:
        raise RuntimeError(otherwise)
    return found
