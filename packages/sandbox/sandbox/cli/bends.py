"""`python -m sandbox bend`: changes the vendor's answers through `/_sandbox/bends`. `main.py` calls it.

A bend is a rule that changes answers before they are sent: which ones, and what in them. The README lists its fields. Each flag
sets the field of its name, except `--file`, `--header` and `--clear`.
"""

import argparse
import math
from pathlib import Path

from sandbox.cli.pairs import pairs
from sandbox.client import CallFailed, Client
from sandbox.strict_json import Json, parsed

_TEXTS = ("method", "path", "job", "prompt", "state", "text", "fill", "coding")


def _whole(text: str) -> int:
    """For argparse."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def _number(text: str) -> float:
    """For argparse: a finite number, since JSON has no others."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return number


_NUMBERS = {
    "times": _whole,
    "status": _whole,
    "size": _whole,
    "piece-bytes": _whole,
    "piece-seconds": _number,
    "date-seconds": _number,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "fields", nargs="*", default=[], metavar="path=value", help="such as job.progress=45 or job.metadata=null"
    )
    for name in _TEXTS:
        parser.add_argument(f"--{name}")
    for name, kind in _NUMBERS.items():
        parser.add_argument(f"--{name}", type=kind)
    parser.add_argument("--drop", action="append", metavar="PATH", help="a field to leave out")
    parser.add_argument("--header", action="append", default=[], metavar="'Name: value'", help="without a value: none at all")
    parser.add_argument("--file", type=Path, help="served as the whole body")
    parser.add_argument("--endless", action="store_true", default=None)
    parser.add_argument("--clear", action="store_true", help="take every bend back")


def bend(args: argparse.Namespace) -> Json:
    """Add the bend of this line, or clear all; the bends that are set then. Raises CallFailed."""
    client = Client(args.url)
    names = [name.replace("-", "_") for name in (*_TEXTS, *_NUMBERS, "drop", "endless")]
    made = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.fields:
        made["set"] = {path: _read(value) for path, value in pairs(args.fields, "job.metadata=null")}
    if args.header:
        made["headers"] = dict(_header(line) for line in args.header)
    if args.clear and (made or args.file):
        raise CallFailed("take the bends back, or add one; not both at once")
    if args.clear:
        return client.delete("/bends")
    if args.file:
        made["file"] = client.upload(args.file)
    return client.post("/bends", bends=[made])


def _read(value: str) -> Json:
    """JSON where it can be read as that, else text."""
    try:
        return parsed(value)
    except ValueError:
        return value


def _header(line: str) -> tuple[str, str | None]:
    name, colon, value = line.partition(":")
    if not colon:
        raise CallFailed(f"{line!r} is no header; write 'Name: value'")
    return name.strip(), value.strip() or None
