"""One websocket as Discord takes it: what may be asked for, how much may be sent, and how a silent bot is cut."""

import json
import zlib

import pytest

from raw_bot import INTENTS, gateway
from sandbox.discord.application import TOKEN
from sandbox.testing.local import local_sandbox

IDENTIFY = {"token": TOKEN, "intents": INTENTS, "properties": {}}
RESUMABLE = {"op": 9, "d": True, "s": None, "t": None}


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def test_frames_may_come_as_bytes(here):
    async with gateway(here) as line:
        await line.read()
        await line.socket.send_bytes(json.dumps({"op": 2, "d": IDENTIFY}).encode())
        assert await line.until("READY")


async def test_a_token_may_begin_with_bot_as_in_rest(here):
    named = f"Bot {TOKEN}"
    async with gateway(here) as line:
        session = (await line.identify(token=named))["session_id"]
        await line.until("GUILD_CREATE")
        await here.post("/faults", what="gateway_drop")
    await here.wait(bot="offline")
    async with gateway(here) as line:
        await line.resume(session, token=named)
        assert await line.until("RESUMED")


async def test_frames_are_compressed_one_by_one_where_the_identify_asks_for_it(here):
    async with gateway(here) as line:
        await line.read()
        await line.send(2, IDENTIFY | {"compress": True})
        frame = await line.socket.receive()
        assert json.loads(zlib.decompress(frame.data))["t"] == "READY"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("v=9&encoding=json", "v=10, not v=9"),
        ("encoding=json", "v=10, not no v"),
        ("v=10&encoding=etf", "encoding=json, not encoding=etf"),
        ("v=10&compress=zstd-stream", "compress=zlib-stream, not compress=zstd-stream"),
        ("v=10&shard=1", "has no shard"),
    ],
)
async def test_what_the_gateway_does_not_speak_is_refused_with_what_it_does(here, query, word):
    async with gateway(here, query) as line:
        closed = await line.socket.receive()
        assert (closed.data, word in closed.extra) == (4012, True)


async def test_an_identify_without_properties_is_refused(here):
    async with gateway(here) as line:
        await line.read()
        await line.send(2, {"token": TOKEN, "intents": INTENTS})
        assert await line.read() == 4002


async def test_a_frame_of_more_than_4096_bytes_closes_the_gateway(here):
    frame = json.dumps({"op": 1, "d": None, "t": ""})
    async with gateway(here) as line:
        await line.read()
        await line.socket.send_str(frame.replace('""', f'"{"a" * (4096 - len(frame))}"'))
        assert (await line.read())["op"] == 11
        await line.socket.send_str(frame.replace('""', f'"{"a" * (4097 - len(frame))}"'))
        assert await line.read() == 4002


async def test_the_121st_frame_within_a_minute_closes_the_gateway(here):
    async with gateway(here) as line:
        await line.identify()
        for _ in range(120):
            await line.send(3, {"since": None, "activities": [], "status": "online", "afk": False})
        closed = [frame async for frame in line.socket if frame.type.name == "CLOSE"]
        assert closed == []
        assert line.socket.close_code == 4008


async def test_a_bot_without_a_heartbeat_loses_connection_and_session(here):
    here.state.gateway.heartbeat_ms = 20
    async with gateway(here) as line:
        session = (await line.identify())["session_id"]
        await line.until("GUILD_CREATE")
        assert await line.read() == 4009
    async with gateway(here) as line:
        await line.resume(session)
        assert (await line.read())["op"] == 9


async def test_a_resume_beyond_the_sequence_is_refused_and_ends_the_session(here):
    async with gateway(here) as line:
        session = (await line.identify())["session_id"]
        await here.post("/faults", what="gateway_drop")
    await here.wait(bot="offline")
    for answer in (4007, {"op": 9, "d": False, "s": None, "t": None}):
        async with gateway(here) as line:
            await line.resume(session, 99)
            assert await line.read() == answer


async def test_an_invalid_session_may_be_resumable(here):
    async with gateway(here) as line:
        session = (await line.identify())["session_id"]
        await line.until("GUILD_CREATE")
        await here.post("/faults", what="gateway_invalidate", body={"resumable": True})
        assert await line.read() == RESUMABLE
        await line.socket.close(code=4000)
    async with gateway(here) as line:
        await line.resume(session)
        assert await line.until("RESUMED")


async def test_the_gateway_asks_for_a_heartbeat(here):
    async with gateway(here) as line:
        await line.identify()
        await line.until("GUILD_CREATE")
        await here.post("/faults", what="gateway_heartbeat")
        assert (await line.read())["op"] == 1
        await line.send(1, 2)
        assert (await line.read())["op"] == 11
