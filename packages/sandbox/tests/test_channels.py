"""Channels of every kind: what may be written, opened and run in each, posts with their tags, and threads of each kind."""

import pytest

from raw_bot import gateway
from sandbox.testing.local import local_sandbox

BOT = "1190000000000000001"
TEXT, VOICE, CATEGORY, ANNOUNCEMENT, STAGE, FORUM, MEDIA = 0, 2, 4, 5, 13, 15, 16
ANNOUNCEMENT_THREAD, PUBLIC, PRIVATE = 10, 11, 12
CHATS = (TEXT, VOICE, ANNOUNCEMENT, STAGE)
REQUIRE_TAG, CONNECT = 1 << 4, str(1 << 20)


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made
        refusals = {"Invalid Form Body"}
        odd = [one for one in (await made.get("/violations"))["violations"] if one["problem"] not in refusals]
        assert odd == []


async def made(here, kind, name="there", **fields):
    return await here.post("/channels", name=name, type=kind, **fields)


@pytest.mark.parametrize("kind", CHATS)
async def test_commands_run_and_messages_stand_in_every_chat(here, kind):
    channel = await made(here, kind)
    interaction = await here.command(channel="there")
    assert interaction.payload["channel"]["type"] == kind
    await here.callback(interaction, 4, {"content": "done"})
    await here.rest("POST", f"/channels/{channel['id']}/messages", body={"content": "hello"})
    await here.post("/messages", channel="there", content="hi", **{"as": "bob"})
    assert [one["content"] for one in await here.messages(channel="there")] == ["done", "hello", "hi"]


@pytest.mark.parametrize("kind", CHATS)
async def test_threads_open_on_messages_of_text_and_announcement_channels_alone(here, kind):
    channel = (await made(here, kind))["id"]
    message = await here.rest("POST", f"/channels/{channel}/messages", body={"content": "x"})
    path = f"/channels/{channel}/messages/{message['id']}/threads"
    opens = {TEXT: PUBLIC, ANNOUNCEMENT: ANNOUNCEMENT_THREAD}.get(kind)
    answer = await here.rest("POST", path, 201 if opens else 400, {"name": "talk"})
    assert answer["type" if opens else "code"] == (opens or 50024)
    if opens:
        assert (answer["id"], answer["parent_id"]) == (message["id"], channel)
        assert (await here.rest("POST", path, 400, {"name": "again"}))["code"] == 160004


@pytest.mark.parametrize(("kind", "code"), [(FORUM, 40058), (MEDIA, 40058), (CATEGORY, 50008)])
async def test_no_messages_and_no_commands_stand_outside_of_posts_or_in_a_category(here, kind, code):
    channel = (await made(here, kind))["id"]
    assert (await here.rest("POST", f"/channels/{channel}/messages", 400, {"content": "x"}))["code"] == code
    await here.command()
    refused = await here.post("/invoke", 400, command="/make", channel="there", **{"as": "alice"})
    assert "no commands run" in refused["error"]
    assert "no messages" in (await here.post("/messages", 400, channel="there", content="x", **{"as": "bob"}))["error"]


@pytest.mark.parametrize("kind", [FORUM, MEDIA])
async def test_a_post_is_a_thread_with_its_first_message_and_its_tags(here, kind):
    channel = await made(here, kind, tags=["Cats", {"name": "Staff", "moderated": True, "emoji": "🐎"}], require_tag=True)
    assert (channel["flags"], channel["available_tags"][1]["emoji_name"]) == (REQUIRE_TAG, "🐎")
    cats, staff = (tag["id"] for tag in channel["available_tags"])
    path = f"/channels/{channel['id']}/threads"
    post = {"name": "My cat", "message": {"content": "look"}}
    assert (await here.rest("POST", path, 400, post))["code"] == 40067
    assert (await here.rest("POST", path, 403, post | {"applied_tags": [staff]}))["code"] == 50013
    assert (await here.rest("POST", path, 404, post | {"applied_tags": ["1"]}))["code"] == 10087
    assert (await here.rest("POST", path, 400, {"name": "x", "applied_tags": [cats]}))["code"] == 50035
    async with gateway(here) as line:
        await line.identify()
        made_post = await here.rest("POST", path, 201, post | {"applied_tags": [cats]}, files=[("a.mp4", b"v", "video/mp4")])
        opened = await line.until("THREAD_CREATE")
        first = await line.until("MESSAGE_CREATE")
    assert opened["applied_tags"] == [cats]
    assert first["id"] == opened["id"] == made_post["id"] == made_post["message"]["id"]
    assert made_post["message"]["attachments"][0]["filename"] == "a.mp4"
    assert (await here.rest("GET", f"/channels/{channel['id']}"))["last_message_id"] == made_post["id"]
    interaction = await here.command(channel="My cat")
    assert interaction.payload["channel"]["parent_id"] == channel["id"]


