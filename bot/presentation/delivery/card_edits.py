"""Edits a job's card, which is the answer to its command: with the interaction's token while it is valid, else as a message of
the bot. `Announcer`, `Boards`, `EndMessages` and `DiscordNotifier` call it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import Job
from bot.errors import HappyHorseError
from bot.ports import KeptPictures, Media
from bot.presentation.delivery.answers import Answers
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
    """One card: its message id, the files that it has, and a hash of what was sent last (None: not known)."""

    card_id: int
    files: Mapping[str, Kept]
    sent: int | None


class CardEdits:
    """Remembers what was sent last to each card, and the jobs whose cards have to do without their pictures.

    What the card of an order of several clips shows, `Boards` decides.
    """

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        kept_pictures: KeptPictures,
        media: Media,
        quoting: Quoting,
        operators: OperatorsChannel,
        posters: PosterLinks,
    ) -> None:
        self._messages = messages
        self._answers = answers
        self._kept_pictures = kept_pictures
        self._media = media
        self._quoting = quoting
        self._operators = operators
        self._posters = posters
        self._plain: set[int] = set()
        self._cards: dict[int, _Known] = {}

    def forget(self, job: Job) -> None:
        self._plain.discard(job.id)
        self._cards.pop(_card_of(job), None)

    async def edit(self, job: Job, page: Page, files: Files, *, urgent: bool = True) -> int:
        """Edits the card and returns its message id. Afterwards it has exactly `files`. The same edit is not sent twice in a
        row.

        Raises `Closed` where it can't be edited (any more), `DeliveryError` for a temporary error.
        """
        known, sent = self._known(job), _digest(page, files)
        if known is not None:
            if known.sent == sent:
                return known.card_id
            known.sent = None
        card_id, there = await self._edited(job, page, files, urgent=urgent)
        if job.on_board:
            # The next edit lists a poster that was uploaded here as a kept file. With that file in the hash, an edit that shows
            # the same is recognised.
            sent = _digest(page, {name: there.get(name, content) for name, content in files.items()})
        self._cards[_card_of(job)] = _Known(card_id, there, sent)
        if job_card.POSTER_FILE in there:
            self._posters.seen(job.id, there[job_card.POSTER_FILE].url)
        return card_id

    async def draw(
        self, job: Job, files: Files, *, poster: bool = False, progress: str | None = None, urgent: bool = True
    ) -> int:
        """Edits the card to the current state of its job, with these files. Returns and raises as `edit`."""
        pictures = sum(job_card.picture_file(number) in files for number in range(1, job_card.pictures_shown(job) + 1))

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            card = job_card.card(
                job, pictures=pictures, poster=poster, progress=progress, quoted=quoted, told=self._operators.hears
            )
            return await self.edit(job, card, files, urgent=urgent)

        return await self._quoting.send(job.id, once)

    async def redraw(self, job: Job, *, progress: str | None = None, urgent: bool = True) -> None:
        """Edits the card to the current state of its job and keeps its pictures. Raises as `edit`."""
        kept = await self._kept(job)
        try:
            await self.draw(job, kept, progress=progress, urgent=urgent)
        except NotTaken as refused:
            if not kept or refused.code == ARCHIVED:
                raise
            # Discord does not take the pictures once more: the text matters more, so edit without them.
            self._plain.add(job.id)
            await self.draw(job, NO_FILES, progress=progress, urgent=urgent)

    async def pictures(self, job: Job, *, anew: bool = False) -> dict[str, bytes | Kept]:
        """Thumbnails of the reference images by their file names on the card: all that the card shows, or none.

        Files that the card has already are kept; with `anew` they are uploaded again.
        """
        names = _names(job)
        known = None if anew else self._known(job)
        there = NO_FILES if known is None else known.files
        if all(name in there for name in names):
            return {name: there[name] for name in names}
        found: dict[str, bytes | Kept] = {}
        for name, image in zip(names, job.request.references, strict=False):
            picture = await self._kept_pictures.get(image.sha256)
            try:
                found[name] = b"" if picture is None else await self._media.thumbnail(picture[0])
            except HappyHorseError as error:
                _log.info("job %s: no thumbnail for %s: %s", job.job_code, name, error)
                picture = None
            if picture is None:
                self._plain.add(job.id)
                return {}
        return found

    async def _kept(self, job: Job) -> dict[str, Kept]:
        """The pictures that the card has already; empty where one is missing."""
        names = [] if job.id in self._plain else _names(job)
        if not names:
            return {}
        there = await self.there(job)
        return {name: there[name] for name in names} if all(name in there for name in names) else {}

    def known(self, job: Job) -> Mapping[str, Kept]:
        """The files that this process has put on the card, by name."""
        known = self._known(job)
        return NO_FILES if known is None else known.files

    def drew(self, job: Job) -> bool:
        """Whether this process knows what the card shows."""
        known = self._known(job)
        return known is not None and known.sent is not None

    async def there(self, job: Job) -> Mapping[str, Kept]:
        """The files that the card has, by name. Raises `DeliveryError`."""
        known = self._known(job)
        if known is None:
            # They were attached by an earlier process.
            known = _Known(job.address.card_id or 0, await self._answers.files(job.address), None)
            self._cards[_card_of(job)] = known
        return known.files

    def _known(self, job: Job) -> _Known | None:
        """What is known of the current card. A job that is posted elsewhere gets another card."""
        known = self._cards.get(_card_of(job))
        return known if known is not None and known.card_id == job.address.card_id else None

    async def _edited(self, job: Job, page: Page, files: Files, *, urgent: bool) -> tuple[int, Mapping[str, Kept]]:
        address = job.address
        reason = Detail(DetailCode.INTERACTION_OVER)
        if self._answers.answerable(address):
            try:
                return await self._answers.edit(address, page, files, urgent=urgent)
            except NotTaken:
                raise
            except Closed as closed:
                # Discord's clock decides when a token expires, and it may be ahead of ours.
                reason = closed.reason
        if address.card_id is None or address.private:
            raise Closed(reason)
        there = await self._messages.edit(address.channel_id, address.card_id, page, files, urgent=urgent)
        return address.card_id, there


def _card_of(job: Job) -> int:
    """By which id its card is remembered: the order's where the order has one card for several jobs."""
    return job.order_id if job.on_board else job.id


def _names(job: Job) -> list[str]:
    return [job_card.picture_file(number) for number in range(1, job_card.pictures_shown(job) + 1)]


def _digest(page: Page, files: Files) -> int:
    """A hash that is equal for edits that look the same."""
    listed = sorted((name, hash(content)) for name, content in files.items())
    return hash((json.dumps(page.to_components(), sort_keys=True), tuple(listed)))
