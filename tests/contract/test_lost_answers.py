"""Discord's response to the bot's first answer (a deferral or form) is lost. If the answer worked, the bot goes on.

If not, nothing is left behind. The whole bot against the sandbox's Discord.
"""

import asyncio
from time import perf_counter

import discord
import pytest

from bot.presentation import discord_errors
from bot.presentation.interactions import responses
from sandbox.discord.callbacks import Callbacks
from sandbox.discord.posting import Posting
from tests.fixtures.running_bot import (
    PATIENCE_SECONDS,
    ask,
    booked,
    job_of,
    press,
    running_bot,
    shown_to,
    sought,
    text_of,
    thinking,
)
from tests.sandbox_process import sandbox_here
from tests.waiting import until

CALLBACK = {"at": "discord", "method": "POST", "path": "/interactions/*/*/callback", "times": 1}
ORIGINAL = {"at": "discord", "method": "GET", "path": "/webhooks/*/*/messages/@original"}
PROXY = CALLBACK | {"what": "status", "status": 403, "body": "<html>Access denied</html>"}
THINKING = {"type": 5}


@pytest.fixture
async def here():
    async with sandbox_here(rate_limits=False) as here:
        yield here


@pytest.fixture
async def app(here, tmp_path, monkeypatch):
    await here.post("/scenario", clip_seconds=0.05)
    async with running_bot(here, tmp_path, monkeypatch) as app:
        assert (await here.get("/state"))["commands"]
        yield app


async def faults(here, *specs):
    await here.post("/faults", faults=list(specs))


async def deferred_meanwhile(here, interaction):
    """While the bot's callback is held, has it take effect, whatever response it gets later."""
    await here.wait(PATIENCE_SECONDS, held="callback")
    token = here.state.interactions[interaction].token
    Callbacks(here.state, Posting(here.state)).callback(interaction, token, THINKING, {}, perf_counter())
    await here.post("/release", name="callback")


@pytest.mark.parametrize("private", [False, True])
async def test_a_deferral_whose_answer_was_lost_becomes_a_clip_all_the_same(here, app, private):
    await faults(here, CALLBACK | {"what": "reset_after"})
    asked = await ask(here, private=private)
    done = await here.wait(PATIENCE_SECONDS, clip=asked, **{"as": "alice"})
    assert done["outcome"] == "clip"
    job = await booked(app, asked)
    assert str(job.address.card_id) == here.state.interactions[asked].original.id
    assert thinking(here) == []
    assert (await here.get("/violations"))["violations"] == []


@pytest.mark.parametrize(
    "refusal",
    [None, {"what": "status", "status": 404, "body": {"code": 10062, "message": "Unknown interaction"}}],
    ids=["already acknowledged", "unknown interaction"],
)
async def test_an_answer_that_worked_though_discord_refused_it_is_gone_on_with(here, app, refusal):
    hold = CALLBACK | {"what": "hold", "name": "callback"}
    await faults(here, hold, *([] if refusal is None else [CALLBACK | refusal]))
    asked = await ask(here)
    await deferred_meanwhile(here, asked)
    assert (await here.wait(PATIENCE_SECONDS, clip=asked, **{"as": "alice"}))["outcome"] == "clip"
    assert thinking(here) == []


async def test_a_deferral_that_never_arrived_books_nothing_and_says_nothing(here, app, monkeypatch, caplog):
    monkeypatch.setattr(responses, "_NO_LATER_SECONDS", 0.2)
    caplog.set_level("INFO", "bot")
    await faults(here, CALLBACK | {"what": "reset"})
    asked = await ask(here)
    await until(lambda: "nothing was booked" in caplog.text, PATIENCE_SECONDS)
    assert await booked(app, asked) is None
    assert await app.storage.drafts.load(int(asked), int(here.member().id)) is None
    assert await here.messages() == []
    assert "Traceback" not in caplog.text


async def test_a_command_that_was_answered_too_late_is_looked_for_once(here, app, caplog):
    caplog.set_level("INFO", "bot")
    await faults(here, CALLBACK | {"what": "status", "status": 404, "body": {"code": 10062, "message": "Unknown interaction"}})
    asked = await ask(here)
    await until(lambda: "nothing was booked" in caplog.text, PATIENCE_SECONDS)
    assert await booked(app, asked) is None
    looks = [each for each in here.sandbox.records.since(0) if each["path"].endswith("/messages/@original")]
    assert len(looks) == 1


