"""Tells members in private, below the public card of a clip, that their credits run out with it. `Announcer` calls it.

The line is a post of the job: that it is sent is written down first. It can't be looked for afterwards, so it is sent at most
once: where its sending had begun, or had no clear answer, it is not sent again. `/quota` says the same.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from bot.domain import nonce
from bot.domain.job import Job, Way
from bot.domain.post import PostState, Purpose, Told
from bot.errors import DeliveryError, HappyHorseError
from bot.ports import Clock
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.poster import Poster
from bot.presentation.discord_errors import Closed
from bot.presentation.views import wording
from bot.presentation.views.layout import AMBER, Page
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class CreditNotices:
    def __init__(self, answers: Answers, poster: Poster, clock: Clock) -> None:
        self._answers = answers
        self._poster = poster
        self._clock = clock

    async def tell(self, job: Job) -> None:
        """Sends the line, where it is called for, once. Raises nothing: the clip is made without it."""
        with speaking(job.address.member_locale):
            line = wording.last_one(job)
        fresh = self._clock.now_ms() - job.created_at_ms <= nonce.REMEMBERED_MS
        if not line or not fresh or job.position or job.address.private or not self._answers.answerable(job.address):
            return
        try:
            await self._once(job, Page(AMBER).text(line))
        except HappyHorseError as error:
            _log.info("job %s: its member could not be told what is left: %s", job.job_code, error)

    async def _once(self, job: Job, page: Page) -> None:
        wanted = self._poster.of_job(job, Purpose.NOTICE, Way.FOLLOW_UP, job.address.channel_id, part=Told.CREDITS)
        stored = await self._poster.stored(wanted)
        if stored is not None and stored.state is not PostState.WANTED:
            return
        [post] = await self._poster.keep(wanted)
        try:
            sent = replace(post, message_id=await self._answers.whisper(job.address, page), state=PostState.SENT)
        except Closed as closed:
            _log.info("job %s: its member takes no word of what is left: %s", job.job_code, closed)
            sent = replace(post, state=PostState.REFUSED)
        except DeliveryError as error:
            if not error.unsent:
                raise
            # Discord itself refused it for now, so nothing is there, and a second try of the card may send it.
            sent = replace(post, state=PostState.WANTED)
        await self._poster.keep(sent)
