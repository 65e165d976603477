"""When the database takes no writes (locked by another process, disk full), members are told and nothing typed is lost.

The whole bot against the sandbox's Discord, with a real database file that another connection locks.
"""

import sqlite3
from contextlib import closing

import pytest

from bot.domain.job import State
from bot.storage import open_storage
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
from tests.fixtures.simcord_bot import picture
from tests.sandbox_process import sandbox_here
from tests.waiting import until

ONE_AT_A_TIME = {"name": "scenario", "watch_seconds": 0.05, "parallel": 1}
LOST = "What you typed could not be kept, so it follows, to copy."
NOTHING = "Nothing was booked and nothing was charged."


@pytest.fixture
async def here():
    async with sandbox_here(rate_limits=False) as here:
        yield here


@pytest.fixture
async def app(here, tmp_path, monkeypatch):
    # Members wait 1.5 s in the real bot; here that would only make the test slow.
    monkeypatch.setattr("bot.wiring.BOOKING_SECONDS", 0.2)
    await here.post("/scenario", clip_seconds=60)
    async with running_bot(here, tmp_path, monkeypatch, provider=ONE_AT_A_TIME) as app:
        yield app


@pytest.fixture
def lock(app):
    """Locks the bot's database as a long migration from the shell would."""
    with closing(sqlite3.connect(app.settings.storage.path, isolation_level=None)) as other:
        yield lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("ROLLBACK")


async def test_a_command_that_could_not_be_booked_comes_back_whole_and_in_private(here, app, lock):
    take, give_back = lock
    take()
    prompt = "A red kite, " + "higher and higher, " * 60
    asked = await ask(here, prompt=prompt, duration=7, aspect="9:16", seed=42)
    told, copied, rest = await shown_to(here, "It was")
    assert told.startswith("**The bot is busy**\nIts database did not answer in time. Please try again in a minute.")
    assert f"{NOTHING} {LOST}" in told
    assert copied.split("```")[1].strip() == prompt.strip()
    assert rest == "It was: Text to video · 7 s · 720P · 9:16 · seed 42."
    assert not any(each.get("custom_id") for each in (await here.messages())[0]["components"])
    assert await here.messages("bob") == []
    assert thinking(here) == []
    give_back()
    assert await booked(app, asked) is None
    assert await app.storage.ledger.entries(int(here.member().id), 9) == []


async def test_everyone_who_asks_meanwhile_is_told_and_nobody_waits_for_another(here, app, lock):
    take, give_back = lock
    take()
    asked = [await ask(here, who="alice" if number % 2 else "bob") for number in range(20)]
    await until(lambda: len(told(here, "The bot is busy")) == 20, PATIENCE_SECONDS)
    give_back()
    await until_it_is(app, await job_of(app, await ask(here)), State.GENERATING)
    assert [each for each in asked if await booked(app, each) is not None] == []


async def until_it_is(app, job_id, state):
    async def is_there():
        job = await app.storage.jobs.get(int(job_id))
        return job is not None and job.state is state

    await until(is_there, PATIENCE_SECONDS)


def told(here, words):
    channel = here.state.world.channels[here.channel()]
    return [each for each in channel.messages.values() if words in str(each.data.get("components"))]


async def test_a_wrong_request_is_explained_all_the_same(here, app, lock):
    lock[0]()
    await ask(here, prompt="A red kite", duration=99, private=True)
    explained, copied, rest = await shown_to(here, "It was")
    assert "**One thing to change**" in explained
    assert f"Nothing was sent and nothing was charged. {LOST}" in explained
    assert (copied, rest) == ("```\nA red kite\n```", "It was: Text to video · 99 s · 720P · 16:9 · private.")


async def test_pictures_that_could_not_be_kept_have_to_be_attached_again(here, app, lock):
    lock[0]()
    image = await here.upload("cat.png", picture())
    await ask(here, "/video image", image=image)
    assert "The pictures have to be attached again." in (await shown_to(here, "It was"))[-1]


@pytest.mark.parametrize("action", ["cancel", "keep", "discard"])
async def test_a_press_that_could_change_nothing_says_so(here, app, lock, action):
    job_id = await job_of(app, await ask(here))
    await until_it_is(app, job_id, State.GENERATING)
    if action == "cancel":
        job_id = await job_of(app, await ask(here))
        await sought(here, lambda each: f"hh:cancel:{job_id}" in str(each.data.get("components")))
    else:
        await press(here, f"hh:cancel:{job_id}")
    lock[0]()
    answer = text_of(await press(here, f"hh:{action}:{job_id}"))
    assert "**The bot is busy**" in answer
    assert "charged" not in answer


async def test_lists_need_no_write(here, app, lock):
    lock[0]()
    for command in ("/jobs", "/quota"):
        interaction = await ask(here, command)
        answer = await here.wait(PATIENCE_SECONDS, interaction=interaction, state="answered")
        assert "busy" not in text_of(answer["message"])


async def test_on_a_full_disk_a_command_comes_back_too(here, app):
    prompt = "A red kite, " + "higher and higher, " * 120
    await until_it_is(app, await job_of(app, await ask(here, prompt=prompt)), State.GENERATING)
    await ask(here, prompt=prompt, duration=99)
    await shown_to(here, "One thing to change")
    # SQLite acts as on a full disk: it may add no page, and a second job or draft like these needs one.
    await app.storage.database.write(lambda transaction: transaction.run("PRAGMA max_page_count = 1", {}))
    refused = await ask(here, prompt=prompt)
    seen = await shown_to(here, "It was")
    assert any("**The bot's storage is in trouble**" in each and f"{NOTHING} {LOST}" in each for each in seen)
    assert await booked(app, refused) is None


async def test_when_the_database_can_not_be_read_the_bot_does_not_say_what_is_in_it(here, tmp_path, monkeypatch):
    path = tmp_path / "data" / "happyhorse.db"
    async with open_storage(path) as storage, running_bot(here, tmp_path, monkeypatch, storage=storage):
        await storage.database._reader.close()
        await ask(here)
        explained, copied, _ = await shown_to(here, "It was")
        assert f"Look at `/jobs` before you try again. {LOST}" in explained
        assert "charged" not in explained
        assert "A red kite" in copied
