"""Servers on two shards: each is served, and all are counted; commands that Discord refuses; the operator's channel."""

import discord
import pytest

from bot.ports import COMMANDS_REFUSED, Severity
from bot.presentation.checkup import operators_channel
from tests.fixtures.simcord_bot import SHARDS, text


async def test_servers_of_every_shard_are_served_and_counted(server):
    client = server.backend.now
    assert (client.shard_count, client.is_ready()) == (SHARDS, True)
    for shard in range(SHARDS):
        guild = server.env.create_guild(shard_id=shard)
        channel = guild.create_text_channel("clips")
        carol = guild.add_member(server.env.create_user(f"carol{shard}"))
        await carol.slash(channel, "video text", prompt="A red kite", resolution="720P")
        job = await server.backend.notifier.announce(await server.backend.latest())
        assert (job.address.guild_id, job.address.in_place) == (guild.id, False)
    assert len(client.guilds) == SHARDS + 1


async def again(server, **refusal):
    """Starts the bot again, with commands that it takes for new."""
    await server.backend.storage.key_values.write("commands", "", 1)
    if refusal:
        server.env.inject_error("PUT", "/applications/**", times=1, **refusal)
    await server.env.restart_bot(server.backend.client())
    return await server.backend.storage.key_values.read(COMMANDS_REFUSED)


async def test_commands_that_discord_refuses_are_told_and_noted_and_the_earlier_ones_stay(server, caplog):
    noted = await again(server, status=400, code=50035)
    assert "50035" in noted
    assert "for the operator: Discord refuses the bot's commands, and the earlier ones stay:" in caplog.text
    told = await server.alice.slash(server.channel, "help")
    assert "### Clips with picture and sound" in text(told.response)
    assert await again(server) == ""


async def test_a_discord_in_trouble_refuses_no_commands(server, caplog):
    server.env.inject_error("PUT", "/applications/**", times=4, status=500)
    assert not await again(server, status=500)
    assert "for the operator" not in caplog.text


@pytest.mark.parametrize(
    ("kind", "denied", "said"),
    [
        ("create_text_channel", (), ""),
        ("create_text_channel", ("send_messages",), "the bot may not write in #board"),
        ("create_voice_channel", (), ""),
        ("create_category", (), "is no channel for messages"),
    ],
)
async def test_the_operators_channel_is_looked_at(server, kind, denied, said):
    shut = {server.guild.default_role: discord.PermissionOverwrite(**dict.fromkeys(denied, False))} if denied else {}
    channel = getattr(server.guild, kind)("board", **({"overwrites": shut} if shut else {}))
    finding = await operators_channel(server.backend.now, channel.id)
    assert (finding.severity is Severity.OK) == (not said)
    assert said in finding.found


async def test_an_operators_channel_that_is_not_there_is_an_error_and_one_that_nobody_could_look_at_a_warning(server):
    assert (await operators_channel(server.backend.now, 42)).severity is Severity.ERROR
    server.env.inject_error("GET", "/channels/*", status=503, times=9)
    assert (await operators_channel(server.backend.now, server.channel.id)).severity is Severity.WARNING
