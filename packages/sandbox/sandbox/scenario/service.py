"""The provider as a whole: its jobs, assets, bill and settings. `api.py` serves it, the control API changes it."""

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.records import Records
from sandbox.scenario import models
from sandbox.scenario.assets import Assets, Links
from sandbox.scenario.bends import Bends
from sandbox.scenario.bill import Bill, Entry
from sandbox.scenario.clips import Clips
from sandbox.scenario.errors import Refusal, new_id
from sandbox.scenario.jobs import Book, Job
from sandbox.scenario.settings import Settings
from sandbox.scenario.uploads import Upload


class Scenario:
    """One team's account at the provider. Everything that takes time is computed from the clock when asked for."""

    def __init__(
        self,
        clock: Clock,
        records: Records | None = None,
        faults: Faults | None = None,
        *,
        clips: Clips | None = None,
        speed: float = 1.0,
        violated: Callable[[str, str, str], None] = lambda *_: None,
    ) -> None:
        """Make an account. With `speed` 2, a clip takes half of `clip_seconds`.

        `violated(method, path, problem)` hears of requests that no correct client sends.
        """
        self.clock = clock
        self.records = records or Records(clock)
        self.faults = faults or Faults()
        self.clips = clips or Clips()
        self.links = Links()
        self.bends = Bends()
        self.violated = violated
        self._speed = speed
        self._submitted = asyncio.Condition()
        self._fresh()

    def _fresh(self) -> None:
        self.behaviour = Settings()
        self.assets = Assets()
        self.uploads: dict[str, Upload] = {}
        self.ledger = Bill()
        self.foreign: list[object] = []
        """Records of jobs that somebody else submitted with the same key, just as the listing shows them."""
        self.book = Book(self.clock.now_ms, self._ended)

    def bill(self) -> dict[str, Any]:
        self.book.running()
        return self.ledger.shown()

    def settings(self, patch: dict[str, Any] | None = None) -> dict[str, Any]:
        """Change how it behaves from now on and return all of it. Raises BadSetting."""
        self.behaviour = self.behaviour.patched(patch or {})
        return self.behaviour.shown()

    def jobs(self) -> list[dict[str, Any]]:
        """Every job as the vendor shows it, oldest first, with `model` beside it."""
        self.book.running()
        now = self.clock.now_ms()
        return [{"model": job.model, **job.shown(now)} for job in self.book.all.values()]

    def reset(self) -> None:
        """Start a new account: no jobs, no assets, nothing billed, nothing bent, settings as in the beginning."""
        self.bends.clear()
        self._fresh()

    async def wait_for_jobs(self, count: int, timeout: float) -> bool:  # noqa: ASYNC109 - the control API's own word; False, not an exception, is the answer
        """Wait until `count` clips were submitted in all; False when `timeout` seconds passed before that."""
        try:
            async with asyncio.timeout(timeout), self._submitted:
                await self._submitted.wait_for(lambda: len(self.book.all) >= count)
        except TimeoutError:
            return False
        return True

    async def submit(self, model: str, body: object) -> Job:
        """Start and charge a clip, or refuse as the vendor would."""
        used, cost = self.quote(model, body)
        behaviour = self.behaviour
        if behaviour.plan == "free":
            raise Refusal(
                403,
                f"Model {model} is not available on your plan",
                {"modelId": model, "requiredPlan": "cu-creator", "plan": behaviour.plan},
            )
        if self.book.running() >= behaviour.parallel:
            raise Refusal(
                429,
                "You have reached the maximum number of parallel jobs of your plan",
                {"actionName": "parallelCustomJobs", "actionLimit": behaviour.parallel},
            )
        if behaviour.credits is not None and self.ledger.total + cost > behaviour.credits:
            raise Refusal(403, "Not enough creative units", {"required": cost})
        now = self.clock.now_ms()
        still = self.assets.get(used["image"]).size if "image" in used else None
        job = Job(
            id=new_id("job"),
            model=model,
            inputs=used,
            cost=cost,
            created_ms=now,
            takes_ms=behaviour.clip_seconds * 1000 / self._speed,
            outcome=behaviour.outcome,
            hidden_until_ms=now + behaviour.hide_from_listing_seconds * 1000,
            frame=models.frame(used, still),
            pad_to=behaviour.clip_bytes,
            refunds=behaviour.refunds,
            older_words=behaviour.older_statuses,
        )
        self.ledger.charge(Entry(job.id, model, cost, 0, used["prompt"], used.get("seed"), now))
        self.book.start(job)
        async with self._submitted:
            self._submitted.notify_all()
        return job

    def quote(self, model: str, body: object) -> tuple[dict[str, Any], float]:
        """Return the inputs that a run would use and its price in creative units; refuses what a run would refuse."""
        used = models.checked(model, body, self.assets.picture)
        return used, models.units(used)

    def cancel(self, job: Job) -> None:
        """Cancel and refund where the settings allow it. Refuses with 400 otherwise, as the vendor mostly does.

        Where a cancel is ignored, the answer is the same and the clip is made all the same.
        """
        now = self.clock.now_ms()
        if now >= job.ends_ms or not self.behaviour.cancel_accepts:
            raise Refusal(400, "Cannot cancel this type of job")
        if not self.behaviour.cancel_ignored:
            self.book.cancel(job)

    def _ended(self, job: Job) -> None:
        if job.end == "success":
            self.assets.add_clip(job)
        elif job.refunds:
            self.ledger.refund(job.id)
