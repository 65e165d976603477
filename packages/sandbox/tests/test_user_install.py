"""The application installed by a user for themselves: in guilds without the bot, in direct messages and groups."""

import pytest

from raw_bot import gateway
from sandbox.testing.local import local_sandbox, webhook_of

BOT = "1190000000000000001"
GUILD_INSTALL, USER_INSTALL = 0, 1
EPHEMERAL = 64
EXTERNAL_APPS = 1 << 50


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        await made.post("/guilds", name="Elsewhere", members=["alice", "dora"], channels=["lounge"], bot=False)
        await made.patch("/members/alice", installed=True)
        yield made


async def register(here, **fields):
    command = {"name": "make", "description": "Make it", "integration_types": [GUILD_INSTALL, USER_INSTALL], **fields}
    await here.rest("PUT", f"/applications/{BOT}/commands", body=[command])


async def run(here, channel, who="alice", status=200):
    made = await here.post("/invoke", status, command="/make", channel=channel, **{"as": who})
    return here.state.interactions[made["interaction"]] if status == 200 else made["error"]


async def test_a_command_tells_whose_installation_it_came_by_and_where(here):
    await register(here)
    await here.post("/channels", between=["alice", "bob", "dora"], name="trip")
    alice, home = here.member().id, here.state.world.home.id

    async def told(channel, who="alice"):
        payload = (await run(here, channel, who)).payload
        return payload["context"], payload["authorizing_integration_owners"], payload.get("guild_id"), "member" in payload

    assert await told("general") == (0, {"0": home, "1": alice}, home, True)
    assert await told("general", "bob") == (0, {"0": home}, home, True)
    assert await told("dm") == (1, {"0": "0", "1": alice}, None, False)
    assert await told("trip") == (2, {"1": alice}, None, False)
    elsewhere = here.state.world.channels[here.channel("lounge")].guild_id
    assert await told("Elsewhere/lounge") == (0, {"1": alice}, elsewhere, True)


async def test_only_who_installed_it_uses_it_where_the_bot_is_not_and_only_commands_meant_for_that(here):
    await register(here)
    assert "dora has not installed it" in await run(here, "Elsewhere/lounge", "dora", 403)
    await register(here, integration_types=[GUILD_INSTALL])
    assert "integration_types" in await run(here, "Elsewhere/lounge", status=403)
    await register(here, integration_types=[USER_INSTALL])
    assert (await run(here, "general")).payload["authorizing_integration_owners"] == {"1": here.member().id}
    await run(here, "general", "bob", 403)
    await register(here, contexts=[0, 1])
    await here.post("/channels", between=["alice", "bob"], name="two")
    assert "not offered in this kind" in await run(here, "two", status=403)


async def test_a_guest_answers_by_its_token_alone_five_times_at_most(here):
    await register(here)
    async with gateway(here) as line:
        await line.identify()
        interaction = await run(here, "Elsewhere/lounge")
        payload = await line.until("INTERACTION_CREATE")
        assert payload["id"] == interaction.id
    await here.callback(interaction, 4, {"content": "done"})
    [shown] = await here.messages("dora", "Elsewhere/lounge")
    assert shown["interaction_metadata"]["authorizing_integration_owners"] == {"1": here.member().id}
    refused = await here.rest("POST", f"/channels/{interaction.channel.id}/messages", 403, {"content": "x"})
    assert refused["code"] == 50001
    for _ in range(5):
        await here.rest("POST", webhook_of(interaction), body={"content": "more"})
    assert (await here.rest("POST", webhook_of(interaction), 400, {"content": "more"}))["code"] == 40094


async def test_a_button_under_a_guests_message_names_who_installed_it_whoever_presses(here):
    await register(here)
    interaction = await run(here, "Elsewhere/lounge")
    button = {"type": 2, "style": 1, "label": "Again", "custom_id": "again"}
    await here.callback(interaction, 4, {"content": "done", "components": [{"type": 1, "components": [button]}]})
    [message] = await here.messages("dora", "Elsewhere/lounge")
    pressed = await here.post("/component", message=message["id"], custom_id="again", **{"as": "dora"})
    payload = here.state.interactions[pressed["interaction"]].payload
    assert payload["authorizing_integration_owners"] == {"1": here.member().id}
    assert payload["member"]["user"]["username"] == "dora"


async def test_where_external_applications_are_not_allowed_a_guest_answers_its_member_alone(here):
    await register(here)
    guild = here.state.world.guilds[here.state.world.channels[here.channel("lounge")].guild_id]
    guild.roles[guild.id].permissions &= ~EXTERNAL_APPS
    interaction = await run(here, "Elsewhere/lounge")
    await here.callback(interaction, 4, {"content": "done"})
    assert (await here.messages("alice", "Elsewhere/lounge"))[0]["flags"] & EPHEMERAL
    assert await here.messages("dora", "Elsewhere/lounge") == []


@pytest.mark.parametrize("between", [["alice"], ["alice", "alice"], []])
async def test_a_direct_message_needs_two(here, between):
    assert "2 to 10" in (await here.post("/channels", 400, between=between, name="x"))["error"]
