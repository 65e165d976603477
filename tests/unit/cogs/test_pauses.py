"""During the operator's pause every request for a new clip is refused and its draft kept; running jobs go on."""

from bot.domain.pause import Pause
from tests.fixtures.simcord_bot import shown, text
from tests.fixtures.simcord_scenes import asked, clips_in, delivered, thread_of

FILLED = {"prompt": "A red kite", "duration": ["5"], "frame": ["720P 16:9"]}


async def test_commands_buttons_and_forms_all_heed_a_pause_until_it_is_over(server, delivery):
    await delivered(server, delivery)
    _, under_way = await asked(server)
    clip = clips_in(thread_of(server))[0]
    form = await server.alice.click(clip, label="Remix")
    woken = list(server.backend.engine.woken)
    until = server.backend.clock.now_ms() + 600_000
    await server.backend.storage.pauses.change(None, Pause(until, "New *prices*"), until)
    said = [
        await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P"),
        await server.bob.click(clip, label="Again"),
        await server.alice.click(clip, label="1080P final"),
        await server.alice.submit_modal(form, FILLED),
    ]
    for each in said:
        told = text(shown(each))
        assert "**Paused for now**" in told
        assert f"take no new clips until <t:{until // 1000}:f>. Clips that are on the way go on." in told
        assert r"> New \*prices\*" in told
    assert server.backend.engine.woken == woken
    assert not (await server.backend.storage.jobs.get(under_way.id)).ended
    back = await server.alice.click(shown(said[0]), label="Edit and try again")
    await server.env.advance_time(601)
    assert (await server.alice.submit_modal(back, FILLED)).deferred
    assert (await server.backend.latest()).request.prompt == "A red kite"


async def test_a_pause_of_one_server_is_told_there_and_nowhere_else(server):
    guild_id = server.channel.guild.id
    await server.backend.storage.pauses.change(guild_id + 1, Pause(None, ""), 1)
    await asked(server)
    await server.backend.storage.pauses.change(guild_id, Pause(None, ""), 1)
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P")
    told = text(shown(result))
    assert "take no new clips in this server. Clips that are on the way go on." in told
    assert ">" not in told
