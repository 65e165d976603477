"""What a bot may do, channel by channel, and what it may not do even where it may write."""

import pytest

from sandbox.testing.local import local_sandbox

VIEW, SEND, ATTACH, HISTORY, EVERYONE = 1 << 10, 1 << 11, 1 << 15, 1 << 16, 1 << 17
MP4 = [("clip.mp4", b"video", "video/mp4")]


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


def path(here, channel="general"):
    return f"/channels/{here.channel(channel)}/messages"


@pytest.mark.parametrize(
    "overwrites",
    [
        [],
        [{"id": "@everyone", "allow": str(ATTACH)}],
        [{"id": "bot", "type": 1, "allow": str(ATTACH), "deny": str(SEND)}],
        [{"id": "@everyone", "deny": str(VIEW)}],
    ],
)
async def test_the_bots_permissions_are_exactly_those_whatever_the_channels_say(here, overwrites):
    await here.post("/channels", name="earlier")
    await here.patch("/guild", bot_permissions=str(VIEW | SEND))
    await here.patch("/channels/general", overwrites=overwrites)
    await here.post("/channels", name="later", overwrites=overwrites)
    for channel in ("general", "earlier", "later"):
        interaction = here.state.world.sight.permissions(
            here.state.world.bot_member, here.state.world.channels[here.channel(channel)]
        )
        assert interaction == VIEW | SEND
        await here.rest("POST", path(here, channel), body={"content": "words"})
        assert (await here.rest("POST", path(here, channel), 403, {}, files=MP4))["code"] == 50013


async def test_a_bot_that_computes_its_permissions_itself_gets_the_same(here):
    await here.patch("/guild", bot_permissions=str(VIEW))
    await here.patch("/channels/general", overwrites=[{"id": "bot", "type": 1, "allow": str(SEND)}])
    channel = await here.rest("GET", f"/channels/{here.channel()}")
    [mine] = [one for one in channel["permission_overwrites"] if one["id"] == "1190000000000000001"]
    assert int(mine["allow"]) == VIEW
    assert int(mine["deny"]) & SEND


async def test_members_keep_what_they_may(here):
    before = here.state.world.sight.permissions(here.member(), here.state.world.channels[here.channel()])
    await here.patch("/guild", bot_permissions="0")
    assert here.state.world.sight.permissions(here.member(), here.state.world.channels[here.channel()]) == before
    assert (await here.rest("POST", path(here), 403, {"content": "x"}))["code"] == 50001


async def test_a_reply_needs_the_history(here):
    message = await here.rest("POST", path(here), body={"content": "x"})
    reply = {"content": "y", "message_reference": {"message_id": message["id"]}}
    await here.rest("POST", path(here), body=reply)
    await here.patch("/channels/general", overwrites=[{"id": "bot", "type": 1, "deny": str(HISTORY)}])
    assert (await here.rest("POST", path(here), 400, reply))["code"] == 160002
    await here.rest("POST", path(here), body={"content": "y"})


async def test_everyone_is_pinged_only_by_who_may(here):
    told = {"content": "@everyone look", "allowed_mentions": {"parse": ["everyone"]}}
    assert not (await here.rest("POST", path(here), body=told))["mention_everyone"]
    assert here.member().pings == 0
    await here.patch("/channels/general", overwrites=[{"id": "bot", "type": 1, "allow": str(EVERYONE)}])
    assert (await here.rest("POST", path(here), body=told))["mention_everyone"]
    assert here.member().pings == 1
    shouted = await here.post("/messages", channel="general", content="@here", **{"as": "bob"})
    assert not shouted["mention_everyone"]
