"""Never a silent 200: what the sandbox would drop is refused by name and listed, what asks for nothing passes."""

import pytest

from raw_bot import INTENTS, gateway
from sandbox.discord.application import TOKEN
from sandbox.testing.local import local_sandbox, webhook_of

COMMANDS = "/applications/1190000000000000001/commands"
COMMAND = {"name": "make", "description": "Make it"}
OPTION = {"type": 3, "name": "o", "description": "o"}
ROW = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}]}]


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def listed(here):
    return [(one["path"], one["problem"]) for one in (await here.get("/violations"))["violations"]]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"content": "x", "tts": True}, "tts"),
        ({"content": "x", "poll": {"question": {"text": "?"}}}, "poll"),
        ({"content": "x", "sticker_ids": ["1"]}, "sticker_ids"),
        ({"content": "x", "flags": 1 << 13}, "flags"),
        ({"content": "x", "nonsense": 1}, "nonsense"),
        ({"embeds": [{"title": "a", "sparkle": True}]}, "embeds[0].sparkle"),
        ({"content": "x", "attachments": [{"id": 0, "waveform": "AAAA"}]}, "attachments[0].waveform"),
        ({"components": [{"type": 1, "components": [{"type": 2, "sku_id": "1"}]}]}, "components[0].components[0].sku_id"),
        ({"components": [ROW[0] | {"label": "of a row"}]}, "components[0].label"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_field_of_a_message_that_is_not_kept_is_refused_by_name(here, body, name):
    path = f"/channels/{here.channel()}/messages"
    error = await here.rest("POST", path, 501, body)
    assert f"does not keep '{name}'" in error["message"]
    assert await listed(here) == [(path, error["message"])]
    assert await here.messages() == []


async def test_what_asks_for_nothing_passes(here):
    body = {
        "content": "x",
        "tts": False,
        "poll": None,
        "sticker_ids": [],
        "embeds": None,
        "flags": 0,
        "message_reference": None,
    }
    sent = await here.rest("POST", f"/channels/{here.channel()}/messages", body=body)
    edit = {"content": "y", "attachments": [], "flags": sent["flags"] | 1 << 5}
    path = f"/channels/{here.channel()}/messages/{sent['id']}"
    await here.rest("PATCH", path, body=edit | {"enforce_nonce": False, "nonce": None})
    await here.rest("POST", f"{path}/threads", 201, {"name": "Talk", "type": 11})
    assert await listed(here) == []


async def test_what_was_answered_may_be_sent_back(here):
    path = f"/channels/{here.channel()}/messages"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    body = {"flags": 1 << 15, "components": [gallery]}
    made = await here.rest("POST", path, body=body, files=[("a.png", b"a", "image/png")])
    again = {"components": made["components"]}
    await here.rest("PATCH", f"{path}/{made['id']}", body=again)
    picture = await here.rest("POST", path, body={"content": "x"}, files=[("a.png", b"a", "image/png")])
    await here.rest("PATCH", f"{path}/{picture['id']}", body={"attachments": picture["attachments"]})
    embed = {"embeds": [{"title": "a", "image": {"url": "https://example.com/a.png"}}]}
    shown = await here.rest("POST", path, body=embed)
    await here.rest("PATCH", f"{path}/{shown['id']}", body={"embeds": shown["embeds"]})
    [command] = await here.rest("PUT", COMMANDS, body=[COMMAND])
    await here.rest("PUT", COMMANDS, body=[command])
    assert await listed(here) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("POST", COMMANDS, COMMAND | {"handler": 2}, "handler"),
        ("PUT", COMMANDS, [COMMAND | {"options": [OPTION | {"shape": 1}]}], "[0].options[0].shape"),
        ("POST", "/users/@me/channels", {"recipient_id": "1", "nicks": {"a": "b"}}, "nicks"),
        ("PATCH", "/channels/{general}", {"topic": "Clips"}, "topic"),
        ("POST", "/channels/{general}/threads", {"name": "a", "type": 11, "applied_tags": ["1"]}, "applied_tags"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_field_of_another_request_that_is_not_kept_is_refused_by_name(here, method, path, body, name):
    error = await here.rest(method, path.format(general=here.channel()), 501, body)
    assert f"does not keep '{name}'" in error["message"]
    assert len(await listed(here)) == 1


async def test_a_field_of_an_answer_that_is_not_kept_is_refused_and_the_interaction_stays_open(here):
    interaction = await here.command()
    error = await here.callback(interaction, 4, {"content": "x", "poll": {"question": {}}}, 501)
    assert "'data.poll'" in error["message"]
    error = await here.callback(interaction, 5, {"flags": 1 << 12}, 501)
    assert "'data.flags'" in error["message"]
    error = await here.callback(interaction, 5, {"content": "soon"}, 501)
    assert "'data.content'" in error["message"]
    await here.callback(interaction, 5, {"flags": 0, "content": "", "embeds": [], "allowed_mentions": {"parse": []}})
    await here.rest("POST", webhook_of(interaction), 501, {"content": "x", "username": "Somebody"})
    await here.rest("POST", webhook_of(interaction) + "/slack", 501, {})
    told = str(await here.get("/violations")) + str(await here.get("/requests"))
    assert interaction.token not in told
    assert len(await listed(here)) == 5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/guilds/1190000000000000002/members/search"),
        ("GET", "/guilds/1190000000000000002/roles/member-counts"),
        ("GET", "/applications/1190000000000000001/guilds/1190000000000000002/commands/permissions"),
        ("GET", "/channels/{general}/messages/search"),
        ("DELETE", "/channels/{general}/messages/pins"),
        ("GET", "/users/@me/connections"),
    ],
)
async def test_a_route_that_another_would_shadow_is_unknown(here, method, path):
    path = path.format(general=here.channel())
    assert "does not know" in (await here.rest(method, path, 501))["message"]
    assert await listed(here) == [(path, "this sandbox has no such route")]


