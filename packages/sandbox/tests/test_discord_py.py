"""The real discord.py against the sandbox, every exchange held against Discord's own OpenAPI file."""

import asyncio

import discord
import pytest
import yarl
from discord.ext import commands

from discord_py_bot import PNG, made_clip, make_bot, online
from sandbox.testing.local import local_sandbox


async def test_a_clip_goes_its_whole_way_without_one_violation(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        job, done = await made_clip(here)
        assert done["outcome"] == "clip"
        thread = await here.get("/messages", channel=done["message"]["channel_id"], **{"as": "alice"})
        assert thread["name"] == "Progress"
        gallery = done["message"]["components"][0]["components"][1]
        assert gallery["items"][0]["media"]["content_type"] == "video/mp4"
        still = done["message"]["components"][0]["components"][3]["accessory"]["media"]
        assert (still["width"], still["height"]) == (32, 16)

        press = await here.post("/component", message=done["message"]["id"], custom_id=f"bot:again:{job}", **{"as": "alice"})
        await here.wait(interaction=press["interaction"])
        seen = await here.get("/messages", channel=done["message"]["channel_id"], **{"as": "alice"})
        assert [one["content"] for one in seen["messages"] if one["ephemeral"]] == ["once more"]
        assert (await here.get("/violations"))["violations"] == []


async def test_a_modal_takes_text_files_and_a_choice(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        job, done = await made_clip(here)
        press = await here.post("/component", message=done["message"]["id"], custom_id=f"bot:remix:{job}", **{"as": "alice"})
        opened = await here.wait(interaction=press["interaction"], state="modal")
        assert opened["modal"]["title"] == "Studio"
        await here.post("/modal", 400, modal=opened["id"], values={"prompt": ""}, **{"as": "alice"})
        await here.post("/modal", 400, modal=opened["id"], values={"prompt": "x" * 51}, **{"as": "alice"})
        values = {"prompt": "a red kite", "pictures": [await here.upload("b.png", PNG)], "shape": ["1:1"]}
        sent = await here.post("/modal", modal=opened["id"], values=values, **{"as": "alice"})
        answer = await here.wait(interaction=sent["interaction"])
        assert answer["message"]["content"] == "a red kite ['b.png'] ['1:1']"
        assert answer["ephemeral"]


async def test_a_context_menu_sees_the_message_it_was_used_on(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        file = await here.upload("cat.png", PNG)
        posted = await here.post("/messages", channel="general", content="my cat", files=[file], **{"as": "bob"})
        run = await here.post(
            "/invoke", command="Animate this image", channel="general", target=posted["id"], **{"as": "alice"}
        )
        assert (await here.wait(interaction=run["interaction"]))["message"]["content"] == "my cat cat.png"


async def test_autocomplete_answers_with_choices(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        asked = {"command": "/make", "channel": "general", "focused": "prompt", "options": {"prompt": "red"}, "as": "alice"}
        assert (await here.post("/autocomplete", **asked))["choices"] == [{"name": "red kite", "value": "a kite"}]


@pytest.mark.parametrize(
    "fault",
    [
        {"what": "gateway_drop"},
        {"what": "gateway_close", "body": {"code": 4000}},
        {"what": "gateway_close", "body": {"code": 7}},
    ],
    ids=["cut", "closed", "asked to reconnect"],
)
async def test_a_lost_gateway_is_resumed_and_nothing_is_missed(monkeypatch, fault):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()) as bot:
        readies = []
        resumed = asyncio.Event()

        async def note():
            readies.append("ready")

        async def note_resumed():
            resumed.set()

        bot.add_listener(note, "on_ready")
        bot.add_listener(note_resumed, "on_resumed")
        await here.post("/faults", faults=[fault])
        _, done = await made_clip(here)  # sent while the bot is away
        assert done["outcome"] == "clip"
        await asyncio.wait_for(resumed.wait(), 5)
        assert readies == []


async def test_a_session_that_is_over_is_begun_anew(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()) as bot:
        again = asyncio.Event()

        async def note():
            again.set()

        bot.add_listener(note, "on_ready")
        await here.post("/faults", what="gateway_invalidate")
        await asyncio.wait_for(again.wait(), 15)
        _, done = await made_clip(here)
        assert done["outcome"] == "clip"


async def test_a_bot_that_was_away_too_long_to_resume_identifies_again(monkeypatch):
    async with local_sandbox(rate_limits=False) as here, online(here, monkeypatch, make_bot()) as bot:
        again = asyncio.Event()

        async def note():
            again.set()

        bot.add_listener(note, "on_ready")
        waiting = asyncio.create_task(here.wait(bot="offline"))
        await here.post("/faults", what="gateway_close", body={"code": 4000})
        await waiting
        await here.post("/clock", advance_seconds=300)
        await asyncio.wait_for(again.wait(), 15)
        _, done = await made_clip(here)
        assert done["outcome"] == "clip"


async def test_a_request_is_held_until_it_is_released(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        hold = {"at": "discord", "method": "POST", "path": "/channels/*/messages", "what": "hold", "name": "post"}
        await here.post("/faults", faults=[hold])
        making = asyncio.create_task(made_clip(here))
        await here.wait(held="post")
        assert not making.done()
        await here.post("/release", name="post")
        assert (await making)[1]["outcome"] == "clip"


async def test_a_lost_answer_is_posted_once_thanks_to_its_nonce(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()) as bot:
        lost = {"at": "discord", "method": "POST", "path": "/channels/*/messages", "what": "reset_after", "times": 1}
        await here.post("/faults", faults=[lost])
        channel = bot.get_channel(int(here.channel()))
        with pytest.raises(OSError, match=r"."):
            await channel.send("once", nonce="7")
        await channel.send("once", nonce="7")
        assert [one["content"] for one in await here.messages()] == ["once"]


async def test_a_rate_limit_on_request_is_waited_out(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()) as bot:
        limit = {"at": "discord", "method": "POST", "path": "/channels/*/messages", "what": "rate_limit"}
        await here.post("/faults", faults=[limit | {"times": 1, "seconds": 0.1}])
        await bot.get_channel(int(here.channel())).send("in the end")
        assert [one["content"] for one in await here.messages()] == ["in the end"]


async def test_a_reset_makes_the_bot_identify_again_and_keeps_its_commands(monkeypatch):
    async with local_sandbox() as here, online(here, monkeypatch, make_bot()):
        before = {one["name"]: one["id"] for one in (await here.get("/state"))["members"]}
        await here.post("/reset")
        await here.wait(bot="online")
        after = {one["name"]: one["id"] for one in (await here.get("/state"))["members"]}
        assert before["alice"] != after["alice"]
        _, done = await made_clip(here)
        assert done["outcome"] == "clip"


async def test_shards_share_the_work_though_they_come_too_fast_at_first(monkeypatch):
    async with local_sandbox() as here:
        bot = make_bot(commands.AutoShardedBot, shard_count=2)
        async with online(here, monkeypatch, bot):
            assert (await here.get("/health"))["bot"] == {"online": True, "sessions": 2}
            assert [guild.shard_id for guild in bot.guilds] == [(1190000000000000002 >> 22) % 2]
            _, done = await made_clip(here)
            assert done["outcome"] == "clip"


async def test_a_wrong_token_is_refused(monkeypatch):
    async with local_sandbox() as here:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{here.url}/api/v10")
        async with make_bot() as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login("another-token")


async def test_a_privileged_intent_must_be_switched_on_first(monkeypatch):
    intents = discord.Intents.default() | discord.Intents(members=True)
    async with local_sandbox() as here:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{here.url}/api/v10")
        address = yarl.URL(here.state.gateway.url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", address)
        async with make_bot(intents=intents) as bot:
            with pytest.raises(discord.PrivilegedIntentsRequired):
                await bot.start("sandbox-token")
        await here.patch("/guild", privileged_intents=["members"])
        async with online(here, monkeypatch, make_bot(intents=intents)) as bot:
            assert {member.name for member in bot.guilds[0].members} >= {"alice", "bob", "mod"}


async def test_a_burst_over_the_global_limit_is_slowed_not_lost(monkeypatch):
    async with local_sandbox(openapi=False) as here, online(here, monkeypatch, make_bot()) as bot:
        await here.post("/limits", global_per_second=10)
        answers = await asyncio.gather(*(bot.fetch_user(int(here.member("bob").id)) for _ in range(15)))
        assert len(answers) == 15
        refused = [one for one in here.sandbox.records.since(0) if one["status"] == 429]
        assert refused
        assert refused[0]["response"]["global"]


async def test_what_discord_would_not_know_is_a_violation():
    async with local_sandbox() as here:
        body = {
            "content": "x",
            "components": [{"type": 1, "components": [{"type": 2, "style": 9, "custom_id": "a", "label": "x"}]}],
        }
        await here.rest("POST", f"/channels/{here.channel()}/messages", 400, body)
        error = await here.rest("GET", f"/channels/{here.channel()}/messages?limit=5&colour=red", 501)
        problems = [one["problem"] for one in (await here.get("/violations"))["violations"]]
        assert problems == [
            "not as Discord's OpenAPI file has it",
            "Invalid Form Body",
            "query that Discord's file does not know",
            error["message"],
        ]


async def test_an_answer_of_the_sandbox_that_is_not_discords_is_a_violation():
    async with local_sandbox() as here:
        message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
        held = here.state.world.channels[here.channel()].messages[message["id"]]
        held.data["pinned"] = "perhaps"
        await here.rest("GET", f"/channels/{here.channel()}/messages/{message['id']}")
        [violation] = (await here.get("/violations"))["violations"]
        assert violation["detail"]["at"] == "pinned"
