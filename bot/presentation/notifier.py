"""Discord's face for the pipeline, the `Notifier`: a job's messages are made, kept fresh, delivered and brought to an end.

Every step looks first at what exists, so that it can be repeated after a crash. Knows no provider and no stage.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import discord

from bot.domain.job import Job, State
from bot.errors import DeliveryError, HappyHorseError
from bot.ports import AddressChanges, BlobStore, Clock, Delivery, Glances, JobStore, Media, Posted, Progress
from bot.presentation import cards, delivering, safe_text
from bot.presentation.card_edits import CardEdits
from bot.presentation.closing import Closing
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
_NONCE_DIGITS: Final = 20
"""Discord takes a nonce of at most 25 characters."""


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
        self._clock = clock
        self._operator_channel_id = operator_channel_id
        self._messages = Messages(client, clock)
        self._follower = Follower(glances, clock, self._show)
        self._cards = CardEdits(self._messages, blobs, media)
        self._delivering = delivering.Delivering(self._messages, jobs)
        self._closing = Closing(self._messages, self._cards, self._delivering)
        self._posters: dict[int, bytes] = {}
        # What a card says since it was announced, until the first look at its job.
        self._announced: dict[int, str] = {}

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
        self._announced.pop(job_id, None)

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        job = await self._quiet(job)
        if job.address.thread_id is None and not job.address.in_place and job.address.way is None:
            # A limit that kept it from having a thread may be over by now; while it is not, this asks Discord nothing.
            job = await self._open_thread(job)
        posted = await self._delivering.deliver(job, delivery)
        if delivery.poster is not None:
            self._posters[job.id] = delivery.poster
        return posted

    async def find_post(self, job: Job) -> Posted | None:
        return await self._delivering.find(job)

    async def unposted(self, job: Job) -> None:
        job = await self._quiet(job)
        self._delivering.forget(job.id)
        self._posters.pop(job.id, None)
        await self._closing.unposted(job)

    async def ended(self, job: Job) -> None:
        """Raises `DeliveryError` where Discord is in trouble: again later. A place that is closed stays as it is."""
        job = await self._quiet(job)
        await self._closing.end(job, self._posters.get(job.id))
        self._posters.pop(job.id, None)
        self._announced.pop(job.id, None)
        self._cards.forget(job.id)
        self._delivering.forget(job.id)

    async def tell_operator(self, text: str) -> None:
        _log.warning("for the operator: %s", text)
        if self._operator_channel_id is None:
            return
        page = note_page("For the operator", safe_text.inline(text, _OPERATOR_CHARACTERS), AMBER)
        try:
            with own_cancels_only():
                # The same after a restart, so that what a killed process had said already is not said twice within minutes.
                nonce = f"o{hashlib.sha256(text.encode()).hexdigest()[:_NONCE_DIGITS]}"
                await self._messages.send(self._operator_channel_id, page, nonce=nonce)
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

    async def moved_on(self, job: Job, posting: Job) -> None:
        """Says on the messages that the job had before (`job`) where its clip is posted now."""
        await self._closing.moved_on(job, posting)

    # -- announcing ----------------------------------------------------------------------------------------------------

    async def _announce_card(self, job: Job) -> Job:
        progress = first_text(job) if job.address.in_place else None
        pictures = await self._cards.pictures(job)
        card = cards.card(job, pictures=len(pictures), progress=progress)
        card_id = None
        try:
            own = job.address.by_operator and job.address.card_id is None and not job.address.private
            card_id = await (self._post_card(job, card, pictures) if own else self._cards.edit(job, card, pictures))
        except (Closed, DeliveryError) as error:
            _log.info("job %s goes on without its card: %s", job.reference_code, error)
        else:
            if progress is None:
                self._announced[job.id] = cards.headline(job.state)
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
            with suppress(Closed):
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
                with suppress(Closed):
                    found = await self._messages.find(thread_id, job.id, lambda custom_id: custom_id == mine)
            page = progress_page(job, first_text(job))
            progress_id = found or await self._messages.send(thread_id, page, nonce=f"{job.id}p")
        except (Closed, HappyHorseError) as error:
            _log.info("job %s has no progress message: %s", job.reference_code, error)
            return job
        return await self._learn(job, {"progress_id": progress_id})

    async def _quiet(self, job: Job) -> Job:
        """Its progress is edited no more. The edit that was under way may have found a place for it since it was read."""
        if not await self._follower.quiet(job.id):
            return job
        now = await self._jobs.get(job.id)
        return job if now is None else replace(job, address=now.address)

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
                await self._cards.redraw(job, progress=text, urgent=False)
            elif address.thread_id is not None and address.progress_id is not None:
                page = progress_page(job, text)
                await self._messages.edit(address.thread_id, address.progress_id, page, urgent=False)
            followed.shown = hash(text)
        headline = cards.headline(job.state)
        if followed.headline is None:
            followed.headline = self._announced.pop(job.id, None)
        if followed.headline is None and not on_card and job.state is State.QUEUED and not self._messages.answerable(address):
            # As announced: after a restart a long line must not spend its channel's edits on what stands there.
            followed.headline = headline
        if not on_card and followed.headline != headline:
            try:
                await self._cards.redraw(job, urgent=False)
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
