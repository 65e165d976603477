"""Keeps links to the posters (still pictures of clips) on job cards, for `/jobs`. Discord stores the pictures; the links are
kept in memory while they work. `CardEdits` and `Boards` store the links that they see, `PostedClips` reads them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.domain.job import Job, State
from bot.errors import DeliveryError
from bot.ports import Clock
from bot.presentation.delivery.messages import Messages
from bot.presentation.discord_errors import Closed
from bot.presentation.views import job_card

_log: Final = logging.getLogger(__name__)
_LOOKS_SECONDS: Final = 2.0
"""How long a list waits for links; links that come later are used by the next list."""
_LINK_MS: Final = 12 * 3600 * 1000
"""How long a link is used. Discord's links work for 24 hours, and a list may stay open for some time."""
_LINKS_MOST: Final = 2_000


class PosterLinks:
    def __init__(self, messages: Messages, clock: Clock) -> None:
        self._messages = messages
        self._clock = clock
        self._links: dict[int, tuple[str, int]] = {}

    def seen(self, job_id: int, link: str) -> None:
        """Stores the link that an edit of the card returned, so that it need not be asked for."""
        self._links.pop(job_id, None)
        self._links[job_id] = (link, self._clock.now_ms())
        while len(self._links) > _LINKS_MOST:
            del self._links[next(iter(self._links))]

    async def of(self, jobs: Sequence[Job]) -> dict[int, str]:
        """Links by job id: known ones, and those that Discord returns within two seconds. Each card is asked for once."""
        wanted = [each for each in jobs if _has_poster(each)]
        on_cards: dict[int, list[Job]] = {}
        for each in wanted:
            if each.address.card_id is not None and self._link(each.id) is None:
                on_cards.setdefault(each.address.card_id, []).append(each)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOKS_SECONDS):
                await asyncio.gather(*(self._look(card_id, there) for card_id, there in on_cards.items()))
        links = ((each.id, self._link(each.id)) for each in wanted)
        return {job_id: link for job_id, link in links if link is not None}

    def _link(self, job_id: int) -> str | None:
        link, at_ms = self._links.get(job_id, ("", 0))
        return link if link and self._clock.now_ms() - at_ms < _LINK_MS else None

    async def _look(self, card_id: int, jobs: Sequence[Job]) -> None:
        """Takes the posters of these jobs from their card."""
        try:
            files = await self._messages.shown(jobs[0].address.channel_id, card_id)
        except (Closed, DeliveryError) as error:
            _log.info("job %s: its poster can't be looked at: %s", jobs[0].job_code, error)
            return
        for each in jobs:
            name = job_card.poster_file(each)
            if name in files:
                self.seen(each.id, files[name].url)


def _has_poster(job: Job) -> bool:
    """Whether the job's card shows a poster that the bot can read. With `in_place` a single clip stands below its card or
    in its place, so that card has no poster. A private card can be read with its token only.
    """
    address = job.address
    here = address.in_place and not job.on_board
    return job.state is State.DONE and address.result_id is not None and not (here or address.private)
