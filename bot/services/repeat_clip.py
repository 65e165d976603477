"""Use cases for buttons that request a clip once more: Again (new seed), Remix, Try again, 1080P final, 3 more takes, Edit (a
draft), Confirm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain import takes
from bot.domain.clip import ClipRequest, Resolution
from bot.domain.job import Job
from bot.domain.order import by_confirmation
from bot.errors import Gone
from bot.ports import Bookings, Clock, Drafts, JobReader
from bot.services.clip_input import ClipInput, Draft
from bot.services.find_jobs import job_or_gone
from bot.services.offer import Offer


@dataclass(frozen=True)
class RepeatClip:
    """`offer` has the providers for new jobs."""

    jobs: JobReader
    bookings: Bookings
    drafts: Drafts
    clock: Clock
    offer: Offer

    async def draft(self, draft_id: int, member_id: int) -> Draft:
        """What the member typed before an error. Raises `Gone` after a day, or if the draft is someone else's."""
        values = await self.drafts.load(draft_id, member_id)
        if values is None:
            msg = f"no draft {draft_id}"
            raise Gone(msg)
        try:
            return Draft.of_values(values)
        except (ValueError, TypeError, KeyError) as error:
            # Written by another version of the bot.
            msg = f"draft {draft_id} can't be read"
            raise Gone(msg) from error

    async def again(self, job_id: int, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
        """The same clip with a new seed. Raises `Gone`."""
        draft = Draft.of_job(await job_or_gone(self.jobs, job_id))
        draft = replace(draft, raw=replace(draft.raw, seed=None))
        return clip_input_from(draft, id=id, member_id=member_id, role_ids=role_ids)

    async def same(self, job_id: int, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
        """The same request, seed included, for Try again after a failure. Raises `Gone`."""
        draft = Draft.of_job(await job_or_gone(self.jobs, job_id))
        return replace(clip_input_from(draft, id=id, member_id=member_id, role_ids=role_ids), once=True)

    async def final(self, job_id: int, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
        """The same seed and settings at 1080P; for a preview the real clip if both are offered. Raises `Gone`."""
        job = await job_or_gone(self.jobs, job_id)
        provider = self.offer.real if job.preview and self.offer.mixed else job.provider
        draft = Draft.of_job(job)
        draft = replace(draft, raw=replace(draft.raw, resolution=Resolution.P1080.value), provider=provider)
        return replace(clip_input_from(draft, id=id, member_id=member_id, role_ids=role_ids), once=True)

    async def more_takes(self, job_id: int, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
        """The same clip with new seeds, several times. Raises `Gone`."""
        draft = Draft.of_job(await job_or_gone(self.jobs, job_id))
        draft = replace(draft, raw=replace(draft.raw, seed=None, takes=takes.MORE_TAKES))
        return clip_input_from(draft, id=id, member_id=member_id, role_ids=role_ids)

    async def confirmed(self, draft_id: int, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
        """What the member was asked to confirm, with the price that they were told. Raises `Gone` as `draft`."""
        draft = await self.draft(draft_id, member_id)
        clip_input = clip_input_from(draft, id=id, member_id=member_id, role_ids=role_ids)
        return replace(clip_input, agreed=draft.agreed, confirms=draft_id)

    async def confirmed_before(self, draft_id: int, member_id: int) -> Job | None:
        """The first job of what this member has confirmed already."""
        jobs = await self.jobs.of_source(by_confirmation(draft_id))
        return jobs[0] if jobs and jobs[0].member_id == member_id else None

    async def twin(self, clip_input: ClipInput) -> Job | None:
        """The job that already makes or made exactly this clip. None if there is none, or if each press makes a new clip."""
        seed = clip_input.raw.seed
        if not clip_input.once or clip_input.parent_id is None or clip_input.problems() or not isinstance(seed, int):
            return None
        one, *others = takes.clips_in(clip_input.raw)
        if others:
            return None
        references = tuple(each for each in clip_input.kept if each is not None)
        request = ClipRequest.check(one.raw, references)
        return await self.bookings.twin(
            clip_input.parent_id, clip_input.member_id, self.offer.of(clip_input.provider), request, seed
        )


def clip_input_from(draft: Draft, *, id: int, member_id: int, role_ids: frozenset[int] | None) -> ClipInput:  # noqa: A002  the field's name
    """This member's request for the draft's clip, with the images that were stored."""
    return ClipInput(
        id=id,
        member_id=member_id,
        role_ids=role_ids,
        raw=draft.raw,
        private=draft.private,
        kept=draft.references,
        parent_id=draft.parent_id,
        provider=draft.provider,
    )
