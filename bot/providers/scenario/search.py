"""Finds submits whose answer was lost: lists the jobs created since then and compares each with them (`recognition`).
Implements `VideoProvider.find` for `ScenarioProvider`.

Equal requests are interchangeable: the oldest clip is given to the oldest submit, and so on; where there are fewer clips than
submits, the youngest submits have none. Between different requests nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from bot.ports import Lost
from bot.providers.scenario import mapping, recognition
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import Job, JobsPage, iso

_SKEW_MS: Final = 5 * 60 * 1000
"""The listing begins so long before the first submit, since the vendor's clocks differ and its index may be late."""
_BELIEVED_AHEAD_MS: Final = 24 * 3600 * 1000
"""For a vendor's clock that is ahead by more than this, `_least_ahead` takes the whole difference. If it took 0, the
listing would begin earlier by that difference, and might not end.
"""
_TELLS_LATE_MS: Final = 60_000
"""For so long after a submit the vendor's record may lack its inputs; a later search reads them."""
_PAGE: Final = 100
_PAGES: Final = 50


async def find(client: Client, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:
    """As `VideoProvider.find`: for each job id its reference, None where it can't be told apart, no entry where not listed."""
    if not lost:
        return {}
    earliest_ms = min(each.submitted_at_ms for each in lost)
    # The times of our submits are compared with the vendor's creation times. If this answer changed what we know of the
    # vendor's clock, the listing is read once more.
    ahead_ms = _least_ahead(client.vendor.ahead_ms)
    listed = await _created_since(client, earliest_ms + ahead_ms - _SKEW_MS)
    if _least_ahead(client.vendor.ahead_ms) != ahead_ms:
        ahead_ms = _least_ahead(client.vendor.ahead_ms)
        listed = await _created_since(client, earliest_ms + ahead_ms - _SKEW_MS)
    strangers = [job for job in listed.jobs if job.job_id not in known]
    alike = [_Alike(each, strangers, listed.unnamed, ahead_ms) for each in _groups(lost)]
    _tell_apart(alike)
    claims = Counter(reference for each in alike for reference in each.clips)
    found: dict[int, str | None] = {}
    for each in alike:
        # More clips than submits, or a clip that fits two different requests: do not guess, since clips cost money.
        clear = len(each.clips) <= len(each.lost) and all(claims[reference] == 1 for reference in each.clips)
        given = each.given() if clear else {}
        for job_id in (lost.submission.job_id for lost in each.lost):
            if job_id in given:
                found[job_id] = given[job_id]
            elif not clear or not listed.whole or each.is_doubtful(client.vendor.now_ms() - client.vendor.ahead_ms):
                found[job_id] = None
    return found


def _least_ahead(ahead_ms: float) -> float:
    """How far the vendor's record times are ahead of ours at the least. `ahead_ms` is learned from `Date`.

    A clock that is ahead by up to `_BELIEVED_AHEAD_MS` gives 0: the machine that writes `Date` may run ahead of the one that
    writes the records. A clip that is missed would be billed twice; a longer listing costs little.
    """
    return min(ahead_ms, 0.0) if ahead_ms <= _BELIEVED_AHEAD_MS else ahead_ms


class _Alike:
    """Submits with equal requests, the oldest first, and the clips that may be theirs: vendor id to record,
    the oldest first.
    """

    def __init__(self, lost: Sequence[Lost], strangers: Sequence[Job], unnamed: Sequence[Job], ahead_ms: float) -> None:
        self.lost = sorted(lost, key=lambda each: (each.submitted_at_ms, each.submission.job_id))
        self._ahead_ms = ahead_ms
        ours = [job for job in strangers if recognition.is_ours(job, lost[0].submission) and self._may_be(self.lost[0], job)]
        submission = self.lost[0].submission
        self._nameless = any(recognition.is_doubtful(job, submission) and self._may_be(self.lost[0], job) for job in strangers)
        self._unnamed = any(recognition.may_be_ours(job, submission) and self._may_be(self.lost[0], job) for job in unnamed)
        self.clips = {job.job_id: job for job in sorted(ours, key=lambda job: (job.created_ms or inf, job.job_id))}

    def is_doubtful(self, now_ms: float) -> bool:
        """Whether a record with missing inputs, or without an id, may be one of these clips. Then submitting again might bill a
        clip twice.
        """
        late = self.lost[0].submitted_at_ms + _TELLS_LATE_MS <= now_ms
        return self._unnamed or (late and self._nameless)

    def with_its_images(self) -> list[str]:
        submission = self.lost[0].submission
        return [reference for reference, job in self.clips.items() if recognition.has_its_images(job, submission)]

    def given(self) -> dict[int, str]:
        """Job id to clip reference. A clip that was created before a submit is not given to that submit."""
        left, given = dict(self.clips), dict[int, str]()
        for each in self.lost:
            reference = next((reference for reference, job in left.items() if self._may_be(each, job)), None)
            if reference is not None:
                given[each.submission.job_id] = reference
                del left[reference]
        return given

    def _may_be(self, lost: Lost, job: Job) -> bool:
        return job.created_ms is None or job.created_ms >= lost.submitted_at_ms + self._ahead_ms - _SKEW_MS


def _groups(lost: Sequence[Lost]) -> list[list[Lost]]:
    """Groups submits that sent the same. A submit whose pictures' references are forgotten is a group of its own."""
    groups: dict[object, list[Lost]] = {}
    for each in lost:
        sent = each.submission
        forgotten = bool(sent.request.references) and not sent.images
        # Compare the seed that was sent, whether a member typed it or the bot drew it, and the vendor's ids of pictures.
        seed = sent.seed if mapping.recognition(sent.request).seed else None
        request = sent.request.model_copy(update={"seed": seed, "references": ()})
        groups.setdefault(sent.job_id if forgotten else (request, sent.images, sent.frame), []).append(each)
    return list(groups.values())


def _tell_apart(alike: Sequence[_Alike]) -> None:
    """Uses images to tell requests with the same prompt and seed apart (a remix and its clip, say): a clip made with exactly a
    request's images belongs to that request.

    Only where there are no more such clips than submits, and no other request matches the same clip.
    """
    proofs = [each.with_its_images() for each in alike]
    claims = Counter(reference for proof in proofs for reference in proof)
    for each, proof in zip(alike, proofs, strict=True):
        if not 0 < len(proof) <= len(each.lost) or any(claims[reference] > 1 for reference in proof):
            continue
        for other in alike:
            for reference in proof:
                if other is not each:
                    other.clips.pop(reference, None)
        if len(proof) == len(each.lost):
            each.clips = {reference: each.clips[reference] for reference in proof}


@dataclass(slots=True)
class _Listed:
    """Jobs created since some moment; those without an id separately. `whole`: the listing was read to its end."""

    jobs: list[Job] = field(default_factory=list[Job])
    unnamed: list[Job] = field(default_factory=list[Job])
    whole: bool = False


async def _created_since(client: Client, after_ms: float) -> _Listed:
    listed = _Listed()
    query: dict[str, str | int] = {"createdAfter": iso(after_ms), "pageSize": _PAGE}
    tokens: set[str] = set()
    for _ in range(_PAGES):
        page = await client.repeat(JobsPage, "GET", "/jobs", query=query)
        listed.jobs += page.jobs
        listed.unnamed += page.unnamed
        token = page.next_pagination_token
        if token is None:
            listed.whole = not page.cut
            break
        if token in tokens:
            break
        tokens.add(token)
        query["paginationToken"] = token
    return listed