async def test_a_parameter_of_the_query_that_is_not_acted_on_is_refused(here):
    error = await here.rest("GET", f"/channels/{here.channel()}/messages?limit=5&sort=best", 501)
    assert "'sort'" in error["message"]
    assert len(await listed(here)) == 1


@pytest.mark.parametrize(
    ("op", "data", "code", "word"),
    [
        (2, {"token": TOKEN, "intents": INTENTS, "properties": {}, "guild_subscriptions": True}, 4002, "guild_subscriptions"),
        (4, {"guild_id": "1", "channel_id": "5", "self_mute": False, "self_deaf": False}, 4002, "channel_id"),
        (31, {"guild_ids": ["1"]}, 4001, "op 31"),
    ],
)
async def test_the_gateway_closes_on_what_it_would_drop_and_says_why(here, op, data, code, word):
    async with gateway(here) as line:
        if op == 2:
            await line.read()
        else:
            await line.identify()
            await line.until("GUILD_CREATE")
        await line.send(op, data)
        closed = await line.socket.receive()
        assert (closed.data, word in closed.extra) == (code, True)
    [(path, problem)] = await listed(here)
    assert (path, word in problem) == ("/gateway", True)


async def test_what_the_bot_says_of_itself_is_kept(here):
    presence = {"since": None, "activities": [{"name": "general", "type": 3}], "status": "idle", "afk": False}
    async with gateway(here) as line:
        await line.identify(presence=presence, large_threshold=250, compress=False, capabilities=0)
        assert (await here.get("/state"))["bot"]["presence"] == presence
        await line.until("GUILD_CREATE")
        await line.send(3, presence | {"status": "online"})
        await line.send(4, {"guild_id": "1", "channel_id": None, "self_mute": False, "self_deaf": False})
        await line.send(1, 2)
        assert (await line.read())["op"] == 11
        assert (await here.get("/state"))["bot"]["presence"]["status"] == "online"
    assert await listed(here) == []
