"""Learning Discord's time from its answers: the real discord.py over loopback."""

import json
from contextlib import asynccontextmanager
from email.utils import formatdate

import discord
import pytest
from aiohttp import web

from bot.presentation.discord_time import DiscordTime
from tests.fakes import ManualClock

ME = {"id": "1", "username": "horse", "discriminator": "0", "avatar": None, "global_name": None}
APPLICATION = {
    "id": "1",
    "name": "horse",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": ME,
    "team": None,
}
FIVE_MINUTES_MS = 300_000


class Discord:
    """Answers the requests of a log-in, with the date that the test sets."""

    def __init__(self, clock):
        self.clock = clock
        self.date = ""
        self.took_ms = 0
        self.status = 200
        self.meanwhile = lambda: None

    async def answer(self, request):
        self.clock.now += self.took_ms
        self.meanwhile()
        body = APPLICATION if "applications" in request.path else ME
        # discord.py reads JSON only if the content type is exactly this.
        headers = {"Content-Type": "application/json", "Date": self.date}
        return web.Response(body=json.dumps(body).encode(), status=self.status, headers=headers)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
async def there(clock, monkeypatch):
    there = Discord(clock)
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", there.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10")
    yield there
    await runner.cleanup()


@asynccontextmanager
async def logged_in(clock):
    time = DiscordTime(clock)
    async with discord.Client(intents=discord.Intents(guilds=True), http_trace=time.trace()) as client:
        await client.login("token")
        yield time, client


def date_of(ms):
    return formatdate(ms / 1000, usegmt=True)


@pytest.mark.parametrize("ahead_ms", [FIVE_MINUTES_MS, -FIVE_MINUTES_MS, -20 * 60_000, 366 * 86_400_000])
async def test_a_clock_that_is_off_is_set_by_discords_before_anything_is_taken_up(there, clock, ahead_ms):
    true_ms = clock.now + ahead_ms
    there.date = date_of(true_ms)
    async with logged_in(clock) as (time, _):
        time.settle()
    assert abs(clock.now - true_ms) <= 1_000


async def test_an_id_that_is_seen_during_the_log_in_does_not_move_the_clock(there, clock):
    there.date = date_of(clock.now)
    time, true_ms = DiscordTime(clock), clock.now

    def seen():
        time.seen((true_ms + FIVE_MINUTES_MS - 1_420_070_400_000) << 22)
        there.meanwhile = undated

    def undated():
        there.date = ""

    there.meanwhile = seen
    async with discord.Client(intents=discord.Intents(guilds=True), http_trace=time.trace()) as client:
        await client.login("token")
        time.settle()
    assert abs(clock.now - true_ms) <= 1_000


async def test_a_clock_that_agrees_stays_as_it_is(there, clock):
    before_ms = clock.now
    there.date = date_of(clock.now + 1_400)
    async with logged_in(clock) as (time, _):
        time.settle()
    assert clock.now == before_ms


async def test_the_quickest_answer_is_believed(there, clock):
    there.took_ms = 30_000
    there.date = date_of(clock.now + 20_000)
    async with logged_in(clock) as (time, client):
        there.took_ms, there.date = 10, date_of(clock.now)
        await client.fetch_user(1)
        assert abs(time.ahead_ms) <= 1_000


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Nov 2026 00:00:00 GMT"])
async def test_an_invalid_date_changes_nothing(there, clock, date):
    before_ms = clock.now
    there.date = date
    async with logged_in(clock) as (time, client):
        assert time.ahead_ms is None
        time.settle()
        await client.fetch_user(1)
    assert clock.now == before_ms


async def test_afterwards_it_is_moved_forward_by_later_answers_and_never_back(there, clock):
    there.date = date_of(clock.now)
    async with logged_in(clock) as (time, client):
        time.settle()
        before_ms = clock.now
        there.date = date_of(before_ms - FIVE_MINUTES_MS)
        await client.fetch_user(1)
        assert clock.now == before_ms
        there.date = date_of(before_ms + FIVE_MINUTES_MS)
        await client.fetch_user(1)
        assert abs(clock.now - before_ms - FIVE_MINUTES_MS) <= 1_000


async def test_a_refusal_which_may_be_a_proxys_tells_no_time(there, clock):
    there.date = date_of(clock.now)
    async with logged_in(clock) as (time, client):
        time.settle()
        before_ms = clock.now
        there.status, there.date = 403, date_of(before_ms + FIVE_MINUTES_MS)
        with pytest.raises(discord.Forbidden):
            await client.fetch_user(1)
        assert clock.now == before_ms


def test_an_interaction_from_our_future_shows_that_we_are_slow(clock):
    time, before_ms = DiscordTime(clock), clock.now
    time.settle()
    for made_ms, now_ms in ((1_500, 0), (60_000, 60_000), (0, 60_000)):
        time.seen((before_ms + made_ms - 1_420_070_400_000) << 22)
        assert clock.now == before_ms + now_ms
