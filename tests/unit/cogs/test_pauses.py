"""A pause of the operator's: every way to a new clip is told of it, what was typed is kept, and what runs goes on."""

from bot.domain.pause import Pause
from tests.fixtures.simcord_bot import shown, text
from tests.fixtures.simcord_scenes import asked, clips_in, delivered, thread_of

FILLED = {"prompt": "A red kite", "duration": ["5"], "frame": ["720P 16:9"]}


async def test_commands_buttons_and_forms_all_heed_a_pause_until_it_is_over(town, delivery):
    await delivered(town, delivery)
    _, under_way = await asked(town)
    clip = clips_in(thread_of(town))[0]
    form = await town.alice.click(clip, label="Remix")
    woken = list(town.house.engine.woken)
    until = town.house.clock.now_ms() + 600_000
    await town.house.storage.pauses.change(None, Pause(until, "New *prices*"), until)
    said = [
        await town.alice.slash(town.channel, "video text", prompt="A red kite", resolution="720P"),
        await town.bob.click(clip, label="Again"),
        await town.alice.click(clip, label="1080P final"),
        await town.alice.submit_modal(form, FILLED),
    ]
    for each in said:
        told = text(shown(each))
        assert "**Paused for now**" in told
        assert f"take no new clips until <t:{until // 1000}:f>. Clips that are on the way go on." in told
        assert r"> New \*prices\*" in told
    assert town.house.engine.woken == woken
    assert not (await town.house.storage.jobs.get(under_way.id)).ended
    back = await town.alice.click(shown(said[0]), label="Edit and try again")
    await town.env.advance_time(601)
    assert (await town.alice.submit_modal(back, FILLED)).deferred
    assert (await town.house.latest()).request.prompt == "A red kite"


async def test_a_pause_of_one_server_is_told_there_and_nowhere_else(town):
    guild_id = town.channel.guild.id
    await town.house.storage.pauses.change(guild_id + 1, Pause(None, ""), 1)
    await asked(town)
    await town.house.storage.pauses.change(guild_id, Pause(None, ""), 1)
    result = await town.alice.slash(town.channel, "video text", prompt="A red kite", resolution="720P")
    told = text(shown(result))
    assert "take no new clips in this server. Clips that are on the way go on." in told
    assert ">" not in told
