"""What no correct bot sends: refused in the vendor's own words, listed among the violations, and never a fault of ours."""

import base64

import pytest

from raw_bot import INTENTS, gateway
from sandbox.discord.application import TOKEN
from sandbox.testing.local import local_sandbox

COMMANDS = "/applications/1190000000000000001/commands"
OPTION = {"name": "o", "description": "o", "type": 3}
BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "a"}
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"sandbox-key:sandbox-secret").decode()}
T2V = "model_alibaba-happy-horse-1.1"


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


def command(**changes):
    return {"name": "make", "description": "Make it", **changes}


def row(*children):
    return [{"type": 1, "components": list(children)}]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], ""),
        ("text", ""),
        (5, ""),
        ({"content": 5}, "content"),
        ({"content": ["a"]}, "content"),
        ({"embeds": [5]}, "embeds/0"),
        ({"embeds": "x"}, "embeds"),
        ({"embeds": [None]}, "embeds/0"),
        ({"embeds": [{"title": 5}]}, "embeds/0/title"),
        ({"embeds": [{"title": "x", "timestamp": "yesterday"}]}, "embeds/0/timestamp"),
        ({"embeds": [{"fields": [5]}]}, "embeds/0/fields/0"),
        ({"embeds": [{"footer": "x"}]}, "embeds/0/footer"),
        ({"content": "x", "attachments": [5]}, "attachments/0"),
        ({"content": "x", "attachments": [{"id": "x"}]}, "attachments/0/id"),
        ({"content": "x", "flags": "abc"}, "flags"),
        ({"content": "x", "flags": 1.5}, "flags"),
        ({"content": "x", "allowed_mentions": "none"}, "allowed_mentions"),
        ({"content": "x", "allowed_mentions": {"parse": "users"}}, "allowed_mentions/parse"),
        ({"content": "x", "allowed_mentions": {"users": [[1]]}}, "allowed_mentions/users/0"),
        ({"content": "x", "message_reference": "1"}, "message_reference"),
        ({"content": "x", "nonce": {}}, "nonce"),
        ({"components": {}}, "components"),
        ({"components": [5]}, "components/0"),
        ({"components": row(5)}, "components/0/components/0"),
        ({"components": row(BUTTON | {"style": "1"})}, "components/0/components/0/style"),
        ({"components": row(BUTTON | {"label": 5})}, "components/0/components/0/label"),
        ({"components": row(BUTTON | {"emoji": "x"})}, "components/0/components/0/emoji"),
        ({"components": row({"type": 3, "custom_id": "s", "options": [5]})}, "components/0/components/0/options/0"),
        ({"components": row({"type": 3, "custom_id": "s", "min_values": "1"})}, "components/0/components/0/min_values"),
        ({"flags": 1 << 15, "components": [{"type": 12, "items": ["x"]}]}, "components/0/items/0"),
        ({"flags": 1 << 15, "components": [{"type": 12, "items": [{"media": 5}]}]}, "components/0/items/0/media"),
        ({"flags": 1 << 15, "components": [{"type": 9, "components": [], "accessory": 5}]}, "components/0/accessory"),
    ],
    ids=str,
)
async def test_a_message_of_the_wrong_types_is_a_bad_form_and_a_violation(here, body, where):
    error = await here.rest("POST", f"/channels/{here.channel()}/messages", 400, body)
    assert_refused_at(error, where)
    assert [one["problem"] for one in (await here.get("/violations"))["violations"]] == ["Invalid Form Body"]
    assert await here.messages() == []


def assert_refused_at(error, where):
    assert error["code"] == 50035
    node = error["errors"]
    for part in where.split("/") if where else ():
        node = node[part]
    assert node["_errors"]


@pytest.mark.parametrize(
    ("method", "body", "where"),
    [
        ("PUT", {"a": 1}, ""),
        ("PUT", [5], "0"),
        ("PUT", [command(options=[OPTION | {"type": "3"}])], "0/options/0/type"),
        ("PUT", [command(options=[OPTION | {"choices": [5]}])], "0/options/0/choices/0"),
        ("PUT", [command(options=[OPTION | {"min_length": "a"}])], "0/options/0/min_length"),
        ("PUT", [command(options=[{"type": 1, "name": "s", "description": "s", "options": 5}])], "0/options/0/options"),
        ("PUT", [command(default_member_permissions="many")], "0/default_member_permissions"),
        ("PUT", [command(type="1")], "0/type"),
        ("PUT", [command(contexts=[0, 7])], "0/contexts/1"),
        ("PUT", [command(integration_types=[2])], "0/integration_types/0"),
        ("PUT", [command(name_localizations={"xx": "tun"})], "0/name_localizations"),
        ("POST", [], ""),
        ("POST", command(options="x"), "options"),
    ],
    ids=str,
)
async def test_a_command_of_the_wrong_types_is_a_bad_form(here, method, body, where):
    assert_refused_at(await here.rest(method, COMMANDS, 400, body), where)
    assert await here.rest("GET", COMMANDS) == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], ""),
        ({"type": "4"}, "type"),
        ({"type": 4, "data": "x"}, "data"),
        ({"type": 4, "data": {"content": 5}}, "data/content"),
        ({"type": 5, "data": {"flags": "64"}}, "data/flags"),
        ({"type": 9, "data": {"custom_id": "m", "title": 5, "components": []}}, "data/title"),
        ({"type": 9, "data": {"custom_id": "m", "title": "t", "components": [5]}}, "data/components/0"),
    ],
    ids=str,
)
async def test_an_answer_of_the_wrong_types_leaves_the_interaction_open(here, body, where):
    interaction = await here.command()
    assert_refused_at(await here.rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", 400, body), where)
    await here.callback(interaction, 4, {"content": "in time"})


async def test_a_flag_of_a_query_must_be_true_or_false(here):
    assert_refused_at(await here.rest("GET", "/users/@me/guilds?with_counts=perhaps", 400), "with_counts")


async def test_a_slow_mode_has_an_upper_limit(here):
    body = {"name": "t", "rate_limit_per_user": 21_601}
    assert_refused_at(await here.rest("POST", f"/channels/{here.channel()}/threads", 400, body), "rate_limit_per_user")


@pytest.mark.parametrize("query", ["limit=abc", "limit=-1", "limit=0", "before=abc", "after=1.5", "around="])
async def test_a_query_that_is_no_number_is_a_bad_form(here, query):
    error = await here.rest("GET", f"/channels/{here.channel()}/messages?{query}", 400)
    assert_refused_at(error, query.partition("=")[0])


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"content": NaN}', b'{"flags": 1e999}', b"\xff"])
async def test_a_body_that_is_no_json_is_said_to_be_none(here, body):
    status, error = await sent(here, body, "application/json")
    assert (status, error["code"]) == (400, 50109)
    assert len((await here.get("/violations"))["violations"]) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b"--b\r\nContent-Disposition: form-data; name=payload_json\r\n\r\n{broken\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (
            b"--b\r\nContent-Disposition: form-data; name=payload_json\r\n\r\n[5]\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (b"no form at all", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n", "multipart/form-data"),
    ],
)
async def test_a_broken_form_is_a_bad_form(here, body, kind):
    status, error = await sent(here, body, kind)
    assert (status, error["code"]) == (400, 50035)
    assert len((await here.get("/violations"))["violations"]) == 1


