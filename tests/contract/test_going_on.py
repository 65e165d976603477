"""The bot ends after a member has asked for something and before it was done. The next start goes on with it, or tells them.

The whole bot against the sandbox's Discord, two or three times on one database.
"""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing

import pytest

from bot.presentation.interactions import responses
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, booked, job_of, running_bot, shown_to, sought, text_of, thinking
from tests.fixtures.simcord_bot import picture
from tests.sandbox_process import sandbox_here
from tests.waiting import until

CALLBACK = {"at": "discord", "method": "POST", "path": "/interactions/*/*/callback", "what": "hold"}
ANSWER = {"at": "discord", "method": "PATCH", "path": "/webhooks/*/*/messages/*", "what": "hold"}
PICTURE = {"at": "cdn", "method": "GET", "path": "/ephemeral-attachments/**", "what": "hold"}
TOO_LATE, TOKEN_DEAD = 5, 16 * 60
NOT_BEGUN = "Your clip was not begun"


@pytest.fixture
async def here():
    async with sandbox_here(rate_limits=False) as here:
        await here.post("/scenario", clip_seconds=0.05)
        yield here


@pytest.fixture
def life(here, tmp_path, monkeypatch):
    """Starts the bot on the same database each time; `faults` strike until it ends."""

    @asynccontextmanager
    async def live(*faults):
        async with running_bot(here, tmp_path, monkeypatch) as app:
            if faults:
                await here.post("/faults", faults=list(faults))
            yield app
        await here.control("DELETE", "/faults")

    return live


@pytest.fixture
def books(tmp_path):
    """Runs a statement on the database, beside the bot."""

    def execute(sql, *values):
        with closing(sqlite3.connect(tmp_path / "data" / "happyhorse.db")) as connection, connection:
            return connection.execute(sql, values).fetchall()

    return execute


async def clips(here, *interactions):
    for each in interactions:
        assert (await here.wait(PATIENCE_SECONDS, clip=each, **{"as": "alice"}))["outcome"] == "clip"


async def held(here, name):
    await here.wait(PATIENCE_SECONDS, held=name)


async def settled(books, *outcomes):
    await until(lambda: books("SELECT outcome FROM asked ORDER BY id") == [(each,) for each in outcomes], PATIENCE_SECONDS)


async def in_direct(here, who="alice"):
    """The texts of the bot's direct messages to that member."""
    return [text_of(each) for each in await here.messages(who, "dm")]


async def test_a_command_whose_pictures_were_being_read_becomes_a_clip(here, life, books):
    cat = await here.upload("cat.png", picture())
    async with life(PICTURE | {"name": "one", "times": 1}, PICTURE | {"name": "two", "times": 1}):
        public = await ask(here, "/video image", image=cat, prompt="A cat that wakes up")
        await held(here, "one")
        private = await ask(here, "/video image", image=cat, prompt="A cat that goes to sleep", private=True)
        await held(here, "two")
    assert len(thinking(here)) == 2
    assert books("SELECT COUNT(*) FROM jobs") == [(0,)]
    async with life() as app:
        await clips(here, public, private)
        jobs = [await booked(app, each) for each in (public, private)]
        assert [str(job.address.card_id) for job in jobs] == [
            here.state.interactions[each].original.id for each in (public, private)
        ]
        assert [(job.address.private, job.address.in_place) for job in jobs] == [(False, False), (True, True)]
    assert thinking(here) == []
    assert books("SELECT outcome, payload FROM asked") == [("booked", "")] * 2
    assert (await here.get("/violations"))["violations"] == []


async def test_a_command_that_discord_was_not_told_of_is_taken_as_long_as_discord_takes_it(here, life, books):
    async with life(CALLBACK | {"name": "callback", "times": 1}):
        command = await ask(here)
        await held(here, "callback")
    async with life():
        await clips(here, command)
    assert books("SELECT COUNT(*) FROM jobs") == [(1,)]


