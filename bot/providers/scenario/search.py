"""Finds submits whose answer was lost: one listing of what was created since, compared by model, prompt and seed.

Submits of one and the same request are interchangeable: their clips go round, the oldest clip to the oldest submit, and
where there are fewer clips than submits, the youngest have none listed. Between different requests nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from bot.domain.clip import Kind
from bot.ports import Lost
from bot.providers.scenario import mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import Job, JobsPage, iso

_SKEW_MS: Final = 5 * 60 * 1000
"""A margin for clocks inside the vendor and a late index: look back this much further than the first submit."""
_BELIEVED_AHEAD_MS: Final = 24 * 3600 * 1000
"""A `Date` that is ahead by more is believed: the listing of a longer time might not end."""
_TELLS_LATE_MS: Final = 60_000
"""For so long after a submit a record may lack what it was made of, and be read in one of the next searches."""
_PAGE: Final = 100
_PAGES: Final = 50


async def find(client: Client, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:
    """As `VideoProvider.find`: a reference, None where it can't be told apart, nothing where it is not listed."""
    if not lost:
        return {}
    earliest_ms = min(each.submitted_at_ms for each in lost)
    # Our submits are compared with the vendor's times of creation, and the answer to the question may be the first that
    # tells its clock: then it is asked once more.
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
        # Clips for who did not ask for them, clips of two different requests, or a listing too long to read: no guess with
        # money.
        clear = len(each.clips) <= len(each.lost) and all(claims[reference] == 1 for reference in each.clips)
        given = each.given() if clear else {}
        for job_id in (lost.submission.job_id for lost in each.lost):
            if job_id in given:
                found[job_id] = given[job_id]
            elif not clear or not listed.whole or each.is_doubtful(client.vendor.now_ms() - client.vendor.ahead_ms):
                found[job_id] = None
    return found


def _least_ahead(ahead_ms: float) -> float:
    """How far the times of its records are ahead of ours at least. What writes the `Date` may run ahead of what writes them,
    and a clip that is missed would be billed twice; a longer listing costs little.
    """
    return min(ahead_ms, 0.0) if ahead_ms <= _BELIEVED_AHEAD_MS else ahead_ms


class _Alike:
    """Submits of one request, the oldest first, and the clips that may be theirs, by the vendor's id, the oldest first."""

    def __init__(self, lost: Sequence[Lost], strangers: Sequence[Job], unnamed: Sequence[Job], ahead_ms: float) -> None:
        self.lost = sorted(lost, key=lambda each: (each.submitted_at_ms, each.submission.job_id))
        self._ahead_ms = ahead_ms
        ours = [job for job in strangers if mapping.is_ours(job, lost[0].submission) and self._may_be(self.lost[0], job)]
        submission = self.lost[0].submission
        self._nameless = any(mapping.is_doubtful(job, submission) and self._may_be(self.lost[0], job) for job in strangers)
        self._unnamed = any(mapping.may_be_ours(job, submission) and self._may_be(self.lost[0], job) for job in unnamed)
        self.clips = {job.job_id: job for job in sorted(ours, key=lambda job: (job.created_ms or inf, job.job_id))}

    def is_doubtful(self, now_ms: float) -> bool:
        """Whether a record that does not tell may be one of these, or one without an id is. To submit one of them again might
        bill it twice.
        """
        late = self.lost[0].submitted_at_ms + _TELLS_LATE_MS <= now_ms
        return self._unnamed or (late and self._nameless)

    def with_its_images(self) -> list[str]:
        submission = self.lost[0].submission
        return [reference for reference, job in self.clips.items() if mapping.has_its_images(job, submission)]

    def given(self) -> dict[int, str]:
        """Job id to clip. A younger submit may have come after a clip was made: then that one is not its own."""
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
    """Together are those that sent the very same. Of pictures that are not remembered nobody can say that."""
    groups: dict[object, list[Lost]] = {}
    for each in lost:
        sent = each.submission
        forgotten = sent.kind is not Kind.TEXT and not sent.images
        groups.setdefault(sent.job_id if forgotten else replace(sent, job_id=0), []).append(each)
    return list(groups.values())


def _tell_apart(alike: Sequence[_Alike]) -> None:
    """A remix shares prompt and seed with its clip: where a request and clips have each other's images, they belong together.

    Only where there are no more of these clips than submits, and no other request has the same proof.
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
    """Jobs created since some moment, those without an id apart, and whether these are all of them."""

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
