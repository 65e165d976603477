"""`/video` with `/video studio`: from what a member gives to the job, its card and its thread, and every refusal in private."""

import discord
import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.domain.order import by_interaction
from bot.presentation.delivery.progress_updater import Followed
from tests.factories import jobs_of
from tests.fixtures.simcord_bot import labels, picture, shown, text
from tests.fixtures.simcord_scenes import asked, placed


async def test_a_prompt_becomes_a_job_a_card_and_a_thread_with_progress(server):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite over **the** sea", duration=5)
    assert result.deferred
    assert not result.ephemeral
    job = await server.backend.latest()
    assert await server.backend.storage.jobs.of_source(by_interaction(result._interaction.id)) == [job]
    assert (job.member_id, job.cost) == (server.alice.id, 90)
    assert job.address.card_id == result.response.id

    job = await placed(server, await server.backend.notifier.announce(job))
    card = text(result.response)
    assert "**In line** · progress is in the thread" in card
    assert "Text to video · 5 s · 1080P · 16:9 wide" in card
    assert r"> A red kite over \*\*the\*\* sea" in card
    assert "Seed `4242` · 90 credits\n" in card
    [thread] = server.channel.threads
    assert thread.name == "A red kite over **the** sea"
    assert labels(thread.last_message) == ["Cancel"]
    assert (await server.backend.storage.jobs.get(job.id)).address == job.address


