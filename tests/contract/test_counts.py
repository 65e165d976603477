"""Exactly how many SQL statements, commits and HTTP requests one job takes from command to clip.

The whole bot against the sandbox. Nothing depends on speed: progress is shown for the first time while the submit is held, a
second time never comes, and the clip ends at once. The table stands in docs/design.md.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections import Counter
from pathlib import Path

from bot.domain.order import by_interaction
from bot.ops import clock
from bot.pipeline import late_ends, operator_worker
from bot.presentation.delivery import progress_updater
from bot.storage import open_storage, sqlite
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, running_bot, sought
from tests.fixtures.simcord_bot import picture
from tests.sandbox_process import sandbox_here
from tests.waiting import until

DESIGN = Path(__file__).resolve().parents[2] / "docs" / "design.md"
SUBMIT = {"at": "scenario", "method": "POST", "path": "/generate/**", "what": "hold", "name": "submit", "times": 1}
KINDS = {
    "text": ("a text", "A kite", ()),
    "image": ("one picture", "A kite", ("image",)),
    "characters": ("two characters", "character1 waves to character2", ("character1", "character2")),
}
JOB_OF = "SELECT jobs.id FROM jobs JOIN orders ON orders.id = jobs.order_id WHERE orders.source = ?"
READS, WRITES = frozenset({"SELECT"}), frozenset({"INSERT", "UPDATE", "DELETE"})
SHOWN = "SELECT shown_rev FROM posts JOIN jobs ON subject = 'order:' || order_id WHERE purpose = 'card' AND jobs.id = ?"
COMMENT = re.compile(r"--[^\n]*(\n|$)")
IDS = re.compile(r"/(?:\d{15,}|token-[\w-]+|(?:asset|job|model)_[\w.-]+)(?=/|$)")


class Database(Counter):
    """Counts SQL statements and commits on both connections of the bot."""

    async def listen(self, database):
        for thread in (database._writer, database._reader):
            await thread.call(lambda raw: raw.set_trace_callback(self._note))

    def _note(self, sql):
        # SQLite reports a trigger's statement as a comment with its name; it is not counted.
        word = next(iter(COMMENT.sub("", sql).split(None, 1)), "").upper()
        if word in READS:
            self["statements that read"] += 1
        elif word in WRITES:
            self["statements that write"] += 1
        elif word == "COMMIT":
            self["commits"] += 1


def routes(here, since):
    """How many requests came after the record `since`, by route without ids: `Discord POST /channels/*/messages`."""
    names = {"discord": "Discord", "scenario": "provider", "cdn": "pictures"}
    return Counter(
        f"{names[each['source']]} `{each['method']} {IDS.sub('/*', each['path'])}`"
        for each in here.sandbox.records.since(since)
    )


async def counted(kind, tmp_path, monkeypatch, caplog):
    _, prompt, names = KINDS[kind]
    database = Database()
    provider = {"name": "scenario", "watch_seconds": 0.05, "parallel": 4}
    async with (
        sandbox_here(rate_limits=False) as here,
        open_storage(tmp_path / kind / "data" / "happyhorse.db") as storage,
        running_bot(here, tmp_path / kind, monkeypatch, storage=storage, provider=provider) as app,
    ):
        await here.post("/scenario", clip_seconds=0)
        await here.post("/faults", faults=[SUBMIT])
        await until(lambda: "ready: " in caplog.text, PATIENCE_SECONDS)
        # Writes are done in order, so once this one is done, those of the start are too.
        await storage.key_values.write("counts", "begin", 0)
        await database.listen(storage.database)
        since = here.sandbox.records.last
        follow, announced = app.notifier.follow, set()
        monkeypatch.setattr(app.notifier, "follow", announced.add)
        given = {name: await here.upload("cat.png", picture(color=(40 * place, 9, 9))) for place, name in enumerate(names)}
        asked = await ask(here, f"/video {kind}", prompt=prompt, **given)
        await here.wait(PATIENCE_SECONDS, held="submit")
        monkeypatch.setattr(app.notifier, "follow", follow)
        for each in announced:
            follow(each)
        progress = app.notifier._progress_updater
        await until(lambda: any(each.due_ms for _, _, each in progress._line) and not progress._under_way, PATIENCE_SECONDS)
        await here.post("/release", name="submit")
        # Read beside the bot, whose own statements are counted.
        with contextlib.closing(sqlite3.connect(app.settings.storage.path)) as beside:
            [job_id] = beside.execute(JOB_OF, (by_interaction(int(asked)),)).fetchone()
            await sought(here, lambda message: f"hh:more:{job_id}" in str(message.data.get("components")))
            await until(
                lambda: beside.execute(SHOWN, (job_id,)).fetchone()[0],
                PATIENCE_SECONDS,
            )
        return database + routes(here, since)


async def test_what_a_job_takes_is_what_the_design_says(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "bot")
    monkeypatch.setattr(progress_updater, "_BETWEEN_EDITS_MS", 3_600_000)
    # How many progress edits follow the first one depends on speed, so here none does.
    monkeypatch.setattr(progress_updater, "_NEWS_AFTER_MS", 3_600_000)
    # The bot's regular work, every second or minute, belongs to no job.
    monkeypatch.setattr(operator_worker, "EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(clock, "_CHECK_SECONDS", 3_600.0)
    monkeypatch.setattr(late_ends, "EVERY_SECONDS", 3_600.0)
    # Whether two writes share a commit is chance.
    monkeypatch.setattr(sqlite, "SHARED_COMMIT", 1)
    counts = {}
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        caplog.clear()
        counts[kind] = await counted(kind, tmp_path, monkeypatch, caplog)
    order = ["statements that read", "statements that write", "commits"]
    order += sorted({name for each in counts.values() for name in each} - set(order))
    table = [
        f"| what | {' | '.join(words for words, *_ in KINDS.values())} |",
        "|---|---|---|---|",
        *(f"| {name} | {' | '.join(str(each[name]) for each in counts.values())} |" for name in order),
    ]
    assert "\n".join(table) in DESIGN.read_text(encoding="utf-8"), "\n".join(["docs/design.md should have:", *table])
