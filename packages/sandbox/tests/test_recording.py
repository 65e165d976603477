"""What the bot sent is recorded whole, also where a file of Discord's is held against it first."""

import json

import aiohttp
import pytest

from sandbox.discord.application import TOKEN
from sandbox.server import Sandbox
from sandbox.testing.local import LocalSandbox

MESSAGES = "/channels/{channel_id}/messages"
TEXT = {"type": "object", "properties": {"content": {"type": "string"}}}
POST = {
    "requestBody": {"content": {"application/json": {"schema": TEXT}}},
    "responses": {"200": {"description": "made"}, "4XX": {"description": "refused"}},
}
FILE = {"paths": {MESSAGES: {"post": POST}}, "components": {"schemas": {}}}


@pytest.fixture
async def here(tmp_path):
    (tmp_path / "api.json").write_text(json.dumps(FILE))
    sandbox = Sandbox(openapi=tmp_path / "api.json")
    await sandbox.start()
    async with aiohttp.ClientSession() as http:
        yield LocalSandbox(sandbox, http)
    await sandbox.stop()


async def test_bodies_are_recorded_where_an_openapi_file_is_held_against_them(here):
    path = MESSAGES.format(channel_id=here.channel())
    await here.rest("POST", path, body={"content": "plain"})
    await here.rest("POST", path, body={"content": "with a file"}, files=[("a.png", b"a", "image/png")])
    address = f"{here.url}/api/v10{path}"
    async with here.http.post(address, data={"content": "a form"}, headers={"Authorization": f"Bot {TOKEN}"}) as response:
        assert response.status == 200
    await here.rest("POST", path, 400, {"content": 5})
    plain, file, form, wrong = [one["request"] for one in (await here.get("/requests"))["requests"]]
    assert plain["json"] == {"content": "plain"}
    assert [part["name"] for part in file["form"]] == ["payload_json", "files[0]"]
    assert form["form"] == [{"name": "content", "text": "a form"}]
    assert wrong["json"] == {"content": 5}
    problems = [one["problem"] for one in (await here.get("/violations"))["violations"]]
    assert problems == ["not as Discord's OpenAPI file has it", "Invalid Form Body"]