async def test_announcing_again_makes_nothing_twice(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    booked = await server.backend.latest()
    first = await placed(server, await server.backend.notifier.announce(booked))
    await server.env.advance_time(300)
    # As after a crash right after the job's row was stored.
    again = await placed(server, await server.backend.notifier.announce(booked))
    assert again.address == first.address
    assert len(server.channel.threads) == 1
    assert len([each for each in server.channel.threads[0].history() if each.components]) == 1


async def test_every_problem_is_told_at_once_in_private_and_the_form_brings_the_prompt_back(server):
    result = await server.alice.slash(server.channel, "video text", prompt="  ", duration=99, seed=-1)
    assert result.ephemeral
    assert not result.deferred
    told = text(result.response)
    assert "**3 things to change**" in told
    assert server.backend.engine.woken == []
    form = await server.alice.click(result.response, label="Edit and try again")
    mended = await server.alice.submit_modal(
        form, {"prompt": "A red kite", "duration": ["5"], "frame": ["720P 16:9"], "seed": ""}
    )
    assert mended.deferred
    assert (await server.backend.latest()).request.prompt == "A red kite"


async def test_a_prompt_that_no_form_holds_comes_back_whole_to_copy(server):
    prompt = " ".join(f"word{number:04}" for number in range(662))
    assert len(prompt) > 5_900
    result = await server.alice.slash(server.channel, "video text", prompt=prompt)
    assert "The form holds 4,000 characters" in text(result.response)
    assert all(each.ephemeral for each in result.followups)
    copied = "".join(text(each).removeprefix("```\n").removesuffix("\n```") for each in result.followups)
    assert copied == prompt


async def test_a_newcomers_first_error_offers_examples_and_a_later_one_does_not(server):
    first = await server.alice.slash(server.channel, "video text", prompt=" ")
    assert len(labels(first.response)) == 4
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    later = await server.alice.slash(server.channel, "video text", prompt=" ")
    assert labels(later.response) == ["Edit and try again"]


async def test_images_are_read_when_the_command_runs_and_shown_on_the_card(server):
    result = await server.alice.slash(
        server.channel, "video image", prompt="The cat looks up, purring", image=("cat.png", picture(800, 1000))
    )
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert job.request.kind is Kind.IMAGE
    assert "Your still decides the shape of the frame: 1080\u00a0×\u00a01350 pixels." in text(result.response)
    assert [each.filename for each in result.response.attachments] == ["picture1.jpg"]


async def test_up_to_nine_characters_keep_their_order(server):
    given = {f"character{n}": (f"{n}.png", picture(1000 + n, 1000 + n)) for n in range(1, 10)}
    result = await server.alice.slash(server.channel, "video characters", prompt="character9 sings to character1", **given)
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert [each.width for each in job.request.references] == [1000 + n for n in range(1, 10)]
    assert len(result.response.attachments) == 9


async def test_a_bad_image_and_a_bad_length_are_told_together_in_private(server):
    result = await server.alice.slash(
        server.channel, "video image", prompt="The cat looks up", image=("tiny.png", picture(100, 100)), duration=40
    )
    assert result.ephemeral
    told = text(result.response)
    assert "**Length (duration)**" in told
    assert "**Picture (image)**: given 100 x 100 pixels, allowed a short side of" in told


async def test_a_bad_image_that_is_found_after_a_public_deferral_is_told_in_private(server):
    result = await server.alice.slash(
        server.channel, "video image", prompt="The cat looks up", image=("tiny.png", picture(100, 100))
    )
    assert result.response is None
    [told] = result.followups
    assert told.ephemeral
    assert "**Picture (image)**" in text(told)


async def test_credits_that_do_not_reach_are_told_in_private_with_the_way_back(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", duration=15)
    result = await server.alice.slash(server.channel, "video text", prompt="Another kite", duration=15)
    told = shown(result)
    assert told.ephemeral
    assert "This clip costs 270 credits; you have 30 of 300 left today." in text(told)
    form = await server.alice.click(told, label="Edit and try again")
    assert form.modal["components"][0]["component"]["value"] == "Another kite"


async def test_a_member_alone_reads_what_is_left_and_only_when_it_is_too_little_for_one_more_clip(server):
    plenty, _ = await asked(server)
    last, _ = await asked(server, duration=15)
    assert "left" not in text(plenty.response) + text(last.response)
    assert plenty.followups == []
    [line] = last.followups
    assert line.ephemeral
    assert text(line).startswith("You have 20 credits left, less than one more clip like this costs (210). They reset <t:")
    private, _ = await asked(server, who=server.bob, private=True)
    assert "230 left, resets <t:" in text(private.response)
    assert private.followups == []


async def test_the_member_is_told_though_somebody_deleted_the_waiting_message(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", duration=15)
    server.env.inject_error("PATCH", "/webhooks/**", status=404, code=10008, times=1)
    result = await server.alice.slash(server.channel, "video text", prompt="Another kite", duration=15)
    told = shown(result)
    assert "This clip costs 270 credits; you have 30 of 300 left today." in text(told)
    assert labels(told) == ["Edit and try again"]


async def test_lengths_are_offered_with_their_price_at_the_chosen_resolution(server):
    choices = await server.alice.autocomplete(server.channel, "video text", "duration", "1", prompt="x", resolution="720P")
    assert [each["name"] for each in choices][:2] == ["10 s · 140 credits at 720P", "11 s · 154 credits at 720P"]
    assert [each["value"] for each in choices] == [10, 11, 12, 13, 14, 15]
    several = {"prompt": "A {red|blue} kite", "takes": 2}
    choices = await server.alice.autocomplete(server.channel, "video text", "duration", "10", **several)
    assert [each["name"] for each in choices] == ["10 s · 720 credits at 1080P for 4 clips"]
    # Eight clips are too many, which the member is told once the command is sent. Until then the list has one clip's price.
    choices = await server.alice.autocomplete(server.channel, "video text", "duration", "10", **{**several, "takes": 4})
    assert [each["name"] for each in choices] == ["10 s · 180 credits at 1080P"]


async def test_a_private_clip_is_seen_by_its_owner_alone_from_first_to_last(server):
    result = await server.alice.slash(server.channel, "video text", prompt="A secret kite", private=True)
    assert result.ephemeral
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert job.address.in_place
    assert labels(result.response) == ["Cancel"]
    assert server.channel.threads == []


async def test_in_a_thread_progress_stays_in_place(server):
    await asked(server)
    [thread] = server.channel.threads
    result = await server.alice.slash(thread, "video text", prompt="Another kite")
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert job.address.in_place
    assert job.address.progress_id == result.response.id
    assert labels(result.response) == ["Cancel"]


async def test_in_a_direct_message_it_works_in_place(server):
    result = await server.alice.user.slash("video text", prompt="A red kite")
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert job.address.guild_id is None
    assert job.address.in_place
    assert "A red kite" in text(result.response)


async def test_without_the_permission_for_threads_progress_stays_in_place(server):
    closed = server.guild.create_text_channel(
        "no-threads", overwrites={server.guild.default_role: discord.PermissionOverwrite(create_public_threads=False)}
    )
    result = await server.alice.slash(closed, "video text", prompt="A red kite")
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert job.address.in_place
    assert labels(result.response) == ["Cancel"]
    assert closed.threads == []


async def test_a_thread_that_is_refused_after_all_leaves_progress_in_place(server):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite")
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    job = await server.backend.notifier.announce(await server.backend.latest())
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert (await server.backend.storage.jobs.get(job.id)).address.in_place
    assert labels(result.response) == ["Cancel"]


async def test_a_card_that_is_gone_does_not_stop_the_job(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    server.env.inject_error("PATCH", "/webhooks/*", status=404, code=10008, times=None)
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=404, code=10008, times=None)
    job = await placed(server, await server.backend.notifier.announce(await server.backend.latest()))
    assert job.state is State.QUEUED
    assert job.address.thread_id is None


async def test_studio_takes_pictures_prompt_and_choices_in_one_form(server):
    form = await server.alice.slash(server.channel, "video studio")
    result = await server.alice.submit_modal(
        form,
        {
            "prompt": "character1 greets character2, street noise",
            "duration": ["12"],
            "frame": ["720P 9:16"],
            "switches": ["private"],
            "pictures": [("a.png", picture(1024, 1024)), ("b.png", picture(900, 900))],
        },
    )
    assert result.deferred
    job = await server.backend.latest()
    assert [each.width for each in job.request.references] == [1024, 900]
    assert (job.request.duration, job.request.aspect, job.address.private) == (12, "9:16", True)


async def test_a_form_that_comes_twice_with_the_same_pictures_makes_one_clip(server):
    words = {"prompt": "character1 waves", "duration": ["5"], "frame": ["720P 9:16"]}
    forms = [await server.alice.slash(server.channel, "video studio") for _ in range(2)]
    first, second = [
        await server.alice.submit_modal(each, {**words, "pictures": [("a.png", picture(900, 900))]}) for each in forms
    ]
    assert first.deferred
    assert "**Already on its way**" in text(shown(second))
    assert len(await jobs_of(server.backend.storage, server.alice.id)) == 1


async def test_a_picture_mended_in_the_form_takes_its_own_place_and_the_others_stay(server):
    given = {f"character{n}": (f"{n}.png", picture(side, side)) for n, side in enumerate((900, 100, 700), 1)}
    result = await server.alice.slash(server.channel, "video characters", prompt="character2 sings to character3", **given)
    assert "**character2**" in text(shown(result))
    form = await server.alice.click(shown(result), label="Edit and try again")
    words = {"prompt": "character2 sings to character3", "duration": ["5"], "frame": ["720P 1:1"]}
    unchanged = await server.alice.submit_modal(form, words)
    assert "**character2**: given no picture, needed one, since character3 has one" in text(shown(unchanged))
    form = await server.alice.click(shown(unchanged), label="Edit and try again")
    await server.alice.submit_modal(form, {**words, "pictures": [("b.png", picture(800, 800))]})
    assert [each.width for each in (await server.backend.latest()).request.references] == [900, 800, 700]


async def test_a_picture_for_a_character_that_the_form_names_newly_joins_those_that_are_there(server):
    given = {f"character{n}": (f"{n}.png", picture(side, side)) for n, side in enumerate((900, 700), 1)}
    result = await server.alice.slash(server.channel, "video characters", prompt=" ", **given)
    form = await server.alice.click(shown(result), label="Edit and try again")
    words = {"prompt": "character3 sings to character1", "duration": ["5"], "frame": ["720P 1:1"]}
    await server.alice.submit_modal(form, {**words, "pictures": [("c.png", picture(800, 800))]})
    assert [each.width for each in (await server.backend.latest()).request.references] == [900, 700, 800]


async def test_pictures_past_nine_are_told_and_none_is_dropped_without_a_word(server):
    given = {f"character{n}": (f"{n}.png", picture(500 + n, 500)) for n in (1, 2, 3, 4, 5, 6, 7, 9)}
    result = await server.alice.slash(server.channel, "video characters", prompt="character9 sings", **given)
    form = await server.alice.click(shown(result), label="Edit and try again")
    form._interaction.modal["components"][3]["component"]["max_values"] = 2
    words = {"prompt": "character9 sings", "duration": ["5"], "frame": ["720P 1:1"]}
    over = await server.alice.submit_modal(form, {**words, "pictures": [("a.png", picture()), ("b.png", picture())]})
    assert "10 pictures" in text(shown(over))


async def test_a_form_of_the_version_before_still_counts(server):
    form = await server.alice.slash(server.channel, "video studio")
    kept = [each for each in form._interaction.modal["components"] if each["component"]["custom_id"] in {"prompt", "duration"}]
    pictures = form._interaction.modal["components"][3]
    selects = [
        {"type": 18, "label": name, "component": {"type": 3, "custom_id": name, "options": [{"label": one, "value": one}]}}
        for name, one in (("resolution", "720P"), ("aspect", "1:1"))
    ]
    form._interaction.modal["components"] = [*kept, *selects, pictures]
    words = {"prompt": "character1 waves", "duration": ["5"], "resolution": ["720P"], "aspect": ["1:1"]}
    await server.alice.submit_modal(form, {**words, "pictures": [("a.png", picture())]})
    request = (await server.backend.latest()).request
    assert (request.resolution, request.aspect) == ("720P", "1:1")


async def test_a_form_sent_after_a_restart_still_counts(server):
    form = await server.alice.slash(server.channel, "video studio")
    await server.env.restart_bot(server.backend.client())
    await server.alice.submit_modal(
        form,
        {
            "prompt": "character1 waves",
            "duration": ["5"],
            "frame": ["720P 1:1"],
            "pictures": [("a.png", picture())],
        },
    )
    assert (await server.backend.latest()).request.prompt == "character1 waves"


async def test_commands_are_registered_once_and_again_only_when_discord_lost_them(server):
    def registrations():
        return [each for each in server.env.http_requests if each.method == "PUT" and each.path.endswith("/commands")]

    assert len(registrations()) == 1
    await server.env.restart_bot(server.backend.client())
    assert len(registrations()) == 1
    assert set(server.alice.available_commands(server.channel)) >= {"video text", "jobs", "quota", "help"}


@pytest.mark.parametrize("command", ["video text", "video image", "video characters"])
async def test_no_option_is_limited_by_discord_so_that_we_can_name_everything_at_once(server, command):
    group = server.backend.now.tree.get_command("video")
    sent = group.get_command(command.split()[1]).to_dict(server.backend.now.tree)
    for option in sent["options"]:
        assert not {"min_value", "max_value", "min_length", "max_length"} & set(option)
