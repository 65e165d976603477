"""`happyhorse job` in the test's process: its output, with a running bot and without one."""

import asyncio
import time

import pytest

from bot.cli import job_command
from bot.cli.job_report import inert
from bot.detail import said
from bot.domain.job import State, job_code
from bot.errors import Gone, SettingsError
from bot.operator_answer import Stored
from bot.ports import OperatorAnswer
from bot.presentation.views.translations import speaking
from bot.settings import Settings
from bot.storage import open_storage
from tests.factories import a_new_order, a_request, book, jobs_of
from tests.pseudo_locale import PSEUDO, plain_words
from tests.told import told
from tests.waiting import until

ID = 1_234_567_890_123_456_789
HOSTILE = "A kite \x1b[2J\u202e \nand a second line " + "x" * 900
DAMAGES = (
    """UPDATE jobs SET request = '{"kind": "hologram"}'""",
    "UPDATE jobs SET locale = CAST(x'64c3' AS TEXT)",
)


@pytest.fixture
def settings(tmp_path):
    return Settings(storage={"path": tmp_path / "data" / "happyhorse.db"})


async def made(settings, state=State.QUEUED, job_id=ID, **changes):
    async with open_storage(settings.storage.path) as storage:
        job = await book(storage, a_new_order(job_id, **changes))
        for step in (State.PREPARING, State.SUBMITTING, State.GENERATING):
            if job.state is state:
                break
            job = await storage.transitions.advance(job, step, job.created_at_ms + 1)
        if state is State.FAILED:
            job = await storage.transitions.end(job, state, job.created_at_ms + 2, charged=0, detail=said("gave up"))
        return job


async def run(settings, action, name=str(ID), *, sure=False):
    return await job_command.run(settings, action, name, sure=sure)


@pytest.mark.parametrize("name", [str(ID), job_code(ID), job_code(ID).upper()])
async def test_a_job_is_shown_by_its_number_and_by_its_reference_inert_and_without_its_token(settings, capsys, name):
    await made(settings, request=a_request(prompt=HOSTILE))
    assert await run(settings, "show", name) == 0
    shown = capsys.readouterr().out
    for each in (
        f"Job {job_code(ID)} ({ID}): queued since 2026-",
        "member      7",
        "server 20, channel 30",
        "30 credits, nothing charged yet",
        "-30 reserve",
        "preview, nothing there",
        "nothing was sent to the provider",
        "seed 42",
    ):
        assert each in shown
    assert "interaction-token" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert max(map(len, shown.splitlines())) < 450


async def test_a_row_that_can_not_be_read_is_shown_as_it_stands(settings, capsys):
    await made(settings)
    async with open_storage(settings.storage.path) as storage:
        for change in DAMAGES:
            await storage.database.write(lambda transaction, change=change: transaction.run(change, {}))
    assert await run(settings, "show") == 0
    shown = capsys.readouterr().out
    assert "can't be read by this version of the bot: locale: no UTF-8" in shown
    for each in ("hologram", "d\\xc3", "-30 reserve", "happyhorse job end"):
        assert each in shown
    assert "interaction-token" not in shown


async def test_without_a_bot_it_is_done_here_and_the_exit_code_says_whether(settings, capsys):
    await made(settings, state=State.GENERATING)
    assert await run(settings, "end") == 1
    assert "--yes" in capsys.readouterr().out
    assert await run(settings, "end", sure=True) == 0
    assert "No bot is running: what is left to do follows when it starts." in capsys.readouterr().out
    async with open_storage(settings.storage.path) as storage:
        assert (await storage.jobs.get(ID)).charged == 0
        assert await storage.requests.unanswered() == []


async def test_two_at_once_without_a_bot_are_both_done_here_and_leave_no_request_for_the_next_bot(settings, capsys):
    await made(settings, state=State.FAILED)
    assert sorted(await asyncio.gather(*(run(settings, "retry", sure=True) for _ in range(2)))) == [0, 1]
    said = capsys.readouterr().out
    assert "Booked as job" in said
    assert "makes, or made, this very clip" in said
    async with open_storage(settings.storage.path) as storage:
        assert len(await jobs_of(storage)) == 2
        assert await storage.requests.unanswered() == []


async def test_a_bot_that_ends_before_it_answers_leaves_the_request_to_the_shell(settings, capsys):
    await made(settings)
    async with open_storage(settings.storage.path) as storage:
        asking = asyncio.create_task(run(settings, "end"))
        await until(storage.requests.unanswered)
    assert await asking == 0
    assert "has ended; its 30 credits are back" in capsys.readouterr().out
    async with open_storage(settings.storage.path) as storage:
        assert await storage.requests.unanswered() == []


