"""An HTTP server on loopback in place of Discord's API, for tests of requests. It answers as the test scripts it."""

import json
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp
import discord
from aiohttp import web
from discord.http import Route

from bot.first_answers import FirstAnswers
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.discord_requests import DiscordRequests
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.threads import Threads
from bot.presentation.discord_errors import LIBRARY_SLEEPS_MOST, long_limits
from tests.fakes import ManualClock

ME = {"id": "5", "username": "horse", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "name": "horse", "description": "", "icon": None, "rpc_origins": None, "bot_public": True, "flags": 0,
    "bot_require_code_grant": False, "verify_key": "", "owner": ME,
}  # fmt: skip
SENT = {
    "id": "9", "channel_id": "30", "author": ME, "content": "", "timestamp": "2026-01-01T00:00:00+00:00",
    "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "pinned": False, "type": 0, "flags": 1 << 15, "components": [],
}  # fmt: skip


CUT = 0
"""Given in place of a status: the connection is cut off, so the client can't know what became of the request."""


class ScriptedDiscord:
    """Gives `answers` in order, then a plain success. Remembers requests, but only counts the bytes of files (`received`)."""

    def __init__(self):
        self.requests = []
        self.answers = []
        self.received = 0

    async def handle(self, request):
        body = await self._read(request)
        self.requests.append((request.method, request.path, body))
        if self.answers:
            status, payload = self.answers.pop(0)
            if status == CUT:
                request.transport.abort()
            return payload if isinstance(payload, web.Response) else _json(payload, status)
        if request.path.endswith("@me"):
            return _json({**ME, **APPLICATION})
        return _json(SENT)

    async def _read(self, request):
        if not request.content_type.startswith("multipart/"):
            return json.loads(await request.text() or "{}")
        body = {}
        async for part in await request.multipart():
            if part.filename is None:
                body = json.loads(await part.text())
                continue
            while chunk := await part.read_chunk(65536):
                self.received += len(chunk)
        return body


def _json(payload, status=200):
    # discord.py reads JSON only if the content type is exactly this.
    return web.Response(body=json.dumps(payload).encode(), content_type="application/json", status=status)


@asynccontextmanager
async def scripted_discord(monkeypatch):
    discord_here = ScriptedDiscord()
    app = web.Application(client_max_size=2**40)
    app.router.add_route("*", "/{path:.*}", discord_here.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{port}")
    client = discord.Client(
        intents=discord.Intents.none(), max_ratelimit_timeout=LIBRARY_SLEEPS_MOST, http_trace=long_limits(aiohttp.TraceConfig())
    )
    await client.login("token")
    try:
        clock = ManualClock()
        requests = DiscordRequests(client, clock, FirstAnswers())
        yield SimpleNamespace(
            there=discord_here,
            client=client,
            requests=requests,
            messages=Messages(requests),
            answers=Answers(requests, clock),
            threads=Threads(requests),
        )
    finally:
        await client.close()
        await runner.cleanup()
