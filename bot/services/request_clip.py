"""Use case: a member asks for a clip, or for several. Checks everything, then books the order with its credits, in one
transaction. `interactions.booking` calls it for commands, buttons and forms.

Nothing is sent to a provider here; the pipeline does that once the job is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from bot.domain import limits, pause, takes
from bot.domain.clip import ClipRequest, Kind, RawClip, ReferenceImage
from bot.domain.image import Use
from bot.domain.job import Address, Job
from bot.domain.order import OrderKind
from bot.domain.quota import Policy, bounds_for
from bot.domain.request import Request
from bot.errors import (
    AlreadyBooked,
    KindClosed,
    MediaBusy,
    NotConfirmed,
    NotOffered,
    QuotaRefused,
    RequestRefused,
    StorageError,
)
from bot.fair_semaphore import FairSemaphore
from bot.ports import (
    Attachments,
    Booking,
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
    """`seed` draws a random seed, 0 to `SEED_MAX`. `ids` is called with the present in epoch milliseconds and a number, and
    draws that many ids, in ascending order. `offer` has the names of the providers for new jobs, each of which is in
    `providers`, and their prices.
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
    fence: int
    _requests: FairSemaphore = field(default_factory=lambda: FairSemaphore(_REQUESTS_OF_ONE))
    _images: FairSemaphore = field(default_factory=lambda: FairSemaphore(_IMAGES_OF_ONE, _IMAGES_AT_ONCE))

    async def book(self, clip_input: ClipInput, address: Address) -> Job:
        """Checks, books and wakes the jobs of the order; returns the first. A redelivered interaction changes nothing.

        Raises `RequestRefused` with every problem at once, `QuotaRefused`, `Paused`, `KindClosed` if the provider does not take
        this kind of clip from us now, or `NotOffered` if the wanted provider is not offered any more. After one of these, call
        `keep`: the draft `clip_input.id` then has what was typed and the images that were fine, unless the database takes no
        writes. Raises `AlreadyBooked` if the clip that the pressed button asks for is being made or was made already, or if
        another press has confirmed the same order. Raises `NotConfirmed`, with that draft stored, if all clips together cost
        more than one, and their member has not agreed to this price; then all else was checked, and would be booked.
        """
        existing = await self.jobs.of_source(clip_input.source)
        if existing:
            return _of_this_press(existing[0], clip_input, address)
        await self._check_paused(clip_input, address)
        kept, problems = await self._pictures(clip_input, address)
        problems = (*clip_input.problems(), *problems)
        now = self.clock.now_ms()
        if problems:
            await self._refuse(clip_input, kept, problems)
        order = await self._order(clip_input, address, kept, now)
        try:
            booking = await self._create(order, clip_input, kept)
        except (AlreadyBooked, NotConfirmed):
            raise
        except Exception as error:  # after any error the images that were read are stored with the draft
            # The jobs may have been stored though the answer was lost. Waking one that was not does nothing.
            for job in order.jobs:
                self.engine.wake(job.id)
            if clip_input.attached or not isinstance(error, StorageError):
                await self._draft(clip_input, kept)
            if isinstance(error, QuotaRefused):
                await self.allowances.see(clip_input.member_id, clip_input.role_ids)
            raise
        for job in booking.jobs:
            self.engine.wake(job.id)
        await self.allowances.see(clip_input.member_id, clip_input.role_ids)
        return _of_this_press(booking.jobs[0], clip_input, address)

    def asks(self, clip_input: ClipInput) -> bool:
        """Whether `book` will raise `NotConfirmed`, as far as can be told now. The request has no `problems`."""
        return _asks(clip_input, self._prices(replace(clip_input.raw, kind=Kind.TEXT), clip_input.provider))

    def costs(self, clip_input: ClipInput) -> list[int]:
        """The price of each clip at the wanted provider. Raises `RequestRefused` for a wrong option or prompt."""
        # Pictures cost nothing by themselves.
        raw = replace(clip_input.raw, kind=Kind.TEXT)
        if problems := takes.problems_in(raw, 0):
            raise RequestRefused(problems)
        return self._prices(raw, clip_input.provider)

    def _prices(self, raw: RawClip, provider: str | None) -> list[int]:
        """The price of each clip of a request without pictures that has no problems."""
        prices = self.offer.prices_of(provider)
        return [prices.of(ClipRequest.check(each.raw)) for each in takes.clips_in(raw)]

    async def _order(self, clip_input: ClipInput, address: Address, kept: Pictures, now: int) -> NewOrder:
        """Raises `RequestRefused` where no offered provider makes such clips."""
        clips = takes.clips_in(clip_input.raw)
        references = tuple(each for each in kept if each is not None)
        requests = [ClipRequest.check(each.raw, references) for each in clips]
        provider = self._maker(clip_input.provider, requests[0])
        if provider is None:
            await self._refuse(clip_input, kept, (Problem(ProblemCode.NOT_MADE, "request", (requests[0].type,)),))
        order_id, *job_ids = self.ids(now, 1 + len(clips))
        # The same take of each alternative has the same seed, so that they differ in their words alone.
        seeds = takes.seeds(requests[0].seed, max(1, *(each.take for each in clips)), self.seed)
        prices = self.offer.prices_of(provider)
        jobs = tuple(
            NewJob(job_id, request, seeds[max(each.take - 1, 0)], provider, prices.of(request), each.take, each.variant)
            for job_id, request, each in zip(job_ids, requests, clips, strict=True)
        )
        return NewOrder(
            id=order_id,
            source=clip_input.source,
            kind=OrderKind.CLIP if len(jobs) == 1 else OrderKind.TAKES,
            member_id=clip_input.member_id,
            address=address,
            created_at_ms=now,
            jobs=jobs,
            parent_job_id=clip_input.parent_id,
            once=clip_input.once,
            prompt=takes.typed_otherwise(clip_input.raw, (each.prompt for each in requests)),
            fence=self.fence,
        )

    async def _create(self, order: NewOrder, clip_input: ClipInput, kept: Pictures) -> Booking:
        """Books the order, or raises `NotConfirmed` with the draft stored, if its price must be agreed to first."""
        member_id, costs = order.member_id, [job.cost for job in order.jobs]
        self._check_open(clip_input, order.jobs)
        multiplier = await self.allowances.multiplier(member_id, clip_input.role_ids)
        bounds = bounds_for(self.policy, member_id, multiplier, order.created_at_ms)
        if not _asks(clip_input, costs):
            return await self.bookings.create(order, bounds)
        provider = order.jobs[0].provider
        left = await self.bookings.check_bounds(member_id, order.address.guild_id, provider, costs, bounds)
        told = replace(clip_input, provider=provider, agreed=sum(costs))
        await self.drafts.save(told.id, member_id, told.draft(kept), order.created_at_ms)
        raise NotConfirmed(tuple(costs), left, before=clip_input.agreed)

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
        return bool(await self.jobs.of_source(clip_input.source))

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
        try:
            costs = self.costs(clip_input)
        except RequestRefused:
            costs = [self.offer.prices_of(provider).least]
        multiplier = await self.allowances.multiplier(clip_input.member_id, clip_input.role_ids)
        bounds = bounds_for(self.policy, clip_input.member_id, multiplier, self.clock.now_ms())
        try:
            await self.bookings.check_bounds(clip_input.member_id, address.guild_id, provider, costs, bounds)
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

    def _check_open(self, clip_input: ClipInput, jobs: Sequence[NewJob]) -> None:
        """Raises `NotOffered` if another provider than the wanted one would make the clip.

        Raises `KindClosed` while the provider refuses this kind of clip and another such clip waits in line. If none waits,
        this one is let through, to find out when the provider takes the kind again.
        """
        new = jobs[0]
        if clip_input.provider not in {None, new.provider}:
            raise NotOffered(new.provider, sum(each.cost for each in jobs), len(jobs))
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


def _asks(clip_input: ClipInput, costs: Sequence[int]) -> bool:
    """Whether the member must agree to the price first: it is more than that of one clip, and not what they were told."""
    return sum(costs) > costs[0] and clip_input.agreed != sum(costs)


def _of_this_press(job: Job, clip_input: ClipInput, address: Address) -> Job:
    """Raises `AlreadyBooked` if another press than this one has confirmed the order of `job`, its first."""
    if clip_input.confirms is not None and job.address.asked_id != address.asked_id:
        raise AlreadyBooked(job.id)
    return job


def _kept(clip_input: ClipInput) -> Pictures:
    """The request's pictures that were checked before, by number; None for others."""
    return tuple(each if isinstance(each, ReferenceImage) else None for each in clip_input.pictures)
