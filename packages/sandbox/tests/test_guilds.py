"""Several guilds, and what the bot is in them: invited, removed, timed out, cut off by an outage, on several shards."""

import pytest

from raw_bot import INTENTS, gateway
from sandbox.testing.local import local_sandbox

BOT = "1190000000000000001"
HOME = "1190000000000000002"
SHARDING_REQUIRED = 4011


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made
        assert [(one["path"], one["problem"]) for one in (await made.get("/violations"))["violations"]] == []


async def another(here, **fields):
    return await here.post("/guilds", name="Other", members=["alice", "dora"], **fields)


async def writes(here, guild, words):
    await here.post("/messages", channel=f"{guild}/general", content=words, **{"as": "dora"})


async def test_a_second_guild_has_members_channels_a_tier_and_a_language_of_its_own(here):
    other = await another(here, preferred_locale="de", premium_tier=3, channels=["general", "talk"])
    mine = {one["id"]: one for one in await here.rest("GET", "/users/@me/guilds")}
    assert set(mine) == {HOME, other["id"]}
    assert (await here.rest("GET", f"/guilds/{other['id']}"))["preferred_locale"] == "de"
    assert [one["name"] for one in await here.rest("GET", f"/guilds/{other['id']}/channels")] == ["general", "talk"]
    assert (await here.rest("GET", f"/guilds/{other['id']}/members/{here.member('bob').id}", 404))["code"] == 10007
    interaction = await here.command(channel="Other/general", who="dora")
    payload = interaction.payload
    assert (payload["guild_id"], payload["guild_locale"], payload["guild"]["locale"]) == (other["id"], "de", "de")
    assert payload["attachment_size_limit"] == 100 * 1024 * 1024
    assert (await here.command(channel="general")).payload["guild_locale"] == "en-US"


async def test_nobody_sees_a_guild_that_they_are_not_in(here):
    await another(here)
    await here.get("/messages", 403, channel="Other/general", **{"as": "bob"})
    await here.post("/messages", 403, channel="Other/general", content="x", **{"as": "bob"})
    await here.get("/messages", channel="Other/general", **{"as": "alice"})
    await here.get("/messages", 403, channel="general", **{"as": "dora"})


async def test_a_bot_that_is_removed_hears_nothing_and_may_nothing_there_until_it_is_invited_again(here):
    other = await another(here)
    async with gateway(here) as line:
        await line.identify()
        await line.until("GUILD_CREATE")
        assert (await line.until("GUILD_CREATE"))["id"] == other["id"]
        await here.patch("/guilds/Other", bot=False)
        assert await line.until("GUILD_DELETE") == {"id": other["id"]}
        await writes(here, "Other", "nobody hears")
        channel = here.state.world.channels_of(here.state.world.guilds[other["id"]])[0].id
        assert (await here.rest("POST", f"/channels/{channel}/messages", 403, {"content": "x"}))["code"] == 50001
        assert (await here.rest("GET", f"/guilds/{other['id']}", 403))["code"] == 50001
        await here.patch("/guilds/Other", bot=True)
        assert (await line.until("GUILD_CREATE"))["id"] == other["id"]
        await writes(here, "Other", "heard")
        assert (await line.until("MESSAGE_CREATE"))["guild_id"] == other["id"]
    await here.rest("POST", f"/channels/{channel}/messages", body={"content": "x"})


async def test_an_outage_is_told_and_over_when_the_guild_comes_again(here):
    async with gateway(here) as line:
        await line.identify()
        await line.until("GUILD_CREATE")
        await here.patch("/guild", available=False)
        assert await line.until("GUILD_DELETE") == {"id": HOME, "unavailable": True}
        await here.post("/messages", channel="general", content="nobody hears", **{"as": "alice"})
        refused = await here.post("/invoke", 409, command="/make", channel="general", **{"as": "alice"})
        assert "outage" in refused["error"]
        await here.patch("/guild", available=True)
        assert (await line.read())["t"] == "GUILD_CREATE"
    await here.patch("/guild", available=False)
    async with gateway(here) as line:
        assert (await line.identify())["guilds"] == [{"id": HOME, "unavailable": True}]
        assert await line.until("GUILD_DELETE") == {"id": HOME, "unavailable": True}


