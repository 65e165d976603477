"""Sends a message again without the member's text, if Discord's AutoMod or link filter blocked it. The other modules of this
folder wrap their requests in it.

Discord's AutoMod FAQ exempts bots, but a bot that a member installed is judged by that member's permissions; an edit of a
deferred answer is then refused with a 400 (Discord's change log of 27 June 2024; tibue99/ezcord pull request 85). This code
works the same for every message: whatever is refused for its text is sent once more without it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.first_answers import FirstAnswers
from bot.presentation.discord_codes import WORDS_BLOCKED
from bot.presentation.discord_errors import NotTaken

_log: Final = logging.getLogger(__name__)
_T = TypeVar("_T")


class Quoting:
    """Remembers the jobs whose text was blocked, until they are over. For messages about an order of several clips `job_id` is
    the order's id.

    It is kept in memory alone: another process asks Discord once more, with one request that is refused, and then knows it too.
    So whatever has a member's words is sent with `send`.
    """

    def __init__(self, first_answers: FirstAnswers) -> None:
        self._first_answers = first_answers
        self._blocked: set[int] = set()

    async def send(self, job_id: int, once: Callable[[bool], Awaitable[_T]]) -> _T:
        """Calls `once(True)`, which sends something about the job with the member's text; if that is blocked, `once(False)`,
        which sends it without. Once a job's text was blocked, only `once(False)` is called.

        To draw a message takes a millisecond, so first answers to members go first.
        """
        await self._first_answers.go_first()
        quoted = job_id not in self._blocked
        try:
            return await once(quoted)
        except NotTaken as error:
            if not quoted or error.code not in WORDS_BLOCKED:
                raise
            _log.info("the words of job %d are not let through: %s", job_id, error)
        self._blocked.add(job_id)
        return await once(False)  # noqa: FBT003  `quoted`, as above

    def forget(self, job_id: int) -> None:
        self._blocked.discard(job_id)
