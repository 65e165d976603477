"""`/help`, `/jobs` and `/quota`: what they show, in a server and in direct messages."""

import logging

from bot.domain.job import State
from bot.services.find_jobs import ORDERS_SHOWN
from tests.fixtures.simcord_bot import _components, labels, text
from tests.fixtures.simcord_scenes import delivered, ended
from tests.unit.presentation.views.discord_rules import every

THUMBNAIL = 11


def types(message):
    return [each["type"] for each in every(_components(message))]


async def test_help_teaches_with_three_examples_that_open_a_filled_form(server):
    result = await server.alice.slash(server.channel, "help")
    assert result.ephemeral
    assert "/video text" in text(result.response)
    assert len(labels(result.response)) == 3
    form = await server.alice.click(result.response, label="A baker talks to you")
    values = {part["component"]["custom_id"]: part["component"] for part in form.modal["components"]}
    assert "lip-sync" in values["prompt"]["value"]
    await server.alice.submit_modal(
        form,
        {"prompt": values["prompt"]["value"], "duration": ["12"], "frame": ["720P 4:5"], "seed": ""},
    )
    assert (await server.backend.latest()).request.aspect == "4:5"


async def test_jobs_lists_mine_with_cancel_and_nobody_elses(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    await server.bob.slash(server.channel, "video text", prompt="A green boat")
    result = await server.alice.slash(server.channel, "jobs")
    assert result.ephemeral
    assert "A red kite" in text(result.response)
    assert "green boat" not in text(result.response)
    cancelled = await server.alice.click(result.response, label="Cancel")
    assert "Nothing was charged" in text(cancelled.response)


async def test_jobs_page_through_everything_in_place(server):
    for number in range(ORDERS_SHOWN + 2):
        await server.alice.slash(server.channel, "video text", prompt=f"Kite {number}", duration=3, resolution="720P")
        await server.backend.now.use_cases.cancel.cancel((await server.backend.latest()).id, server.alice.id, moderator=False)
        await server.env.advance_time(1)
    listed = await server.alice.slash(server.channel, "jobs")
    assert ("Kite 6" in text(listed.response), "Kite 1" in text(listed.response)) == (True, False)
    assert "Older" in labels(listed.response)
    await server.alice.click(listed.response, label="Older")
    assert ("**Your clips**, page 2" in text(listed.response), "Kite 1" in text(listed.response)) == (True, True)
    assert ("Newer" in labels(listed.response), "Older" in labels(listed.response)) == (True, False)
    await server.alice.click(listed.response, label="Newer")
    assert "Kite 6" in text(listed.response)


async def test_jobs_show_the_poster_that_the_card_shows(server, delivery):
    await delivered(server, delivery)
    listed = await server.alice.slash(server.channel, "jobs")
    shown = [each for each in every(_components(listed.response)) if each["type"] == THUMBNAIL]
    assert ["poster.jpg" in each["media"]["url"] for each in shown] == [True]
    assert labels(listed.response) == ["Open"]
    assert not any(each.method == "GET" and "/messages/" in each.path for each in server.env.http_requests)
    await server.env.restart_bot(server.backend.client())
    # The new process asks Discord for the message; if that is refused, it does without.
    server.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001)
    listed = await server.alice.slash(server.channel, "jobs")
    assert (labels(listed.response), THUMBNAIL in types(listed.response)) == (["Open"], False)
    listed = await server.alice.slash(server.channel, "jobs")
    assert THUMBNAIL in types(listed.response)


async def test_help_names_commands_so_that_a_press_begins_them(server):
    ids = server.backend.now.command_ids
    assert set(ids) == {"video", "jobs", "clips", "quota", "help"}
    told = text((await server.alice.slash(server.channel, "help")).response)
    for path in ("video text", "video image", "video characters", "video studio", "jobs", "clips", "quota"):
        assert f"</{path}:{ids[path.split()[0]]}>" in told
    await server.env.restart_bot(server.backend.client())
    assert server.backend.now.command_ids == ids
    server.backend.now.command_ids.clear()
    assert "`/video text`" in text((await server.alice.slash(server.channel, "help")).response)


async def test_jobs_of_a_newcomer_offer_examples(server):
    result = await server.alice.slash(server.channel, "jobs")
    assert "No clips yet" in text(result.response)
    assert len(labels(result.response)) == 3


async def test_quota_shows_what_is_left_in_credits_and_in_clips(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    result = await server.alice.slash(server.channel, "quota")
    assert result.ephemeral
    told = text(result.response)
    assert "**210 of 300 credits left today**, about 2 more 5 s clips at 1080P" in told
    assert "-90 for a clip" in told


async def test_what_a_clip_did_not_take_of_its_reserve_is_told_as_given_back(server):
    await ended(server, State.CANCELLED, charged=40)
    told = text((await server.alice.slash(server.channel, "quota")).response)
    assert ("-70 for a clip" in told, "+30 given back" in told) == (True, True)


async def test_everything_works_in_a_direct_message(server):
    for command in ("help", "jobs", "quota"):
        result = await server.alice.user.slash(command)
        assert text(result.response)


async def test_an_answer_that_comes_too_late_is_noted_without_noise(server, caplog):
    caplog.set_level(logging.INFO, "bot")
    server.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await server.alice.slash(server.channel, "help")
    assert "the answer came too late" in caplog.text
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert len(server.env.errors) == 1


async def test_a_direct_message_counts_with_the_roles_that_the_member_was_last_seen_with(server):
    barred = server.guild.create_role("Barred")
    server.backend.policy.role_multipliers[barred.id] = 0.0
    carol = server.guild.add_member(server.env.create_user("carol"), roles=[barred])
    before = await carol.user.slash("quota")
    assert "**300 of 300 credits left today**" in text(before.response)
    in_guild = await carol.slash(server.channel, "help")
    assert "You get 0 credits a day" in text(in_guild.response)
    # Right after a start the bot does not know the server's roles yet.
    server.backend.now.get_guild(server.guild.id)._roles.clear()
    in_guild = await carol.slash(server.channel, "quota")
    assert "**0 of 0 credits left today**" in text(in_guild.response)
    for place in (carol.user, server.alice.user):
        told = [await place.slash(command) for command in ("quota", "help")]
        left = 0 if place is carol.user else 300
        assert f"**{left} of {left} credits left today**" in text(told[0].response)
        assert f"You get {left} credits a day" in text(told[1].response)
    refused = await carol.user.slash("video text", prompt="A red kite")
    assert "Not enough credits" in text(refused.response or refused.followups[-1])
