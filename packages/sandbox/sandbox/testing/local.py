"""A sandbox in the test's own process, which can look into it while a bot talks to it over real HTTP."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.discord.application import TOKEN
from sandbox.discord.interaction import Interaction
from sandbox.discord.members import Member
from sandbox.discord.openapi_copy import COPY
from sandbox.server import Sandbox
from sandbox.strict_json import Json

Files = list[tuple[str, bytes, str]]


class LocalSandbox:
    """A started sandbox: its control API (`get`, `post`, …), Discord's REST as the bot calls it (`rest`), and its state."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state
        self.http = http
        self.url = sandbox.url

    async def control(self, method: str, path: str, status: int = 200, **options: Json) -> Json:
        """Call the control API, which must answer this status, and return its JSON."""
        async with self.http.request(method, f"{self.url}/_sandbox{path}", **options) as response:
            body = await response.json()
            assert response.status == status, (response.status, body)
            return body

    async def get(self, path: str, status: int = 200, **query: Json) -> Json:
        return await self.control("GET", path + ("?" + urlencode(query) if query else ""), status)

    async def post(self, path: str, status: int = 200, **body: Json) -> Json:
        return await self.control("POST", path, status, json=body)

    async def patch(self, path: str, status: int = 200, **body: Json) -> Json:
        return await self.control("PATCH", path, status, json=body)

    async def upload(self, name: str, content: bytes, kind: str = "image/png") -> str:
        """Upload a file and return the name (`@f1`) by which a member attaches it."""
        made = await self.control("POST", f"/files?filename={name}", data=content, headers={"Content-Type": kind})
        return "@" + made["file"]

    async def wait(self, seconds: float = 10, **condition: Json) -> Json:
        """Wait for a condition of `/_sandbox/wait`; fails once `seconds` have passed."""
        return await self.get("/wait", timeout=seconds, **condition)

    async def rest(
        self, method: str, path: str, status: int = 200, body: Json = None, files: Files | None = None, token: str = TOKEN
    ) -> Json:
        """Call Discord's API, which must answer this status, and return its JSON; `files` are (name, bytes, type)."""
        options: dict[str, Any] = {"headers": {"Authorization": f"Bot {token}"}}
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

    def channel(self, name: str | None = None) -> str:
        """The id of the channel of that name, or of the first one."""
        world = self.state.world
        return next(one.id for one in world.channels.values() if one.name == name) if name else world.first_channel().id

    def member(self, name: str = "alice") -> Member:
        return next(one for one in self.state.world.home.members.values() if one.name == name)

    async def command(self, *, who: str = "alice", channel: str | None = None, **options: Json) -> Interaction:
        """Register `/make` and run it as a member; the interaction, which nobody has answered."""
        made = [{"name": "prompt", "description": "What", "type": 3}]
        await self.rest(
            "PUT",
            f"/applications/{self.state.application.id}/commands",
            body=[{"name": "make", "description": "Make it", "options": made}],
        )
        asked: dict[str, Json] = {"as": who, "channel": channel or self.channel(), "command": "/make", "options": options}
        run = await self.post("/invoke", **asked)
        return self.state.interactions[run["interaction"]]

    async def callback(self, interaction: Interaction, kind: int, data: Json = None, status: int = 204) -> Json:
        """Answer an interaction as a bot does, with the type of the answer and its data."""
        body = {"type": kind} | ({"data": data} if data is not None else {})
        return await self.rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", status, body)

    async def messages(self, who: str = "alice", channel: str | None = None) -> Json:
        """What that member sees in the channel, oldest first."""
        looked: dict[str, Json] = {"as": who, "channel": channel or self.channel()}
        return (await self.get("/messages", **looked))["messages"]


def webhook_of(interaction: Interaction) -> str:
    """The path of an interaction's original response and follow-ups, below Discord's API."""
    return f"/webhooks/{interaction.payload['application_id']}/{interaction.token}"


@asynccontextmanager
async def local_sandbox(*, openapi: bool = True, **options: Json) -> AsyncIterator[LocalSandbox]:
    """Start a sandbox and yield it. `openapi` holds every exchange against Discord's file; `options` are `Sandbox`'s."""
    sandbox = Sandbox(openapi=COPY if openapi else None, **options)
    await sandbox.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield LocalSandbox(sandbox, http)
    finally:
        await sandbox.stop()
