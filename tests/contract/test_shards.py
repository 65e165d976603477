"""The bot on two shards over real websockets: the configured gateway, one dropped shard, and an event that can't be read."""

import pytest
from discord.http import HTTPClient

from bot.presentation.client import HappyHorseClient
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, running_bot
from tests.sandbox_process import sandbox_here
from tests.waiting import until

SHARDS = 2


@pytest.fixture
async def here():
    async with sandbox_here(openapi=False) as here:
        await here.post("/limits", identifies=False)
        yield here


@pytest.fixture
async def app(here, tmp_path, monkeypatch):
    await here.post("/gateway", shards=SHARDS, required_shards=SHARDS)
    asked = HTTPClient.get_bot_gateway

    async def get_bot_gateway(http):
        shards, _, limits = await asked(http)
        # Nothing listens at that address.
        return shards, "ws://127.0.0.1:9/", limits

    async def at_once(_self, _shard_id, *, initial=False):
        """Identify at once, without the five seconds between real shards."""

    monkeypatch.setattr(HTTPClient, "get_bot_gateway", get_bot_gateway)
    made = HappyHorseClient._get_state

    def soon_ready(client, **options):
        return made(client, **{**options, "guild_ready_timeout": 0.05})

    monkeypatch.setattr(HappyHorseClient, "before_identify_hook", at_once)
    monkeypatch.setattr(HappyHorseClient, "_get_state", soon_ready)
    async with running_bot(here, tmp_path, monkeypatch, discord={"operator_channel": 42}) as app:
        yield app


def connected(here):
    return {each.shard: each for each in here.state.gateway._sessions.live()}


async def helped(here):
    made = await ask(here, "/help")
    return await here.wait(PATIENCE_SECONDS, interaction=made, state="answered")


async def test_both_shards_go_to_the_configured_gateway_and_one_that_drops_stops_nobody(here, app):
    await until(lambda: len(connected(here)) == SHARDS and app.client.guilds, PATIENCE_SECONDS)
    assert set(connected(here)) == {(0, SHARDS), (1, SHARDS)}
    home_id = str(app.client.guilds[0].id)
    other = next(each for each in connected(here).values() if not each.serves(home_id))
    other.connection.drop()
    assert await helped(here)
    # The dropped shard reconnects by itself, and the guild's own shard missed nothing.
    await until(lambda: len(connected(here)) == SHARDS, PATIENCE_SECONDS)
    home = next(each for each in connected(here).values() if each.serves(home_id))
    home.connection.drop()
    assert await helped(here)
    assert len(app.client.guilds) == 1


async def test_an_event_that_nobody_can_read_leaves_the_gateway_as_it_is(here, app, caplog):
    await until(lambda: len(connected(here)) == SHARDS, PATIENCE_SECONDS)
    for session in connected(here).values():
        session.dispatch("INTERACTION_CREATE", '{"id": "a secret"}')
    assert await helped(here)
    assert "can't be read and is skipped: INTERACTION_CREATE (" in caplog.text
    assert "a secret" not in caplog.text
    assert len(connected(here)) == SHARDS


async def test_when_every_shard_is_there_the_log_says_so_and_what_is_wrong_with_the_operators_channel(here, app, caplog):
    caplog.set_level("INFO")
    await until(lambda: "discord.operator_channel: 42 can't be seen. Set" in caplog.text, PATIENCE_SECONDS)
    assert "ready: 1 guild, provider ok" in caplog.text
    assert app.client.is_ready()
