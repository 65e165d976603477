"""Starts a sandbox and the bot in it, ready to play with, or makes one clip without a browser. `python -m demo`.

The bot is a child process with a configuration of its own, the same program as in production. This file uses its
command line and its configuration file, and none of its modules.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from demo.browser import open_page
from demo.one_clip import cannot_write, play, say
from sandbox.cli.main import port
from sandbox.client import DEFAULT_PORT, CallFailed, Client
from sandbox.server import Sandbox
from sandbox.world_file import WorldFile, read

WORLD = Path(__file__).parent / "world.toml"
START_SECONDS = 60.0
STOP_SECONDS = 8.0
LOOK_SECONDS = 0.5
RECORDS_KEPT = 5000  # bounded, since a demo may stay open for days
_KEY, _SECRET = "HAPPYHORSE_SCENARIO__API_KEY", "HAPPYHORSE_SCENARIO__API_SECRET"
# The line of the bot's log that tells what its provider answered at the start.
_READY = re.compile(r" ready: \d+ guilds?, (.+)")

T = TypeVar("T")


INTERRUPTED = 130
"""Exit code of a command that was stopped with Ctrl-C, as in shells."""


class DemoFailed(Exception):
    """The demo cannot go on; the message says why, and what to change."""


def main(argv: list[str] | None = None) -> int:
    """Reads the command line and runs the demo. For a mistake it prints one sentence on stderr and returns exit code 2."""
    parser = argparse.ArgumentParser(
        prog="happyhorse demo", description="A sandbox and the bot in it, to play with in a browser."
    )
    _add_arguments(parser)
    try:
        return _run(parser.parse_args(argv))
    except (CallFailed, DemoFailed) as failed:
        print(failed, file=sys.stderr)  # noqa: T201 - a command line speaks so
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, help=f"of the page (default: {DEFAULT_PORT} where it is free, else another)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument("--quota", action="store_true", help="previews cost the list price in credits, to try quotas")
    parser.add_argument("--data", type=Path, help="keep the bot's data here (default: a temporary directory)")
    parser.add_argument("--once", action="store_true", help="make one clip without a browser, then end")
    parser.add_argument("--prompt", help="with --once: what to show")
    parser.add_argument("--image", type=Path, help="with --once: the still to start from")
    parser.add_argument("--characters", type=Path, nargs="+", default=[], help="with --once: one to nine pictures")
    for name in ("duration", "resolution", "aspect"):
        parser.add_argument(f"--{name}", help="with --once: as in the slash command")
    parser.add_argument("--out", type=Path, default=Path("happyhorse-demo"), help="with --once: where the clip goes")


def _run(args: argparse.Namespace) -> int:
    """The exit code: 0 after Ctrl-C; with --once 0 when the clip was delivered, 1 when not, and 130 after Ctrl-C."""
    if args.once and not args.prompt:
        raise DemoFailed("--once needs a --prompt")
    if args.image and args.characters:
        raise DemoFailed("give --image or --characters, not both")
    if args.once and args.open:
        raise DemoFailed("--once has no page; leave --open (or OPEN=) out")
    if args.once and (why := cannot_write(args.out)):
        raise DemoFailed(why)
    key, secret = (bool(os.environ.get(name)) for name in (_KEY, _SECRET))
    if key is not secret:
        raise DemoFailed(f"{_SECRET if key else _KEY} is not set: real clips need both, the key and its secret")
    with contextlib.ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="happyhorse-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_until_stopped(_demo(args, folder.resolve()), INTERRUPTED if args.once else 0))


async def _until_stopped(demo: Coroutine[Any, Any, int], interrupted: int) -> int:
    """Runs the demo. SIGINT, SIGTERM or SIGHUP ends it in order; then the exit code is `interrupted`."""
    task = asyncio.ensure_future(demo)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return interrupted


async def _demo(args: argparse.Namespace, folder: Path) -> int:
    real = bool(os.environ.get(_KEY) and os.environ.get(_SECRET))
    sandbox = Sandbox(rate_limits=True, records_kept=RECORDS_KEPT, world=_world(real=real, charged=args.quota))
    wanted = args.port if args.port is not None else 0 if args.once else _usual_port()
    try:
        url = await sandbox.start("127.0.0.1", wanted)
    except OSError as taken:
        raise DemoFailed(f"cannot listen on port {wanted}: {taken.strerror}; leave --port out") from taken
    try:
        bot = await _start_bot(sandbox, folder, real=real, charged=args.quota)
        try:
            await _online(sandbox, bot, folder)
            if args.once:
                return await _race(bot, folder, asyncio.to_thread(play, args, Client(url)))
            elsewhere = args.port is None and not wanted
            where = f"{url}/ (port {DEFAULT_PORT} is taken)" if elsewhere else f"{url}/"
            say(f"Happy Horse is ready: open {where} and play. {_about(real=real, charged=args.quota)} Ctrl-C ends.")
            if args.open:
                open_page(f"{url}/", say)
            if real:
                await _race(bot, folder, _say_what_the_provider_said(folder))
            return await _race(bot, folder, asyncio.Event().wait())
        finally:
            await _stop_bot(bot)
    finally:
        await sandbox.stop()


def _world(*, real: bool, charged: bool) -> WorldFile:
    """The demo's world, whose page says what the clips are."""
    world = read(WORLD)
    badge = "Real clips" if real else "Preview clips"
    if real:
        note = "A provider key is set: clips are made by Happy Horse 1.1 and are paid for."
    elif charged:
        note = "Clips here are previews, drawn on this computer. They cost credits, and no money, until a provider key is set."
    else:
        note = "Clips here are previews, drawn on this computer for free, until a provider key is set. The README says how."
    return world.model_copy(update={"page": world.page.model_copy(update={"badge": badge, "note": note})})


