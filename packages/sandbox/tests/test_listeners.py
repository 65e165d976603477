"""Who listens and does not read is dropped, with a reason: streams of events, the bot's websocket, and waits."""

import asyncio
import json

import pytest

from raw_bot import gateway
from sandbox.control import inspect
from sandbox.discord import events, session
from sandbox.testing.local import local_sandbox


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def test_a_stream_that_lags_too_far_behind_ends_with_the_reason(here, monkeypatch):
    monkeypatch.setattr(events, "MOST_BEHIND", 3)
    async with here.http.get(f"{here.url}/_sandbox/events?as=bob") as stream:
        assert b"hello" in await stream.content.readline()
        for number in range(10):  # without a pause, so that the stream has no turn to send one of them
            here.state.bus.publish("typing", lambda _, number=number: {"number": number})
        told = [json.loads(line[6:]) async for line in stream.content if line.startswith(b"data: ")]
    assert [one["type"] for one in told] == ["dropped"]
    assert "read everything anew" in told[0]["data"]["reason"]


async def test_a_listener_that_takes_nothing_off_the_wire_is_cut(here, monkeypatch, caplog):
    monkeypatch.setattr(inspect, "UNREAD_SECONDS", 0.05)
    monkeypatch.setattr(events, "MOST_BEHIND", 100_000)
    port = int(here.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(f"GET /_sandbox/events?as=bob HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    assert b"200" in await reader.readline()
    for _ in range(300):
        here.state.bus.publish("typing", lambda _: {"much": "x" * 100_000})
    try:
        assert await here.state.bus.until(lambda: "is dropped" in caplog.text, 10), caplog.text
    finally:
        writer.transport.abort()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    assert "a listener of bob read nothing" in caplog.text


async def test_a_bot_that_does_not_read_is_cut_and_may_resume(here, monkeypatch):
    monkeypatch.setattr(session, "MOST_FRAMES", 5)
    async with gateway(here) as line:
        ready = await line.identify()
        await line.until("GUILD_CREATE")
        for number in range(10):
            here.state.gateway.dispatch("CHANNEL_PINS_UPDATE", {"number": number}, guild_id=None)
        while isinstance(await line.read(), dict):
            pass
    assert "does not read" in (await here.get("/violations"))["violations"][0]["problem"]
    await here.wait(bot="offline")
    monkeypatch.setattr(session, "MOST_FRAMES", 50)
    async with gateway(here) as line:
        await line.resume(ready["session_id"])
        assert (await line.until("CHANNEL_PINS_UPDATE"))["number"] == 0


async def test_only_so_many_wait_at_once_and_none_for_a_caller_who_hung_up(here, monkeypatch):
    monkeypatch.setattr(inspect, "MOST_WAITING", 1)
    monkeypatch.setattr(inspect, "GONE_SECONDS", 0.01)
    waiting = asyncio.create_task(here.wait(60, message="never"))
    await here.state.bus.until(lambda: here.state.bus._waiting, 5)
    refused = await here.get("/wait", 409, message="never", timeout=1)
    assert "callers wait already" in refused["error"]
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    for _ in range(500):
        async with here.http.get(f"{here.url}/_sandbox/wait", params={"message": "never", "timeout": "0.01"}) as response:
            if response.status == 408:
                return
    pytest.fail("the wait of a caller who hung up goes on")
