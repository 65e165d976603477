"""Use case: a member asks for a clip. Checks everything, then books the job and its credits in one step.

Nothing is sent to a provider here; from the moment the job is stored, the pipeline owns it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.domain import limits
from bot.domain.clip import Kind, Reference, clip_request
from bot.domain.image import Use
from bot.domain.job import Address, Job
from bot.domain.price import Prices
from bot.domain.quota import Policy, bounds_for
from bot.errors import AlreadyAsked, Problem, QuotaRefused, RequestRefused
from bot.ports import Attachments, BlobStore, Clock, Drafts, Engine, JobStore, Media, NewJob
from bot.services.allowances import Allowances
from bot.services.ask import Ask, Attached, Pictures

_IMAGES_AT_ONCE: Final = 4


@dataclass(frozen=True)
class RequestClip:
    """`seed` draws 0..SEED_MAX; `provider` is the name new jobs go to, `prices` what they cost there."""

    jobs: JobStore
    blobs: BlobStore
    drafts: Drafts
    media: Media
    attachments: Attachments
    engine: Engine
    clock: Clock
    policy: Policy
    allowances: Allowances
    prices: Prices
    provider: str
    seed: Callable[[], int]

    async def place(self, ask: Ask, address: Address) -> Job:
        """Checks, books and wakes the job. Asked again with the same id (a redelivered interaction) it changes nothing.

        Raises `RequestRefused` with every problem at once, or `QuotaRefused`; then the draft `ask.id` holds what was
        typed and the images that were fine. Raises `AlreadyAsked` where the job of a button is there already.
        """
        existing = await self.jobs.get(ask.id)
        if existing is not None:
            return existing
        kept, problems = await self._read_images(ask)
        problems = (*ask.problems(), *problems)
        now = self.clock.now_ms()
        if problems:
            await self.drafts.save(ask.id, ask.member_id, ask.draft(kept), now)
            await self.allowances.see(ask.member_id, ask.role_ids)
            raise RequestRefused(problems)
        references = tuple(each for each in kept if each is not None)
        request = clip_request(references=references, **ask.values())
        new = NewJob(
            id=ask.id,
            member_id=ask.member_id,
            request=request,
            seed=self.seed() if request.seed is None else request.seed,
            address=address,
            provider=self.provider,
            cost=self.prices.of(request),
            created_at_ms=now,
            parent_id=ask.parent_id,
            once=ask.once,
        )
        try:
            multiplier = await self.allowances.multiplier(ask.member_id, ask.role_ids)
            job = await self.jobs.create(new, bounds_for(self.policy, ask.member_id, multiplier, now))
        except AlreadyAsked:
            raise
        except Exception as error:  # whatever it was, the images that were read are kept
            await self.drafts.save(ask.id, ask.member_id, ask.draft(kept), now)
            if isinstance(error, QuotaRefused):
                await self.allowances.see(ask.member_id, ask.role_ids)
            raise
        if job is None:
            job = await self.jobs.get(ask.id)
            if job is None:
                msg = f"job {ask.id} neither created nor there"
                raise RuntimeError(msg)
        self.engine.wake(job.id)
        await self.allowances.see(ask.member_id, ask.role_ids)
        return job

    async def keep(self, ask: Ask) -> bool:
        """Keeps what was typed, after something unexpected, as the draft `ask.id`. False: the job was booked all the same."""
        if await self.jobs.get(ask.id) is not None:
            return False
        if await self.drafts.load(ask.id, ask.member_id) is None:
            kept = tuple(each if isinstance(each, Reference) else None for each in ask.pictures)
            await self.drafts.save(ask.id, ask.member_id, ask.draft(kept), self.clock.now_ms())
        return True

    async def _read_images(self, ask: Ask) -> tuple[Pictures, tuple[Problem, ...]]:
        """Every picture in its place, None for one that is refused or missing, and what is wrong with them."""
        use = Use.FIRST_FRAME if ask.kind is Kind.IMAGE else Use.REFERENCE
        gate = asyncio.Semaphore(_IMAGES_AT_ONCE)

        async def read(picture: Reference | Attached | None) -> Reference | tuple[Problem, ...]:
            if not isinstance(picture, Attached):
                return picture or ()
            async with gate:
                return await self._read_image(picture, use)

        results = await asyncio.gather(*(read(each) for each in ask.pictures))
        kept = tuple(each if isinstance(each, Reference) else None for each in results)
        return kept, tuple(problem for each in results if not isinstance(each, Reference) for problem in each)

    async def _read_image(self, attached: Attached, use: Use) -> Reference | tuple[Problem, ...]:
        if attached.size > limits.IMAGE_BYTES:
            megabytes = limits.IMAGE_BYTES // 1_000_000
            given = f"{attached.size / 1e6:.1f} MB"
            return (Problem(attached.field, given, f"up to {megabytes} MB", "Attach a smaller copy of the picture."),)
        try:
            data = await self.attachments.read(attached.url, limits.IMAGE_BYTES)
            image = await self.media.check_image(data, use, attached.field)
        except RequestRefused as refused:
            return tuple(Problem(attached.field, each.given, each.allowed, each.remedy) for each in refused.problems)
        sha256 = await self.blobs.put(image.data, image.media_type, self.clock.now_ms())
        return Reference(sha256=sha256, width=image.width, height=image.height, animated=image.facts.frames > 1)
