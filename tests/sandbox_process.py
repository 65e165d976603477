"""Sandboxes for tests: one of its own process, as users run it, and one in this process, to look into."""

import io
import json
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlencode

import aiohttp

from sandbox.client import Client
from sandbox.discord.application import TOKEN
from sandbox.discord.openapi_copy import COPY
from sandbox.server import Sandbox
from tests.processes import end, line_of


@contextmanager
def sandbox_process(*arguments: str, openapi: bool = True):
    """Start `python -m sandbox serve`, yield a client of its control API, end it. Discord's file is held against it."""
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments]
    if openapi:
        command += ["--openapi"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Client(json.loads(line_of(process))["url"])
        finally:
            end(process)


class Here:
    """A sandbox in this process, its control API (`get`, `post`, …), and Discord's REST as the bot calls it (`rest`)."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession):
        self.sandbox = sandbox
        self.state = sandbox.state
        self.http = http
        self.url = sandbox.url

    async def control(self, method, path, status=200, **options):
        async with self.http.request(method, f"{self.url}/_sandbox{path}", **options) as response:
            body = await response.json()
            assert response.status == status, (response.status, body)
            return body

    async def get(self, path, status=200, **query):
        return await self.control("GET", path + ("?" + urlencode(query) if query else ""), status)

    async def post(self, path, status=200, **body):
        return await self.control("POST", path, status, json=body)

    async def patch(self, path, status=200, **body):
        return await self.control("PATCH", path, status, json=body)

    async def upload(self, name, content, kind="image/png"):
        made = await self.control("POST", f"/files?filename={name}", data=content, headers={"Content-Type": kind})
        return "@" + made["file"]

    async def wait(self, seconds=10, **condition):
        return await self.get("/wait", timeout=seconds, **condition)

    async def rest(self, method, path, status=200, body=None, files=None, token=TOKEN):
        """Call Discord's API and return the answer's JSON; `files` are (name, bytes, type)."""
        options = {"headers": {"Authorization": f"Bot {token}"}}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body or {}), content_type="application/json")
            for number, (name, content, kind) in enumerate(files):
                form.add_field(f"files[{number}]", io.BytesIO(content), filename=name, content_type=kind)
            options["data"] = form
        elif body is not None:
            options["json"] = body
        async with self.http.request(method, f"{self.url}/api/v10{path}", **options) as response:
            text = await response.text()
            assert response.status == status, (response.status, text)
            return json.loads(text) if text else None

    def channel(self, name="clips"):
        return next(one.id for one in self.state.world.channels.values() if one.name == name)

    def member(self, name="alice"):
        return next(one for one in self.state.world.members.values() if one.name == name)

    async def command(self, *, who="alice", channel="clips", **options):
        """Register `/make` and run it as a member; the interaction, which nobody has answered."""
        made = [{"name": "prompt", "description": "What", "type": 3}]
        await self.rest(
            "PUT",
            "/applications/1190000000000000001/commands",
            body=[{"name": "make", "description": "Make it", "options": made}],
        )
        run = await self.post("/invoke", command="/make", channel=channel, options=options, **{"as": who})
        return self.state.interactions[run["interaction"]]

    async def callback(self, interaction, kind, data=None, status=204):
        body = {"type": kind} | ({"data": data} if data is not None else {})
        return await self.rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", status, body)

    def webhook(self, interaction):
        return f"/webhooks/1190000000000000001/{interaction.token}"

    async def messages(self, who="alice", channel="clips"):
        return (await self.get("/messages", channel=channel, **{"as": who}))["messages"]


@asynccontextmanager
async def sandbox_here(*, openapi=True, **options):
    """Start a sandbox in this process, held against Discord's OpenAPI file, and yield a `Here`."""
    sandbox = Sandbox(openapi=COPY if openapi else None, **options)
    await sandbox.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield Here(sandbox, http)
    finally:
        await sandbox.stop()
