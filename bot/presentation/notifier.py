"""Discord's face for the pipeline, the `Notifier`: a job's messages are made, kept fresh, delivered and brought to an end.

Every step looks first at what exists, so that it can be repeated after a crash. Knows no provider and no stage.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import discord

from bot.domain.job import Job, State
from bot.errors import DeliveryError, HappyHorseError
from bot.ports import AddressChanges, BlobStore, Clock, Delivery, Glances, JobStore, Media, Posted, Progress
from bot.presentation import cards, delivering, endings, safe_text
from bot.presentation.error_texts import note_page
from bot.presentation.follower import Followed, Follower
from bot.presentation.messages import Closed, Messages
from bot.presentation.page import AMBER, Page
from bot.presentation.progress import first_text, progress_page, progress_text
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_FRESH_MS: Final = 120_000
"""As long as this the nonce surely keeps a repeated post from becoming a second message."""
_THREAD_AGAIN_MS: Final = 60_000
_OPERATOR_CHARACTERS: Final = 1500


class DiscordNotifier:
    """`operator_channel_id` is where operators read what they must act on."""

    def __init__(
        self,
        client: discord.Client,
        *,
        jobs: JobStore,
        blobs: BlobStore,
        media: Media,
        glances: Glances,
        clock: Clock,
        operator_channel_id: int | None,
    ) -> None:
        self._jobs = jobs
        self._blobs = blobs
        self._media = media
        self._clock = clock
        self._operator_channel_id = operator_channel_id
        self._messages = Messages(client, clock)
        self._follower = Follower(glances, clock, self._show)
        self._delivering = delivering.Delivering(self._messages, jobs, clock)
        self._posters: dict[int, bytes] = {}
        self._plain: set[int] = set()

    def start(self) -> None:
        """Begins to keep progress fresh; needs a running loop."""
        self._follower.start(self.tell_operator)

    async def stop(self) -> None:
        await self._follower.stop()

    # -- the port ------------------------------------------------------------------------------------------------------

    async def announce(self, job: Job) -> Job:
        job = await self._announce_card(job)
        if job.address.in_place:
            return job
        job = await self._open_thread(job)
        return job if job.address.thread_id is None else await self._post_progress(job)

    def follow(self, job_id: int) -> None:
        self._follower.follow(job_id)

    def unfollow(self, job_id: int) -> None:
        self._follower.unfollow(job_id)

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        await self._follower.quiet(job.id)
        posted = await self._delivering.deliver(job, delivery)
        if delivery.poster is not None:
            self._posters[job.id] = delivery.poster
        return posted

    async def ended(self, job: Job) -> None:
        """Raises `DeliveryError` where Discord is in trouble: again later. A place that is closed stays as it is."""
        await self._follower.quiet(job.id)
        await self._show_end(job, self._posters.get(job.id))
        self._posters.pop(job.id, None)
        self._plain.discard(job.id)

    async def tell_operator(self, text: str) -> None:
        _log.warning("for the operator: %s", text)
        if self._operator_channel_id is None:
            return
        page = note_page("For the operator", safe_text.inline(text, _OPERATOR_CHARACTERS), AMBER)
        try:
            with own_cancels_only():
                await self._messages.send(self._operator_channel_id, page, nonce=f"o{hash(text) & 0xFFFFFFFFFFFF:x}")
        except (Closed, HappyHorseError) as error:
            _log.error("the operator's channel %d does not take messages: %s", self._operator_channel_id, error)

    # -- what buttons ask for ------------------------------------------------------------------------------------------

    async def delete_clip(self, job: Job) -> bool:
        """Deletes the clip's message, and card and progress say so. False where Discord does not let us."""
        address = job.address
        if address.result_id is None:
            return True
        channel_id = delivering.channel_of(address)
        try:
            if channel_id is not None:
                await self._messages.delete(channel_id, address.result_id)
            elif self._messages.answerable(address):
                await self._messages.delete_answer(address)
            else:
                return False
        except (Closed, DeliveryError) as error:
            _log.info("job %s: its clip could not be deleted: %s", job.reference_code, error)
            return False
        await self._jobs.readdress(job.id, result_id=None, result_url=None)
        if address.result_id != address.card_id:
            try:
                await self.ended(replace(job, address=replace(address, result_id=None, result_url=None)))
            except DeliveryError as error:
                _log.warning("job %s: its card still shows the deleted clip: %s", job.reference_code, error)
        return True

    # -- announcing ----------------------------------------------------------------------------------------------------

    async def _announce_card(self, job: Job) -> Job:
        progress = first_text(job) if job.address.in_place else None
        pictures = await self._pictures(job)
        card = cards.card(job, pictures=len(pictures), progress=progress)
        card_id = None
        try:
            own = job.address.by_operator and job.address.card_id is None and not job.address.private
            card_id = await (self._post_card(job, card, pictures) if own else self._edit_card(job, card, pictures))
        except (Closed, DeliveryError) as error:
            _log.info("job %s goes on without its card: %s", job.reference_code, error)
        learned: AddressChanges = {}
        if card_id is not None and job.address.card_id != card_id:
            learned["card_id"] = card_id
        if job.address.in_place and job.address.progress_id is None and (card_id or job.address.card_id):
            learned["progress_id"] = card_id or job.address.card_id
        return await self._learn(job, learned)

    async def _post_card(self, job: Job, card: Page, pictures: Mapping[str, bytes]) -> int:
        """The card of a job that no interaction waits for is a message of the bot's own, posted once; its message id."""
        channel_id = job.address.channel_id
        if self._clock.now_ms() - job.created_at_ms > _FRESH_MS:
            mine = f"hh:cancel:{job.id}"
            found = await self._messages.find(channel_id, job.id, lambda custom_id: custom_id == mine)
            if found is not None:
                return found
        return await self._messages.send(channel_id, card, nonce=f"{job.id}c", files=pictures)

    async def _open_thread(self, job: Job) -> Job:
        address = job.address
        if address.thread_id is not None:
            return job
        if address.card_id is None:
            return job if self._messages.answerable(address) else await self._learn(job, {"in_place": True})
        name = safe_text.thread_name(job.request.prompt)
        try:
            thread_id = await self._messages.open_thread(address.channel_id, address.card_id, name)
        except DeliveryError as error:
            # What passes is no reason to do without: the next announce tries again.
            _log.warning("job %s has no thread yet: %s", job.reference_code, error)
            return job
        except Closed as error:
            _log.info("job %s stays in place, no thread: %s", job.reference_code, error)
            return await self._announce_card(await self._learn(job, {"in_place": True}))
        return await self._learn(job, {"thread_id": thread_id})

    async def _post_progress(self, job: Job) -> Job:
        thread_id = job.address.thread_id
        if thread_id is None or job.address.progress_id is not None:
            return job
        try:
            found = None
            if self._clock.now_ms() - job.created_at_ms > _FRESH_MS:
                mine = f"hh:cancel:{job.id}"
                found = await self._messages.find(thread_id, job.id, lambda custom_id: custom_id == mine)
            page = progress_page(job, first_text(job))
            progress_id = found or await self._messages.send(thread_id, page, nonce=f"{job.id}p")
        except (Closed, HappyHorseError) as error:
            _log.info("job %s has no progress message: %s", job.reference_code, error)
            return job
        return await self._learn(job, {"progress_id": progress_id})

    async def _learn(self, job: Job, learned: AddressChanges) -> Job:
        if not learned:
            return job
        await self._jobs.readdress(job.id, **learned)
        return replace(job, address=replace(job.address, **learned))

    # -- showing -------------------------------------------------------------------------------------------------------

    async def _show(self, progress: Progress, followed: Followed) -> None:
        job = await self._placed(progress.job, followed)
        address = job.address
        text = progress_text(progress)
        on_card = address.in_place or address.thread_id is None or address.progress_id is None
        if followed.shown != hash(text):
            if on_card:
                await self._edit_card(job, cards.card(job, pictures=self._attached(job), progress=text), None, urgent=False)
            elif address.thread_id is not None and address.progress_id is not None:
                page = progress_page(job, text)
                await self._messages.edit(address.thread_id, address.progress_id, page, urgent=False)
            followed.shown = hash(text)
        headline = cards.headline(job.state)
        if followed.headline is None and not on_card and job.state is State.QUEUED and not self._messages.answerable(address):
            # As announced: after a restart a long line must not spend its channel's edits on what stands there.
            followed.headline = headline
        if not on_card and followed.headline != headline:
            try:
                await self._edit_card(job, cards.card(job, pictures=self._attached(job)), None, urgent=False)
            except Closed as closed:
                # The thread is what is followed; it goes on without the card.
                _log.info("job %s: its card stays as it is: %s", job.reference_code, closed)
            followed.headline = headline

    async def _placed(self, job: Job, followed: Followed) -> Job:
        """The job with its thread and progress message, where Discord was in trouble when they were first asked for."""
        now = self._clock.now_ms()
        alone = job.address.in_place and not job.address.by_operator
        if alone or job.address.progress_id is not None or now < followed.place_due_ms:
            return job
        followed.place_due_ms = now + _THREAD_AGAIN_MS
        if job.address.by_operator:
            return await self._announce_card(job)
        if job.address.card_id is None:
            job = await self._announce_card(job)
        job = await self._post_progress(await self._open_thread(job))
        if job.address.progress_id is not None:
            # Until now all stood on the card.
            followed.shown, followed.headline = None, ""
        return job

    async def _show_end(self, job: Job, poster: bytes | None) -> None:
        address = job.address
        if address.result_id is None or address.result_id != address.card_id:
            try:
                await self._end_card(job, None if address.in_place else poster)
            except Closed as closed:
                _log.info("job %s: its card can't show the end: %s", job.reference_code, closed)
                if address.private and job.state is not State.DONE:
                    await self._try(job, "tell the member", self._delivering.tell(job, cards.card(job)))
        if address.thread_id is not None and address.progress_id is not None:
            editing = self._messages.edit(address.thread_id, address.progress_id, _ended_progress(job))
            await self._try(job, "end the progress", editing)
        if address.thread_id is not None and endings.unspoken(job):
            naming = self._messages.rename_thread(address.thread_id, safe_text.UNNAMED_THREAD)
            await self._try(job, "take its prompt off the thread", naming)

    async def _end_card(self, job: Job, poster: bytes | None) -> None:
        address = job.address
        if poster is None and job.state is State.DONE and address.result_id is not None and not address.in_place:
            there = await self._messages.attached(address)
            if cards.POSTER_FILE in there:
                # Shown before, by a process that died before it could note it: what is attached stays.
                kept = sum(cards.picture_file(number) in there for number in range(1, cards.pictures_shown(job) + 1))
                await self._edit_card(job, cards.card(job, pictures=kept, poster=True), None)
                return
        pictures = await self._pictures(job)
        files = pictures if poster is None else {cards.POSTER_FILE: poster, **pictures}
        await self._edit_card(job, cards.card(job, pictures=len(pictures), poster=poster is not None), files)

    async def _edit_card(self, job: Job, page: Page, files: Mapping[str, bytes | Path] | None, *, urgent: bool = True) -> int:
        """The card's message id. Raises `Closed` where it can't be edited (any more), `DeliveryError` for what may pass."""
        address = job.address
        msg = "the interaction's token has expired"
        if self._messages.answerable(address):
            try:
                return await self._messages.edit_answer(address, page, files)
            except Closed as closed:
                # Discord's clock decides when a token is dead, and it may run ahead of ours.
                msg = str(closed)
        if address.card_id is None or address.private:
            raise Closed(msg)
        await self._messages.edit(address.channel_id, address.card_id, page, files, urgent=urgent)
        return address.card_id

    async def _pictures(self, job: Job) -> dict[str, bytes]:
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

    def _attached(self, job: Job) -> int:
        return 0 if job.id in self._plain else cards.pictures_shown(job)

    async def _try(self, job: Job, what: str, doing: Awaitable[object]) -> None:
        try:
            await doing
        except Closed as closed:
            _log.info("job %s: could not %s: %s", job.reference_code, what, closed)


def _ended_progress(job: Job) -> Page:
    ending = endings.ending(job)
    page = Page(ending.accent)
    if job.state is State.DONE and job.address.result_id is not None:
        return _where_it_is(page, job)
    page.text(f"**{ending.headline}**", ending.sentence, ending.charge, endings.reference(job))
    return page.buttons(*(cards.job_button(step, job.id) for step in ending.next_steps))


def _where_it_is(page: Page, job: Job) -> Page:
    """The clip's message mostly follows in the thread; where that was closed, it is somewhere else."""
    address = job.address
    channel_id = delivering.channel_of(address)
    if channel_id is None or channel_id == address.thread_id:
        return page.text("**Done**", "The clip is below.")
    place = "in the channel" if channel_id == address.channel_id else "in a direct message"
    return page.text("**Done**", f"The clip is {place}.").buttons(cards.watch_button(job))
