"""in flight: what thousands of running clips cost in memory, requests to the provider and CPU after a start.

No clip ends while it is measured: this is the cost of waiting. `deliver` and `books` measure the cost of an end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.bot_process import PATIENCE_SECONDS, Bot, SandboxServer, served_sandbox, there, until
from bench.crowd import settle, wishes
from bench.figures import Row, row
from bot.domain.job import State

FEW, MANY = 500, 10_000
CLIP_SECONDS = 600
"""The sandbox changes a clip's progress every 30 s at this length (20 steps). The bot's listing of progress goes back 30 s, so
each of these listings holds as many clips as it ever may.
"""
SETTLING_SECONDS = 8.0
WINDOW_SECONDS = 20.0
WARM, ASKED, PER_SECOND, MEMBERS = 100, 400, 50, 50
THREAD = 11
"""Discord's channel type for a public thread."""
MEMORY_GOAL_KIB = 5.0
LIVE_GOAL_KIB = 12.0
"""discord.py keeps the rate limits of four routes for each live job, for five minutes."""
REQUESTS_GOAL = 5.0


@dataclass(frozen=True)
class Load:
    """`memory` in bytes, the others per second."""

    memory: int
    requests: float
    edits: float
    cpu: float


def load(here: SandboxServer, bot: Bot) -> Load:
    """What the bot uses during the measured time; memory is the largest value in it."""
    time.sleep(SETTLING_SECONDS)  # a span of time is measured, so there is no condition to wait for
    first = here.client.get("/requests", since=2**60)["next"]
    cpu, began = bot.cpu_seconds(), time.perf_counter()
    with bot.most_memory() as most:
        time.sleep(WINDOW_SECONDS)
    seconds = time.perf_counter() - began
    cpu = bot.cpu_seconds() - cpu
    asked = here.client.get("/requests", since=first)["requests"]
    provider = sum(each["source"] == "scenario" for each in asked)
    edits = sum(each["source"] == "discord" and each["method"] == "PATCH" and each["status"] == 200 for each in asked)
    return Load(most[0], provider / seconds, edits / seconds, cpu / seconds)


def loaded(count: int) -> Load:
    with served_sandbox("--no-rate-limits", "--records", "5000") as here:
        here.client.post("/scenario", clip_seconds=CLIP_SECONDS, parallel=count)
        here.client.post("/limits", global_per_second=0)
        settle(here, here.database(), wishes(1, count, State.GENERATING))
        here.client.post("/limits", global_per_second=50)
        with here.bot(here.config(provider={"name": "scenario", "parallel": count})) as bot:
            here.online()
            bot.line(f"took up {count} unfinished jobs")
            return load(here, bot)


def asked_for() -> float:
    """Bytes for each job that was asked for with a command and has a card, a thread and a running clip."""
    command = {"command": "/video text", "options": {"prompt": "A red kite over a quiet harbour, wind and far gulls."}}
    with served_sandbox("--no-rate-limits", "--records", "1") as here:
        here.client.post("/scenario", clip_seconds=CLIP_SECONDS, parallel=MANY)
        members = here.members(MEMBERS)
        with here.bot(here.config(provider={"name": "scenario", "parallel": MANY})) as bot:
            here.online()
            memory: list[int] = []
            for count, all_of_them in ((WARM, WARM), (ASKED, WARM + ASKED)):
                here.client.post("/invoke_many", count=count, per_second=PER_SECOND, **{"as": members}, **command)
                there(here.client.wait(PATIENCE_SECONDS, jobs=all_of_them), "not every command became a clip")
                until(lambda wanted=all_of_them: threads(here) == wanted, "not every job got its thread")
                time.sleep(SETTLING_SECONDS / 2)  # nothing shows when the memory has settled, so just wait
                memory.append(bot.memory())
    return (memory[1] - memory[0]) / ASKED


def threads(here: SandboxServer) -> int:
    return sum(each["type"] == THREAD for each in here.client.get("/state")["channels"])


def run() -> list[Row]:
    few, many = loaded(FEW), loaded(MANY)
    kib = (many.memory - few.memory) / (MANY - FEW) / 1024
    return [
        row("in flight: memory per job", kib, "KiB", 2, at_most=MEMORY_GOAL_KIB),
        row(f"in flight: memory per job, {ASKED} asked for live", asked_for() / 1024, "KiB", 2, at_most=LIVE_GOAL_KIB),
        row(f"in flight: memory with {MANY} jobs", many.memory / 2**20, "MiB", 1),
        row(f"in flight, none ending: provider requests with {FEW} jobs", few.requests, "/s", 2, at_most=REQUESTS_GOAL),
        row(f"in flight, none ending: provider requests with {MANY} jobs", many.requests, "/s", 2, at_most=REQUESTS_GOAL),
        row(f"in flight, none ending: requests, {MANY} against {FEW} jobs", many.requests / few.requests, "x", 2, at_most=1.1),
        row(f"in flight, none ending: progress edits with {MANY} jobs", many.edits, "/s", 1),
        row(f"in flight, none ending: CPU with {FEW} jobs", few.cpu * 100, "% of a core", 1),
        row(f"in flight, none ending: CPU with {MANY} jobs", many.cpu * 100, "% of a core", 1),
    ]
