"""A command that fails by a fault of the bot: the member gets an error id, and what they typed comes back."""

import asyncio

import discord
import pytest

from bot.presentation.interactions import tries
from tests.fixtures.simcord_bot import labels, picture, shown, text


async def test_what_nobody_expected_is_told_with_a_reference_that_stands_in_the_log(server, caplog, monkeypatch):
    async def broken(*_):
        raise KeyError("a secret detail")

    monkeypatch.setattr(type(server.backend.storage.bookings), "create", broken)
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite")
    told = text(shown(result))
    assert shown(result).ephemeral
    assert "secret" not in told
    reference = told.rsplit("`", 2)[1]
    assert reference in caplog.text
    assert "a secret detail" in caplog.text
    assert len(server.env.errors) == 1


@pytest.mark.parametrize("pictures", [True, False])
async def test_what_was_typed_outlives_the_unexpected(server, monkeypatch, pictures):
    async def broken(*_):
        raise KeyError("a secret detail")

    bookings = type(server.backend.storage.bookings)
    with monkeypatch.context() as trouble:
        trouble.setattr(bookings, "create", broken)
        if pictures:
            given = {f"character{n}": (f"{n}.png", picture(500 + n, 500)) for n in (1, 2)}
            result = await server.alice.slash(server.channel, "video characters", prompt="character2 sings", **given)
        else:
            result = await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P")
    assert "What you typed is kept." in text(shown(result))
    form = await server.alice.click(shown(result), label="Edit and try again")
    typed = {each["component"]["custom_id"]: each["component"] for each in form.modal["components"]}
    assert typed["prompt"]["value"] == ("character2 sings" if pictures else "A red kite")
    values = {"prompt": typed["prompt"]["value"], "duration": ["3"], "frame": ["720P 16:9"]}
    await server.alice.submit_modal(form, values if pictures else {**values, "seed": ""})
    job = await server.backend.latest()
    assert [each.width for each in job.request.references] == ([501, 502] if pictures else [])
    assert len(server.env.errors) == 1


async def test_a_form_outlives_the_unexpected_too(server, monkeypatch):
    form = await server.alice.slash(server.channel, "video studio")
    words = {"prompt": "character1 waves", "duration": ["7"], "frame": ["720P 1:1"]}

    async def broken(*_):
        raise KeyError("a secret detail")

    with monkeypatch.context() as trouble:
        trouble.setattr(type(server.backend.storage.kept_pictures), "put", broken)
        result = await server.alice.submit_modal(form, {**words, "pictures": [("a.png", picture())]})
    back = await server.alice.click(shown(result), label="Edit and try again")
    typed = {each["component"]["custom_id"]: each["component"] for each in back.modal["components"]}
    assert typed["prompt"]["value"] == "character1 waves"
    assert typed["pictures"]["required"]


async def test_what_was_booked_all_the_same_is_not_offered_again(server, monkeypatch):
    def broken(*_):
        raise KeyError("after the booking")

    monkeypatch.setattr(server.backend.engine, "wake", broken)
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite")
    assert labels(shown(result)) == []
    assert len(server.env.errors) == 1


async def test_an_answer_to_an_error_that_is_cancelled_from_inside_leaves_what_was_asked_open(server, monkeypatch):
    async def broken(*_):
        raise KeyError("a secret detail")

    async def cancelled(*_, **__):
        raise asyncio.CancelledError

    monkeypatch.setattr(tries, "AGAIN_SECONDS", ())
    monkeypatch.setattr(type(server.backend.storage.bookings), "create", broken)
    monkeypatch.setattr(discord.Interaction, "edit_original_response", cancelled)
    await server.alice.slash(server.channel, "video text", prompt="A red kite")
    [error] = server.env.errors
    assert isinstance(error.original, KeyError)
    assert len(await server.backend.storage.asked.left()) == 1
