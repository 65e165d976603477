"""resume: the bot is killed (`kill -9`) with two thousand unfinished jobs; time from the next start until jobs of every state
go on.

Each state has a first sign that it goes on: a job in line is submitted, a lost submit is searched, all pages of running clips
are read, a made clip is fetched, a clip on disk is probed (the first step of fitting and delivering). The figure is the time of
the last of these signs. The time until all jobs have ended depends on the provider, Discord's limits and the encoder; it is
shown without a goal. At the end the provider's bill is compared with the database: every job must be billed once.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.bot_process import SandboxServer, served_sandbox, until
from bench.crowd import AT_PROVIDER, Wish, settle
from bench.figures import Row, row
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
    """The jobs to be made. Of the submits under way every second one has arrived at the provider."""
    states = [state for state, count in MIX.items() for _ in range(count)]
    arrived = AT_PROVIDER | {State.SUBMITTING}
    return [
        Wish(number, state, state in arrived and (state is not State.SUBMITTING or number % 2 == 0))
        for number, state in enumerate(states, 1)
    ]


def leave_files(folder: Path, jobs: list[Job]) -> None:
    """Writes working files of fetched clips, as a killed bot leaves them."""
    clip = asyncio.run(Clips().clip(jobs[0].request.frame, DURATION_MIN_SECONDS))
    folder.mkdir(parents=True)
    for job in jobs:
        if job.state in _WITH_A_FILE:
            (folder / f"{job.id}.mp4").write_bytes(clip.read_bytes())


def count(database: Path, where: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as books:
        return books.execute(f"SELECT COUNT(*) FROM jobs WHERE {where}").fetchone()[0]  # noqa: S608  our own words


def signs(asked: list[dict[str, Any]]) -> dict[str, int]:
    """When each sign was first seen in the record of requests, in milliseconds by the sandbox's clock."""
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


SIGNS = {
    "in line": ("submitted",),
    "submitting": ("searched lost submits",),
    "generating": ("asked for success", "asked for failure", "asked for canceled"),
    "fetching": ("fetched",),
    "fitting and delivering": ("looked at a file",),
}
"""The signs of each state: its jobs go on when all of them were seen."""
LIFE = frozenset(sign for signs_of_one in SIGNS.values() for sign in signs_of_one)


def standing(database: Path) -> dict[State, list[int]]:
    """Ids of the unfinished jobs by state."""
    found: dict[State, list[int]] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as books:
        for job_id, state in books.execute("SELECT id, state FROM jobs WHERE ended_at_ms IS NULL"):
            found.setdefault(State(state), []).append(job_id)
    return found


def went_on(database: Path, left: dict[State, list[int]]) -> dict[str, int]:
    """When the first job left in fitting was fitted, and the first one left in delivering was delivered, by the database."""
    wanted = {
        "fitted": (State.FITTING, f"state != '{State.FITTING}'"),
        "delivered": (State.DELIVERING, f"state = '{State.DONE}'"),
    }
    seen: dict[str, int] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as books:
        for sign, (state, gone_on) in wanted.items():
            ids = ",".join(map(str, left[state]))
            at_ms = books.execute(f"SELECT MIN(updated_at_ms) FROM jobs WHERE id IN ({ids}) AND {gone_on}").fetchone()[0]  # noqa: S608  our own words
            if at_ms is not None:
                seen[sign] = at_ms
    return seen


def billed_wrongly(here: SandboxServer, jobs: list[Job]) -> int:
    """Jobs that the provider billed more or less often than once."""
    billed = Counter(entry["seed"] for entry in here.client.get("/bill")["entries"])
    return sum(billed[job.seed] != 1 for job in jobs)


def run() -> list[Row]:
    with served_sandbox("--no-rate-limits") as here:
        here.client.post("/scenario", clip_seconds=CLIP_SECONDS, parallel=SLOTS)
        here.client.post("/limits", global_per_second=0)
        database = here.database()
        jobs = settle(here, database, crowd())
        leave_files(database.parent / "work", jobs)
        here.client.post("/limits", global_per_second=50)
        config = here.config(provider={"name": "scenario", "parallel": SLOTS, "lost_submit_seconds": LOST_SUBMIT_SECONDS})
        # No job may end before the kill, so posts are held back.
        posts = {"at": "discord", "method": "POST", "path": "/channels/*/messages", "what": "hold", "name": "posts"}
        here.client.post("/faults", faults=[posts])
        with here.bot(config) as first:
            first.line(f"took up {JOBS} unfinished jobs")
            first.kill()
        here.client.delete("/faults")
        left = standing(database)
        mix = {state: len(ids) for state, ids in left.items()}
        if sum(mix.values()) != JOBS or mix.keys() != MIX.keys():
            raise RuntimeError(f"the kill was to leave {JOBS} jobs in all states, not {mix}")
        since = here.client.get("/requests", since=2**60)["next"]
        born_ms = time.time() * 1000
        with here.bot(config) as second:
            took_up, _ = second.line(f"took up {JOBS} unfinished jobs")

            looked: dict[str, int] = {}

            def alive() -> dict[str, int] | None:
                if not looked and second.works_on_files():
                    looked["looked at a file"] = time.time_ns() // 1_000_000
                requests = here.client.get("/requests", since=since, source="scenario")["requests"]
                seen = signs(requests) | looked
                return seen if seen.keys() >= LIFE else None

            seen = until(alive, "not all of it went on")
            ends = until(lambda: len(each := went_on(database, left)) == 2 and each, "nothing was fitted or delivered")
            first_sign = {state: (max(seen[sign] for sign in of_one) - born_ms) / 1000 for state, of_one in SIGNS.items()}
            states = ", ".join(f"'{state}'" for state in _BEFORE_THE_SUBMIT)
            until(lambda: not count(database, f"state IN ({states})"), "not everything was submitted")
            submitted = time.perf_counter() - second.began
            wrong = billed_wrongly(here, jobs)
    return [
        row(
            f"resume: jobs of every state go on, {JOBS} left by kill -9",
            max(took_up, *first_sign.values()),
            "s",
            2,
            at_most=GOAL_SECONDS,
        ),
        row("resume: taken up from the books", took_up, "s", 2),
        *(row(f"resume: first sign of {left_in(mix, states)} {states}", each, "s", 2) for states, each in first_sign.items()),
        *(row(f"resume: first one {end}", (at_ms - born_ms) / 1000, "s", 2) for end, at_ms in ends.items()),
        row("resume: all of the line submitted", submitted, "s", 1),
        row("resume: jobs billed twice or never", wrong, "jobs", at_most=0),
    ]


def left_in(mix: dict[State, int], names: str) -> int:
    """How many jobs were left in these states; `names` as in `SIGNS`, where "in line" means the two states before a submit."""
    states = [State.QUEUED, State.PREPARING] if names == "in line" else [State(name) for name in names.split(" and ")]
    return sum(mix[state] for state in states)
