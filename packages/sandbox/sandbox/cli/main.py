"""Reads the command line, `python -m sandbox COMMAND`: serve, what members do, what breaks, and what can be read.

Every mistake is one sentence on stderr and exit code 2. Exit code 1: nobody answered or, with `--wait`, no clip came.
"""

import argparse
import asyncio
import json
import math
import os
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox import transcript
from sandbox.cli import actions, bends, faults
from sandbox.client import DEFAULT_PORT, DEFAULT_URL, CallFailed, Client, is_address
from sandbox.discord.application import BadApplication, named
from sandbox.discord.openapi import Unusable, document_of
from sandbox.discord.openapi_copy import COPY, trimmed, written
from sandbox.guard import is_loopback
from sandbox.server import Sandbox, serve_until
from sandbox.strict_json import Json
from sandbox.world_file import BadWorld, WorldFile, read

MOST_SLOW = 1e-6
PORT_MAX = 65_535


def main(argv: list[str] | None = None) -> int:
    args = _parsed(argv)
    try:
        return args.run(args)
    except CallFailed as failed:
        print(failed, file=sys.stderr)  # noqa: T201 - a command line speaks so
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output, such as `head`, has closed it; the flush at exit must not fail for that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parsed(argv: list[str] | None) -> argparse.Namespace:
    """Read the line. A command's options may stand behind the flags, where argparse alone does not look for them."""
    parser = _parser()
    args, left = parser.parse_known_args(argv)
    if left and ("rest" not in args or any(one.startswith("-") for one in left)):
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    if left:
        getattr(args, args.rest).extend(left)
    return args


def _positive(text: str) -> float:
    """For argparse: a finite number over 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number over 0")
    return number


def _speed(text: str) -> float:
    """For argparse: a millionth to a million."""
    number = _positive(text)
    if not MOST_SLOW <= number <= 1 / MOST_SLOW:
        raise argparse.ArgumentTypeError(f"{text} is no speed; {MOST_SLOW:g} to {1 / MOST_SLOW:g}")
    return number


def port(text: str) -> int:
    """For argparse: 0 to 65535."""
    if not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 to {PORT_MAX}, 0 takes a free one")
    return int(text)


def _count(text: str) -> int:
    """For argparse: a whole number, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def _address(text: str) -> str:
    """For argparse: an address of http, a host and perhaps a port."""
    if not is_address(text) or urlsplit(text).path.strip("/"):
        raise argparse.ArgumentTypeError(f"{text!r} is no address; it looks like http://sandbox:8787")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Discord and a Scenario on loopback.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve until interrupted; prints one JSON line when it listens")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port, default=DEFAULT_PORT, help="0 takes a free one (default %(default)s)")
    serve.add_argument("--speed", type=_speed, default=1.0, help="how much faster than real the provider's clips are")
    serve.add_argument(
        "--openapi",
        type=Path,
        nargs="?",
        const=COPY,
        metavar="FILE",
        help="hold every request and answer against Discord's OpenAPI file: this one, or without FILE the sandbox's own copy",
    )
    serve.add_argument("--no-rate-limits", action="store_true", help="no windows per route (the 50/s over all stays)")
    serve.add_argument("--records", type=_count, help="keep only this many requests (default: all)")
    serve.add_argument("--world", type=Path, metavar="FILE", help="what is there from the start, TOML or JSON (see the README)")
    serve.add_argument("--token", help="the bot's token; of one in Discord's own form the application's id is read too")
    serve.add_argument("--app-id", help="the application's id, which is its bot's too")
    serve.add_argument(
        "--public-url", type=_address, help="where bots in other containers reach it, such as http://sandbox:8787"
    )
    serve.set_defaults(run=_serve)
    _add_plays(commands)
    _add_troubles(commands)
    bend = commands.add_parser("bend", help="bend the provider's answers from now on")
    bends.add_arguments(bend)
    bend.set_defaults(run=_bend)
    bill = commands.add_parser("bill", help="print what the provider billed, as JSON")
    bill.set_defaults(run=_bill)
    told = commands.add_parser("transcript", help="print what a member sees, to read")
    told.add_argument("--as", dest="member", default="alice", metavar="MEMBER")
    told.add_argument("--channel")
    told.set_defaults(run=_transcript)
    copied = commands.add_parser("openapi", help="make the sandbox's own copy of Discord's OpenAPI file from the whole one")
    copied.add_argument("file", type=Path, help="the whole file")
    copied.add_argument("--out", type=Path, default=COPY, help="default: %(default)s")
    copied.set_defaults(run=_openapi)
    for command in (bend, bill, told):
        _add_url(command)
    return parser


