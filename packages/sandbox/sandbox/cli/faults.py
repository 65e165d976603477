"""`python -m sandbox fault` and `release`: set faults, and let go what they hold. `main.py` calls it."""

import argparse

from sandbox.cli.pairs import pairs
from sandbox.client import CallFailed, Client
from sandbox.faults import FIELDS
from sandbox.strict_json import Json, parsed

_TEXTS = ("at", "method", "path", "name", "scope")


def add_fault(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", help="such as status, hold or gateway_drop; without it, show what is set")
    parser.add_argument(
        "fields", nargs="*", default=[], metavar="name=value", help="such as at=discord path=/channels/*/messages times=1"
    )
    parser.add_argument("--clear", action="store_true", help="take every fault back, and let go what is held")


def fault(args: argparse.Namespace) -> Json:
    """Set one fault, clear all, or show what is set. Raises CallFailed."""
    client = Client(args.url)
    if args.clear and args.what:
        raise CallFailed("clear the faults, or set one; not both at once")
    if args.clear:
        return client.delete("/faults")
    if not args.what:
        return client.get("/faults")
    return client.post("/faults", faults=[{"what": args.what} | dict(_field(*pair) for pair in pairs(args.fields, "times=1"))])


def release(args: argparse.Namespace) -> Json:
    """Let go what a fault of this name holds. Raises CallFailed."""
    return Client(args.url).post("/release", name=args.name)


def _field(name: str, text: str) -> tuple[str, Json]:
    if name not in FIELDS:
        raise CallFailed(f"a fault has no {name!r}; it may have {', '.join(sorted(FIELDS))}")
    if name in _TEXTS:
        return name, text
    try:
        return name, parsed(text)
    except ValueError:
        raise CallFailed(f"{name}={text} is neither a number nor JSON") from None