async def test_members_write_posts_and_are_held_to_the_tags(here):
    await made(here, FORUM, "ideas", tags=["Cats"], require_tag=True)
    write = {"as": "alice", "channel": "ideas", "name": "A cat", "content": "hello"}
    assert (await here.post("/threads", 400, **write))["code"] == 40067
    assert "there are: Cats" in (await here.post("/threads", 400, **write, tags=["Dogs"]))["error"]
    post = await here.post("/threads", **write, tags=["Cats"], files=[await here.upload("a.png", b"x")])
    assert post["message"]["attachments"][0]["filename"] == "a.png"
    assert (await here.messages("bob", "A cat"))[0]["id"] == post["id"]
    [active] = (await here.rest("GET", "/guilds/1190000000000000002/threads/active"))["threads"]
    assert active["owner_id"] == here.member().id


async def test_a_private_thread_is_seen_by_its_members_and_moderators_of_threads(here):
    thread = await here.post("/threads", channel="general", name="secret", type=PRIVATE, invitable=False, **{"as": "alice"})
    assert thread["thread_metadata"]["invitable"] is False
    await here.get("/messages", 403, channel="secret", **{"as": "bob"})
    assert (await here.rest("GET", f"/channels/{thread['id']}", 403))["code"] == 50001
    members = f"/threads/{thread['id']}/members"
    await here.post(members, 403, **{"as": "alice", "member": "bob"})
    director = await here.post("/roles", name="Director", permissions=str(1 << 34))
    await here.patch("/members/mod", roles=[director["id"]])
    async with gateway(here) as line:
        await line.identify()
        await here.post(members, **{"as": "mod", "member": "bot"})
        assert (await line.until("THREAD_CREATE"))["id"] == thread["id"]
        assert (await line.until("THREAD_MEMBERS_UPDATE"))["added_members"][0]["user_id"] == BOT
    await here.rest("POST", f"/channels/{thread['id']}/messages", body={"content": "here"})
    await here.control("DELETE", members, json={"as": "mod", "member": "bot"})
    assert (await here.rest("GET", f"/channels/{thread['id']}", 403))["code"] == 50001


async def test_private_threads_stand_in_text_channels_alone(here):
    news = await made(here, ANNOUNCEMENT)
    path = f"/channels/{news['id']}/threads"
    assert (await here.rest("POST", path, 400, {"name": "x", "type": PRIVATE}))["code"] == 50024
    opened = await here.rest("POST", path, 201, {"name": "x", "type": ANNOUNCEMENT_THREAD})
    assert opened["type"] == ANNOUNCEMENT_THREAD


async def test_a_voice_channels_chat_asks_for_leave_to_connect(here):
    channel = (await made(here, VOICE, overwrites=[{"id": "@everyone", "deny": CONNECT}]))["id"]
    assert (await here.rest("POST", f"/channels/{channel}/messages", 403, {"content": "x"}))["code"] == 50013
    await here.post("/messages", 403, channel="there", content="x", **{"as": "bob"})


async def test_a_channel_stands_in_its_category_with_the_categorys_overwrites(here):
    hidden = [{"id": "@everyone", "deny": str(1 << 10)}]
    category = await made(here, CATEGORY, "Staff", overwrites=hidden)
    channel = await made(here, TEXT, category="Staff")
    assert channel["parent_id"] == category["id"]
    await here.get("/messages", 403, channel="there", **{"as": "alice"})
    listed = await here.rest("GET", "/guilds/1190000000000000002/channels")
    assert {one["type"] for one in listed} == {TEXT, CATEGORY}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "x", "type": 3}, "must be one of"),
        ({"name": "x", "tags": ["a"]}, "channels of posts"),
        ({"name": "x", "require_tag": True}, "channels of posts"),
        ({"name": "x", "type": FORUM, "tags": ["a", "a"]}, "two tags"),
        ({"name": "x", "type": FORUM, "tags": ["a" * 21]}, "1 to 20 characters"),
        ({"name": "x", "category": "general"}, "type 4"),
    ],
)
async def test_a_channel_that_cannot_be_is_refused(here, body, words):
    assert words in (await here.post("/channels", 400, **body))["error"]
