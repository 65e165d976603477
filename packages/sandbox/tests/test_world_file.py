"""A world from a file: what it may hold, what comes of it, and what is said of one that makes no sense."""

import json

import pytest

from sandbox.testing.local import local_sandbox
from sandbox.world_file import BadWorld, WorldFile, read

WORLD = """
owner = "boss"

[application]
id = "42"
token = "secret-token"
name = "Robo"

[[guilds]]
name = "Home"
premium_tier = 2
preferred_locale = "de"
roles = [{ name = "@everyone", permissions = ["view_channel", "send_messages"] }, { name = "Staff", permissions = 8192 }]
members = [{ name = "dora", display_name = "Dora D.", roles = ["Staff"], locale = "de" }]

[[guilds.channels]]
name = "Rooms"
type = "category"

[[guilds.channels]]
name = "lobby"
topic = "Hello"
category = "Rooms"
overwrites = [{ id = "Staff", deny = 2048 }, { id = "dora", allow = 2048 }, { id = "bot", allow = 1024 }]

[[guilds.channels]]
name = "ideas"
type = "forum"
tags = ["Good"]

[[guilds]]
name = "Elsewhere"
bot = false
members = [{ name = "dora" }]

[page]
welcome = "Welcome to Robo"
icon = "robo.svg"
pictures = "faces"
examples = [{ title = "Try", command = "/make", files = { image = "robo.svg" } }]
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "robo.svg").write_text("<svg/>")
    made = tmp_path / "world.toml"
    made.write_text(WORLD)
    return made


async def test_a_world_is_as_its_file_has_it_also_after_a_reset(file):
    async with local_sandbox(openapi=False, world=read(file)) as here:
        for _ in range(2):
            state = await here.get("/state")
            assert (state["bot"]["user"]["username"], state["bot"]["user"]["id"]) == ("Robo", "42")
            assert [(one["name"], one["bot"], one["premium_tier"]) for one in state["guilds"]] == [
                ("Home", True, 2),
                ("Elsewhere", False, 0),
            ]
            dora = next(one for one in state["members"] if one["name"] == "dora")
            assert (dora["display_name"], dora["locale"], len(dora["guilds"])) == ("Dora D.", "de", 2)
            lobby = next(one for one in state["channels"] if one["name"] == "lobby")
            assert lobby["topic"] == "Hello"
            assert lobby["parent_id"] == next(one["id"] for one in state["channels"] if one["name"] == "Rooms")
            assert [one["type"] for one in lobby["permission_overwrites"]] == [0, 1, 1]
            assert next(one for one in state["channels"] if one["name"] == "ideas")["available_tags"][0]["name"] == "Good"
            everyone = next(one for one in state["roles"] if one["name"] == "@everyone")
            assert everyone["permissions"] == str((1 << 10) | (1 << 11))
            await here.post("/reset")
        await here.rest("GET", "/users/@me", token="secret-token")
        await here.rest("GET", "/users/@me", 401)


async def test_the_page_is_told_how_to_greet_and_is_served_the_pictures(file):
    async with local_sandbox(openapi=False, world=read(file)) as here:
        page = (await here.get("/state"))["page"]
        assert (page["welcome"], page["icon"]) == ("Welcome to Robo", "/page/world/robo.svg")
        assert page["examples"][0]["files"] == {"image": "robo.svg"}
        async with here.http.get(here.url + page["icon"]) as picture:
            assert (picture.status, await picture.text()) == (200, "<svg/>")


def test_json_is_read_too(tmp_path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps({"guilds": [{"name": "Only"}]}))
    assert read(file).guilds[0].name == "Only"


def test_without_a_file_there_is_a_plain_world():
    [guild] = WorldFile().guilds
    assert [one.name for one in guild.members] == ["alice", "bob", "mod"]
    assert [one.name for one in guild.channels] == ["general"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("guilds = [", "is no TOML"),
        ("colour = 1", "colour: Extra inputs are not permitted"),
        ("guilds = []", "guilds: List should have at least 1 item"),
        ('[[guilds]]\nchannels = [{ name = "a", type = "cinema" }]', "guilds.0.channels.0.type: Input should be 'text'"),
        ('[[guilds]]\nchannels = [{ name = "a", type = "voice" }]', "has no text channel"),
        ('[[guilds]]\nchannels = [{ name = "a", category = "b" }]', "no category that stands before it"),
        ('[[guilds]]\nmembers = [{ name = "a", roles = ["King"] }]', "a has the role 'King', which Test Server lacks"),
        ('[[guilds]]\nroles = [{ name = "a", permissions = ["fly"] }]', "there is no permission 'fly'"),
        ("[[guilds]]\nbot = false", "the bot is in the first guild"),
        ('[[guilds]]\nname = "a"\n[[guilds]]\nname = "a"', "two guilds have one name"),
        ('[application]\nid = "mine"', "is no application's id"),
        ('[page]\nicon = "../a.svg"\npictures = "."', "there is no picture '../a.svg'"),
        ('[endings]\nretry = "won"', "endings.retry: Input should be 'failed' or 'refused'"),
    ],
)
def test_a_world_that_cannot_be_says_what_to_change(tmp_path, text, word):
    file = tmp_path / "world.toml"
    file.write_text(text)
    with pytest.raises(BadWorld) as said:
        read(file)
    assert word in str(said.value)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    with pytest.raises(BadWorld, match="cannot be read"):
        read(tmp_path / "none.toml")
