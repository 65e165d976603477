"""Replies, forwards, embeds and other applications' messages, and what of them a bot reads without the content intent."""

import pytest

from raw_bot import INTENTS, gateway
from sandbox.testing.local import local_sandbox, webhook_of

CONTENT = 1 << 15
SNAPSHOT = 1 << 14
EMPTY = {"content": "", "embeds": [], "attachments": [], "components": []}
ADDRESS = "https://pictures.example/holiday/cat 1.png?size=big"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000070000000508020000009f2b9a3a")


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made
        odd = [one for one in (await made.get("/violations"))["violations"] if one["problem"] != "Invalid Form Body"]
        assert odd == []


def told(message):
    """The fields of a message that a bot without the content intent gets empty."""
    return {key: message[key] for key in EMPTY}


async def written(here, **message):
    return await here.post("/messages", **{"as": "alice", "channel": "general"} | message)


async def read(here, message, channel="general"):
    """The message as the bot reads it."""
    return await here.rest("GET", f"/channels/{here.channel(channel)}/messages/{message['id']}")


async def picture_outside(here):
    made = await here.control("POST", "/files", params={"filename": "cat.png", "url": ADDRESS}, data=PNG)
    assert made["url"] == ADDRESS
    return made


async def test_a_reply_comes_with_the_message_that_it_answers_and_pings_its_author(here):
    mine = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "a clip"})
    reply = await read(here, await written(here, content="again", reply_to=mine["id"]))
    assert (reply["type"], reply["message_reference"]["message_id"]) == (19, mine["id"])
    assert reply["referenced_message"]["content"] == "a clip"
    assert "referenced_message" not in reply["referenced_message"]
    assert reply["mentions"][0]["id"] == mine["author"]["id"]
    assert reply["content"] == "again"  # the bot is mentioned by it
    quiet = await read(here, await written(here, content="secret", reply_to=mine["id"], ping=False))
    assert (quiet["mentions"], quiet["content"]) == ([], "")
    await here.rest("DELETE", f"/channels/{here.channel()}/messages/{mine['id']}", 204)
    assert (await read(here, reply))["referenced_message"] is None


async def test_a_bots_reply_mentions_whom_it_answers_unless_told_otherwise(here):
    asked = await written(here, content="a question")
    path = f"/channels/{here.channel()}/messages"
    body = {"content": "an answer", "message_reference": {"message_id": asked["id"]}}
    first = await here.rest("POST", path, body=body)
    assert first["mentions"][0]["id"] == here.member().id
    assert first["referenced_message"]["content"] == ""
    second = await here.rest("POST", path, body=body | {"allowed_mentions": {"parse": []}})
    assert second["mentions"] == []


async def test_a_forward_keeps_what_the_message_was(here):
    picture = await here.upload("cat.png", PNG)
    source = await written(here, content="look", files=[picture])
    await here.post("/channels", name="other")
    await here.post("/messages", channel="other", forward=source["id"], **{"as": "bob"})
    await here.control("DELETE", f"/messages/{source['id']}")
    [shown] = await here.messages("alice", "other")
    [snapshot] = shown["message_snapshots"]
    assert (shown["content"], shown["flags"] & SNAPSHOT) == ("", SNAPSHOT)
    assert shown["message_reference"]["type"] == 1
    assert snapshot["message"]["content"] == "look"
    assert "author" not in snapshot["message"]
    async with here.http.get(snapshot["message"]["attachments"][0]["url"]) as response:
        assert await response.read() == PNG
    assert (await read(here, shown, "other"))["message_snapshots"][0]["message"]["attachments"] == []


async def test_a_bot_forwards_what_it_may_read(here):
    mine = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "a clip"})
    theirs = await written(here, content="words")
    path = f"/channels/{(await here.post('/channels', name='other'))['id']}/messages"

    def forward(message, **more):
        reference = {"type": 1, "channel_id": message["channel_id"], "message_id": message["id"]}
        return {"message_reference": reference, **more}

    made = await here.rest("POST", path, body=forward(mine))
    assert made["message_snapshots"][0]["message"]["content"] == "a clip"
    assert (await here.rest("POST", path, 400, forward(theirs)))["code"] == 160014
    assert (await here.rest("POST", path, 400, forward(mine, content="and more")))["code"] == 50035


