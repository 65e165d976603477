"""Jobs whose state is a function of time: none has a task or a timer, so thousands cost nothing.

A job is started with its whole future (when it ends, and how); what it looks like is computed when someone asks. The book
keeps which are running and in what order the others ended.
"""

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.scenario.errors import AUTHOR, OWNER, iso, new_id

STATUSES = ("pending", "queued", "warming-up", "in-progress", "finalizing", "success", "failure", "canceled")
ENDED = ("success", "failure", "canceled")
_COURSE = ((0.0, "queued"), (0.04, "warming-up"), (0.10, "in-progress"), (0.95, "finalizing"))
_OLDER = dict.fromkeys(("warming-up", "in-progress", "finalizing"), "processing") | {"failure": "failed"}
_STEPS = 20  # a job reports progress, and is updated, this often on its way
_NEVER = float("inf")
_STUCK_AT = 0.6

FAILURES = {
    "failure": ("The model failed to generate the video.", "Try again later or simplify the prompt."),
    "moderation": (
        "Content moderation: the prompt or an input image was flagged by the safety filter.",
        "Change the prompt or the images so that they follow the content policy.",
    ),
}


@dataclass(eq=False, slots=True)
class Job:
    """`takes_ms` from creation to its end, which is `outcome`: success, failure, moderation or stuck (no end)."""

    id: str
    model: str
    inputs: dict[str, Any]
    cost: float
    created_ms: int
    takes_ms: float
    outcome: str
    hidden_until_ms: float = 0
    frame: tuple[int, int] = (0, 0)
    pad_to: int = 0
    refunds: bool = True
    older_words: bool = False
    canceled_ms: int | None = None
    asset_id: str = field(default_factory=lambda: new_id("asset"))

    @property
    def ends_ms(self) -> float:
        if self.canceled_ms is not None:
            return self.canceled_ms
        return _NEVER if self.outcome == "stuck" else self.created_ms + self.takes_ms

    @property
    def end(self) -> str:
        if self.canceled_ms is not None:
            return "canceled"
        return "success" if self.outcome == "success" else "failure"

    def share(self, now_ms: float) -> float:
        """Return how far along it is, 0 to 1, in the steps in which it reports."""
        share = min((now_ms - self.created_ms) / self.takes_ms, 1.0) if self.takes_ms else 1.0
        return min(share, _STUCK_AT) if self.outcome == "stuck" else int(share * _STEPS) / _STEPS

    def status(self, now_ms: float) -> str:
        return self.end if now_ms >= self.ends_ms else self._running(self.share(now_ms))

    @staticmethod
    def _running(share: float) -> str:
        return next(status for since, status in reversed(_COURSE) if share >= since)

    def updated_ms(self, now_ms: float) -> float:
        if now_ms >= self.ends_ms:
            return self.ends_ms
        return self.created_ms + self.share(now_ms) * self.takes_ms

    def shown(self, now_ms: float) -> dict[str, Any]:
        """Answer as the vendor writes a job."""
        status = self.status(now_ms)
        metadata: dict[str, Any] = {"input": {**self.inputs, "modelId": self.model}, "assetIds": []}
        if status == "success":
            metadata["assetIds"] = [self.asset_id]
        elif status == "failure":
            metadata["error"], metadata["hint"] = FAILURES[self.outcome]
        return {
            "jobId": self.id,
            "jobType": "custom",
            "status": self._word(status),
            "progress": 1 if status == "success" else self.share(min(now_ms, self.ends_ms)),
            "createdAt": iso(self.created_ms),
            "updatedAt": iso(self.updated_ms(now_ms)),
            "statusHistory": self._history(now_ms, status),
            "metadata": metadata,
            "billing": {"cuCost": self.cost, "cuDiscount": 0} | ({} if self.refunds else {"disableRefund": True}),
            "authorId": AUTHOR,
            "ownerId": OWNER,
        }

    def _word(self, status: str) -> str:
        """The status as this job writes it. Listings filter by the newer words, whichever are written."""
        return _OLDER.get(status, status) if self.older_words else status

    def _history(self, now_ms: float, status: str) -> list[dict[str, str]]:
        passed = [
            {"date": iso(self.created_ms + since * self.takes_ms), "status": self._word(name)}
            for since, name in _COURSE
            if self.share(min(now_ms, self.ends_ms)) >= since
        ]
        return [*passed, {"date": iso(self.ends_ms), "status": self._word(status)}] if status in ENDED else passed


@dataclass
class Book:
    """Every job of one team. `ended` is called once for each, when its end is first noticed."""

    now_ms: Callable[[], int]
    ended: Callable[[Job], None]
    all: dict[str, Job] = field(default_factory=dict)
    _running: dict[str, Job] = field(default_factory=dict)
    _ends: list[tuple[float, str]] = field(default_factory=list)
    _finished: list[tuple[float, str]] = field(default_factory=list)

    def start(self, job: Job) -> None:
        self.all[job.id] = self._running[job.id] = job
        heapq.heappush(self._ends, (job.ends_ms, job.id))

    def cancel(self, job: Job) -> None:
        job.canceled_ms = self.now_ms()
        heapq.heappush(self._ends, (job.canceled_ms, job.id))

    def running(self) -> int:
        self._notice_ends()
        return len(self._running)

    def listed(self, *, by_update: bool, status: str | None, after_ms: float | None) -> Iterator[tuple[float, Job]]:
        """Jobs with the time they are sorted by, newest first; `after_ms` is held against that same time."""
        self._notice_ends()
        now = self.now_ms()
        jobs: Iterator[Job] | list[Job]
        if not by_update:
            jobs = reversed(self.all.values())
        else:
            since = bisect_right(self._finished, (after_ms, "\uffff")) if after_ms is not None else 0
            ended = [self.all[job_id] for _, job_id in self._finished[since:]] if status in {None, *ENDED} else []
            jobs = [*(self._running.values() if status not in ENDED else ()), *ended]
        rows: list[tuple[float, Job]] = []
        for job in jobs:
            key = job.updated_ms(now) if by_update else job.created_ms
            if after_ms is not None and key <= after_ms:
                if not by_update:
                    break
                continue
            if job.hidden_until_ms <= now and (status is None or job.status(now) == status):
                rows.append((key, job))
        rows.sort(key=lambda row: (-row[0], row[1].id))
        return iter(rows)

    def _notice_ends(self) -> None:
        now = self.now_ms()
        while self._ends and self._ends[0][0] <= now:
            at, job_id = heapq.heappop(self._ends)
            job = self._running.pop(job_id, None)
            if job is not None:
                self._finished.append((at, job_id))
                self.ended(job)
