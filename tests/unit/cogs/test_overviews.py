import logging

from bot.domain.job import State
from bot.services.find_jobs import JOBS_SHOWN
from tests.fixtures.simcord_bot import _components, labels, text
from tests.fixtures.simcord_scenes import delivered, ended
from tests.unit.presentation.views.discord_rules import every

THUMBNAIL = 11


def types(message):
    return [each["type"] for each in every(_components(message))]


async def test_help_teaches_with_three_examples_that_open_a_filled_form(town):
    result = await town.alice.slash(town.channel, "help")
    assert result.ephemeral
    assert "/video text" in text(result.response)
    assert len(labels(result.response)) == 3
    form = await town.alice.click(result.response, label="A baker talks to you")
    values = {part["component"]["custom_id"]: part["component"] for part in form.modal["components"]}
    assert "lip-sync" in values["prompt"]["value"]
    await town.alice.submit_modal(
        form,
        {"prompt": values["prompt"]["value"], "duration": ["12"], "frame": ["720P 4:5"], "seed": ""},
    )
    assert (await town.house.latest()).request.aspect == "4:5"


async def test_jobs_lists_mine_with_cancel_and_nobody_elses(town):
    await town.alice.slash(town.channel, "video text", prompt="A red kite")
    await town.bob.slash(town.channel, "video text", prompt="A green boat")
    result = await town.alice.slash(town.channel, "jobs")
    assert result.ephemeral
    assert "A red kite" in text(result.response)
    assert "green boat" not in text(result.response)
    cancelled = await town.alice.click(result.response, label="Cancel")
    assert "Nothing was charged" in text(cancelled.response)


async def test_jobs_page_through_everything_in_place(town):
    for number in range(JOBS_SHOWN + 2):
        await town.alice.slash(town.channel, "video text", prompt=f"Kite {number}", duration=3, resolution="720P")
        await town.house.now.desk.cancel.cancel((await town.house.latest()).id, town.alice.id, moderator=False)
        await town.env.advance_time(1)
    listed = await town.alice.slash(town.channel, "jobs")
    assert ("Kite 6" in text(listed.response), "Kite 1" in text(listed.response)) == (True, False)
    assert "Older" in labels(listed.response)
    await town.alice.click(listed.response, label="Older")
    assert ("**Your clips**, page 2" in text(listed.response), "Kite 1" in text(listed.response)) == (True, True)
    assert ("Newer" in labels(listed.response), "Older" in labels(listed.response)) == (True, False)
    await town.alice.click(listed.response, label="Newer")
    assert "Kite 6" in text(listed.response)


async def test_jobs_show_the_poster_that_the_card_shows(town, delivery):
    await delivered(town, delivery)
    listed = await town.alice.slash(town.channel, "jobs")
    shown = [each for each in every(_components(listed.response)) if each["type"] == THUMBNAIL]
    assert ["poster.jpg" in each["media"]["url"] for each in shown] == [True]
    assert labels(listed.response) == ["Open"]
    assert not any(each.method == "GET" and "/messages/" in each.path for each in town.env.http_requests)
    await town.env.restart_bot(town.house.client())
    # The new process asks Discord, and does without where it is refused.
    town.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001)
    listed = await town.alice.slash(town.channel, "jobs")
    assert (labels(listed.response), THUMBNAIL in types(listed.response)) == (["Open"], False)
    listed = await town.alice.slash(town.channel, "jobs")
    assert THUMBNAIL in types(listed.response)


async def test_help_names_commands_so_that_a_press_begins_them(town):
    ids = town.house.now.command_ids
    assert set(ids) == {"video", "jobs", "quota", "help"}
    told = text((await town.alice.slash(town.channel, "help")).response)
    for path in ("video text", "video image", "video characters", "video studio", "jobs", "quota"):
        assert f"</{path}:{ids[path.split()[0]]}>" in told
    await town.env.restart_bot(town.house.client())
    assert town.house.now.command_ids == ids
    town.house.now.command_ids.clear()
    assert "`/video text`" in text((await town.alice.slash(town.channel, "help")).response)


async def test_jobs_of_a_newcomer_offer_examples(town):
    result = await town.alice.slash(town.channel, "jobs")
    assert "No clips yet" in text(result.response)
    assert len(labels(result.response)) == 3


async def test_quota_shows_what_is_left_in_credits_and_in_clips(town):
    await town.alice.slash(town.channel, "video text", prompt="A red kite")
    result = await town.alice.slash(town.channel, "quota")
    assert result.ephemeral
    told = text(result.response)
    assert "**210 of 300 credits left today**, about 2 more 5 s clips at 1080P" in told
    assert "-90 for a clip" in told


async def test_what_a_clip_did_not_take_of_its_reserve_is_told_as_given_back(town):
    await ended(town, State.CANCELLED, charged=40)
    told = text((await town.alice.slash(town.channel, "quota")).response)
    assert ("-70 for a clip" in told, "+30 given back" in told) == (True, True)


async def test_everything_works_in_a_direct_message(town):
    for command in ("help", "jobs", "quota"):
        result = await town.alice.user.slash(command)
        assert text(result.response)


async def test_an_answer_that_comes_too_late_is_noted_without_noise(town, caplog):
    caplog.set_level(logging.INFO, "bot")
    town.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await town.alice.slash(town.channel, "help")
    assert "the answer came too late" in caplog.text
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert len(town.env.errors) == 1


async def test_a_direct_message_counts_with_the_roles_that_the_member_was_last_seen_with(town):
    barred = town.guild.create_role("Barred")
    town.house.policy.role_multipliers[barred.id] = 0.0
    carol = town.guild.add_member(town.env.create_user("carol"), roles=[barred])
    before = await carol.user.slash("quota")
    assert "**300 of 300 credits left today**" in text(before.response)
    in_guild = await carol.slash(town.channel, "help")
    assert "You get 0 credits a day" in text(in_guild.response)
    # Right after a start the bot does not know the server's roles yet.
    town.house.now.get_guild(town.guild.id)._roles.clear()
    in_guild = await carol.slash(town.channel, "quota")
    assert "**0 of 0 credits left today**" in text(in_guild.response)
    for place in (carol.user, town.alice.user):
        told = [await place.slash(command) for command in ("quota", "help")]
        left = 0 if place is carol.user else 300
        assert f"**{left} of {left} credits left today**" in text(told[0].response)
        assert f"You get {left} credits a day" in text(told[1].response)
    refused = await carol.user.slash("video text", prompt="A red kite")
    assert "Not enough credits" in text(refused.response or refused.followups[-1])