async def test_where_it_is_too_late_the_member_is_told_once_and_has_what_they_typed(here, life, books):
    async with life(CALLBACK | {"name": "callback", "times": 1}):
        command = await ask(here, prompt="A kite that nobody saw")
        await held(here, "callback")
    [(payload,)] = books("SELECT payload FROM asked")
    await here.post("/clock", advance_seconds=TOO_LATE)
    async with life() as app:
        await settled(books, "told")
        [page] = await in_direct(here)
        assert NOT_BEGUN in page
        assert "Nothing was charged. What you typed is kept." in page
        draft = await app.storage.drafts.load(int(command), int(here.member().id))
        assert draft["prompt"] == "A kite that nobody saw"
    # As after a kill between the message and the note that it was sent.
    books("UPDATE asked SET outcome = 'telling', payload = ?", payload)
    async with life():
        await settled(books, "told")
    assert len(await in_direct(here)) == 1
    assert await here.messages() == []
    assert books("SELECT COUNT(*) FROM jobs") == [(0,)]


async def test_with_direct_messages_closed_a_member_is_told_in_the_channel_but_not_of_a_private_command(here, life, books):
    await here.patch(f"/members/{here.member().id}", dms=False)
    async with life(PICTURE | {"name": "one", "times": 1}, PICTURE | {"name": "two", "times": 1}):
        cat = await here.upload("cat.png", picture())
        await ask(here, "/video image", image=cat)
        await held(here, "one")
        await ask(here, "/video image", image=cat, private=True)
        await held(here, "two")
    await here.post("/clock", advance_seconds=TOKEN_DEAD)
    async with life():
        await settled(books, "told", "lost")
    seen = [text_of(each) for each in await here.messages("bob")]
    assert [each for each in seen if NOT_BEGUN in each] == seen[-1:]
    assert f"<@{here.member().id}>" in seen[-1]
    assert books("SELECT token, payload FROM asked") == [("", "")] * 2


async def test_a_member_whose_deferral_could_not_be_looked_up_is_told_by_the_next_start(here, life, books, monkeypatch, caplog):
    caplog.set_level("INFO", "bot")
    monkeypatch.setattr(responses, "TOKEN_SECONDS", 0.2)
    lost = {**CALLBACK, "what": "reset_after", "times": 1}
    async with life(lost, {"at": "discord", "method": "GET", "path": "/webhooks/*/*/messages/@original", "what": "reset"}):
        await ask(here, prompt="A kite that nobody saw")
        await until(lambda: "nobody said whether it was deferred" in caplog.text, PATIENCE_SECONDS)
    assert books("SELECT outcome FROM asked") == [(None,)]
    await here.post("/clock", advance_seconds=TOKEN_DEAD)
    async with life():
        await settled(books, "told")
    [page] = await in_direct(here)
    assert NOT_BEGUN in page


async def test_a_refusal_that_was_shown_is_not_gone_back_on(here, life, books, monkeypatch):
    async def unwritten(*_):
        """As if the bot were killed before it could write the outcome."""

    async with life() as app:
        monkeypatch.setattr(app.client.use_cases.dependencies.asked, "settle", unwritten)
        await ask(here, "/video image", image=await here.upload("cat.png", b"no picture at all"), private=True)
        shown = await shown_to(here, "to change")
    assert books("SELECT outcome FROM asked") == [(None,)]
    async with life():
        await settled(books, "answered")
    assert await shown_to(here, "to change") == shown


async def test_a_cancel_that_discord_had_taken_is_carried_out(here, life, books):
    await here.post("/scenario", clip_seconds=600)
    async with life() as app:
        job_id = await job_of(app, await ask(here))
        card = await sought(here, lambda each: f"hh:cancel:{job_id}" in str(each.data.get("components")))
        await here.post("/faults", faults=[CALLBACK | {"what": "hold_after", "name": "callback", "times": 1}])
        await here.post("/component", message=card.id, custom_id=f"hh:cancel:{job_id}", **{"as": "alice"})
        await held(here, "callback")
        assert not (await app.storage.jobs.get(int(job_id))).discard
    assert len(thinking(here)) == 1
    async with life():
        await settled(books, "booked", "answered")
        assert [each for each in here.state.interactions.values() if each.state(here.state.clock.now_ms()) != "answered"] == []
    assert thinking(here) == []