async def test_an_address_in_an_embed_is_shown_through_the_proxy(here):
    outside = await picture_outside(here)
    embed = {"type": "image", "url": ADDRESS, "thumbnail": {"url": ADDRESS}}
    shown = await written(here, content=ADDRESS, embeds=[embed])
    [made] = shown["embeds"]
    assert made["type"] == "image"
    assert made["thumbnail"] == {
        "url": ADDRESS,
        "proxy_url": outside["proxy_url"],
        "width": 7,
        "height": 5,
        "content_type": "image/png",
    }
    async with here.http.get(made["thumbnail"]["proxy_url"]) as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
    async with here.http.get(made["thumbnail"]["proxy_url"].replace("holiday", "office")) as response:
        assert response.status == 404


async def test_another_applications_message_holds_embeds_components_and_who_asked(here):
    await picture_outside(here)
    await here.post("/applications", name="Painter")
    gallery = [{"type": 12, "items": [{"media": {"url": ADDRESS}}]}]
    made = await written(here, components=gallery, flags=1 << 15, invoked_by="alice", command="paint", **{"as": "Painter"})
    assert (made["type"], made["author"]["bot"], made["application_id"]) == (20, True, made["author"]["id"])
    assert made["interaction_metadata"]["user"]["username"] == "alice"
    assert made["components"][0]["items"][0]["media"]["width"] == 7
    assert told(await read(here, made)) == EMPTY
    assert "an application's" in (await here.post("/messages", 400, channel="general", flags=4, **{"as": "bob"}))["error"]


async def test_without_the_content_intent_others_messages_come_empty(here):
    embed = {"description": "words", "image": {"url": ADDRESS}}
    picture = await here.upload("cat.png", PNG)
    full = {"content": "hello", "embeds": [embed], "files": [picture]}
    async with gateway(here) as line:
        await line.identify()
        message = await written(here, **full)
        assert told(await line.until("MESSAGE_CREATE")) == EMPTY
        assert told(await read(here, message)) == EMPTY
        [listed] = await here.rest("GET", f"/channels/{here.channel()}/messages")
        assert told(listed) == EMPTY
        mentioned = await written(here, content="<@1190000000000000001> look", files=[picture])
        assert (await line.until("MESSAGE_CREATE"))["content"] == mentioned["content"]
        direct = await written(here, **full | {"channel": "dm"})
        assert (await line.until("MESSAGE_CREATE"))["embeds"] == direct["embeds"]


async def test_what_a_menu_is_used_on_comes_whole_and_its_answer_points_there(here):
    message = await written(here, content="hello", files=[await here.upload("cat.png", PNG)])
    reply = await written(here, content="words", reply_to=message["id"])
    await here.rest("PUT", "/applications/1190000000000000001/commands", body=[{"name": "Animate", "type": 3}])
    run = await here.post("/invoke", command="Animate", channel="general", target=reply["id"], **{"as": "bob"})
    interaction = here.state.interactions[run["interaction"]]
    resolved = interaction.payload["data"]["resolved"]["messages"][reply["id"]]
    assert (resolved["content"], resolved["message_reference"]["message_id"]) == ("words", message["id"])
    assert "referenced_message" not in resolved  # Discord does not send it with an interaction
    await here.callback(interaction, 4, {"content": "on it"})
    answer = await here.rest("GET", f"{webhook_of(interaction)}/messages/@original")
    assert (answer["type"], answer["referenced_message"]["id"]) == (23, reply["id"])
    assert answer["interaction_metadata"]["target_message_id"] == reply["id"]


async def test_with_the_content_intent_all_is_read(here):
    await here.patch("/guild", privileged_intents=["message_content"])
    async with gateway(here) as line:
        await line.identify(intents=INTENTS | CONTENT)
        first = await written(here, content="hello")
        second = await written(here, content="and", reply_to=first["id"])
        assert (await line.until("MESSAGE_CREATE"))["content"] == "hello"
        assert (await line.until("MESSAGE_CREATE"))["referenced_message"]["content"] == "hello"
        assert (await read(here, second))["content"] == "and"
