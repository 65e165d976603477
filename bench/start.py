"""start: time from the start of the process to READY, for the real bot and bare discord.py, in turns on one sandbox."""

from __future__ import annotations

import time
from statistics import median

from bench.bot_process import Bot, served_sandbox
from bench.figures import Row, row

ROUNDS = 7


def run() -> list[Row]:
    ours: list[float] = []
    theirs: list[float] = []
    with served_sandbox("--no-rate-limits") as here:  # with them a start waits if another was less than 5 s ago (identify)
        config = here.config()

        def took(bot: Bot) -> float:
            with bot:
                here.online()
                return time.perf_counter() - bot.began

        first = took(here.bot(config))
        for _ in range(ROUNDS):
            ours.append(took(here.bot(config)))
            theirs.append(took(here.bare_bot()))
    return [
        row("start: happyhorse run to READY", median(ours), "s", 3, at_most=1.5),
        row("start: the very first, with migrations and commands", first, "s", 3),
        row("start: bare discord.py to READY", median(theirs), "s", 3),
        row("start: against bare discord.py", median(a / b for a, b in zip(ours, theirs, strict=True)), "x", 2),
    ]
