"""resume: kill -9 with thousands of unfinished jobs, and the time from the next start until all of them go on.

They go on once the bot has taken up as many as the books hold unfinished, has asked the provider for all running ones to
the last page, searches the lost submits, submits from the line and fetches what is made: the last of these is the figure.
Then the provider's bill is held against the books: every job once.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.crowd import AT_PROVIDER, Wish, settle
from bench.figures import Row, row
from bench.house import House, house, until
from bot.domain.job import Job, State
from bot.domain.limits import DURATION_MIN_SECONDS
from sandbox.scenario.clips import Clips

GOAL_SECONDS = 3.0
CLIP_SECONDS = 600
SLOTS = 5000
MIX = {
    State.QUEUED: 300,
    State.PREPARING: 60,
    State.SUBMITTING: 40,
    State.GENERATING: 1360,
    State.FETCHING: 120,
    State.FITTING: 40,
    State.DELIVERING: 80,
}
JOBS = sum(MIX.values())
LOST_SUBMIT_SECONDS = 6
_BEFORE_THE_SUBMIT = (State.QUEUED, State.PREPARING, State.SUBMITTING)
_WITH_A_FILE = frozenset({State.FITTING, State.DELIVERING})


def crowd() -> list[Wish]:
    """Of the submits that were under way, every second one had arrived."""
    states = [state for state, count in MIX.items() for _ in range(count)]
    arrived = AT_PROVIDER | {State.SUBMITTING}
    return [
        Wish(number, state, state in arrived and (state is not State.SUBMITTING or number % 2 == 0))
        for number, state in enumerate(states, 1)
    ]


def leave_files(folder: Path, jobs: list[Job]) -> None:
    """Clips that were fetched already, as a killed bot leaves them."""
    clip = asyncio.run(Clips().clip(jobs[0].request.frame, DURATION_MIN_SECONDS))
    folder.mkdir(parents=True)
    for job in jobs:
        if job.state in _WITH_A_FILE:
            (folder / f"{job.id}.mp4").write_bytes(clip.read_bytes())


def count(database: Path, where: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as books:
        return books.execute(f"SELECT COUNT(*) FROM jobs WHERE {where}").fetchone()[0]  # noqa: S608  our own words


def signs(asked: list[dict[str, Any]]) -> dict[str, int]:
    """When each thing that shows life was first answered, milliseconds by the sandbox's clock."""
    seen: dict[str, int] = {}
    for each in asked:
        query = (each["request"] or {}).get("query", {})
        match each["method"], each["path"].split("/")[1]:
            case "GET", "jobs" if "status" in query and not (each["response"] or {}).get("nextPaginationToken"):
                seen.setdefault(f"asked for {query['status']}", each["at_ms"])
            case "GET", "jobs" if "createdAfter" in query:
                seen.setdefault("searched lost submits", each["at_ms"])
            case "POST", "generate":
                seen.setdefault("submitted", each["at_ms"])
            case "GET", "files":
                seen.setdefault("fetched", each["at_ms"])
            case _:
                pass
    return seen


LIFE = {"asked for success", "asked for failure", "asked for canceled", "searched lost submits", "submitted", "fetched"}


def billed_wrongly(here: House, jobs: list[Job]) -> int:
    """Jobs that the provider billed more or less often than once."""
    billed = Counter(entry["seed"] for entry in here.client.get("/bill")["entries"])
    return sum(billed[job.seed] != 1 for job in jobs)


def run() -> list[Row]:
    with house("--no-rate-limits") as here:
        here.client.post("/scenario", clip_seconds=CLIP_SECONDS, parallel=SLOTS)
        here.client.post("/limits", global_per_second=0)
        database = here.database()
        jobs = settle(here, database, crowd())
        leave_files(database.parent / "work", jobs)
        here.client.post("/limits", global_per_second=50)
        config = here.config(provider={"name": "scenario", "parallel": SLOTS, "lost_submit_seconds": LOST_SUBMIT_SECONDS})
        with here.bot(config) as first:
            first.line(f"took up {JOBS} unfinished jobs")
            first.kill()
        left = count(database, "ended_at_ms IS NULL")
        since = here.client.get("/requests", since=2**60)["next"]
        born_ms = time.time() * 1000
        with here.bot(config) as second:
            took_up, _ = second.line(f"took up {left} unfinished jobs")

            def alive() -> dict[str, int] | None:
                seen = signs(here.client.get("/requests", since=since, source="scenario")["requests"])
                return seen if seen.keys() >= LIFE else None

            seen = until(alive, "not all of it went on")
            seconds = max(took_up, (max(seen[name] for name in LIFE) - born_ms) / 1000)
            states = ", ".join(f"'{state}'" for state in _BEFORE_THE_SUBMIT)
            until(lambda: not count(database, f"state IN ({states})"), "not everything was submitted")
            submitted = time.perf_counter() - second.began
            wrong = billed_wrongly(here, jobs)
    return [
        row(f"resume: {left} jobs go on after kill -9", round(seconds, 2), "s", at_most=GOAL_SECONDS),
        row("resume: taken up from the books", round(took_up, 2), "s"),
        row("resume: all of the line submitted", round(submitted, 1), "s"),
        row("resume: jobs billed twice or never", wrong, "jobs", at_most=0),
    ]
