"""What is written down of a test's jobs: in the bot's database and on the provider's bill. `RunningBot` has one.

A job is named by the id of the interaction that asked for it, which `Member.ask` returns, or by its own.
"""

import json
import sqlite3
from contextlib import closing

from bot.domain.post import jump_link
from tests.e2e.waiting import PATIENCE_SECONDS, until
from tests.posts import WHOLE_JOBS


class Books:
    def __init__(self, bot):
        self._bot = bot

    def billed(self, asked):
        """The provider's bill for this job, found by the seed and prompt in the bot's database."""
        job = self.job(asked)
        prompt = json.loads(job["request"])["prompt"]
        entries = self._bot.sandbox.get("/bill")["entries"]
        return [one for one in entries if (one["seed"], one["prompt"]) == (job["seed"], prompt)]

    def rows(self, sql, *values):
        """Rows of the bot's database, read while the bot runs."""
        if not self._bot.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self._bot.database}?mode=ro", uri=True, timeout=10)) as books:
            books.row_factory = sqlite3.Row
            return [dict(row) for row in books.execute(sql, values)]

    def job(self, asked):
        """A job with what its order and its posts say of it, by the interaction that asked for it or by its own id."""
        source = "order_id IN (SELECT orders.id FROM orders WHERE source = 'interaction:' || ?)"
        row = next(iter(self.rows(f"{WHOLE_JOBS} WHERE {source} OR id = ?", int(asked), int(asked))), None)
        if row is not None:
            link = jump_link(row["guild_id"], row["clip_channel_id"], row["result_id"])
            row["result_url"] = None if row["result_id"] is None else link
        return row

    def asked(self, interaction):
        """What was written down of this interaction."""
        return next(iter(self.rows("SELECT * FROM asked WHERE id = ?", int(interaction))), None)

    def jobs_of(self, member_id):
        """Ids of all jobs of this member, as text, oldest first."""
        sql = """SELECT jobs.id FROM jobs JOIN orders ON orders.id = order_id JOIN people ON people.id = person_id
            WHERE discord_id = ? ORDER BY jobs.id"""
        return [str(row["id"]) for row in self.rows(sql, int(member_id))]

    def jobs_after(self, asked):
        """Ids of the jobs that were asked for by buttons of this one or by the operator's retry, as text, oldest first."""
        sql = "SELECT jobs.id FROM jobs JOIN orders ON orders.id = order_id WHERE parent_job_id = ? ORDER BY jobs.id"
        return [str(row["id"]) for row in self.rows(sql, self.job(asked)["id"])]

    def ledger(self, asked):
        """The ledger's entries for this job: credits by kind."""
        rows = self.rows("SELECT entry, credits FROM ledger WHERE job_id = ? ORDER BY id", self.job(asked)["id"])
        assert len({row["entry"] for row in rows}) == len(rows), rows
        return {row["entry"]: row["credits"] for row in rows}

    def ledger_of(self, member_id):
        """All of the member's entries in the ledger."""
        sql = "SELECT ledger.* FROM ledger JOIN people ON people.id = person_id WHERE discord_id = ? ORDER BY ledger.id"
        return self.rows(sql, int(member_id))

    def until_job(self, asked, seconds=PATIENCE_SECONDS, **values):
        """Wait until the job's row has these values, and return it."""

        def there():
            job = self.job(asked)
            return job if job and all(job[key] == value for key, value in values.items()) else None

        return until(there, lambda: f"{values} never came: {self.job(asked)}\n{self._bot.log()}", seconds)

    def ended(self, asked, state="done", seconds=PATIENCE_SECONDS):
        """Wait until the job has ended and its messages show it."""
        return self.until_job(asked, seconds, state=state, shown=1)