async def test_a_row_that_can_not_be_read_ends_without_a_word_about_its_messages_to_come(settings, capsys):
    await made(settings)
    async with open_storage(settings.storage.path) as storage:
        await storage.database.write(lambda transaction: transaction.run(DAMAGES[0], {}))
    assert await run(settings, "end", sure=True) == 0
    said = capsys.readouterr().out
    assert "Its messages stay as they are." in said
    assert "messages follow" not in said


async def test_a_moment_that_is_no_date_is_shown_as_it_stands(settings, capsys):
    await made(settings)
    async with open_storage(settings.storage.path) as storage:
        far = "UPDATE jobs SET updated_at_ms = 9000000000000000000"
        await storage.database.write(lambda transaction: transaction.run(far, {}))
    assert await run(settings, "show") == 0
    assert "since at 9000000000000000000 ms, which is no date" in capsys.readouterr().out


async def test_without_a_bot_another_try_is_booked_by_a_yes(settings, capsys):
    await made(settings, state=State.FAILED)
    assert await run(settings, "retry") == 1
    assert "costs member 7 0 credits" in capsys.readouterr().out
    assert await run(settings, "retry", sure=True) == 0
    assert "Booked as job" in capsys.readouterr().out
    async with open_storage(settings.storage.path) as storage:
        old, new = sorted(await jobs_of(storage), key=lambda job: job.parent_id or 0)
        assert (new.parent_id, new.state, old.id) == (ID, State.QUEUED, ID)


async def test_beside_a_bot_it_is_asked_for_and_the_answer_is_told(settings, capsys):
    await made(settings)
    async with open_storage(settings.storage.path) as storage:
        asking = asyncio.create_task(run(settings, "end", sure=True))
        (request,) = await until(storage.requests.unanswered)
        assert (request.job_id, request.action, request.sure) == (ID, "end", True)
        await storage.requests.answer(request.id, OperatorAnswer(done=True, remarks=(Stored("It has\x1b[2J\nended."),)), 1)
        assert await asking == 0
        assert (await storage.jobs.get(ID)).state is State.QUEUED
    assert capsys.readouterr().out == "It has·[2J·ended.\n"


async def test_a_request_is_dated_by_the_bots_clock_however_the_machines_is_set(settings, monkeypatch):
    await made(settings)
    monkeypatch.setattr(job_command, "ANSWER_SECONDS", 0.1)
    async with open_storage(settings.storage.path) as storage:
        await storage.key_values.write("clock.discord", str(-86_400_000), 1)
        await run(settings, "retry")
        (request,) = await storage.requests.unanswered()
    yesterday = time.time() - 86_400
    assert abs(request.at_ms / 1000 - yesterday) < 3600
    made_ms = (request.new_job_id >> 22) + 1_420_070_400_000
    assert request.at_ms == made_ms


async def test_a_bot_that_does_not_answer_is_told_as_such(settings, capsys, monkeypatch):
    await made(settings)
    monkeypatch.setattr(job_command, "ANSWER_SECONDS", 0.1)
    async with open_storage(settings.storage.path) as storage:
        assert await run(settings, "retry") == 1
        assert len(await storage.requests.unanswered()) == 1
    assert "The request stands" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["show", "end", "retry"])
async def test_where_there_is_no_database_none_is_made(settings, action):
    with told(SettingsError, r"there is no database at .*--config"):
        await run(settings, action)
    assert not settings.storage.path.parent.exists()


@pytest.mark.parametrize("action", ["show", "end", "retry"])
async def test_a_job_that_is_not_there_is_told_as_such(settings, action):
    await made(settings)
    with pytest.raises(Gone, match="there is no job 9k2f"):
        await run(settings, action, "9k2f")


@pytest.mark.parametrize(
    ("value", "shown"), [("a\x1b[31mb", "a·[31mb"), (b"\xc3(", "\\xc3("), ("x" * 60, "x" * 50 + "…"), (5, "5")]
)
def test_foreign_values_stay_on_their_line(value, shown):
    assert inert(value, 50) == shown


async def test_a_job_is_shown_in_the_shells_language_with_its_labels_in_one_column(settings, capsys):
    await made(settings, request=a_request(prompt="***"))
    await made(settings, State.FAILED, ID + 1, member_id=8, request=a_request(prompt="***", seed=5))
    with speaking(PSEUDO):
        await run(settings, "show")
        lines = capsys.readouterr().out.splitlines()
        for action, name in (("show", ID + 1), ("retry", ID + 1), ("end", ID)):
            await run(settings, action, str(name))
        with pytest.raises(Gone) as gone:
            await run(settings, "show", "99")
        shown = "\n".join([*lines, capsys.readouterr().out, str(gone.value)])
    for code in (job_code(ID), job_code(ID + 1)):
        shown = shown.replace(code, "")
    named = {"queued", "failed", "preview", "text", "reserve", "release", "gave", "up"}
    assert plain_words(shown) - named == set()
    assert len({line.index(text) for line in lines for text in ("***", "-30 reserve") if text in line}) == 1