async def test_who_is_timed_out_reads_and_does_nothing_else_until_it_is_over(here):
    path = f"/channels/{here.channel()}/messages"
    async with gateway(here) as line:
        await line.identify()
        await here.patch("/guild", bot_timed_out_seconds=600)
        assert (await line.until("GUILD_MEMBER_UPDATE"))["communication_disabled_until"]
    assert (await here.rest("POST", path, 403, {"content": "x"}))["code"] == 50013
    await here.rest("GET", path)
    await here.patch("/members/alice", timed_out_seconds=1200)
    await here.post("/messages", 403, channel="general", content="x", **{"as": "alice"})
    await here.post("/clock", advance_seconds=601)
    await here.rest("POST", path, body={"content": "x"})
    refused = await here.post("/messages", 403, channel="general", content="x", **{"as": "alice"})
    assert "may not write" in refused["error"]
    await here.patch("/members/alice", timed_out_seconds=0)
    await here.post("/messages", channel="general", content="x", **{"as": "alice"})


async def test_events_go_to_the_shard_of_their_guild_and_direct_messages_to_the_first(here):
    await here.post("/gateway", shards=2, max_concurrency=2)
    told = await here.rest("GET", "/gateway/bot")
    assert (told["shards"], told["session_start_limit"]["max_concurrency"]) == (2, 2)
    other, home = await another(here), (int(HOME) >> 22) % 2
    while (int(other["id"]) >> 22) % 2 == home:
        other = await here.post("/guilds", name=f"Other {other['id']}", members=["dora"])
    async with gateway(here) as first, gateway(here) as second:
        lines = (first, second)
        assert [await line.identify(shard=[number, 2]) for number, line in enumerate(lines)]
        assert (await lines[home].until("GUILD_CREATE"))["id"] == HOME
        assert (await lines[1 - home].until("GUILD_CREATE"))["id"] != HOME
        await here.post("/messages", channel=f"{other['name']}/general", content="there", **{"as": "dora"})
        await here.post("/messages", channel="general", content="home", **{"as": "alice"})
        assert (await lines[home].until("MESSAGE_CREATE"))["guild_id"] == HOME
        assert (await lines[1 - home].until("MESSAGE_CREATE"))["guild_id"] == other["id"]
        await here.post("/messages", channel="dm", content="alone", **{"as": "alice"})
        assert (await first.until("MESSAGE_CREATE"))["content"] == "alone"


async def test_too_few_shards_are_refused(here):
    await here.post("/gateway", required_shards=2)
    async with gateway(here) as line:
        await line.read()
        await line.send(2, {"token": "sandbox-token", "intents": INTENTS, "properties": {}})
        assert await line.read() == SHARDING_REQUIRED


async def test_shards_of_one_bucket_identify_one_after_another(here):
    await here.post("/limits", identifies=True)
    await here.post("/gateway", max_concurrency=2)
    identify = {"token": "sandbox-token", "intents": INTENTS, "properties": {}}
    async with gateway(here) as first, gateway(here) as second, gateway(here) as third:
        await first.identify(shard=[0, 3])
        await second.identify(shard=[1, 3])
        await third.read()
        await third.send(2, identify | {"shard": [2, 3]})
        assert (await third.read())["op"] == 9


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/guilds", {"name": "Test Server"}, 409, "already"),
        ("PATCH", "/guilds/None", {}, 404, "there are: Test Server"),
        ("PATCH", "/guild", {"premium_tier": 4}, 400, "must be one of"),
        ("PATCH", "/guild", {"bot_timed_out_seconds": 1e9}, 400, "must lie between"),
        ("PATCH", "/guild", {"bot": "no"}, 400, "true or false"),
        ("POST", "/gateway", {"shards": 0}, 400, "whole number"),
        ("POST", "/members", {"name": "alice"}, 409, "already"),
    ],
)
async def test_a_mistake_about_guilds_is_refused(here, method, path, body, status, words):
    assert words in (await here.control(method, path, status, json=body))["error"]
