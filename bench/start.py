"""start: from the process's birth to READY, the real bot against bare discord.py, in turns on one sandbox."""

from __future__ import annotations

import time
from statistics import median

from bench.figures import Row, row
from bench.house import Bot, house

ROUNDS = 7


def run() -> list[Row]:
    ours: list[float] = []
    theirs: list[float] = []
    with house() as here:
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
        row("start: happyhorse run to READY", round(median(ours), 3), "s", at_most=1.5),
        row("start: the very first, with migrations and commands", round(first, 3), "s"),
        row("start: bare discord.py to READY", round(median(theirs), 3), "s"),
        row("start: against bare discord.py", round(median(a / b for a, b in zip(ours, theirs, strict=True)), 2), "x"),
    ]
