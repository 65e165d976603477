"""ack: time from the gateway's dispatch of a command to the arrival of its callback, for the real bot and a bare handler.

Both get the same commands at the same rate and commit a row before they answer. The real bot also checks, reserves, answers and
works on every clip.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from bench.bot_process import SandboxServer, served_sandbox, until
from bench.figures import Row, percentile, row

COMMANDS = 1000
PER_SECOND = 100
MEMBERS = 50
GOAL_MS = 100.0
GOAL_TIMES = 2.0


def dispatched(here: SandboxServer, members: list[str]) -> list[float | None]:
    """Milliseconds to each callback, None for one that never came."""
    said = {"command": "/video text", "options": {"prompt": "A red kite over a quiet harbour, wind and far gulls."}}
    here.client.post("/invoke_many", count=COMMANDS, per_second=PER_SECOND, **{"as": members}, **said)
    seen: list[float | None] = []

    def answered() -> bool:
        told = here.client.get("/interactions")["interactions"]
        seen[:] = [each["ack_ms"] for each in told]
        return not any(each["state"] == "pending" for each in told)

    # Each pending command gets an answer, or fails after three seconds.
    until(answered, "the commands were not answered")
    return seen


def jobs_in(here: SandboxServer) -> int:
    with closing(sqlite3.connect(f"file:{here.database()}?mode=ro", uri=True)) as books:
        return books.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]


def measured(*, bare: bool) -> list[float | None]:
    with served_sandbox("--no-rate-limits", "--records", "1000") as here:
        here.client.post("/scenario", clip_seconds=600)
        bot = here.bare_bot("--commands", "--database", str(here.folder / "bare.db")) if bare else here.bot(here.config())
        with bot:
            here.online()
            took = dispatched(here, here.members(MEMBERS))
            if not bare:
                until(lambda: jobs_in(here) == COMMANDS, "the commands did not all become jobs")
            return took


def run() -> list[Row]:
    theirs, ours = measured(bare=True), measured(bare=False)
    answered = [each for each in ours if each is not None]
    bare = [each for each in theirs if each is not None]
    p99 = percentile(answered, 0.99)
    return [
        row("ack: p50", percentile(answered, 0.5), "ms", 1),
        row("ack: p99", p99, "ms", 1, at_most=GOAL_MS),
        row("ack: lost", COMMANDS - len(answered), "commands", at_most=0),
        row("ack: bare discord.py with a row, p50", percentile(bare, 0.5), "ms", 1),
        row("ack: bare discord.py with a row, p99", percentile(bare, 0.99), "ms", 1),
        row("ack: p99 against bare discord.py", p99 / percentile(bare, 0.99), "x", 2, at_most=GOAL_TIMES),
    ]
