"""Whose words Discord lets us quote: what its AutoMod or its filter of links blocks is said once more without them.

Discord's AutoMod FAQ exempts bots, and judges the answers of one that a member installed by that member; an edit of a deferred
answer is then refused with a 400 (Discord's change log of 27 June 2024; tibue99/ezcord pull request 85). Nothing here relies on
which messages are judged: whatever is refused for its words is sent once more without them.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.presentation.discord_codes import WORDS_BLOCKED
from bot.presentation.discord_errors import NotTaken

_log: Final = logging.getLogger(__name__)
_T = TypeVar("_T")


class Quoting:
    """Remembers the jobs whose words were blocked, until they are over."""

    def __init__(self) -> None:
        self._blocked: set[int] = set()

    async def send(self, job_id: int, once: Callable[[bool], Awaitable[_T]]) -> _T:
        """`once(quoted)` sends something about the job, with its member's words or without. One retry without them."""
        quoted = job_id not in self._blocked
        try:
            return await once(quoted)
        except NotTaken as error:
            if not quoted or error.code not in WORDS_BLOCKED:
                raise
            _log.info("the words of job %d are not let through: %s", job_id, error)
        self._blocked.add(job_id)
        return await once(False)  # noqa: FBT003  what it is, its name says above

    def forget(self, job_id: int) -> None:
        self._blocked.discard(job_id)