async def test_an_answer_that_is_not_there_yet_is_searched_again(here, app):
    # The callback was cut off and takes effect only after the bot searched for it.
    missing = {"what": "status", "status": 404, "body": {"code": 10015, "message": "Unknown Webhook"}, "times": 1}
    await faults(here, CALLBACK | {"what": "reset_after"}, ORIGINAL | missing)
    asked = await ask(here)
    assert (await here.wait(PATIENCE_SECONDS, clip=asked, **{"as": "alice"}))["outcome"] == "clip"


async def test_the_bot_asks_again_until_discord_says_what_became_of_the_answer(here, app):
    await faults(here, CALLBACK | {"what": "reset_after"}, ORIGINAL | {"what": "reset", "times": 2})
    asked = await ask(here)
    assert (await here.wait(PATIENCE_SECONDS, clip=asked, **{"as": "alice"}))["outcome"] == "clip"


async def test_a_deferral_that_is_found_too_late_is_ended_with_a_message_and_books_nothing(here, app, monkeypatch, caplog):
    monkeypatch.setattr(responses, "_GO_ON_SECONDS", 0.0)
    await faults(here, CALLBACK | {"what": "reset_after"})
    asked = await ask(here)
    seen = await shown_to(here, "Discord was in trouble")
    assert any("Nothing was charged. What you typed is kept." in each for each in seen)
    assert "Traceback" not in caplog.text
    # The message that everybody saw meanwhile says only that nothing came of it, and is deleted.
    channel = here.state.world.channels[here.channel()]
    await until(lambda: len(channel.messages) == 1, PATIENCE_SECONDS)
    assert await here.messages("bob") == []
    assert thinking(here) == []
    assert await booked(app, asked) is None


@pytest.mark.parametrize("command", ["/jobs", "/quota", "/help"])
async def test_other_commands_show_what_they_would_have_shown(here, app, command):
    await faults(here, CALLBACK | {"what": "reset_after"})
    interaction = await ask(here, command)
    assert await here.wait(PATIENCE_SECONDS, interaction=interaction, state="answered")
    [shown] = await here.messages()
    assert shown["ephemeral"]
    assert shown["components"]


async def test_a_refusal_that_was_the_first_answer_is_shown_once(here, app):
    await faults(here, CALLBACK | {"what": "reset_after"})
    await ask(here, prompt=" ", duration=99)
    await shown_to(here, "2 things to change")
    # Discord refused the second callback, and no third one came.
    await until(lambda: len(callbacks(here)) == 2, PATIENCE_SECONDS)
    assert callbacks(here)[1]["response"]["code"] == 40060
    assert len(await here.messages()) == 1


async def test_a_form_that_opened_is_not_taken_for_a_failure(here, app, caplog):
    await faults(here, CALLBACK | {"what": "reset_after"})
    interaction = await ask(here, "/video studio")
    assert await here.wait(PATIENCE_SECONDS, interaction=interaction, state="modal")
    await until(lambda: len(callbacks(here)) == 2, PATIENCE_SECONDS)
    assert await here.messages() == []
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_a_form_that_was_lost_opens_at_the_second_try(here, app):
    await faults(here, CALLBACK | {"what": "reset"})
    interaction = await ask(here, "/video studio")
    assert await here.wait(PATIENCE_SECONDS, interaction=interaction, state="modal")


async def test_a_press_whose_deferral_was_lost_is_answered_in_private(here, app):
    await here.post("/scenario", clip_seconds=60)
    job_id = await job_of(app, await ask(here))
    await sought(here, lambda each: f"hh:cancel:{job_id}" in str(each.data.get("components")))
    await faults(here, CALLBACK | {"what": "reset_after"})
    assert (await press(here, f"hh:cancel:{job_id}"))["ephemeral"]
    assert thinking(here) == []


@pytest.mark.parametrize("command", ["/video text", "/help"])
async def test_an_answer_that_a_proxy_refused_is_sent_again(here, app, caplog, command):
    await faults(here, PROXY)
    interaction = await ask(here, command)
    if command == "/help":
        assert await here.wait(PATIENCE_SECONDS, interaction=interaction, state="answered")
    else:
        assert (await here.wait(PATIENCE_SECONDS, clip=interaction, **{"as": "alice"}))["outcome"] == "clip"
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_where_a_proxy_refuses_every_answer_the_member_gets_a_reference_and_the_log_no_traceback(here, app, caplog):
    await faults(here, PROXY | {"times": 3})
    asked = await ask(here)
    [told] = await shown_to(here, "Something broke on our side")
    assert told.rsplit("`", 2)[1] in caplog.text
    assert "Traceback" not in caplog.text
    assert await booked(app, asked) is None


