"""Edits of a job's card, the answer to its command: by the interaction's token while it lives, else by the bot's own route."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.domain.job import Job
from bot.errors import HappyHorseError
from bot.ports import BlobStore, Media
from bot.presentation import cards
from bot.presentation.messages import Messages
from bot.presentation.page import Page
from bot.presentation.refusals import Closed, NotTaken

_log: Final = logging.getLogger(__name__)


class CardEdits:
    """Remembers which cards stand without the pictures that they want."""

    def __init__(self, messages: Messages, blobs: BlobStore, media: Media) -> None:
        self._messages = messages
        self._blobs = blobs
        self._media = media
        self._plain: set[int] = set()

    def forget(self, job_id: int) -> None:
        self._plain.discard(job_id)

    async def edit(self, job: Job, page: Page, files: Mapping[str, bytes | Path] | None, *, urgent: bool = True) -> int:
        """The card's message id. Raises `Closed` where it can't be edited (any more), `DeliveryError` for what may pass."""
        address = job.address
        msg = "the interaction's token has expired"
        if self._messages.answerable(address):
            try:
                return await self._messages.edit_answer(address, page, files)
            except NotTaken:
                raise
            except Closed as closed:
                # Discord's clock decides when a token is dead, and it may run ahead of ours.
                msg = str(closed)
        if address.card_id is None or address.private:
            raise Closed(msg)
        await self._messages.edit(address.channel_id, address.card_id, page, files, urgent=urgent)
        return address.card_id

    async def redraw(self, job: Job, *, progress: str | None = None, urgent: bool = True) -> None:
        """The card as it reads now, over the pictures that are attached to it. Raises as `edit`."""
        pictures = self.attached(job)
        try:
            await self.edit(job, cards.card(job, pictures=pictures, progress=progress), None, urgent=urgent)
        except NotTaken:
            if not pictures:
                raise
            # Discord is known to refuse edits that show an attached picture without listing it. The words count more.
            self._plain.add(job.id)
            await self.edit(job, cards.card(job, progress=progress), None, urgent=urgent)

    async def pictures(self, job: Job) -> dict[str, bytes]:
        """Thumbnails of the references under their names on the card; all that it wants or none."""
        found: dict[str, bytes] = {}
        for number, reference in enumerate(job.request.references[: cards.pictures_shown(job)], 1):
            blob = await self._blobs.get(reference.sha256)
            try:
                found[cards.picture_file(number)] = b"" if blob is None else await self._media.thumbnail(blob[0])
            except HappyHorseError as error:
                _log.info("job %s: no thumbnail of picture %d: %s", job.reference_code, number, error)
                blob = None
            if blob is None:
                self._plain.add(job.id)
                return {}
        return found

    def attached(self, job: Job) -> int:
        """How many pictures stand on the card by now."""
        return 0 if job.id in self._plain else cards.pictures_shown(job)
