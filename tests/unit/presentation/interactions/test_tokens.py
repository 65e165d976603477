"""The token of an interaction is stored once, in its row of `asked`, whatever asked for a clip.

A card is edited with the token of the interaction that it answers.
"""

import sqlite3
from contextlib import closing

import pytest

from bot.domain.job import Failure, State
from bot.storage.asked import KEPT_MS
from tests.fixtures.simcord_bot import labels, shown
from tests.fixtures.simcord_scenes import MADE, asked, brought, clips_in, delivered, ended, thread_of, through


@pytest.fixture
def tokens(tmp_path):
    """The tokens that the database has with what was asked, by interaction. Each is in the file once."""

    def read():
        with closing(sqlite3.connect(tmp_path / "happyhorse.db")) as books:
            there = dict(books.execute("SELECT id, token FROM asked WHERE token <> ''"))
            lines = list(books.iterdump())
        assert [sum(token in line for line in lines) for token in there.values()] == [1] * len(there)
        return there

    return read


async def command(server, delivery):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P")


async def form(server, delivery):
    await delivered(server, delivery)
    opened = await server.bob.click(thread_of(server).last_message, label="Remix")
    given = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": []}
    await server.bob.submit_modal(opened, given)


async def again(server, delivery):
    await delivered(server, delivery)
    await server.bob.click(thread_of(server).last_message, label="Again")


async def try_again(server, delivery):
    result, _ = await ended(server, failure=Failure.PROVIDER)
    await server.alice.click(result.response, label="Try again")


async def confirm(server, delivery):
    told = await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P", takes=2)
    await server.alice.click(shown(told), label="Confirm")


async def post_it_here(server, delivery):
    _, job = await asked(server)
    why = {"failure": Failure.UNDELIVERABLE, "unposted_at_ms": server.backend.clock.now_ms()}
    await server.backend.notifier.unposted(await through(server, await through(server, job, *MADE), State.UNPOSTED, **why))
    listed = await server.alice.slash(server.guild.create_text_channel("other"), "jobs")
    await server.alice.click(listed.response, label="Post it here")


@pytest.mark.parametrize("ask", [command, form, again, try_again, confirm, post_it_here])
async def test_whatever_asks_for_a_clip_its_token_stands_with_what_was_asked_alone(server, delivery, tokens, ask):
    await ask(server, delivery)
    job = await server.backend.latest()
    assert tokens()[job.address.asked_id] == job.address.token
    assert max(tokens()) == job.address.asked_id, "the last interaction is the one that asked"
    before = len(server.env.http_requests)
    await server.backend.notifier.announce(job)
    paths = [each.path for each in server.env.http_requests[before:] if each.method == "PATCH"]
    assert paths, "its card is drawn"
    assert all(job.address.token in path for path in paths)


async def test_a_job_whose_token_is_blanked_comes_to_its_end_in_the_channel(server, delivery, tokens):
    result, job = await asked(server)
    await server.env.advance_time(16 * 60)
    asked_store = server.backend.storage.asked
    for later in (0, KEPT_MS + 1):
        # Blanked once it has expired, and forgotten after a week.
        await asked_store.prune(server.backend.clock.now_ms() + later)
        assert tokens() == {}
    job = await server.backend.storage.jobs.get(job.id)
    assert (job.address.token, job.address.by_operator) == ("", False)
    job, posted = await brought(server, delivery, job)
    assert [clip.id for clip in clips_in(thread_of(server))] == [posted.message_id]
    assert "Again" in labels(result.response), "its card is edited as a message of the bot"