async def confirmation(here, asked):
    """The private page that asks its member to confirm what the interaction `asked` asked for."""
    page = f"hh:confirm:{asked}"
    return page, (await sought(here, lambda each: page in str(each.data.get("components")))).id


async def confirm(here, page, message):
    return (await here.post("/component", message=message, custom_id=page, **{"as": "alice"}))["interaction"]


async def orders(books):
    """Each order's source, how many jobs it has, and how often credits were reserved for them."""
    return books(
        "SELECT orders.source, COUNT(DISTINCT jobs.id), COUNT(ledger.id) FROM orders JOIN jobs ON jobs.order_id = orders.id"
        " JOIN ledger ON ledger.job_id = jobs.id AND ledger.entry = 'reserve' GROUP BY orders.id"
    )


@pytest.mark.parametrize("at", [CALLBACK | {"what": "hold_after"}, ANSWER], ids=["before the draft", "before the answer"])
async def test_several_clips_that_were_to_be_confirmed_are_asked_about_by_the_next_start(here, life, books, at):
    async with life(at | {"name": "the answer", "times": 1}):
        command = await ask(here, prompt="A {red|blue} kite", takes=2)
        await held(here, "the answer")
    async with life():
        await confirmation(here, command)
        await settled(books, "answered")
    assert await orders(books) == []


@pytest.mark.parametrize("after", ["hold", "hold_after"])
async def test_a_confirmation_is_one_order_though_the_bot_ends_around_it_and_it_is_pressed_twice(here, life, books, after):
    await here.post("/scenario", clip_seconds=600)
    async with life():
        command = await ask(here, takes=3)
        page, message = await confirmation(here, command)
        await here.post("/faults", faults=[CALLBACK | {"what": after, "name": "callback", "times": 1}])
        await confirm(here, page, message)
        await held(here, "callback")
    assert await orders(books) == []
    # The page keeps its button, as one whose token has expired.
    await here.post("/faults", faults=[ANSWER | {"path": f"/webhooks/*/*/messages/{message}", "what": "status", "status": 404}])
    async with life():
        await until(lambda: books("SELECT 1 FROM orders"), PATIENCE_SECONDS)
        assert await orders(books) == [(f"draft:{command}:confirm", 3, 3)]
        second = await confirm(here, page, message)
        await here.wait(PATIENCE_SECONDS, interaction=second, state="answered")
        await shown_to(here, "Already confirmed")
    assert await orders(books) == [(f"draft:{command}:confirm", 3, 3)]


async def test_a_confirmation_that_is_gone_on_with_has_the_question_say_what_was_ordered(here, life, books):
    await here.post("/scenario", clip_seconds=600)
    async with life():
        page, message = await confirmation(here, await ask(here, takes=3))
        await here.post("/faults", faults=[CALLBACK | {"what": "hold_after", "name": "callback", "times": 1}])
        await confirm(here, page, message)
        await held(here, "callback")
    async with life():
        asked = await sought(here, lambda each: each.id == message and "**Ordered**" in str(each.data.get("components")))
    assert "hh:confirm" not in str(asked.data["components"])


async def test_a_confirmed_order_whose_answer_was_lost_is_shown_by_the_next_start(here, life, books):
    await here.post("/scenario", clip_seconds=600)
    async with life():
        page, message = await confirmation(here, await ask(here, takes=2))
        # The edits of the card and of the page that asked, whichever comes first.
        await here.post("/faults", faults=[ANSWER | {"name": "card", "times": 2}])
        await confirm(here, page, message)
        await held(here, "card")
    assert [row[1:] for row in await orders(books)] == [(2, 2)]
    async with life():
        await sought(here, lambda each: "hh:choose:" in str(each.data.get("components")))
    assert thinking(here) == []
    assert [row[1:] for row in await orders(books)] == [(2, 2)]
