"""Tests of the sample option `lens`. `tests/unit/test_new_option.py` adds it to a copy of the bot and runs these there."""

import json

import pytest

from bot.pipeline.submission import submission
from bot.presentation.views.error_pages import copy_pages
from bot.providers.scenario import mapping
from bot.services.clip_input import ClipInput, Draft
from tests.fixtures.simcord_bot import shown, text
from tests.unit.presentation.views.discord_rules import text_of


def sent(job):
    return mapping.inputs(submission(job, ()))


@pytest.mark.parametrize(("given", "stored", "wire"), [({"lens": "long"}, "long", {"lensType": "long"}), ({}, None, {})])
async def test_it_goes_from_the_command_through_the_books_to_the_provider(server, given, stored, wire):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", **given)
    job = await server.backend.latest()
    assert json.loads(job.request.model_dump_json())["lens"] == stored
    assert {name: value for name, value in sent(job).items() if name == "lensType"} == wire
    assert "lensType" in mapping.model_inputs(mapping.TEXT_AND_IMAGE)


async def test_every_command_has_it(server):
    group = server.backend.now.tree.get_command("video")
    taken = {command.name for command in group.commands if "lens" in {each.name for each in command.parameters}}
    assert taken == {"text", "image", "characters"}


async def test_a_wrong_one_is_told_by_its_name(server):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite", lens="odd")
    assert "**Lens**: given odd, allowed" in text(shown(result))


async def test_it_outlives_a_form_that_does_not_ask_for_it(server):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite", lens="long", duration=99)
    form = await server.alice.click(shown(result), label="Edit and try again")
    chosen = {"duration": ["6"], "frame": ["720P 9:16"]}
    await server.alice.submit_modal(form, {"prompt": "A blue kite", "seed": "", "switches": [], **chosen})
    body = sent(await server.backend.latest())
    assert (body["prompt"], body["duration"], body["lensType"]) == ("A blue kite", 6, "long")


async def test_it_stands_in_the_next_clip_and_in_what_is_given_back_to_copy(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", lens="long")
    draft = Draft.of_job(await server.backend.latest())
    assert draft.raw.lens == "long"
    clip_input = ClipInput(id=1, member_id=7, role_ids=None, raw=draft.raw)
    assert Draft.of_values(clip_input.draft(())).raw == draft.raw
    assert "· long" in text_of(copy_pages(clip_input, options=True)[-1])
