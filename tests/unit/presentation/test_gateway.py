"""How many shards the bot opens, and events that discord.py can't read."""

from types import SimpleNamespace

import aiohttp
import discord
import pytest

from bot.errors import GatewayClosed, SettingsError
from bot.first_answers import FirstAnswers
from bot.presentation.client import HappyHorseClient
from bot.presentation.gateway import SHARDS_MOST, hold, shards_wanted, skip_unreadable
from tests.fakes import ManualClock
from tests.told import told


def refused(status):
    response = SimpleNamespace(status=status, reason="", headers={})
    kind = discord.DiscordServerError if status >= 500 else discord.HTTPException
    error = discord.GatewayNotFound()
    error.__cause__ = kind(response, "no")
    return error


async def wanted(*answers):
    """The result for these answers of Discord, given one after another, and how many requests it took."""
    left = list(answers)

    async def get_bot_gateway():
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer, "wss://elsewhere.example", {}

    client = SimpleNamespace(http=SimpleNamespace(get_bot_gateway=get_bot_gateway))
    return await shards_wanted(client, ManualClock()), len(answers) - len(left)


@pytest.mark.parametrize("said", [1, 2, 16, SHARDS_MOST])
async def test_there_are_as_many_shards_as_discord_wants(said):
    assert await wanted(said) == (said, 1)


@pytest.mark.parametrize("said", [0, -1, SHARDS_MOST + 1, 10**30, "2", None, 1.5])
async def test_an_impossible_number_makes_one_shard(said, caplog):
    assert await wanted(said) == (1, 1)
    assert "can't be" in caplog.text


@pytest.mark.parametrize("error", [refused(401), refused(404), KeyError("shards")])
async def test_without_an_answer_there_is_one_shard(error):
    assert await wanted(error) == (1, 1)


PASSING = [refused(502), refused(429), discord.RateLimited(40.0), aiohttp.ClientConnectionError("down"), OSError("down")]


@pytest.mark.parametrize("error", PASSING)
async def test_a_discord_that_is_out_of_reach_is_asked_until_it_answers(error):
    assert await wanted(error, error, 3) == (3, 3)


async def test_an_event_that_can_not_be_read_is_skipped_and_only_its_kind_is_in_the_log(caplog):
    client = discord.Client(intents=discord.Intents.none())
    skip_unreadable(client)
    parse = client._connection.parsers
    for event in ("INTERACTION_CREATE", "GUILD_CREATE", "CHANNEL_UPDATE", "READY"):
        for odd in ({"id": "a secret"}, [], "a secret", None):
            parse[event](odd)
        assert f"can't be read and is skipped: {event} (" in caplog.text
    assert "a secret" not in caplog.text
    assert client._connection.user is None


async def test_a_bot_that_is_stopped_before_it_logged_in_has_nothing_to_close():
    client = HappyHorseClient(None, ManualClock(), (), FirstAnswers())
    await client.close()
    assert not client.is_ready()


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (4004, SettingsError, "Copy it again"),
        (4011, GatewayClosed, "wants more shards than this start has: start the bot again"),
        (4013, GatewayClosed, r"closed the gateway \(4013\): start the bot again"),
    ],
)
async def test_an_end_that_is_for_good_says_what_to_do(code, error, said):
    async def connect():
        raise discord.ConnectionClosed(SimpleNamespace(close_code=code), shard_id=1)

    with told(error, said):
        await hold(SimpleNamespace(connect=connect))
