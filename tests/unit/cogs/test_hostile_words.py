"""Text that a modified client may send: nothing is lost, and nothing breaks. Also what a second press of Cancel says."""

import pytest

from bot.domain.job import State
from tests.fixtures.simcord_bot import labels, shown, text
from tests.fixtures.simcord_scenes import MADE, asked, thread_of, through

FORM = {"prompt": "A red kite", "duration": ["3"], "frame": ["720P 1:1"], "seed": ""}
MARKDOWN = "**Look** <@1> @everyone `code` [a](https://b.example) ```\nfence\n``` # 你好 ||x|| "


async def example(server):
    page = await server.alice.slash(server.channel, "help")
    return await server.alice.click(page.response, label=labels(page.response)[0])


@pytest.mark.parametrize("command", [True, False])
async def test_half_a_surrogate_pair_in_a_prompt_loses_nothing_of_the_rest(server, command):
    prompt = "A kite \ud83d over the sea"
    if command:
        await server.alice.slash(server.channel, "video text", prompt=prompt)
    else:
        await server.alice.submit_modal(await example(server), {**FORM, "prompt": prompt})
    assert (await server.backend.latest()).request.prompt == "A kite \ufffd over the sea"


async def test_half_a_surrogate_pair_in_a_refused_prompt_is_kept_as_well(server):
    refused = await server.alice.slash(server.channel, "video text", prompt="A kite \udfff", duration=99)
    form = await server.alice.click(refused.response, label="Edit and try again")
    assert form.modal["components"][0]["component"]["value"] == "A kite \ufffd"


@pytest.mark.parametrize("typed", ["\u200b4\u200b2\u2060", "\ufeff42", "４２", " 42\u00ad"])
async def test_a_seed_counts_by_the_digits_that_are_seen(server, typed):
    await server.alice.submit_modal(await example(server), {**FORM, "seed": typed})
    assert (await server.backend.latest()).seed == 42


@pytest.mark.parametrize("typed", ["12ab", "-5", "9" * 20, "0x1f", "²"])
async def test_a_seed_that_is_no_number_is_told_and_comes_back_to_be_mended(server, typed):
    refused = await server.alice.submit_modal(await example(server), {**FORM, "seed": typed})
    assert "**Seed**" in text(shown(refused))
    form = await server.alice.click(shown(refused), label="Edit and try again")
    fields = {each["component"]["custom_id"]: each["component"] for each in form.modal["components"]}
    assert (fields["seed"]["value"], fields["prompt"]["value"]) == (typed, "A red kite")


async def test_a_choice_that_was_never_offered_is_told_like_any_other_mistake(server):
    form = await example(server)
    for field in form._interaction.modal["components"][1:3]:
        field["component"]["options"].append({"label": "x", "value": "9" * 90})
    refused = await server.alice.submit_modal(form, {**FORM, "duration": ["9" * 90], "frame": ["9" * 90]})
    told = text(shown(refused))
    assert ("**Length" in told, "**Resolution**" in told) == (True, True)
    back = await server.alice.click(shown(refused), label="Edit and try again")
    assert back.modal["components"][0]["component"]["value"] == "A red kite"


@pytest.mark.parametrize("sign", ["\U000e0041", "\u200b", "\u3164"])
async def test_a_prompt_of_invisible_characters_counts_as_missing(server, sign):
    refused = await server.alice.slash(server.channel, "video text", prompt=sign * 40)
    assert "Describe what is seen and what is heard." in text(refused.response)


async def test_the_whole_prompt_is_shown_however_long_and_live_it_looks(server):
    prompt = (MARKDOWN * 40)[:2480] + "\U000e0041\U000e0042 the end"
    result, _ = await asked(server, prompt=prompt)
    told = await server.alice.click(result.response, label="Show prompt")
    whole = "".join(each.split("```\n", 1)[1].removesuffix("\n```") for each in map(text, (told.response, *told.followups)))
    assert whole.replace("`\u200b`\u200b`", "```") == prompt
    assert "2 characters of it can't be seen." in text(told.response)
    for sent in server.env.http_requests:
        if "/callback" in sent.path and "whole prompt" in str(sent.json):
            assert sent.json["data"]["allowed_mentions"] == {"parse": []}


# -- cancel, pressed again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["free", "stopped", "too late"])
async def test_cancel_pressed_again_says_what_it_said(server, way):
    _, job = await asked(server)
    progress = thread_of(server).last_message
    if way != "free":
        await through(server, job, *MADE[:3], provider_reference="run-1")
    server.backend.provider.accepts_cancel = way == "stopped"
    first = await server.alice.click(progress, label="Cancel")
    # A provider that has cancelled a clip refuses a second cancel.
    server.backend.provider.accepts_cancel = False
    again = await server.alice.click(progress, label="Cancel")
    assert text(again.response) == text(first.response)
    assert labels(again.response) == labels(first.response)


async def test_cancel_after_a_stop_that_came_through_says_what_it_cost(server):
    _, job = await asked(server)
    progress = thread_of(server).last_message
    job = await through(server, job, *MADE[:3], provider_reference="run-1")
    await server.backend.storage.transitions.end(job, State.CANCELLED, server.backend.clock.now_ms(), charged=job.cost)
    told = await server.alice.click(progress, label="Cancel")
    assert "It was billed all the same: 70 credits." in text(told.response)
