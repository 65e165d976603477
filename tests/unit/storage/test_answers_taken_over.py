"""A file of the version that still stored an interaction's token and upload limit in `jobs` too, and not in `asked` alone.

Every card still finds the interaction that it answers.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.domain.post import Purpose, of_job, of_order
from bot.presentation.views.layout import Page
from bot.storage import open_storage
from bot.storage.schema import migrate, shipped
from tests.factories import NOW_MS, a_request
from tests.unit.presentation.scripted_discord import scripted_discord

BEFORE = 16
ALIVE, EXPIRED = NOW_MS + 600_000, NOW_MS - 1
COMMAND, PRESS, CONFIRM = 101, 102, 103
"""Ids of interactions."""
SETUP = """
INSERT INTO people (id, discord_id) VALUES (1, 7);
INSERT INTO accounts (id, kind, person_id) VALUES (1, 'member', 1);
"""
ORDER = """
INSERT INTO orders (id, source, kind, person_id, guild_id, account_id, private, locale, created_at_ms, size, ended_at_ms)
VALUES (:id, :source, 'clip', 1, 20, 1, 0, 'de', :at_ms, :size, :ended_at_ms)
"""
JOB = """
INSERT INTO jobs (
    id, order_id, position, state, request, kind, resolution, duration, seed, provider, cost, created_at_ms, updated_at_ms,
    ended_at_ms, charged, application_id, channel_id, token, token_expires_at_ms, upload_limit, locale, member_locale, private,
    elsewhere
) VALUES (
    :id, :order_id, :position, :state, :request, 'text', '720P', 5, 1, 'scenario', 30, :at_ms, :at_ms,
    :ended_at_ms, :charged, 2, 30, :token, :expires_ms, 99, 'de', 'fr', 0, :elsewhere
)
"""
POST = """
INSERT INTO posts (subject, purpose, way, channel_id, nonce, message_id, state)
VALUES (:subject, 'card', :way, 30, 'n', 8, 'sent')
"""
ASKED = """
INSERT INTO asked (
    id, person_id, kind, payload, application_id, guild_id, channel_id, token, token_expires_at_ms, upload_limit, locale,
    private, at_ms, outcome
) VALUES (?, 1, 'clip', '', 2, 20, 30, ?, ?, 98, 'fr', 0, ?, 'booked')
"""


class Books:
    """A file of the schema before, in which a test puts what the bot of that version would have."""

    def __init__(self, path):
        self.path = path
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrate(connection, path, shipped()[:BEFORE])
            connection.executescript(SETUP)

    def run(self, sql, values):
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(sql, values)

    def order(self, order_id, source, *, way="answer", size=1, ended=False):
        ended_at_ms = NOW_MS if ended else None
        new = {"id": order_id, "source": source, "size": size, "at_ms": NOW_MS, "ended_at_ms": ended_at_ms}
        self.run(ORDER, new)
        self.run(POST, {"subject": of_order(order_id), "way": way})

    def job(self, job_id, order_id, token, expires_ms=ALIVE, *, position=0, elsewhere=False, ended=False):
        state, ended_at_ms, charged = ("failed", NOW_MS, 0) if ended else ("queued", None, None)
        new = {"id": job_id, "order_id": order_id, "position": position, "state": state, "at_ms": NOW_MS, "charged": charged}
        request = a_request().model_dump_json()
        more = {
            "request": request,
            "ended_at_ms": ended_at_ms,
            "token": token,
            "expires_ms": expires_ms,
            "elsewhere": elsewhere,
        }
        self.run(JOB, {**new, **more})
        if elsewhere:
            self.run(POST, {"subject": of_job(job_id), "way": "answer"})

    def asked(self, asked_id, token, expires_ms=ALIVE):
        self.run(ASKED, (asked_id, token, expires_ms, expires_ms - 900_000))

    async def answers(self, *job_ids):
        """What answers each job's card, after the file was opened: interaction, token, limit."""
        async with open_storage(self.path) as storage:
            addresses = [(await storage.jobs.get(job_id)).address for job_id in job_ids]
            assert {each.application_id for each in addresses} <= {0, 2}
            return [(each.asked_id, each.token, each.upload_limit) for each in addresses]

    def tokens(self):
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("SELECT id, token FROM asked ORDER BY id").fetchall()


@pytest.fixture
def books(tmp_path):
    return Books(tmp_path / "books.db")


