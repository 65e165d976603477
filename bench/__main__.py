"""`python -m bench [names...] [--out FILE]`: runs the figures and prints them as one table.

A missed goal is shown in the table. The exit code is 1 only where a figure could not be measured at all.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path

from bench.figures import Row, as_json, table

NAMES = ("start", "ack", "in_flight", "resume", "deliver", "books", "fit", "preview")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the bot and prints one table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the rows as JSON too")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(NAMES)):
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    rows: list[Row] = []
    failed = False
    for name in given.names or NAMES:
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        began = time.perf_counter()
        try:
            measured = importlib.import_module(f"bench.{name}").run()
        except Exception:  # noqa: BLE001  printed, and the other figures are still measured
            traceback.print_exc()
            failed = True
            continue
        print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
        rows += [{**each, "command": f"python -m bench {name}"} for each in measured]
    print(table(rows))
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(as_json(rows), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
