"""`python -m sandbox demo`: a sandbox and the bot in it, ready to play with, or one clip made without a browser.

The bot is a child process with a configuration of its own, the same program as in production. This file knows its
command line and its configuration file, and no code of it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sandbox import transcript
from sandbox.client import CallFailed, Client
from sandbox.discord.shown import name_of, videos_shown
from sandbox.server import Sandbox

START_SECONDS = 60.0
STOP_SECONDS = 8.0
CLIP_SECONDS = 1800.0
MEMBER = "alice"
RECORDS_KEPT = 5000  # a demo may stay open for days
SETTLE_LOOKS, SETTLE_SECONDS = 6, 1.5
_KEY, _SECRET = "HAPPYHORSE_SCENARIO__API_KEY", "HAPPYHORSE_SCENARIO__API_SECRET"


T = TypeVar("T")


INTERRUPTED = 130
"""Exit code of a command that was stopped, as shells have it."""
PORT_MAX = 65_535


class DemoFailed(Exception):
    """The demo cannot go on; the message says why, and what to change."""


def port(text: str) -> int:
    """For argparse: 0 to 65535."""
    if not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 to {PORT_MAX}, 0 takes a free one")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=0, help="of the page (default: a free one)")
    parser.add_argument("--data", type=Path, help="keep the bot's data here (default: a temporary directory)")
    parser.add_argument("--once", action="store_true", help="make one clip without a browser, then end")
    parser.add_argument("--prompt", help="with --once: what to show")
    parser.add_argument("--image", type=Path, help="with --once: the still to start from")
    parser.add_argument("--characters", type=Path, nargs="+", default=[], help="with --once: one to nine pictures")
    for name in ("duration", "resolution", "aspect"):
        parser.add_argument(f"--{name}", help="with --once: as in the slash command")
    parser.add_argument("--out", type=Path, default=Path("happyhorse-demo"), help="with --once: where the clip goes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 after Ctrl-C, or with --once when the clip was delivered; 1 when it was not."""
    if args.once and not args.prompt:
        raise DemoFailed("--once needs a --prompt")
    if args.image and args.characters:
        raise DemoFailed("give --image or --characters, not both")
    if args.once:
        _writable(args.out)
    with contextlib.ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="happyhorse-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_until_stopped(_demo(args, folder.resolve()), INTERRUPTED if args.once else 0))


