"""The simulated Discord says how long a limit lasts in the way in which the bot reads it; else it would be slept out unseen."""

from types import SimpleNamespace

import aiohttp
import discord
import pytest
from multidict import CIMultiDict
from yarl import URL

from bot.errors import DeliveryError
from bot.presentation.discord_errors import Rests, long_limits, refusals
from tests.simulation.discord.http import limited_for


async def test_a_limit_of_minutes_is_raised_at_once_and_not_slept_out():
    trace = long_limits(aiohttp.TraceConfig())
    trace.freeze()
    ended = aiohttp.TraceRequestEndParams("PATCH", URL("https://discord.com"), CIMultiDict(), limited_for(400.0))
    client = discord.Client(intents=discord.Intents.none())
    with pytest.raises(DeliveryError) as caught, refusals(client, Rests(), "answer"):
        await trace.on_request_end.send(None, SimpleNamespace(), ended)
    assert caught.value.retry_after == 400.0