async def test_a_search_for_the_answer_that_a_library_cancels_is_repeated(here, app, monkeypatch):
    real, looks = discord.Webhook.fetch_message, []

    async def cancelled_once(webhook, *message):
        looks.append(message)
        if len(looks) == 1:
            raise asyncio.CancelledError
        return await real(webhook, *message)

    monkeypatch.setattr(discord.Webhook, "fetch_message", cancelled_once)
    await faults(here, CALLBACK | {"what": "reset_after"})
    asked = await ask(here)
    assert (await here.wait(PATIENCE_SECONDS, clip=asked, **{"as": "alice"}))["outcome"] == "clip"


async def test_an_answer_that_nobody_could_look_up_is_not_unforeseen(here, app, caplog):
    caplog.set_level("INFO", "bot")
    too_late = {"what": "status", "status": 404, "body": {"code": 10062, "message": "Unknown interaction"}}
    await faults(here, CALLBACK | {"what": "reset"}, CALLBACK | too_late, ORIGINAL | {"what": "reset"})
    await ask(here, "/help")
    await until(lambda: "nobody said whether it was answered" in caplog.text, PATIENCE_SECONDS)
    assert "Traceback" not in caplog.text


LIMIT = {"message": "You are being rate limited.", "retry_after": 150.0, "global": False}
ARCHIVED = {"at": "discord", "method": "PATCH", "what": "status", "body": {"code": 50083, "message": "Thread is archived"}}


async def test_an_answer_in_a_thread_that_was_archived_meanwhile_reopens_it_after_a_break_and_a_limit_of_seconds(
    here, app, caplog, monkeypatch
):
    # So that a limit that is short enough for a test is one that discord.py does not sleep out.
    monkeypatch.setattr(discord_errors, "_SLEPT_OUT_SECONDS", 0.0)
    made = await ask(here)
    assert (await here.wait(PATIENCE_SECONDS, clip=made, **{"as": "alice"}))["outcome"] == "clip"
    thread_id = (await booked(app, made)).address.thread_id
    await faults(
        here,
        ARCHIVED | {"path": "/webhooks/*/*/messages/@original", "status": 400, "times": 1},
        {"at": "discord", "method": "PATCH", "path": f"/channels/{thread_id}", "what": "reset", "times": 1},
        ARCHIVED | {"path": f"/channels/{thread_id}", "status": 429, "body": LIMIT | {"retry_after": 0.05}, "times": 1},
    )
    picture = await here.upload("cat.png", b"no picture at all")
    asked = await ask(here, "/video image", image=picture, private=True, channel=str(thread_id))
    await here.wait(PATIENCE_SECONDS, interaction=asked, state="answered")
    assert "to change" in text_of(here.state.interactions[asked].original.data)
    assert "Traceback" not in caplog.text


async def test_an_answer_in_a_thread_that_nobody_may_reopen_is_not_unforeseen(here, app, caplog):
    caplog.set_level("INFO", "bot")
    await faults(
        here,
        ARCHIVED | {"path": "/webhooks/*/*/messages/@original", "status": 400},
        ARCHIVED | {"path": "/channels/*", "status": 403},
    )
    await ask(here, "/video image", image=await here.upload("cat.png", b"no picture at all"), private=True)
    await until(lambda: "the member could not be told" in caplog.text, PATIENCE_SECONDS)
    assert "Traceback" not in caplog.text


def reopenings(here):
    return [each for each in here.sandbox.records.since(0) if each["method"] == "PATCH" and "/channels/" in each["path"]]


async def test_a_limit_of_minutes_on_reopening_a_thread_is_obeyed_and_is_not_unforeseen(here, app, caplog):
    caplog.set_level("INFO", "bot")
    await faults(
        here,
        ARCHIVED | {"path": "/webhooks/*/*/messages/@original", "status": 400},
        ARCHIVED | {"path": "/channels/*", "status": 429, "body": LIMIT},
    )
    await ask(here, "/video image", image=await here.upload("cat.png", b"no picture at all"), private=True)
    await until(lambda: "the member could not be told" in caplog.text, PATIENCE_SECONDS)
    assert "Traceback" not in caplog.text
    # The page about the error is in the same thread, and does not ask Discord once more while the limit lasts.
    assert len(reopenings(here)) == 1


def callbacks(here):
    return [each for each in here.sandbox.records.since(0) if each["path"].endswith("/callback")]
