"""The log-in waits for a Discord that can't be reached, and leaves no connection of a failed try open."""

import asyncio
import gc
import socket

import aiohttp
import discord

from bot.presentation.login import log_in
from tests.fakes import ManualClock
from tests.waiting import until


async def test_tries_in_vain_leave_no_session_open(monkeypatch, caplog):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{nobody.getsockname()[1]}/api/v10"
        monkeypatch.setattr(discord.http.Route, "BASE", base)
        client = discord.Client(intents=discord.Intents.none())
        clock = ManualClock()
        trying = asyncio.create_task(log_in(client, "token", base, clock))
        await until(lambda: caplog.text.count("Discord is out of reach") > 2)
        trying.cancel()
        await asyncio.wait([trying])
        # Looked at before the end, which closes all connections. The running try has one.
        opened = [each for each in gc.get_objects() if isinstance(each, aiohttp.ClientSession) and not each.closed]
        await client.close()
    assert caplog.text.count("Discord is out of reach") > 2
    assert len(opened) <= 1


class CancelledOnce(discord.Client):
    """A client whose first log-in is cancelled from inside the library."""

    tried = 0

    async def login(self, token):
        self.tried += 1
        if self.tried == 1:
            raise asyncio.CancelledError


async def test_what_a_library_cancels_is_tried_again_and_ends_no_log_in():
    client = CancelledOnce(intents=discord.Intents.none())
    await log_in(client, "token", "https://discord.test", ManualClock())
    await client.close()
    assert client.tried == 2
