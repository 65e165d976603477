"""The control API over HTTP, without a bot: what it makes, shows, refuses and waits for."""

import asyncio
import json

import pytest

from sandbox.client import CallFailed
from sandbox.testing.local import local_sandbox, webhook_of
from sandbox.testing.process import sandbox_process
from sandbox.world_file import WorldFile


@pytest.fixture
async def here():
    words = WorldFile(endings={"retry": "failed", "edit": "failed", "draft": "refused"})
    async with local_sandbox(openapi=False, world=words) as made:
        yield made


async def test_a_new_sandbox_holds_the_guild_that_its_readme_names(here):
    state = await here.get("/state")
    assert state["guild"]["name"] == "Test Server"
    assert [one["name"] for one in state["channels"]] == ["general"]
    assert {"@everyone", "Moderator", "Supporter"} <= {one["name"] for one in state["roles"]}
    assert {one["name"] for one in state["members"] if not one["bot"]} == {"alice", "bob", "mod", "owner"}


async def test_members_roles_and_channels_are_made_and_named(here):
    await here.post("/roles", name="Director", permissions="0")
    member = await here.post("/members", name="carol", roles=["Director"], locale="de")
    assert member["locale"] == "de"
    overwrites = [{"id": "@everyone", "deny": str(1 << 10)}, {"id": "Director", "allow": str(1 << 10)}]
    await here.post("/channels", name="team", overwrites=overwrites)
    await here.get("/messages", channel="team", **{"as": "carol"})
    await here.get("/messages", 403, channel="team", **{"as": "alice"})
    await here.post("/members", 409, name="carol")


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/invoke", {"as": "alice", "command": "/none"}, 404, "registered no command"),
        ("/invoke", {"as": "nobody", "command": "/make"}, 404, "there are: owner, alice, bob, mod"),
        ("/invoke", {"command": "/make"}, 400, "'as' is missing"),
        ("/faults", {"faults": [{"what": "earthquake"}]}, 400, "must be one of"),
        ("/clock", {"advance_seconds": -1}, 400, "only moves forward"),
        ("/component", {"as": "alice", "message": "1", "custom_id": "x"}, 404, "no message"),
        ("/nonsense", {}, 404, "README"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_change(here, path, body, status, word):
    assert word in (await here.post(path, status, **body))["error"]


async def test_other_sites_cannot_drive_it_through_a_browser(here):
    await here.control("POST", "/reset", 403, headers={"Origin": "https://elsewhere.example"})
    await here.control("POST", "/reset", headers={"Origin": here.url})


async def test_events_reach_those_who_may_see_them(here):
    async with here.http.get(f"{here.url}/_sandbox/events?as=bob") as stream:
        assert json.loads((await stream.content.readline())[6:]) == {"type": "hello"}
        interaction = await here.command()
        await here.callback(interaction, 4, {"content": "for alice", "flags": 64})
        await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "for all"})
        seen = []
        while not seen or seen[-1]["type"] != "message":
            line = await asyncio.wait_for(stream.content.readline(), 5)
            if line.startswith(b"data: "):
                seen.append(json.loads(line[6:]))
        assert seen[-1]["data"]["content"] == "for all"
        assert "for alice" not in json.dumps(seen)


async def test_waiting_ends_with_what_was_waited_for_or_with_408(here):
    waiting = asyncio.create_task(here.wait(message="here it is"))
    await here.get("/wait", 408, message="never", timeout=0.05)
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "here it is"})
    assert (await waiting)["content"] == "here it is"
    found = await here.wait(request="POST /channels/*/messages")
    assert found["requests"][0]["request"]["json"]["content"] == "here it is"


async def test_tokens_and_file_bytes_are_not_kept(here):
    interaction = await here.command()
    await here.callback(interaction, 5)
    files = [("a.png", b"secret bytes", "image/png")]
    await here.rest("POST", webhook_of(interaction), body={"content": "x"}, files=files)
    kept = json.dumps((await here.get("/requests"))["requests"])
    assert interaction.token not in kept
    assert "secret bytes" not in kept
    assert "a.png" in kept


async def test_a_command_that_is_refused_in_private_counts_as_refused(here):
    interaction = await here.command()
    await here.callback(interaction, 4, {"content": "That image is too small.", "flags": 64})
    await here.get("/wait", 408, clip=interaction.id, timeout=0.05)
    await here.post("/clock", advance_seconds=2.5)
    outcome = await here.wait(clip=interaction.id)
    assert (outcome["outcome"], outcome["message"]["content"]) == ("refused", "That image is too small.")


@pytest.mark.parametrize(("word", "outcome"), [("retry", "failed"), ("edit", "failed"), ("draft", "refused")])
async def test_the_buttons_of_an_ending_tell_which_it_was(here, word, outcome):
    interaction = await here.command()
    button = {"type": 2, "style": 1, "label": "Once more", "custom_id": f"bot:{word}:{interaction.id}"}
    await here.callback(interaction, 4, {"content": "No.", "components": [{"type": 1, "components": [button]}]})
    assert (await here.wait(clip=interaction.id))["outcome"] == outcome


async def test_a_job_in_private_is_not_taken_for_a_refusal(here):
    interaction = await here.command()
    button = {"type": 2, "style": 1, "label": "Cancel", "custom_id": f"bot:cancel:{interaction.id}"}
    card = {"content": "working", "flags": 64, "components": [{"type": 1, "components": [button]}]}
    await here.callback(interaction, 4, card)
    await here.post("/clock", advance_seconds=5)
    await here.get("/wait", 408, clip=interaction.id, timeout=0.05)


async def test_another_jobs_clip_is_not_mistaken_for_this_ones(here):
    interaction = await here.command()
    await here.callback(interaction, 4, {"content": "working"})
    clip = [("clip.mp4", b"v", "video/mp4")]
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "other"}, files=clip)
    await here.get("/wait", 408, clip=interaction.id, timeout=0.05)


def test_the_command_line_serves_and_ends_cleanly():
    with sandbox_process(openapi=False) as client:
        assert client.get("/health")["ok"]
        with pytest.raises(CallFailed, match="registered no command"):
            client.post("/invoke", command="/none", **{"as": "alice"})
    with pytest.raises(CallFailed, match="no sandbox answers"):
        client.get("/health")
