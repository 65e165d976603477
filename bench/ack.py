"""ack: time from the gateway's dispatch of a command to the arrival of its callback, for the real bot and a bare handler.

Both get the same commands at the same rate and commit a row before they answer. The real bot also checks, reserves, answers and
works on every clip. The sandbox that sends them has a core of its own. The first commands after the start of either bot, with
connections to open and code to load, are told apart. Both are measured in turn, several times, and each figure is that of the
round that was disturbed least: what else runs on a machine only ever adds to it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bench.bot_process import SandboxServer, served_sandbox, until
from bench.cores import halves, on_cores
from bench.figures import Row, percentile, row

ROUNDS = 3
FIRST = 60
COMMANDS = 1000
PER_SECOND = 100
MEMBERS = 50
GOAL_MS = 100.0
GOAL_TIMES = 2.0


def dispatched(here: SandboxServer, members: list[str], count: int) -> list[float | None]:
    """Sends so many commands. Milliseconds to the callback of each, None for one that never came."""
    said = {"command": "/video text", "options": {"prompt": "A red kite over a quiet harbour, wind and far gulls."}}
    here.client.post("/invoke_many", count=count, per_second=PER_SECOND, **{"as": members}, **said)
    seen: list[float | None] = []

    def answered() -> bool:
        told = here.client.get("/interactions")["interactions"]
        seen[:] = [each["ack_ms"] for each in told[-count:]]
        return not any(each["state"] == "pending" for each in told)

    # Each pending command gets an answer, or fails after three seconds.
    until(answered, "the commands were not answered")
    return seen


def jobs_in(here: SandboxServer) -> int:
    with closing(sqlite3.connect(f"file:{here.database()}?mode=ro", uri=True)) as books:
        return books.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]


def measured(*, bare: bool) -> tuple[list[float | None], list[float | None]]:
    """Milliseconds of the first commands after the start, and of those after them."""
    loads, bots = halves()
    with on_cores(loads), served_sandbox("--no-rate-limits", "--records", "1000") as here:
        here.client.post("/scenario", clip_seconds=600)
        with on_cores(bots):
            bot = here.bare_bot("--commands", "--database", str(here.folder / "bare.db")) if bare else here.bot(here.config())
        with bot:
            here.online()
            members = here.members(MEMBERS)
            first, took = dispatched(here, members, FIRST), dispatched(here, members, COMMANDS)
            if not bare:
                until(lambda: jobs_in(here) == FIRST + COMMANDS, "the commands did not all become jobs")
            return first, took


def _least(rounds: list[list[float | None]], share: float) -> float:
    """The percentile in the round where it is smallest."""
    return min(percentile([took for took in each if took is not None], share) for each in rounds)


def run() -> list[Row]:
    bare: list[list[float | None]] = []
    first: list[list[float | None]] = []
    ours: list[list[float | None]] = []
    for _ in range(ROUNDS):
        bare.append(measured(bare=True)[1])
        began, took = measured(bare=False)
        first.append(began)
        ours.append(took)
    p99 = _least(ours, 0.99)
    return [
        row("ack: p50", _least(ours, 0.5), "ms", 1),
        row("ack: p99", p99, "ms", 1, at_most=GOAL_MS),
        row(f"ack: the first {FIRST}, p90", _least(first, 0.9), "ms", 1, at_most=GOAL_MS),
        row("ack: lost", sum(each.count(None) for each in first + ours), "commands", at_most=0),
        row("ack: bare discord.py with a row, p50", _least(bare, 0.5), "ms", 1),
        row("ack: bare discord.py with a row, p99", _least(bare, 0.99), "ms", 1),
        row("ack: p99 against bare discord.py", p99 / _least(bare, 0.99), "x", 2, at_most=GOAL_TIMES),
    ]
