"""The command line: `python -m sandbox serve | call | bend | bill | transcript | demo`.

Every mistake is one sentence on stderr and exit code 2; a command that did not end in a clip is exit code 1.
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

from sandbox import bend, demo, transcript
from sandbox.client import DEFAULT_URL, CallFailed, Client, is_address
from sandbox.discord.application import BadApplication, named
from sandbox.discord.openapi import Unusable
from sandbox.guard import is_loopback
from sandbox.payload import Json
from sandbox.server import Sandbox, serve_until

ANSWER_SECONDS = 10.0
MOST_SLOW = 1e-6


def main(argv: list[str] | None = None) -> int:
    args = _parsed(argv)
    try:
        return args.run(args)
    except (CallFailed, demo.DemoFailed) as failed:
        print(failed, file=sys.stderr)  # noqa: T201 - a command line speaks so
        return 2
    except KeyboardInterrupt:
        return 130


def _parsed(argv: list[str] | None) -> argparse.Namespace:
    """Read the line. A command's options may stand behind the flags, where argparse alone does not look for them."""
    parser = _parser()
    args, left = parser.parse_known_args(argv)
    if left and (args.run is not _call or any(one.startswith("-") for one in left)):
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    if left:
        args.options += left
    return args


def _positive(text: str) -> float:
    """For argparse: a finite number over 0."""
    number = float(text)
    if not math.isfinite(number) or number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is no number over 0")
    return number


def _speed(text: str) -> float:
    """For argparse: a millionth to a million."""
    number = _positive(text)
    if not MOST_SLOW <= number <= 1 / MOST_SLOW:
        raise argparse.ArgumentTypeError(f"{text} is no speed; {MOST_SLOW:g} to {1 / MOST_SLOW:g}")
    return number


def _count(text: str) -> int:
    """For argparse: a whole number, 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few; 1 or more")
    return number


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
    serve.add_argument("--port", type=demo.port, default=8787, help="0 takes a free one (default 8787)")
    serve.add_argument("--speed", type=_speed, default=1.0, help="how much faster than real the provider's clips are")
    serve.add_argument("--openapi", type=Path, help="Discord's OpenAPI file to hold every request and answer against")
    serve.add_argument("--no-rate-limits", action="store_true", help="no windows per route (the 50/s over all stays)")
    serve.add_argument("--records", type=_count, help="keep only this many requests (default: all)")
    serve.add_argument("--token", help="the bot's token; of one in Discord's own form the application's id is read too")
    serve.add_argument("--app-id", help="the application's id, which is its bot's too")
    serve.add_argument(
        "--public-url", type=_address, help="where bots in other containers reach it, such as http://sandbox:8787"
    )
    serve.set_defaults(run=_serve)
    _add_call(commands)
    bends = commands.add_parser("bend", help="bend the provider's answers from now on")
    bend.add_arguments(bends)
    bends.set_defaults(run=_bend)
    bill = commands.add_parser("bill", help="print what the provider billed, as JSON")
    bill.set_defaults(run=_bill)
    told = commands.add_parser("transcript", help="print what a member sees, to read")
    told.add_argument("--as", dest="member", default="alice", metavar="MEMBER")
    told.add_argument("--channel")
    told.set_defaults(run=_transcript)
    for command in (bends, bill, told):
        _add_url(command)
    demo.add_arguments(commands.add_parser("demo", help="a sandbox and the bot in it, to play with in a browser"))
    return parser


def _add_call(commands: Any) -> None:  # noqa: ANN401 - argparse does not name this class in public
    call = commands.add_parser("call", help="run a command as a member and print what they see, as JSON")
    call.add_argument("command", help='such as "/video text"')
    call.add_argument("options", nargs="*", metavar="name=value", help="image=@a.jpg attaches a file")
    call.add_argument("--as", dest="member", default="alice", metavar="MEMBER")
    call.add_argument("--channel", default="clips", help="a channel or thread; dm for the bot's direct messages")
    call.add_argument("--target", help="a context menu's message or user")
    call.add_argument("--wait", action="store_true", help="until the clip or the failure is there")
    call.add_argument("--timeout", type=_positive, default=900.0, help="seconds to wait for it (default 900)")
    _add_url(call)
    call.set_defaults(run=_call)


def _add_url(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default=os.environ.get("HAPPYHORSE_SANDBOX_URL") or DEFAULT_URL)


def _serve(args: argparse.Namespace) -> int:
    file = args.openapi or os.environ.get("HAPPYHORSE_DISCORD_OPENAPI")
    if file and not Path(file).is_file():
        raise CallFailed(f"there is no OpenAPI file at {file}")
    return asyncio.run(_served(args, Path(file) if file else None))


async def _served(args: argparse.Namespace, openapi: Path | None) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    limited = not args.no_rate_limits
    try:
        application = named(args.app_id, args.token)
        sandbox = Sandbox(
            speed=args.speed,
            openapi=openapi,
            rate_limits=limited,
            records_kept=args.records,
            application=application,
            public_url=args.public_url,
        )
    except (Unusable, BadApplication) as unusable:
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


def _shown(data: Json) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))  # noqa: T201 - a command line speaks so


def _bend(args: argparse.Namespace) -> int:
    _shown(bend.bend(args))
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


def _options(client: Client, pairs: list[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CallFailed(f"{pair!r} is no option; write name=value")
        options[name] = client.upload(Path(value[1:])) if value.startswith("@") else value
    return options


def _call(args: argparse.Namespace) -> int:
    client = Client(args.url)
    body: dict[str, Any] = {
        "as": args.member,
        "channel": args.channel,
        "command": args.command,
        "options": _options(client, args.options),
    }
    if args.target:
        body["target"] = args.target
    made = client.post("/invoke", **body)["interaction"]
    if not args.wait:
        answered = client.wait(ANSWER_SECONDS, interaction=made, state="answered,modal,failed")
        _shown(answered or client.get(f"/interactions/{made}"))
        return 0 if answered and answered["state"] != "failed" else 1
    # A deferral is no answer to show, and it may last: from here on only the end counts, and a failure is one too.
    client.wait(ANSWER_SECONDS, interaction=made, state="deferred,answered,modal,failed")
    outcome = client.wait(args.timeout, clip=made, **{"as": args.member})
    outcome = outcome or {"outcome": "timeout", "message": None, "reason": f"no clip within {args.timeout:g} s"}
    _shown({"interaction": made} | outcome)
    return 0 if outcome["outcome"] == "clip" else 1
