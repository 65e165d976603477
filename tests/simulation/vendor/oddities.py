"""Unexpected records: odd fields in the records of our jobs, and other people's jobs among ours."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.vendor.jobs import VendorJob

if TYPE_CHECKING:
    from tests.simulation.faults import Faults

ODD_FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {"progress": "45%"},
    {"progress": None, "statusHistory": None},
    {"billing": {"cuCost": "free"}},
    {"billing": None},
    {"createdAt": None},
    {"updatedAt": "soon"},
    {"somethingNew": {"deep": [1, None]}},
)
"""Odd fields of our records that leave their meaning clear."""
FOREIGN_FIELDS: Final[tuple[dict[str, Any], ...]] = (
    *ODD_FIELDS,
    {"metadata": None},
    {"status": None},
    {"metadata": {"assetIds": [None], "error": {"code": 7}}},
    {"jobId": None},
    {"jobId": 12},
    {"updatedAt": None},
    {"createdAt": "yesterday"},
)
_CREATED_MS: Final = ((-3_600_000, 0), (-200_000, 600_000))
"""Creation times relative to the start; those of the second range are listed beside lost submits that are searched."""
ODD_SHARE: Final = 0.15
"""Share of our own jobs with an odd record; for other people's it is `FOREIGN_ODD_SHARE`."""
FOREIGN_ODD_SHARE: Final = 0.6


def oddity(job: VendorJob, dice: random.Random, faults: Faults) -> dict[str, Any]:
    """The odd fields that replace fields of our record; mostly none."""
    odd = dice.choice(ODD_FIELDS)
    if dice.random() >= ODD_SHARE or ("billing" in odd and not job.refunds):
        return {}
    faults.count("vendor: odd record of ours")
    return odd


def foreign_jobs(dice: random.Random, now_ms: int, *, strangers: bool) -> list[VendorJob]:
    """Other people's jobs on the same account; some ended long ago, some end meanwhile. `strangers`: without their inputs."""
    count = max(dice.choice((0, 1, 4)), strangers)
    jobs = [
        VendorJob(
            id=f"foreign_{number}",
            for_job=None,
            model="model_of-others",
            inputs={"prompt": f"Somebody else's {number}", "seed": number},
            created_ms=now_ms + dice.randint(*dice.choice(_CREATED_MS)),
            takes_ms=dice.randint(1_000, 4_800_000),
            outcome=dice.choice(("success", "success", "failure")),
            odd=dice.choice(FOREIGN_FIELDS) if dice.random() < FOREIGN_ODD_SHARE else {},
        )
        for number in range(count)
    ]
    for job in jobs[: count if strangers else 0]:
        job.odd, job.created_ms = {"metadata": None}, now_ms + dice.randint(-100_000, 60_000)
    return jobs