async def test_a_card_that_answers_a_command_finds_what_was_asked(books):
    books.asked(COMMAND, "of the command")
    books.order(1, f"interaction:{COMMAND}")
    books.job(11, 1, "of the command")
    assert await books.answers(11) == [(COMMAND, "of the command", 98)]
    assert books.tokens() == [(COMMAND, "of the command")]


async def test_after_an_upgrade_in_the_middle_the_answer_is_still_edited(books, monkeypatch):
    books.order(1, f"interaction:{COMMAND}")
    books.job(11, 1, "of-the-command")
    async with open_storage(books.path) as storage, scripted_discord(monkeypatch) as server:
        await server.answers.edit((await storage.jobs.get(11)).address, Page().text("x"))
        assert server.there.requests[-1][1] == "/webhooks/2/of-the-command/messages/8"


async def test_clips_that_were_confirmed_find_the_press_of_confirm(books):
    books.asked(COMMAND, "of the command")
    books.asked(CONFIRM, "of the press")
    books.order(1, f"draft:{COMMAND}:confirm", size=2)
    for position in (0, 1):
        books.job(11 + position, 1, "of the press", position=position)
    assert await books.answers(11, 12) == [(CONFIRM, "of the press", 98)] * 2


async def test_a_clip_that_was_posted_elsewhere_finds_the_press_that_moved_it_and_the_others_theirs(books):
    books.asked(CONFIRM, "of the confirmation")
    books.asked(PRESS, "of the press")
    books.order(1, f"draft:{COMMAND}:confirm", size=2)
    books.job(11, 1, "of the confirmation")
    books.job(12, 1, "of the press", position=1, elsewhere=True)
    assert await books.answers(11, 12) == [(CONFIRM, "of the confirmation", 98), (PRESS, "of the press", 98)]


async def test_an_only_clip_that_was_moved_finds_the_press_and_not_its_command(books):
    books.asked(COMMAND, "of the command")
    books.asked(PRESS, "of the press")
    books.order(1, f"interaction:{COMMAND}")
    books.job(11, 1, "of the press")
    assert await books.answers(11) == [(PRESS, "of the press", 98)]


async def test_where_what_was_asked_is_not_there_it_is_made_from_the_job(books):
    books.order(1, f"interaction:{COMMAND}")
    books.job(11, 1, "of the command")
    books.order(2, f"draft:{COMMAND}:confirm", size=2)
    books.job(12, 2, "of the confirmation")
    books.job(13, 2, "of the press", position=1, elsewhere=True)
    assert await books.answers(11, 12, 13) == [
        (COMMAND, "of the command", 99),
        (-2, "of the confirmation", 99),
        (-13, "of the press", 99),
    ]
    async with open_storage(books.path) as storage:
        assert await storage.asked.left() == []
        await storage.asked.prune(ALIVE)
    assert [token for _, token in books.tokens()] == [""] * 3


async def test_a_token_that_has_expired_is_kept_for_an_unfinished_job_until_the_next_pruning_and_for_no_other(books):
    books.order(1, "interaction:101")
    books.job(11, 1, "of the first", EXPIRED)
    books.order(2, "interaction:102", ended=True)
    books.job(12, 2, "of the second", EXPIRED, ended=True)
    books.order(3, "interaction:103", ended=True)
    books.job(13, 3, "of the third", ALIVE, ended=True)
    assert await books.answers(11, 12, 13) == [(101, "of the first", 99), (102, "", 0), (103, "of the third", 99)]
    async with open_storage(books.path) as storage:
        await storage.asked.prune(NOW_MS)
    assert books.tokens() == [(101, ""), (103, "of the third")]


async def test_a_token_that_was_blanked_stays_blank(books):
    books.asked(COMMAND, "", EXPIRED)
    books.order(1, f"interaction:{COMMAND}")
    books.job(11, 1, "of the command", EXPIRED)
    assert await books.answers(11) == [(COMMAND, "", 98)]


async def test_a_job_of_the_operators_stays_one(books):
    books.order(1, "operator:5", way="channel")
    books.job(11, 1, "", 0)
    assert await books.answers(11) == [(None, "", 0)]
    async with open_storage(books.path) as storage:
        assert (await storage.jobs.get(11)).address.by_operator
        assert (await storage.posts.find(of_order(1), Purpose.CARD)).asked_id is None
