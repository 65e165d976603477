"""Makes thousands of unfinished jobs within seconds: in the bot's database with its own store, at the provider with its API.

Their messages exist too: threads of the sandbox with one progress message each, shared by many jobs.
`in_flight.py` and `resume.py` begin with them.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.bot_process import SandboxServer
from bot.domain.clip import ClipRequest, Kind
from bot.domain.job import MADE, Address, Job, State
from bot.domain.limits import DURATION_MIN_SECONDS
from bot.domain.order import OrderKind, by_interaction
from bot.domain.quota import Bounds, Span
from bot.ports import NewJob, NewOrder, Submission
from bot.providers.scenario import mapping
from bot.storage import Storage, open_storage
from sandbox.discord.application import TOKEN
from sandbox.scenario.api import KEY, SECRET

MEMBERS = 200
THREADS = 40
_AT_ONCE = 32
_DISCORD_EPOCH_MS = 1_420_070_400_000
_DAY_MS = 86_400_000
_COST = 30
STATES = (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING)
AT_PROVIDER = MADE | {State.GENERATING}


@dataclass(frozen=True)
class Place:
    """Ids of a job's messages."""

    guild_id: int
    channel_id: int
    thread_id: int
    progress_id: int


@dataclass(frozen=True)
class Wish:
    """One job to be made: its state, and whether the provider has its clip (known in the database or not)."""

    number: int
    state: State
    at_provider: bool

    @property
    def seed(self) -> int:
        """A seed of its own, by which its clip is found on the provider's bill."""
        return 1_000_000 + self.number

    @property
    def submission(self) -> Submission:
        request = _request(self.number)
        return Submission(self.number, request, self.seed, (), request.frame)


def wishes(first: int, count: int, state: State) -> list[Wish]:
    return [Wish(number, state, state in AT_PROVIDER) for number in range(first, first + count)]


def settle(here: SandboxServer, database: Path, crowd: list[Wish]) -> list[Job]:
    """Makes all of them in the database, at the provider and in threads. No bot may run on this database."""
    return asyncio.run(_settle(here, database, crowd))


async def _settle(here: SandboxServer, database: Path, crowd: list[Wish]) -> list[Job]:
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        places = await _places(here, http)
        references = await _submitted(here, http, [each for each in crowd if each.at_provider])
    async with open_storage(database) as storage:
        turns = zip(crowd, itertools.cycle(places), strict=False)
        return list(await asyncio.gather(*(_booked(storage, wish, place, references) for wish, place in turns)))


async def _submitted(here: SandboxServer, http: aiohttp.ClientSession, crowd: list[Wish]) -> dict[int, str]:
    """Starts all clips with the provider's API; those that shall be finished end at once. References by job number."""
    auth = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    url = f"{here.client.url}/scenario/v1/generate/custom/{mapping.model_of(Kind.TEXT)}"
    references: dict[int, str] = {}
    usual = here.client.get("/scenario")["settings"]["clip_seconds"]
    for made in (True, False):
        waiting = deque(each for each in crowd if (each.state in MADE) is made)
        here.client.post("/scenario", clip_seconds=0 if made else usual)

        async def submit(waiting: deque[Wish] = waiting) -> None:
            while waiting:
                wish = waiting.popleft()
                body = mapping.inputs(wish.submission)
                async with http.post(url, json=body, headers={"Authorization": auth}) as answer:
                    answer.raise_for_status()
                    references[wish.number] = (await answer.json())["job"]["jobId"]

        await asyncio.gather(*(submit() for _ in range(_AT_ONCE)))
    return references


async def _places(here: SandboxServer, http: aiohttp.ClientSession) -> list[Place]:
    state = here.client.get("/state")
    guild_id = state["guild"]["id"]
    channel = next(each["id"] for each in state["channels"] if each["name"] == "clips")
    api = f"{here.client.url}/api/v10"

    async def post(path: str, **body: object) -> dict[str, str]:
        async with http.post(api + path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    places: list[Place] = []
    for number in range(THREADS):
        card = await post(f"/channels/{channel}/messages", content=f"card {number}")
        thread = await post(f"/channels/{channel}/messages/{card['id']}/threads", name=f"clip {number}")
        # Components V2, as the bot's own: a message can't change its kind when it is edited.
        bar = await post(f"/channels/{thread['id']}/messages", flags=1 << 15, components=[{"type": 10, "content": "In line"}])
        places.append(Place(int(guild_id), int(channel), int(thread["id"]), int(bar["id"])))
    return places


async def _booked(storage: Storage, wish: Wish, place: Place, references: dict[int, str]) -> Job:
    now = time.time_ns() // 1_000_000
    new_id = ((now - _DISCORD_EPOCH_MS) << 22) + wish.number
    new = NewOrder(
        id=new_id,
        source=by_interaction(new_id),
        kind=OrderKind.CLIP,
        member_id=10**17 + wish.number % MEMBERS,
        # The interaction's token has expired, so the bot edits messages with its own token, and that token's rate limits apply.
        address=Address(
            guild_id=place.guild_id,
            channel_id=place.channel_id,
            asked_id=new_id,
            thread_id=place.thread_id,
            progress_id=place.progress_id,
        ),
        created_at_ms=now,
        jobs=(NewJob(new_id, _request(wish.number), wish.seed, "scenario", _COST),),
    )
    booking = await storage.bookings.create(new, Bounds(Span(now - _DAY_MS, now + _DAY_MS), None, None, None, None))
    job: Job | None = booking.jobs[0]
    for state in STATES if wish.state is not State.QUEUED else ():
        assert job is not None
        match state:
            case State.SUBMITTING:
                job = await storage.transitions.advance(job, state, now, tries=1, submitted_at_ms=now)
            case State.GENERATING:
                job = await storage.transitions.advance(job, state, now, provider_reference=references[wish.number])
            case State.FETCHING:
                job = await storage.transitions.advance(job, state, now, generated_at_ms=now)
            case _:
                job = await storage.transitions.advance(job, state, now)
        if state is wish.state:
            break
    assert job is not None
    return job


def _request(number: int) -> ClipRequest:
    prompt = f"Number {number}: a red kite over a quiet harbour, wind and far gulls, slow push-in to the boats."
    return ClipRequest(kind=Kind.TEXT, prompt=prompt, duration=DURATION_MIN_SECONDS)