def _add_plays(commands: Any) -> None:  # noqa: ANN401 - argparse does not name this class in public
    call = commands.add_parser("call", help="run a command as a member and print what they see, as JSON")
    call.add_argument("command", help='such as "/video text"')
    call.add_argument("options", nargs="*", default=[], metavar="name=value", help="image=@a.jpg attaches a file")
    call.add_argument("--channel", help="a channel or thread; dm for the bot's direct messages (default: the first one)")
    call.add_argument("--target", help="a context menu's message or user")
    press = commands.add_parser("press", help="press a button, or choose in a list, as a member")
    press.add_argument("component", help="its label or custom id; the newest message that has one is meant")
    press.add_argument("values", nargs="*", default=[], help="what is chosen in a list")
    press.add_argument("--message", metavar="ID")
    press.add_argument("--channel", help="a channel or thread; dm for the bot's direct messages (default: all that are seen)")
    fill = commands.add_parser("fill", help="fill in and send the form that a call or press opened")
    fill.add_argument("interaction", help="the id of that call or press")
    fill.add_argument(
        "values", nargs="*", default=[], metavar="field=value", help="by label or custom id; image=@a.jpg hands in a file"
    )
    for command, play, rest in (
        (call, actions.call, "options"),
        (press, actions.press, "values"),
        (fill, actions.fill, "values"),
    ):
        command.add_argument("--as", dest="member", default="alice", metavar="MEMBER")
        command.add_argument("--wait", action="store_true", help="until the clip or the failure is there")
        command.add_argument("--timeout", type=_positive, default=900.0, help="seconds to wait for it (default 900)")
        _add_url(command)
        command.set_defaults(run=_played, play=play, rest=rest)
    react = commands.add_parser("react", help="react to a message as a member, and print the message")
    react.add_argument("message", metavar="ID")
    react.add_argument("emoji")
    react.add_argument("--as", dest="member", default="alice", metavar="MEMBER")
    react.add_argument("--remove", action="store_true", help="take the reaction back")
    _add_url(react)
    react.set_defaults(run=_played, play=actions.react)


def _add_troubles(commands: Any) -> None:  # noqa: ANN401 - as above
    fault = commands.add_parser("fault", help="set trouble, as POST /_sandbox/faults does, and print what is set")
    faults.add_fault(fault)
    release = commands.add_parser("release", help="let go what a fault holds")
    release.add_argument("name")
    for command, tell in ((fault, faults.fault), (release, faults.release)):
        _add_url(command)
        command.set_defaults(run=_told, tell=tell)
    fault.set_defaults(rest="fields")


def _add_url(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default=os.environ.get("SANDBOX_URL") or DEFAULT_URL)


def _serve(args: argparse.Namespace) -> int:
    file = args.openapi or os.environ.get("SANDBOX_OPENAPI")
    if file and not Path(file).is_file():
        raise CallFailed(f"there is no OpenAPI file at {file}")
    return asyncio.run(_served(args, Path(file) if file else None))


async def _served(args: argparse.Namespace, openapi: Path | None) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    limited = not args.no_rate_limits
    try:
        world = read(args.world) if args.world else WorldFile()
        told = world.application
        application = named(args.app_id or told.id, args.token or told.token, told.name)
        sandbox = Sandbox(
            speed=args.speed,
            openapi=openapi,
            rate_limits=limited,
            records_kept=args.records,
            application=application,
            world=world,
            public_url=args.public_url,
        )
    except (Unusable, BadApplication, BadWorld) as unusable:
        raise CallFailed(str(unusable)) from unusable
    try:
        url = await sandbox.start(args.host, args.port)
    except OSError as taken:
        raise CallFailed(f"cannot listen on {args.host}:{args.port}: {taken.strerror}; try --port 0") from taken
    if not is_loopback(args.host):
        warning = f"{args.host} is not loopback: whoever reaches this port can drive the sandbox and read all that is in it"
        print(warning, file=sys.stderr, flush=True)  # noqa: T201 - stdout holds the one line that callers read
    print(json.dumps({"url": url, "pid": os.getpid()}), flush=True)  # noqa: T201 - the line that callers wait for
    await serve_until(stopped, sandbox)
    return 0


def _openapi(args: argparse.Namespace) -> int:
    sandbox = Sandbox()
    try:
        args.out.write_text(written(trimmed(document_of(args.file), sandbox.discord_routes())), encoding="utf-8")
    except (Unusable, OSError, KeyError) as unusable:
        raise CallFailed(f"no copy could be made: {unusable}") from unusable
    finally:
        sandbox.state.close()
    return 0


def _shown(data: Json) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))  # noqa: T201 - a command line speaks so


def _bend(args: argparse.Namespace) -> int:
    _shown(bends.bend(args))
    return 0


def _bill(args: argparse.Namespace) -> int:
    _shown(Client(args.url).get("/bill"))
    return 0


def _transcript(args: argparse.Namespace) -> int:
    client = Client(args.url)
    query = {"channel": args.channel} if args.channel else {}
    seen = client.get("/messages", **{"as": args.member}, **query)
    print(transcript.written(seen.get("channels", [seen])), end="")  # noqa: T201 - a command line speaks so
    return 0


def _played(args: argparse.Namespace) -> int:
    shown, code = args.play(args)
    _shown(shown)
    return code


def _told(args: argparse.Namespace) -> int:
    _shown(args.tell(args))
    return 0
