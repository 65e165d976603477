"""What is gone stays gone: a bot that writes to a deleted channel or a deleted placeholder is told so."""

import pytest

from sandbox.testing.local import local_sandbox, webhook_of

SEND, DEFER = 4, 5


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def test_an_interaction_dies_with_its_channel(here):
    deferred, fresh = await here.command(), await here.command()
    await here.callback(deferred, DEFER)
    await here.control("DELETE", f"/channels/{here.channel()}")
    original = webhook_of(deferred) + "/messages/@original"
    assert (await here.rest("PATCH", original, 404, {"content": "late"}))["code"] == 10003
    assert (await here.rest("GET", original, 404))["code"] == 10003
    assert (await here.rest("DELETE", original, 404))["code"] == 10003
    assert (await here.rest("POST", webhook_of(deferred), 404, {"content": "late"}))["code"] == 10003
    assert (await here.callback(fresh, SEND, {"content": "late"}, status=404))["code"] == 10003


async def test_a_thread_dies_with_the_channel_that_it_hangs_in(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    thread = await here.rest("POST", f"/channels/{here.channel()}/messages/{message['id']}/threads", 201, {"name": "t"})
    interaction = await here.command(channel=thread["id"])
    await here.callback(interaction, DEFER)
    await here.control("DELETE", f"/channels/{here.channel()}")
    assert (await here.rest("POST", webhook_of(interaction), 404, {"content": "late"}))["code"] == 10003


async def test_a_placeholder_that_a_moderator_deleted_takes_no_follow_up(here):
    interaction = await here.command()
    await here.callback(interaction, DEFER)
    await here.control("DELETE", f"/messages/{interaction.original.id}")
    assert (await here.rest("POST", webhook_of(interaction), 404, {"content": "late"}))["code"] == 10008
    assert (await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", 404, {"content": "x"}))["code"] == 10008
    assert await here.messages() == []


async def test_a_follow_up_to_an_answer_that_a_moderator_deleted_stands_alone(here):
    interaction = await here.command()
    await here.callback(interaction, SEND, {"content": "answer"})
    await here.control("DELETE", f"/messages/{interaction.original.id}")
    made = await here.rest("POST", webhook_of(interaction), body={"content": "more"})
    assert "message_reference" not in made
    assert [one["content"] for one in await here.messages()] == ["more"]
