"""Use case: a member asks for a clip. Checks everything, then books the job and its credits in one transaction.

Nothing is sent to a provider here; the pipeline does that once the job is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from bot.domain import limits, pause
from bot.domain.clip import ClipRequest, Kind, ReferenceImage
from bot.domain.image import Use
from bot.domain.job import Address, Job
from bot.domain.order import OrderKind, by_interaction
from bot.domain.quota import Policy, bounds_for
from bot.domain.request import Request
from bot.errors import (
    AlreadyBooked,
    KindClosed,
    MediaBusy,
    NotOffered,
    QuotaRefused,
    RequestRefused,
    StorageError,
)
from bot.fair_semaphore import FairSemaphore
from bot.ports import (
    Attachments,
    Bookings,
    Clock,
    Drafts,
    Engine,
    JobReader,
    KeptPauses,
    KeptPictures,
    Media,
    NewJob,
    NewOrder,
    VideoProvider,
    Why,
)
from bot.problem import Problem, ProblemCode
from bot.services.allowances import Allowances
from bot.services.clip_input import Attached, ClipInput, Pictures
from bot.services.offer import Offer

_log: Final = logging.getLogger(__name__)
BOOKING_SECONDS: Final = 1.5
"""How long a member's write may wait until it begins. With the draft after it and the request to Discord, a member is told
within 3 s that the database takes no writes."""
_DRAFT_SECONDS: Final = 0.25
_REQUESTS_OF_ONE: Final = 2
"""Requests of one member whose pictures are read at the same time. Requests without pictures never wait."""
_IMAGES_AT_ONCE: Final = 8
"""Pictures in memory at the same time, of all members. Each takes at most 10 MB as attached and 10 MB as stored."""
_IMAGES_OF_ONE: Final = 4
KEPT_BYTES_OF_ONE: Final = 100_000_000
"""The most that is stored of one member's pictures in refused requests: nine of the largest pictures, and some more."""
_PICTURES_SECONDS: Final = 600.0
"""Time limit for reading a request's pictures. The interaction's token expires after 15 minutes, and an answer needs time."""


