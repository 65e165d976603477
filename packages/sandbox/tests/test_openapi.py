"""The sandbox held against Discord's OpenAPI file: what the bot sends, also where it is refused, and what the gateway tells."""

import pytest

from raw_bot import gateway
from sandbox.discord.openapi import OpenApi, document_of
from sandbox.discord.openapi_copy import COPY, shape, trimmed, written
from sandbox.testing.local import local_sandbox

NOT_DISCORDS = {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 9, "label": "x"}]}]}
BY_THE_FILE = "not as Discord's OpenAPI file has it"


@pytest.fixture
async def here():
    async with local_sandbox() as made:
        yield made


async def problems(here):
    return [one["problem"] for one in (await here.get("/violations"))["violations"]]


async def test_a_request_that_a_fault_answers_is_checked(here):
    await here.post("/faults", faults=[{"what": "status", "at": "discord", "status": 503, "times": 1}])
    await here.rest("POST", f"/channels/{here.channel()}/messages", 503, NOT_DISCORDS)
    assert await problems(here) == [BY_THE_FILE]


async def test_a_request_without_a_token_is_checked(here):
    await here.rest("POST", f"/channels/{here.channel()}/messages", 401, NOT_DISCORDS, token="other")
    assert await problems(here) == [BY_THE_FILE]


async def test_a_request_over_a_limit_is_checked(here):
    for _ in range(5):
        await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    await here.rest("POST", f"/channels/{here.channel()}/messages", 429, NOT_DISCORDS)
    assert await problems(here) == [BY_THE_FILE]


async def test_what_is_not_served_is_a_violation_once(here):
    await here.rest("GET", f"/channels/{here.channel()}/messages?limit=5&threads=1", 501)
    assert await problems(here) == [
        "query that Discord's file does not know",
        "501: the sandbox does not know 'threads' in the query of GET /channels/{channel_id}/messages",
    ]


async def test_what_the_gateway_tells_is_shaped_as_the_file_has_it(here):
    misfits = []
    api = OpenApi(COPY, lambda *found: misfits.append(found))

    def check(name, value):
        api._check((name,), {"$ref": f"#/components/schemas/{name}"}, value, f"event {name}", strict=True)

    await here.patch("/guild", privileged_intents=["members"])
    async with gateway(here) as line:
        await line.identify(intents=1 << 0 | 1 << 1 | 1 << 9)
        guild = await line.until("GUILD_CREATE")
        check("GuildResponse", guild)
        for channel in guild["channels"]:
            check("GuildChannelResponse", channel)
        for member in guild["members"]:
            check("GuildMemberResponse", member)
        for role in guild["roles"]:
            check("GuildRoleResponse", role)
        await here.post("/channels", name="later")
        check("GuildChannelResponse", await line.until("CHANNEL_CREATE"))
        await here.post("/members", name="carol")
        check("GuildMemberResponse", await line.until("GUILD_MEMBER_ADD"))
        file = await here.upload("a.png", b"x")
        posted = await here.post("/messages", channel="general", content="look", files=[file], **{"as": "bob"})
        check("MessageResponse", await line.until("MESSAGE_CREATE"))
        path = f"/channels/{here.channel()}/messages/{posted['id']}/threads"
        await here.rest("POST", path, 201, {"name": "Talk"})
        check("ThreadResponse", await line.until("THREAD_CREATE"))
        check("MessageResponse", await line.until("MESSAGE_UPDATE"))
        await here.patch("/guild", premium_tier=2)
        check("GuildResponse", await line.until("GUILD_UPDATE"))
    assert misfits == []
    check("MessageResponse", {"id": 5})
    assert misfits, "the check itself finds what does not fit"


async def test_a_violation_names_the_place_in_the_component_that_is_meant(here):
    container = {"type": 17, "components": NOT_DISCORDS["components"]}
    await here.rest("POST", f"/channels/{here.channel()}/messages", 400, {"components": [container], "flags": 1 << 15})
    by_the_file = [one for one in (await here.get("/violations"))["violations"] if one["problem"] == BY_THE_FILE]
    assert [one["detail"]["at"] for one in by_the_file] == ["components/0/components/0/components/0/style"]


async def test_the_copy_holds_what_the_served_routes_need_and_no_more():
    async with local_sandbox(openapi=False) as here:
        routes = here.sandbox.discord_routes()
    copy = document_of(COPY)
    assert written(trimmed(copy, routes)) == COPY.read_text(encoding="utf-8")
    held = {(method.upper(), shape(path)) for path, operations in copy["paths"].items() for method in operations}
    assert {(method, shape(path)) for method, path in routes} - held == set()
