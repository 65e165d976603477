"""`happyhorse job` beside the running bot: the bot does what the operator asks, once, and no request stays open."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

from tests.e2e.assertions import assert_paid_once, clips_of
from tests.e2e.bot_process import LONG, ROOT, texts, until
from tests.e2e.member import buttons

HOUR = 3600
QUICK = {"duration": 3, "resolution": "720P"}


def job_command(bot, *words):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HAPPYHORSE_")}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "job", *words, "--config", str(bot.folder / "config.toml")],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


def ask(member, prompt):
    """Ask for a clip; the job's id, as text."""
    asked = member.ask("/video text", prompt=prompt, **QUICK)
    return str(member.bot.books.until_job(asked)["id"])


def assert_made_once_more(bot, job):
    """The job was paid once; the failed one before it, with the same prompt and seed, was refunded."""
    row = bot.books.ended(job)
    assert row["charged"] == row["cost"]
    assert bot.books.ledger(job) == {"reserve": -row["cost"], "settle": 0}
    assert sorted((entry["cost"], entry["refunded"]) for entry in bot.books.billed(job)) == [
        (row["cost"], 0),
        (row["cost"], row["cost"]),
    ]


def change(bot, sql, *values):
    with closing(sqlite3.connect(bot.database, timeout=10)) as books, books:
        books.execute(sql, values)


def test_a_job_ended_at_the_provider_is_free_and_gives_its_slot_to_the_next(bot, member):
    bot.provider(clip_seconds=LONG, parallel=1, cancel_accepts=True)
    first = ask(member, "A slow glacier")
    row = bot.books.until_job(first, state="generating")
    shown = job_command(bot, "show", first)
    assert shown.returncode == 0
    assert "A slow glacier" in shown.stdout
    assert f"scenario says of {row['provider_reference']}: " in shown.stdout
    assert row["answer"].split()[-1] not in shown.stdout
    second = ask(bot.member(), "A quick fox")
    bot.books.until_job(second, state="queued")

    assert job_command(bot, "end", first).returncode == 1
    ended = job_command(bot, "end", first, "--yes")

    assert (ended.returncode, f"may be billed at scenario as {row['provider_reference']}" in ended.stdout) == (0, True), ended
    over = bot.books.ended(first, "failed")
    assert (over["failure"], over["charged"]) == ("stopped", 0)
    assert bot.books.ledger(first) == {"reserve": -over["cost"], "release": over["cost"]}
    assert "**Stopped**" in texts(member.screen.card(first))
    assert "was asked to cancel it and agreed" in ended.stdout
    bot.books.until_job(second, state="generating")


def test_another_try_of_a_failed_job_is_made_once_in_the_thread_of_the_old_one(bot, member):
    bot.provider(outcome="failure")
    old = ask(member, "A paper boat in the rain")
    bot.books.ended(old, "failed")
    before = texts(member.screen.card(old))
    bot.faults.calm()

    looked = job_command(bot, "retry", old)
    assert (looked.returncode, "Say --yes" in looked.stdout) == (1, True), looked
    assert bot.books.jobs_after(old) == []
    assert job_command(bot, "retry", old, "--yes").returncode == 0
    assert "makes, or made, this very clip" in job_command(bot, "retry", old, "--yes").stdout

    [new] = bot.books.jobs_after(old)
    assert_made_once_more(bot, new)
    thread = str(bot.books.job(old)["thread_id"])
    row = bot.books.job(new)
    assert (str(row["channel_id"]), row["thread_id"]) == (thread, None)
    card = member.screen.message(thread, row["card_id"])
    assert "**Done**" in texts(card)
    assert clips_of(member, new) == [str(row["result_id"])]
    assert member.screen.pings() == 1
    assert texts(member.screen.card(old)) == before
    # Its buttons work like any other's.
    member.press(member.screen.message(thread, row["result_id"]), "Again")
    until(lambda: bot.books.jobs_after(new), bot.log)


def test_a_request_left_by_a_killed_bot_is_carried_out_once(bot, member):
    bot.provider(outcome="failure")
    old = ask(member, "A tin drum")
    bot.books.ended(old, "failed")
    bot.faults.calm()
    new = int(old) - 5
    bot.kill()
    asking = "INSERT INTO operator_requests (job_id, action, sure, new_job_id, at_ms) VALUES (?, 'retry', 1, ?, ?)"
    for _ in range(2):
        change(bot, asking, int(old), new, bot.books.job(old)["ended_at_ms"] + 10**9)
    bot.start()
    open_requests = "SELECT id FROM operator_requests WHERE answered_at_ms IS NULL"
    until(lambda: not bot.books.rows(open_requests), bot.log)
    assert [row["done"] for row in bot.books.rows("SELECT done FROM operator_requests WHERE new_job_id = ?", new)] == [1, 1]
    assert bot.books.jobs_after(old) == [str(new)]
    assert_made_once_more(bot, str(new))


def test_a_row_that_can_not_be_read_stops_no_start_and_is_ended_by_the_operators_word(bot, member):
    bot.provider(clip_seconds=LONG)
    # The bot may have met a lower limit in another test, which would let only one of the two run. It counts for an hour.
    bot.sandbox.post("/clock", advance_seconds=HOUR)
    bot.restart()
    broken, fine = ask(member, "A cracked bell"), ask(member, "A sound bell")
    for job in (broken, fine):
        bot.books.until_job(job, state="generating")
    bot.kill()
    change(bot, "UPDATE jobs SET request = substr(request, 1, 9) WHERE id = ?", int(broken))
    bot.start()
    assert "can't be read by this version of the bot" in bot.log()
    bot.faults.calm()
    bot.sandbox.post("/clock", advance_seconds=LONG)
    assert_paid_once(bot, fine)
    assert bot.books.job(broken)["ended_at_ms"] is None

    assert "can't be read by this version" in job_command(bot, "show", broken).stdout
    assert job_command(bot, "end", broken).returncode == 1
    assert job_command(bot, "end", broken, "--yes").returncode == 0
    row = bot.books.job(broken)
    assert bot.books.ledger(broken) == {"reserve": -row["cost"], "release": row["cost"]}
    assert "Cancel" in {*buttons(member.screen.message(str(row["thread_id"]), row["progress_id"]))}