@dataclass(frozen=True)
class RequestClip:
    """`seed` draws a random seed, 0 to `SEED_MAX`; `ids` draws so many ids at that time, in ascending order. `offer` has the
    names of the providers for new jobs, each of which is in `providers`, and their prices.
    """

    jobs: JobReader
    bookings: Bookings
    kept_pictures: KeptPictures
    drafts: Drafts
    media: Media
    attachments: Attachments
    engine: Engine
    clock: Clock
    policy: Policy
    allowances: Allowances
    pauses: KeptPauses
    offer: Offer
    providers: Mapping[str, VideoProvider]
    seed: Callable[[], int]
    ids: Callable[[int, int], tuple[int, ...]]
    _requests: FairSemaphore = field(default_factory=lambda: FairSemaphore(_REQUESTS_OF_ONE))
    _images: FairSemaphore = field(default_factory=lambda: FairSemaphore(_IMAGES_OF_ONE, _IMAGES_AT_ONCE))

    async def book(self, clip_input: ClipInput, address: Address) -> Job:
        """Checks, books and wakes the job. A redelivered interaction changes nothing.

        Raises `RequestRefused` with every problem at once, `QuotaRefused`, `Paused`, `KindClosed` if the provider does not take
        this kind of clip from us now, or `NotOffered` if the wanted provider is not offered any more. After one of these, call
        `keep`: the draft `clip_input.id` then has what was typed and the images that were fine, unless the database takes no
        writes. Raises `AlreadyBooked` if the clip that the pressed button asks for is being made or was made already.
        """
        source = by_interaction(clip_input.id)
        existing = await self.jobs.of_source(source)
        if existing:
            return existing[0]
        await self._check_paused(clip_input, address)
        kept, problems = await self._pictures(clip_input, address)
        problems = (*clip_input.problems(), *problems)
        now = self.clock.now_ms()
        if problems:
            await self._refuse(clip_input, kept, problems)
        references = tuple(each for each in kept if each is not None)
        request = ClipRequest.check(clip_input.raw, references)
        provider = self._maker(clip_input.provider, request)
        if provider is None:
            await self._refuse(clip_input, kept, (Problem(ProblemCode.NOT_MADE, "request", (request.type,)),))
        order_id, job_id = self.ids(now, 2)
        new = NewJob(
            id=job_id,
            request=request,
            seed=self.seed() if request.seed is None else request.seed,
            provider=provider,
            cost=self.offer.prices_of(provider).of(request),
        )
        order = NewOrder(
            id=order_id,
            source=source,
            kind=OrderKind.CLIP,
            member_id=clip_input.member_id,
            address=address,
            created_at_ms=now,
            jobs=(new,),
            parent_job_id=clip_input.parent_id,
            once=clip_input.once,
        )
        try:
            self._check_open(clip_input, new)
            multiplier = await self.allowances.multiplier(clip_input.member_id, clip_input.role_ids)
            booking = await self.bookings.create(order, bounds_for(self.policy, clip_input.member_id, multiplier, now))
        except AlreadyBooked:
            raise
        except Exception as error:  # after any error the images that were read are stored with the draft
            # The job may have been stored though the answer was lost. Waking one that was not does nothing.
            self.engine.wake(new.id)
            if clip_input.attached or not isinstance(error, StorageError):
                await self._draft(clip_input, kept)
            if isinstance(error, QuotaRefused):
                await self.allowances.see(clip_input.member_id, clip_input.role_ids)
            raise
        for job in booking.jobs:
            self.engine.wake(job.id)
        await self.allowances.see(clip_input.member_id, clip_input.role_ids)
        return booking.jobs[0]

    async def _refuse(self, clip_input: ClipInput, kept: Pictures, problems: tuple[Problem, ...]) -> NoReturn:
        await self._draft(clip_input, kept)
        await self.allowances.see(clip_input.member_id, clip_input.role_ids)
        raise RequestRefused(problems)

    def _maker(self, wanted: str | None, request: Request) -> str | None:
        """The offered provider that makes the request: `wanted` if it takes it, else the first that does. None: no one does."""
        names = (self.offer.of(wanted), *self.offer.names)
        return next((name for name in names if self.providers[name].availability.takes(request)), None)

    async def booked(self, clip_input: ClipInput) -> bool:
        """Whether a request became an order. Asked after an unexpected error."""
        return bool(await self.jobs.of_source(by_interaction(clip_input.id)))

    async def keep(self, clip_input: ClipInput) -> bool:
        """Stores what was typed as the draft `clip_input.id` if it is not stored yet. False if the database takes no writes."""
        if await self.drafts.load(clip_input.id, clip_input.member_id) is not None:
            return True
        return await self._draft(clip_input, _kept(clip_input))

    async def _draft(self, clip_input: ClipInput, kept: Pictures) -> bool:
        """Stores the draft; False if that fails. It gives up early, since the member waits to be told what went wrong."""
        try:
            await self.drafts.save(
                clip_input.id, clip_input.member_id, clip_input.draft(kept), self.clock.now_ms(), patience=_DRAFT_SECONDS
            )
        except StorageError as error:
            _log.warning("the draft %d of member %d could not be kept: %s", clip_input.id, clip_input.member_id, error)
            return False
        return True

    async def _pictures(self, clip_input: ClipInput, address: Address) -> tuple[Pictures, tuple[Problem, ...]]:
        """The pictures by number, None for one that is refused or missing, and what is wrong with them.

        Raises `QuotaRefused`, before any is read, if the credits are too few; `RequestRefused` if too many of this member's
        pictures are stored already; `MediaBusy` if reading takes too long.
        """
        if not clip_input.attached:
            return _kept(clip_input), ()
        try:
            async with asyncio.timeout(_PICTURES_SECONDS), self._requests.of(clip_input.member_id):
                await self._check_quota(clip_input, address)
                await self._check_kept(clip_input)
                return await self._read_images(clip_input)
        except TimeoutError as error:
            msg = f"the pictures of request {clip_input.id} were not all read within {_PICTURES_SECONDS:g} s"
            raise MediaBusy(msg) from error

    async def _check_quota(self, clip_input: ClipInput, address: Address) -> None:
        """Raises `QuotaRefused` before pictures are read in vain. It reserves nothing; `create` checks again when it books."""
        provider = self.offer.of(clip_input.provider)
        prices = self.offer.prices_of(provider)
        try:
            # Pictures cost nothing by themselves.
            cost = prices.of(ClipRequest.check(replace(clip_input.raw, kind=Kind.TEXT)))
        except RequestRefused:
            cost = prices.least
        multiplier = await self.allowances.multiplier(clip_input.member_id, clip_input.role_ids)
        bounds = bounds_for(self.policy, clip_input.member_id, multiplier, self.clock.now_ms())
        try:
            await self.bookings.check_bounds(clip_input.member_id, address.guild_id, provider, (cost,), bounds)
        except QuotaRefused as refused:
            await self._draft(clip_input, _kept(clip_input))
            await self.allowances.see(clip_input.member_id, clip_input.role_ids)
            raise QuotaRefused(refused.crossed, unread=True) from refused

    async def _check_kept(self, clip_input: ClipInput) -> None:
        """Raises `RequestRefused` so that one member's refused requests, each with other pictures, can't fill the disk."""
        kept = await self.drafts.bytes_kept(clip_input.member_id)
        if kept < KEPT_BYTES_OF_ONE:
            return
        await self._draft(clip_input, _kept(clip_input))
        problem = Problem(ProblemCode.TOO_MANY_KEPT, clip_input.attached[0].field, (kept,), (KEPT_BYTES_OF_ONE,))
        raise RequestRefused((*clip_input.problems(), problem))

    async def _check_paused(self, clip_input: ClipInput, address: Address) -> None:
        """Raises `Paused` before pictures are read in vain; `create` checks again when it books."""
        pause.check(await self.pauses.all(), address.guild_id, self.clock.now_ms(), unread=bool(clip_input.attached))

    def _check_open(self, clip_input: ClipInput, new: NewJob) -> None:
        """Raises `NotOffered` if another provider than the wanted one would make the clip.

        Raises `KindClosed` while the provider refuses this kind of clip and another such clip waits in line. If none waits,
        this one is let through, to find out when the provider takes the kind again.
        """
        if clip_input.provider not in {None, new.provider}:
            raise NotOffered(new.provider, new.cost)
        standstill = self.engine.standstill(new.provider, new.request.kind)
        closed = standstill.kinds if standstill is not None and standstill.why is Why.REFUSED else None
        if closed is not None and self.engine.line.waiting(new.provider, closed):
            raise KindClosed(closed)

    async def _read_images(self, clip_input: ClipInput) -> tuple[Pictures, tuple[Problem, ...]]:
        use = Use.FIRST_FRAME if clip_input.raw.kind is Kind.IMAGE else Use.REFERENCE

        async def read(picture: ReferenceImage | Attached | None) -> ReferenceImage | tuple[Problem, ...]:
            if not isinstance(picture, Attached):
                return picture or ()
            async with self._images.of(clip_input.member_id):
                return await self._read_image(picture, use, clip_input.member_id)

        reading = [asyncio.ensure_future(read(each)) for each in clip_input.pictures]
        try:
            results = await asyncio.gather(*reading)
        finally:
            for each in reading:
                each.cancel()
        kept = tuple(each if isinstance(each, ReferenceImage) else None for each in results)
        return kept, tuple(problem for each in results if not isinstance(each, ReferenceImage) for problem in each)

    async def _read_image(self, attached: Attached, use: Use, member_id: int) -> ReferenceImage | tuple[Problem, ...]:
        if attached.size > limits.IMAGE_BYTES:
            return (Problem(ProblemCode.FILE_SIZE, attached.field, (attached.size,), (limits.IMAGE_BYTES,)),)
        try:
            data = await self.attachments.read(attached.url, limits.IMAGE_BYTES)
            image = await self.media.check_image(data, use, attached.field, member_id)
        except RequestRefused as refused:
            return tuple(replace(each, field=attached.field) for each in refused.problems)
        sha256 = await self.kept_pictures.put(image.data, image.media_type, self.clock.now_ms())
        return ReferenceImage(sha256=sha256, width=image.width, height=image.height, animated=image.facts.frames > 1)


def _kept(clip_input: ClipInput) -> Pictures:
    """The request's pictures that were checked before, by number; None for others."""
    return tuple(each if isinstance(each, ReferenceImage) else None for each in clip_input.pictures)
