"""Members react to messages: what the message shows, what the bot hears of it, reads and may take off."""

from urllib.parse import quote

import pytest

from raw_bot import INTENTS, gateway
from sandbox.testing.local import local_sandbox

REACTIONS = 1 << 10 | 1 << 13
THUMB, HORSE = "👍", "🐎"


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


async def posted(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "a clip"})
    return message, f"/channels/{here.channel()}/messages/{message['id']}/reactions"


async def test_the_bot_hears_who_reacted_and_who_took_it_back(here):
    message, path = await posted(here)
    async with gateway(here) as line:
        await line.identify(intents=INTENTS | REACTIONS)
        shown = await here.post("/reactions", message=message["id"], emoji=THUMB, **{"as": "alice"})
        assert [(one["emoji"]["name"], one["count"], one["me"]) for one in shown["reactions"]] == [(THUMB, 1, False)]
        heard = await line.until("MESSAGE_REACTION_ADD")
        assert (heard["emoji"], heard["member"]["user"]["username"]) == ({"id": None, "name": THUMB}, "alice")
        assert (heard["message_id"], heard["message_author_id"]) == (message["id"], message["author"]["id"])
        await here.control("DELETE", "/reactions", json={"as": "alice", "message": message["id"], "emoji": THUMB})
        assert (await line.until("MESSAGE_REACTION_REMOVE"))["user_id"] == here.member().id
    assert (await here.rest("GET", path.removesuffix("/reactions")))["reactions"] == []


async def test_a_bot_that_did_not_ask_hears_nothing(here):
    message, _ = await posted(here)
    async with gateway(here) as line:
        await line.identify()
        await here.post("/reactions", message=message["id"], emoji=THUMB, **{"as": "alice"})
        await here.post("/messages", channel="general", content="next", **{"as": "bob"})
        await line.until("GUILD_CREATE")
        assert (await line.read())["t"] == "MESSAGE_CREATE"


async def test_who_reacted_is_read_page_by_page(here):
    message, path = await posted(here)
    for who in ("alice", "bob", "mod"):
        await here.post("/reactions", message=message["id"], emoji=THUMB, **{"as": who})
    await here.rest("PUT", f"{path}/{quote(THUMB)}/@me", 204)
    first = await here.rest("GET", f"{path}/{quote(THUMB)}?limit=3")
    assert [one["username"] for one in first] == ["Sandbox Bot", "alice", "bob"]
    rest = await here.rest("GET", f"{path}/{quote(THUMB)}?after={first[-1]['id']}")
    assert [one["username"] for one in rest] == ["mod"]
    assert (await here.rest("GET", path.removesuffix("/reactions")))["reactions"][0]["count_details"] == {
        "burst": 0,
        "normal": 4,
    }


async def test_others_reactions_are_taken_off_by_who_manages_messages(here):
    message, path = await posted(here)
    for emoji in (THUMB, HORSE):
        await here.post("/reactions", message=message["id"], emoji=emoji, **{"as": "alice"})
    alice = here.member().id
    assert (await here.rest("DELETE", f"{path}/{quote(THUMB)}/{alice}", 403))["code"] == 50013
    assert (await here.rest("DELETE", path, 403))["code"] == 50013
    clear = {"message": message["id"], "everyone": True}
    await here.control("DELETE", "/reactions", 403, json=clear | {"as": "bob"})
    async with gateway(here) as line:
        await line.identify(intents=INTENTS | REACTIONS)
        await here.control("DELETE", "/reactions", json=clear | {"as": "mod", "emoji": THUMB})
        assert (await line.until("MESSAGE_REACTION_REMOVE_EMOJI"))["emoji"]["name"] == THUMB
        await here.control("DELETE", "/reactions", json=clear | {"as": "mod"})
        assert (await line.until("MESSAGE_REACTION_REMOVE_ALL"))["message_id"] == message["id"]
    assert (await here.rest("DELETE", f"{path}/{quote(THUMB)}/@me", 404))["code"] == 10014


@pytest.mark.parametrize(
    ("who", "emoji", "status", "words"),
    [("alice", "word", 400, "Unknown Emoji"), ("nobody", THUMB, 404, "no member"), ("alice", "", 400, "1 to 32")],
)
async def test_what_is_no_reaction_is_refused(here, who, emoji, status, words):
    message, _ = await posted(here)
    assert words in (await here.post("/reactions", status, message=message["id"], emoji=emoji, **{"as": who}))["error"]
