"""A bot of a few lines that speaks Discord's protocol without a library, for tests of the sandbox and not of a bot."""

import asyncio
import json
from contextlib import asynccontextmanager

from sandbox.discord.application import TOKEN
from sandbox.testing.local import LocalSandbox

INTENTS = 1 << 0 | 1 << 9 | 1 << 12
DEFER = 5


class Gateway:
    """One websocket to the gateway: send frames, and read them one by one."""

    def __init__(self, socket):
        self.socket = socket

    async def send(self, op, data=None):
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def read(self):
        """The next frame, or the code with which the sandbox closed."""
        message = await asyncio.wait_for(self.socket.receive(), 10)
        return json.loads(message.data) if isinstance(message.data, str) and message.data else self.socket.close_code

    async def until(self, event):
        """Read on to this event and return its data."""
        while True:
            frame = await self.read()
            assert isinstance(frame, dict), frame
            if frame["t"] == event:
                return frame["d"]

    async def identify(self, **changes):
        """Identify and return READY's data."""
        assert (await self.read())["op"] == 10
        await self.send(2, {"token": TOKEN, "intents": INTENTS, "properties": {}, **changes})
        return await self.until("READY")

    async def resume(self, session, seq=2, token=TOKEN):
        """Resume on a new connection; what comes of it is the next frame."""
        assert (await self.read())["op"] == 10
        await self.send(6, {"token": token, "session_id": session, "seq": seq})


@asynccontextmanager
async def gateway(here: LocalSandbox, query="v=10&encoding=json"):
    async with here.http.ws_connect(f"{here.state.gateway.url}?{query}") as socket:
        yield Gateway(socket)


@asynccontextmanager
async def raw_bot(here: LocalSandbox, answer, commands=()):
    """Be online with these commands; `answer(interaction)` is awaited for each interaction's payload."""
    await here.rest("PUT", "/applications/1190000000000000001/commands", body=list(commands))
    async with gateway(here) as line:
        await line.identify()

        async def live():
            while True:
                await answer(await line.until("INTERACTION_CREATE"))

        living = asyncio.create_task(live())
        try:
            yield
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)


async def deliver(here: LocalSandbox, job, channel):
    """Post a clip for this job: a video, with a button that carries the job's id."""
    button = {"type": 2, "style": 2, "label": "Again", "custom_id": f"bot:again:{job}"}
    body = {"content": "Your clip", "components": [{"type": 1, "components": [button]}]}
    await here.rest("POST", f"/channels/{channel}/messages", body=body, files=[("clip.mp4", b"video", "video/mp4")])
