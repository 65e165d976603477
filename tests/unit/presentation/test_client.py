"""Servers on two shards: each is served, and all are counted; commands that Discord refuses; the operator's channel."""

import discord
import pytest

from bot.ports import COMMANDS_REFUSED, Severity
from bot.presentation.checkup import operators_channel
from tests.fixtures.simcord_bot import SHARDS, text


async def test_servers_of_every_shard_are_served_and_counted(town):
    client = town.house.now
    assert (client.shard_count, client.is_ready()) == (SHARDS, True)
    for shard in range(SHARDS):
        guild = town.env.create_guild(shard_id=shard)
        channel = guild.create_text_channel("clips")
        carol = guild.add_member(town.env.create_user(f"carol{shard}"))
        await carol.slash(channel, "video text", prompt="A red kite", resolution="720P")
        job = await town.house.notifier.announce(await town.house.latest())
        assert (job.address.guild_id, job.address.in_place) == (guild.id, False)
    assert len(client.guilds) == SHARDS + 1


async def again(town, **refusal):
    """The bot started once more, with commands that it thinks are new to Discord."""
    await town.house.storage.settings.write("commands", "", 1)
    if refusal:
        town.env.inject_error("PUT", "/applications/**", times=1, **refusal)
    await town.env.restart_bot(town.house.client())
    return await town.house.storage.settings.read(COMMANDS_REFUSED)


async def test_commands_that_discord_refuses_are_told_and_noted_and_the_earlier_ones_stay(town, caplog):
    noted = await again(town, status=400, code=50035)
    assert "50035" in noted
    assert "for the operator: Discord refuses the bot's commands, and the earlier ones stay:" in caplog.text
    told = await town.alice.slash(town.channel, "help")
    assert "### Clips with picture and sound" in text(told.response)
    assert await again(town) == ""


async def test_a_discord_in_trouble_refuses_no_commands(town, caplog):
    town.env.inject_error("PUT", "/applications/**", times=4, status=500)
    assert not await again(town, status=500)
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
async def test_the_operators_channel_is_looked_at(town, kind, denied, said):
    shut = {town.guild.default_role: discord.PermissionOverwrite(**dict.fromkeys(denied, False))} if denied else {}
    channel = getattr(town.guild, kind)("board", **({"overwrites": shut} if shut else {}))
    finding = await operators_channel(town.house.now, channel.id)
    assert (finding.severity is Severity.OK) == (not said)
    assert said in finding.found


async def test_an_operators_channel_that_is_not_there_is_an_error_and_one_that_nobody_could_look_at_a_warning(town):
    assert (await operators_channel(town.house.now, 42)).severity is Severity.ERROR
    town.env.inject_error("GET", "/channels/*", status=503, times=9)
    assert (await operators_channel(town.house.now, town.channel.id)).severity is Severity.WARNING
