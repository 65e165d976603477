"""Edits of a job's card, the answer to its command: by the interaction's token while it lives, else by the bot's own route."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.job import Job
from bot.errors import HappyHorseError
from bot.ports import BlobStore, Media
from bot.presentation.delivery.message_parts import NO_FILES, Files, Kept
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.operators_channel import OperatorsChannel
from bot.presentation.delivery.poster_links import PosterLinks
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.discord_codes import ARCHIVED
from bot.presentation.discord_errors import Closed, NotTaken
from bot.presentation.views import job_card
from bot.presentation.views.layout import Page

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """Of one card: its message, the files that stand on it, and what was sent last, None where nobody knows."""

    card_id: int
    files: Mapping[str, Kept]
    sent: int | None


class CardEdits:
    """Remembers each job's card as it was sent last, and the jobs whose cards are without pictures that they want."""

    def __init__(
        self,
        messages: Messages,
        blobs: BlobStore,
        media: Media,
        quoting: Quoting,
        operators: OperatorsChannel,
        posters: PosterLinks,
    ) -> None:
        self._messages = messages
        self._blobs = blobs
        self._media = media
        self._quoting = quoting
        self._operators = operators
        self._posters = posters
        self._plain: set[int] = set()
        self._cards: dict[int, _Known] = {}

    def forget(self, job_id: int) -> None:
        self._plain.discard(job_id)
        self._cards.pop(job_id, None)

    async def edit(self, job: Job, page: Page, files: Files, *, urgent: bool = True) -> int:
        """The card's message id; `files` are all that it has then. What was sent last is not sent again.

        Raises `Closed` where it can't be edited (any more), `DeliveryError` for what may pass.
        """
        known, sent = self._known(job), _digest(page, files)
        if known is not None:
            if known.sent == sent:
                return known.card_id
            known.sent = None
        card_id, there = await self._edited(job, page, files, urgent=urgent)
        self._cards[job.id] = _Known(card_id, there, sent)
        if job_card.POSTER_FILE in there:
            self._posters.seen(job.id, there[job_card.POSTER_FILE].url)
        return card_id

    async def draw(
        self, job: Job, files: Files, *, poster: bool = False, progress: str | None = None, urgent: bool = True
    ) -> int:
        """The job's own card, over those files. Returns and raises as `edit`."""
        pictures = sum(job_card.picture_file(number) in files for number in range(1, job_card.pictures_shown(job) + 1))

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            card = job_card.card(
                job, pictures=pictures, poster=poster, progress=progress, quoted=quoted, told=self._operators.hears
            )
            return await self.edit(job, card, files, urgent=urgent)

        return await self._quoting.send(job.id, once)

    async def redraw(self, job: Job, *, progress: str | None = None, urgent: bool = True) -> None:
        """The card as it reads now, over the pictures that are attached to it. Raises as `edit`."""
        kept = await self._kept(job)
        try:
            await self.draw(job, kept, progress=progress, urgent=urgent)
        except NotTaken as refused:
            if not kept or refused.code == ARCHIVED:
                raise
            # Whatever Discord has against showing them once more: the words count more.
            self._plain.add(job.id)
            await self.draw(job, NO_FILES, progress=progress, urgent=urgent)

    async def pictures(self, job: Job, *, anew: bool = False) -> dict[str, bytes | Kept]:
        """Thumbnails of the references under their names on the card; all that it wants or none.

        Those that stand there are kept, unless they shall be uploaded `anew`.
        """
        names = _names(job)
        known = None if anew else self._known(job)
        there = NO_FILES if known is None else known.files
        if all(name in there for name in names):
            return {name: there[name] for name in names}
        found: dict[str, bytes | Kept] = {}
        for name, image in zip(names, job.request.references, strict=False):
            blob = await self._blobs.get(image.sha256)
            try:
                found[name] = b"" if blob is None else await self._media.thumbnail(blob[0])
            except HappyHorseError as error:
                _log.info("job %s: no thumbnail for %s: %s", job.job_code, name, error)
                blob = None
            if blob is None:
                self._plain.add(job.id)
                return {}
        return found

    async def _kept(self, job: Job) -> dict[str, Kept]:
        """The pictures that it wants as they stand on it by now; none where one of them does not."""
        names = [] if job.id in self._plain else _names(job)
        if not names:
            return {}
        known = self._known(job)
        if known is None:
            # They were attached by an earlier process.
            known = _Known(job.address.card_id or 0, await self._messages.attached(job.address), None)
            self._cards[job.id] = known
        return {name: known.files[name] for name in names} if all(name in known.files for name in names) else {}

    def _known(self, job: Job) -> _Known | None:
        """A job that is posted elsewhere has another card from then on."""
        known = self._cards.get(job.id)
        return known if known is not None and known.card_id == job.address.card_id else None

    async def _edited(self, job: Job, page: Page, files: Files, *, urgent: bool) -> tuple[int, Mapping[str, Kept]]:
        address = job.address
        msg = "the interaction's token has expired"
        if self._messages.answerable(address):
            try:
                return await self._messages.edit_answer(address, page, files, urgent=urgent)
            except NotTaken:
                raise
            except Closed as closed:
                # Discord's clock decides when a token is dead, and it may run ahead of ours.
                msg = str(closed)
        if address.card_id is None or address.private:
            raise Closed(msg)
        there = await self._messages.edit(address.channel_id, address.card_id, page, files, urgent=urgent)
        return address.card_id, there


def _names(job: Job) -> list[str]:
    return [job_card.picture_file(number) for number in range(1, job_card.pictures_shown(job) + 1)]


def _digest(page: Page, files: Files) -> int:
    """Equal for what shows the same."""
    listed = sorted((name, hash(content)) for name, content in files.items())
    return hash((json.dumps(page.to_components(), sort_keys=True), tuple(listed)))