def _writable(out: Path) -> None:
    """Before a clip is made that could not be kept."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise DemoFailed(f"cannot write to {out}: {error.strerror}; give another folder with --out (or OUT=)") from error


async def _until_stopped(demo: Coroutine[Any, Any, int], interrupted: int) -> int:
    """Run it; an interrupt ends it in order, with that exit code."""
    task = asyncio.ensure_future(demo)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return interrupted


async def _demo(args: argparse.Namespace, folder: Path) -> int:
    sandbox = Sandbox(rate_limits=True, records_kept=RECORDS_KEPT)
    real = bool(os.environ.get(_KEY) and os.environ.get(_SECRET))
    sandbox.provider = {"name": "scenario" if real else "preview", "real": real}
    try:
        url = await sandbox.start("127.0.0.1", args.port)
    except OSError as taken:
        raise DemoFailed(f"cannot listen on port {args.port}: {taken.strerror}; leave --port out") from taken
    try:
        bot = await _start_bot(sandbox, folder, real=real)
        try:
            await _online(sandbox, bot, folder)
            if args.once:
                return await _race(bot, folder, asyncio.to_thread(_play, args, Client(url)))
            _say(f"Happy Horse is ready: open {url}/ and play. {_about(real=real)} Ctrl-C ends.")
            return await _race(bot, folder, asyncio.Event().wait())
        finally:
            await _stop_bot(bot)
    finally:
        await sandbox.stop()


def _about(*, real: bool) -> str:
    return "Clips are made by Scenario and cost money." if real else "Clips are free previews until a key is set."


async def _start_bot(sandbox: Sandbox, folder: Path, *, real: bool) -> asyncio.subprocess.Process:
    config = folder / "config.toml"
    config.write_text(_config(sandbox, folder, real=real), encoding="utf-8")
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
            start_new_session=True,  # Ctrl-C is for us; we end the bot in order
        )


def _config(sandbox: Sandbox, folder: Path, *, real: bool) -> str:
    def text(value: object) -> str:
        return json.dumps(str(value))  # JSON's strings are TOML's, for what an address or a path holds

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
            "charged = true",
            "",
        )
    )


async def _online(sandbox: Sandbox, bot: asyncio.subprocess.Process, folder: Path) -> None:
    def ready() -> bool:
        commands = any(sandbox.state.registry.everywhere(sandbox.state.world.guild_id))
        return bool(sandbox.state.gateway.online) and commands

    online = await _race(bot, folder, sandbox.state.bus.until(ready, START_SECONDS))
    if not online:
        raise DemoFailed(f"the bot did not come online within {START_SECONDS:g} s\n{_log_end(folder)}")


async def _race(bot: asyncio.subprocess.Process, folder: Path, work: Coroutine[Any, Any, T]) -> T:
    """Do the work, or fail as soon as the bot has died."""
    working, dying = asyncio.ensure_future(work), asyncio.ensure_future(bot.wait())
    try:
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise DemoFailed(f"the bot ended with exit code {bot.returncode}\n{_log_end(folder)}")
    finally:
        working.cancel()
        dying.cancel()


def _log_end(folder: Path) -> str:
    log = (folder / "bot.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(log[-15:])


async def _stop_bot(bot: asyncio.subprocess.Process) -> None:
    if bot.returncode is not None:
        return
    bot.terminate()
    try:
        await asyncio.wait_for(bot.wait(), STOP_SECONDS)
    except TimeoutError:
        bot.kill()
        await bot.wait()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line speaks so


def _play(args: argparse.Namespace, client: Client) -> int:
    """Ask for the clip as a member, tell how it goes, keep what came. Runs in a thread: the client blocks."""
    command, options = _command(args, client)
    _say(f"{MEMBER}: {command} {args.prompt}")
    try:
        made = client.post("/invoke", command=command, options=options, channel="clips", **{"as": MEMBER})["interaction"]
    except CallFailed as refused:
        _say(f"Discord: {refused}")
        return 1
    told: set[str] = set()
    outcome: dict[str, Any] | None = None
    spent = 0.0
    while outcome is None and spent < CLIP_SECONDS:
        outcome = client.wait(1.0, clip=made, **{"as": MEMBER})
        spent += 1.0
        _tell_news(client, made, told)
    channels = _settled(client)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "transcript.md").write_text(transcript.written(channels), encoding="utf-8")
    if outcome and outcome["outcome"] == "clip":
        return _keep(args, client, outcome["message"])
    message = outcome and outcome.get("message")
    _say(transcript.said(message) if message else (outcome or {}).get("reason", f"no clip came within {CLIP_SECONDS:g} s"))
    return 1


def _settled(client: Client) -> list[dict[str, Any]]:
    """What the member sees once the last edits around the end have come, or a few seconds have passed."""
    before: list[dict[str, Any]] | None = None
    for _ in range(SETTLE_LOOKS):
        seen = client.get("/messages", **{"as": MEMBER})["channels"]
        if seen == before:
            return seen
        before = seen
        time.sleep(SETTLE_SECONDS)
    return before or []


def _command(args: argparse.Namespace, client: Client) -> tuple[str, dict[str, str]]:
    options: dict[str, str] = {"prompt": args.prompt}
    for name in ("duration", "resolution", "aspect"):
        if value := getattr(args, name):
            options[name] = value
    if args.characters:
        options |= {f"character{number}": client.upload(file) for number, file in enumerate(args.characters, start=1)}
        return "/video characters", options
    if args.image:
        options["image"] = client.upload(args.image)
        return "/video image", options
    return "/video text", options


def _tell_news(client: Client, made: str, told: set[str]) -> None:
    """Print the first line of each of the bot's messages, again only when its words change, not its numbers."""
    for channel in client.get("/messages", **{"as": MEMBER})["channels"]:
        for message in channel["messages"]:
            line = next((one for one in transcript.said(message).splitlines() if one.strip()), "").replace("**", "")
            words = re.sub(r"[^A-Za-z ]+", "", line).strip()
            if message["author"].get("bot") and int(message["id"]) > int(made) and words and words not in told:
                told.add(words)
                _say(f"bot: {line}")


def _keep(args: argparse.Namespace, client: Client, message: dict[str, Any]) -> int:
    clip = videos_shown(message)[0]
    file = args.out / name_of(clip)
    content = client.fetch(clip["url"])
    file.write_bytes(content)
    _say(f"The clip is in {file} ({len(content) / 1_000_000:.1f} MB), what was said in {args.out / 'transcript.md'}.")
    return 0
