"""Makes the `Submission` of a job for its provider, and the `Lost` with which a lost submit is searched. `Submitting`,
`LostSubmits` and `ProviderReport` call it.
"""

from __future__ import annotations

from bot.domain.job import Job
from bot.ports import KeptPictures, Lost, Submission


def submission(job: Job, images: tuple[str, ...]) -> Submission:
    """`images` are the provider's references of the job's pictures, in prompt order."""
    return Submission(job.id, job.request, job.seed, images, job.request.frame)


async def lost(job: Job, kept_pictures: KeptPictures) -> Lost:
    """The lost submit of a job in whatever state; with its pictures if the references of all of them are known."""
    known = [await kept_pictures.uploaded(job.provider, reference.sha256) for reference in job.request.references]
    images = tuple(each for each in known if each is not None) if None not in known else ()
    return Lost(submission(job, images), job.submitted_at_ms or job.updated_at_ms)
