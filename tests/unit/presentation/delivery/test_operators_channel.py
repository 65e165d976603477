"""Lines to the operator: each is there once, and what could not be sent comes later, by another process too."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from bot.detail import said
from bot.domain.post import OPERATOR, nonce_of
from bot.first_answers import FirstAnswers
from bot.notice import OutOfReach, TakesAgain
from bot.presentation.delivery.notifier import DiscordNotifier
from bot.presentation.views.translations import ENGLISH
from bot.storage import open_storage
from tests.factories import storage_error
from tests.fakes import ManualClock, failing_first
from tests.unit.presentation.scripted_discord import ME, SENT, scripted_discord

ONCE, OTHER = OutOfReach("scenario", said("timeout")), TakesAgain("scenario", None)
REFUSED = (403, {"code": 50001, "message": "Missing Access"})
FULL = (403, {"code": 20028, "message": "The write action you are performing on the channel has hit the write rate limit."})
MINUTE_MS = 60_000


@asynccontextmanager
async def operated(monkeypatch, tmp_path):
    """A Discord, a database, and `another()`, which makes a notifier as another process would."""
    clock = ManualClock()
    async with scripted_discord(monkeypatch) as server, open_storage(tmp_path / "happyhorse.db") as storage:

        def another():
            return DiscordNotifier(
                server.client,
                jobs=None,
                posts=storage.posts,
                kept_pictures=None,
                kept_poster=None,
                media=None,
                progress_reader=None,
                holds=lambda _: True,
                clock=clock,
                operator_channel_id=30,
                operator_language=ENGLISH,
                first_answers=FirstAnswers(),
            )

        yield SimpleNamespace(there=server.there, storage=storage, clock=clock, another=another, notifier=another())


def sent(here):
    """Nonces of the lines that were sent, in order, also of those that were refused."""
    return [body["nonce"] for method, _, body in here.there.requests if method == "POST"]


async def rows(here):
    sql = "SELECT * FROM posts WHERE subject = :subject ORDER BY id"
    return await here.storage.database.read(lambda transaction: transaction.rows(sql, {"subject": OPERATOR}))


async def test_a_text_is_sent_once_in_some_minutes_by_whatever_process(monkeypatch, tmp_path):
    async with operated(monkeypatch, tmp_path) as here:
        assert not here.notifier.operators_told
        await here.notifier.tell_operator(ONCE)
        again = here.another()
        await again.tell_operator(ONCE)
        assert (here.notifier.operators_told, again.operators_told) == (True, True)
        here.clock.now += 1
        await again.tell_operator(OTHER)
        here.clock.now += 10 * MINUTE_MS
        await again.tell_operator(ONCE)
        assert sent(here) == [nonce_of(row["id"]) for row in await rows(here)]
        assert len(set(sent(here))) == 3


@pytest.mark.parametrize("trouble", [REFUSED, FULL])
async def test_a_line_that_could_not_be_sent_comes_later_and_once(monkeypatch, tmp_path, trouble):
    async with operated(monkeypatch, tmp_path) as here:
        here.there.answers = [trouble] * 5
        await here.notifier.tell_operator(ONCE)
        assert not here.notifier.operators_told
        here.there.answers = []
        another = here.another()
        await another.operators.tell_left()
        assert another.operators_told
        assert len(set(sent(here))) == 1
        count = len(sent(here))
        await another.operators.tell_left()
        assert len(sent(here)) == count


async def test_a_line_that_was_sent_long_before_a_kill_is_found_by_its_text(monkeypatch, tmp_path):
    async with operated(monkeypatch, tmp_path) as here:
        await here.notifier.tell_operator(OTHER)
        components = here.there.requests[-1][2]["components"]
        here.clock.now += 1
        await here.notifier.tell_operator(ONCE)
        # As if the process had died before it could write down that the first one arrived.
        sql = "UPDATE posts SET state = 'begun', message_id = NULL WHERE nonce = :nonce"
        await here.storage.database.write(lambda transaction: transaction.run(sql, {"nonce": sent(here)[0]}))
        here.clock.now += 10 * MINUTE_MS
        there = {**SENT, "id": str((await rows(here))[0]["id"] + 1), "author": ME, "components": components}
        here.there.answers = [(200, [there])]
        another = here.another()
        await another.operators.tell_left()
        assert another.operators_told
        assert len(sent(here)) == 2
        assert (await rows(here))[0]["message_id"] == int(there["id"])


async def test_a_line_that_is_refused_is_tried_ever_more_seldom_and_for_a_day(monkeypatch, tmp_path):
    async with operated(monkeypatch, tmp_path) as here:
        here.there.answers = [REFUSED] * 10_000
        await here.notifier.tell_operator(ONCE)
        at, began = [], here.clock.now
        for minute in range(1, 25 * 60):
            here.clock.now = began + minute * MINUTE_MS
            before = len(sent(here))
            await here.notifier.operators.tell_left()
            at += [minute] * (len(sent(here)) - before)
        assert at[:6] == [1, 2, 4, 8, 16, 32]
        assert 24 < len(at) < 32
        assert await rows(here) == []


async def test_the_databases_own_trouble_is_told_without_it(monkeypatch, tmp_path):
    async with operated(monkeypatch, tmp_path) as here:
        here.storage.posts.keep = failing_first(here.storage.posts.keep, [storage_error("disk full")] * 2)
        await here.notifier.tell_operator(ONCE)
        assert here.notifier.operators_told
        assert len(sent(here)) == 1