async def sent(here, body, kind):
    headers = {"Authorization": f"Bot {TOKEN}", "Content-Type": kind}
    address = f"{here.url}/api/v10/channels/{here.channel()}/messages"
    async with here.http.post(address, data=body, headers=headers) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/generate/custom/{T2V}", b'{"prompt": "a", "duration": NaN}'),
        ("POST", f"/generate/custom/{T2V}", b'{"prompt": "a", "duration": 1e999}'),
        ("POST", f"/generate/custom/{T2V}", b'{"prompt": "a", "image": ["asset"]}'),
        ("POST", f"/generate/custom/{T2V}", b"[]"),
        ("POST", f"/generate/custom/{T2V}", b"[" * 100_000),
        ("POST", "/assets/get-bulk", b'{"assetIds": [[1]]}'),
        ("POST", "/assets/get-bulk", b'{"assetIds": {"a": 1}}'),
        ("POST", "/assets", '{"name": "a", "image": "é"}'.encode()),
        ("POST", "/assets", b'{"name": "a", "image": "abc"}'),
        ("POST", "/uploads", b'{"kind": "image", "fileName": "a", "contentType": "image/png", "fileSize": true, "parts": 1}'),
        ("GET", "/jobs?pageSize=" + "9" * 5000, None),
        ("GET", "/jobs?createdAfter=yesterday", None),
        ("GET", "/jobs?paginationToken=%C3%A9", None),
    ],
)
async def test_the_provider_refuses_the_same_way(here, method, path, body):
    async with here.http.request(method, f"{here.url}/scenario/v1{path}", data=body, headers=LOGIN) as response:
        assert response.status == 400
        assert (await response.json())["reason"]
    assert len((await here.get("/violations"))["violations"]) == 1


@pytest.mark.parametrize("query", ["Expires=1&Signature=%C3%A9", "Expires=x&Signature=x", ""])
async def test_a_link_signed_with_nonsense_is_forbidden(here, query):
    async with here.http.get(f"{here.url}/scenario/v1/files/asset_1?{query}") as response:
        assert response.status == 403
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={}, files=[("a.png", b"a", "image/png")])
    address = message["attachments"][0]["url"].partition("?")[0]
    async with here.http.get(f"{address}?ex=ffffffff&is=1&hm=%C3%A9") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "frame",
    ["[1]", "5", "{", '{"op": [2]}', '{"op": "2"}', '{"op": 2}', '{"op": 2, "d": []}', '{"op": 6, "d": 5}', "[" * 3000]
    + [f'{{"op": 2, "d": {{"token": "{TOKEN}", "intents": {INTENTS}, "shard": {shard}}}}}' for shard in ('"ab"', '["a", "b"]')]
    + ['{"op": 6, "d": {"token": "sandbox-token", "session_id": [], "seq": 1}}'],
)
async def test_a_frame_that_cannot_be_read_closes_the_gateway(here, frame):
    async with gateway(here) as line:
        await line.read()
        await line.socket.send_str(frame)
        assert await line.read() == 4002


@pytest.mark.parametrize("shard", [[1, 1], [0], [-1, 1], [0, 0]])
async def test_a_shard_that_cannot_be_is_told_as_such(here, shard):
    async with gateway(here) as line:
        await line.read()
        await line.send(2, {"token": TOKEN, "intents": INTENTS, "properties": {}, "shard": shard})
        assert await line.read() == 4010


@pytest.mark.parametrize(
    "path",
    [
        "/api/v9/users/@me",
        "/api/users/@me",
        "/api/v10x",
        "/api",
        "/scenario/v2/jobs",
        "/scenario/v1/inference",
        "/cdn/icons/1/2.png",
        "/gateway/bot",
    ],
)
async def test_whatever_is_not_served_is_501_and_listed(here, path):
    async with here.http.get(here.url + path, headers=LOGIN) as response:
        assert response.status == 501
    [violation] = (await here.get("/violations"))["violations"]
    assert violation["path"] == path
