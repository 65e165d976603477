"""The gateway as hard as Discord's: what is told to a bot that was away, that comes too often, or whose session is over."""

import asyncio

import pytest

from raw_bot import INTENTS, gateway
from sandbox.discord.application import TOKEN
from sandbox.testing.local import local_sandbox

CONTENT = 1 << 15


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def resumed(here, session, since):
    """Resume on a new connection; the next frame."""
    async with gateway(here) as line:
        await line.resume(session, since)
        return await line.read()


async def lost(here, **changes):
    """Identify, lose the wire; the session's id."""
    async with gateway(here) as line:
        session = (await line.identify(**changes))["session_id"]
        await here.post("/faults", what="gateway_drop")
        await here.wait(bot="offline")
    return session


async def test_a_session_is_resumed_for_some_minutes_and_then_never(here):
    session = await lost(here)
    await here.post("/clock", advance_seconds=170)
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "meanwhile"})
    frame = await resumed(here, session, 2)
    assert (frame["t"], frame["d"]["content"]) == ("MESSAGE_CREATE", "meanwhile")
    await here.wait(bot="offline")
    await here.post("/clock", advance_seconds=200)
    assert await resumed(here, session, 2) == {"op": 9, "d": False, "s": None, "t": None}


async def test_what_a_dead_session_missed_is_not_kept(here):
    await lost(here)
    assert len(here.state.gateway._sessions) == 1
    await here.post("/clock", advance_seconds=200)
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    assert len(here.state.gateway._sessions) == 0


async def test_a_lost_session_lends_its_intents_to_no_other(here):
    await here.patch("/guild", privileged_intents=["message_content"])
    await lost(here, intents=INTENTS | CONTENT)
    async with gateway(here) as line:
        await line.identify()
        await here.post("/messages", channel="general", content="secret", **{"as": "bob"})
        assert (await line.until("MESSAGE_CREATE"))["content"] == ""


async def test_a_second_identify_within_five_seconds_is_an_invalid_session(here):
    await here.post("/limits", identifies=True)
    identify = {"token": TOKEN, "intents": INTENTS, "properties": {}, "shard": [0, 2]}
    async with gateway(here) as first, gateway(here) as second:
        await first.identify(shard=[0, 2])
        await second.read()
        await second.send(2, identify | {"shard": [1, 2]})
        assert (await second.read())["op"] == 9
        await here.post("/limits", identifies=False)
        await second.send(2, identify | {"shard": [1, 2]})
        assert await second.until("READY")
        assert (await here.get("/health"))["bot"]["sessions"] == 2


async def test_a_fault_ends_every_session_for_good(here):
    async with gateway(here) as line:
        ready = await line.identify()
        await line.until("GUILD_CREATE")
        await here.post("/faults", what="gateway_invalidate")
        assert await line.read() == {"op": 9, "d": False, "s": None, "t": None}
        assert not (await here.get("/health"))["bot"]["online"]
        await line.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": 2})
        assert (await line.read())["op"] == 9
        await line.send(2, {"token": TOKEN, "intents": INTENTS, "properties": {}})
        assert await line.until("READY")


async def test_a_bot_that_waits_for_an_interaction_gets_it_after_a_resume(here):
    session = await lost(here)
    running = asyncio.create_task(here.command(prompt="a kite"))
    interaction = await running
    frame = await resumed(here, session, 2)
    assert (frame["t"], frame["d"]["id"]) == ("INTERACTION_CREATE", interaction.id)
