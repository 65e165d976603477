"""The interface to stored posts. `bot.storage.posts` implements it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from bot.domain.job import Job
from bot.domain.post import Post, Purpose


class Posts(Protocol):
    """Where our messages at Discord are, and which of them still show something old. Every method may raise `StorageError`.

    An order's card and its progress message have two revisions each: what they have to show, raised before they are edited, and
    what they show, noted afterwards. An end of a job raises the first, and so does what members do with posted clips. Edits for
    mere progress raise none and are not noted: while a job runs they are repeated anyway, by a later process too. A clip that
    waits for its owner needs none either: its state says what its messages have to show, and while it waits their edits are
    repeated until they show it, by a later process too.

    None of it changes a job's state, so the fence does not matter here: two processes would write the same.
    """

    async def keep(self, *posts: Post) -> tuple[Post, ...]:
        """Stores them in one transaction, new or as they are now. Returns them as they are stored: one that was there before
        keeps its `id` and `nonce`.
        """
        ...

    async def find(self, subject: str, purpose: Purpose, part: int = 0) -> Post | None: ...

    async def want(self, job: Job) -> Job:
        """Notes that the card and the progress message of the job's order have to show something new. The job with the new
        revisions, for messages that show it.
        """
        ...

    async def shown(self, job: Job, refused: Collection[Purpose] = (), at_ms: int = 0) -> None:
        """Notes that the messages of an ended job show what they should according to `job`, but for those that Discord
        `refused` at `at_ms`.

        A refused one is tried again after an hour, then ever more seldom. The seventh refusal in a row, after more than two
        days, counts as shown.
        """
        ...

    async def behind(self, at_ms: int) -> list[Job]:
        """The ended jobs of each order whose messages do not show yet all that they should (the bot was killed in between, or
        Discord refused it), oldest first. Those that were put off to a time after `at_ms` are left out.
        """
        ...

    async def recent_line(self, content: str, since_ms: int) -> Post | None:
        """The line to the operator with this text that was begun since then; None where there is none."""
        ...

    async def lines_left(self, at_ms: int, since_ms: int, most: int) -> list[Post]:
        """Lines to the operator that were begun since then and did not arrive, oldest first, without those that were put off.

        Older lines are forgotten.
        """
        ...

    async def put_line_off(self, post: Post, at_ms: int) -> None:
        """Notes that a line could not be sent. It is tried again after a minute, then ever more seldom."""
        ...

    async def refused(self, at_ms: int, most: int) -> list[Job]:
        """Of the jobs that `behind` lists, those that were put off before, oldest first; `most` of them at most."""
        ...