def _usual_port() -> int:
    """The port that other commands use by default; 0 (any free port) where something listens on it."""
    with socket.socket() as tried:
        # The server sets this option too: a port that was closed just now can be used again at once. On Windows the option
        # means something else.
        if os.name == "posix":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", DEFAULT_PORT))
        except OSError:
            return 0
    return DEFAULT_PORT


def _about(*, real: bool, charged: bool) -> str:
    if real:
        return "Clips are made by Scenario and cost money."
    return "Clips are previews and cost credits, no money." if charged else "Clips are free previews until a key is set."


async def _start_bot(sandbox: Sandbox, folder: Path, *, real: bool, charged: bool) -> asyncio.subprocess.Process:
    config = folder / "config.toml"
    config.write_text(_config(sandbox, folder, real=real, charged=charged), encoding="utf-8")
    # The operator's own settings would send the demo's bot to the real Discord.
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("HAPPYHORSE_") or (real and k.startswith("HAPPYHORSE_SCENARIO__"))
    }
    with (folder / "bot.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "run", "--config", str(config)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=kept,
            start_new_session=True,  # so Ctrl-C reaches only this process, which then ends the bot in order
        )


def _config(sandbox: Sandbox, folder: Path, *, real: bool, charged: bool) -> str:
    def text(value: object) -> str:
        return json.dumps(str(value))  # for addresses and paths, a JSON string is a TOML string

    return "\n".join(
        (
            "[discord]",
            'token = "sandbox-token"',
            f"api_base = {text(sandbox.url + '/api/v10')}",
            f"gateway_url = {text(sandbox.state.gateway.url)}",
            f"cdn_base = {text(sandbox.url + '/cdn')}",
            "[provider]",
            f"name = {text('scenario' if real else 'preview')}",
            "[storage]",
            f"path = {text(folder / 'happyhorse.db')}",
            "[preview]",
            f"charged = {json.dumps(charged)}",
            "",
        )
    )


async def _online(sandbox: Sandbox, bot: asyncio.subprocess.Process, folder: Path) -> None:
    def ready() -> bool:
        commands = any(sandbox.state.registry.everywhere(sandbox.state.world.home.id))
        return bool(sandbox.state.gateway.online) and commands

    online = await _race(bot, folder, sandbox.state.bus.until(ready, START_SECONDS))
    if not online:
        raise DemoFailed(f"the bot did not come online within {START_SECONDS:g} s\n{_log_end(folder)}")


async def _race(bot: asyncio.subprocess.Process, folder: Path, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`. Raises `DemoFailed` as soon as the bot's process has ended."""
    working, dying = asyncio.ensure_future(work), asyncio.ensure_future(bot.wait())
    try:
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise DemoFailed(f"the bot ended with exit code {bot.returncode}\n{_log_end(folder)}")
    finally:
        working.cancel()
        dying.cancel()


async def _say_what_the_provider_said(folder: Path) -> None:
    """Waits until the bot has asked its provider, and prints it if the provider refuses the key or does not answer."""
    while not (found := _READY.search(_log(folder))):  # noqa: ASYNC110  another process writes it
        await asyncio.sleep(LOOK_SECONDS)
    if found[1] != "provider ok":
        say(f"The bot says: {found[1]}. Clips wait until that is mended; a changed key needs a new start.")


def _log_end(folder: Path) -> str:
    return "\n".join(_log(folder).splitlines()[-15:])


def _log(folder: Path) -> str:
    return (folder / "bot.log").read_text(encoding="utf-8", errors="replace")


async def _stop_bot(bot: asyncio.subprocess.Process) -> None:
    if bot.returncode is not None:
        return
    bot.terminate()
    try:
        await asyncio.wait_for(bot.wait(), STOP_SECONDS)
    except TimeoutError:
        bot.kill()
        await bot.wait()
