"""Mutants: known faults with the text that puts each back, and the rule of `invariants.py` that must catch it."""

from __future__ import annotations

from typing import Final

from tests.simulation.mutating import Edit, Mutant, mutant
from tests.simulation.place_faults import PLACES
from tests.simulation.rare_faults import RARE
from tests.simulation.shared_faults import SHARED

_MONEY: Final = (
    Mutant(
        "settle-twice",
        "one reserve, one end of it",
        (
            Edit(
                "bot/storage/migrations/sqlite/0006_orders.sql",
                "CREATE UNIQUE INDEX ledger_of_job",
                "CREATE INDEX ledger_of_job",
            ),
            Edit(
                "bot/storage/transitions.py",
                "            if transaction.one(_CLOSE_RESERVE, closing) is None:",
                "            transaction.one(_CLOSE_RESERVE, closing)\n"
                "            if transaction.one(_CLOSE_RESERVE, closing) is None:",
            ),
        ),
    ),
    mutant(
        "release-though-charged",
        "one reserve, one end of it",
        "bot/storage/transitions.py",
        "Entry.SETTLE if charged else Entry.RELEASE",
        "Entry.RELEASE",
    ),
    mutant(
        "charge-nothing-that-was-posted",
        "done means charged",
        "bot/pipeline/stage_result.py",
        "    return End(job, State.DONE, charged=job.due, posted=posted, outputs=outputs)",
        "    return End(job, State.DONE, charged=0, posted=posted, outputs=outputs)",
    ),
    mutant(
        "failed-and-billed-is-told-to-nobody",
        "billed and not charged is told to the operator",
        "bot/pipeline/job_runner.py",
        "    if status.billed is False:",
        "    if status.billed is not None:",
    ),
)
_SUBMITS: Final = (
    mutant(
        "submit-before-the-intent",
        "submitted at most once",
        "bot/pipeline/submitting.py",
        "            now = self._clock.now_ms()\n            intent = await",
        "            early = await self._submit(job, images)\n"
        "            now = self._clock.now_ms()\n"
        "            intent = await",
        "            answer = await self._submit(intent, images)",
        "            answer = early",
    ),
    mutant(
        "submit-again-after-a-lost-answer",
        "submitted at most once",
        "bot/pipeline/submitting.py",
        "                return None\n            case _:",
        "                now = self._clock.now_ms()\n"
        "                return advanced(await self._transitions.advance(intent, State.QUEUED, now, submitted_at_ms=None))\n"
        "            case _:",
    ),
    mutant(
        "a-lost-submit-is-looked-for-once",
        "submitted at most once",
        "bot/pipeline/lost_submits.py",
        "search.tries >= _TRIES_LEAST and now - search.since_ms >= self._window_ms",
        "search.tries >= 1",
    ),
)
_POSTS: Final = (
    mutant(
        "an-end-is-noted-and-not-on-the-card",
        "every end is shown",
        "bot/presentation/delivery/end_messages.py",
        "                await self._end_card(job)",
        "                pass",
    ),
    mutant(
        "an-end-is-noted-and-not-in-the-thread",
        "every end is shown",
        "bot/presentation/delivery/end_messages.py",
        '            if not await _try(job, "end the progress", editing):\n                refused.add(Purpose.PROGRESS)',
        "            editing.close()",
    ),
    mutant(
        "a-private-end-is-told-to-nobody",
        "every end is shown",
        "bot/presentation/delivery/end_messages.py",
        '                    await _try(job, "tell the member", '
        "self._clip_poster.tell(job, partial(self._card, job), Told.END))",
        "                    pass",
    ),
    mutant(
        "no-look-for-an-earlier-post",
        "posted at most once",
        "bot/presentation/delivery/clip_poster.py",
        "        if not self._poster.clip_may_be_there(job):\n            return await self._ladder(job, delivery, post)",
        "        if job.id:\n            return await self._ladder(job, delivery, post)",
    ),
    mutant(
        "an-end-that-could-not-be-shown-is-forgotten",
        "every end is shown",
        "bot/pipeline/job_runner.py",
        "            return RunResult(Next.LATER, job, self._retries.unshown(job, error))",
        "            return RunResult(Next.ENDED, job)",
    ),
    mutant(
        "ends-of-earlier-lives-are-not-shown",
        "every end is shown",
        "bot/app.py",
        "        for job in found.unshown:\n            self.engine.wake(job.id)",
        "        for _job in found.unshown:\n            pass",
    ),
    mutant(
        "what-was-thrown-away-is-posted",
        "what was thrown away is not posted",
        "bot/pipeline/finishing.py",
        'before it makes another."""\n        if job.discard:',
        'before it makes another."""\n        if job.ended:',
    ),
)
_FENCE: Final = (
    mutant(
        "who-lost-a-job-goes-on-with-the-new-fence",
        "who lost a job leaves it alone",
        "bot/pipeline/job_runner.py",
        "if job is None or self._held_jobs.holds(job):",
        "if job is None or self._held_jobs.booking_fence >= 0:",
    ),
    mutant(
        "a-start-raises-no-fence",
        "who lost a job leaves it alone",
        "bot/storage/statements/jobs.sql",
        "UPDATE jobs SET fence = fence + 1, updated_at_ms = :at_ms, starts = CASE",
        "UPDATE jobs SET updated_at_ms = :at_ms, starts = CASE",
    ),
    mutant(
        "a-transition-looks-at-no-fence",
        "who lost a job leaves it alone",
        "bot/storage/statements/jobs.sql",
        "turn END /*changes*/\nWHERE id = :id AND state = :state AND fence = :fence",
        "turn END /*changes*/\nWHERE id = :id AND state = :state",
    ),
)
_OPERATORS: Final = (
    mutant(
        "an-operators-second-request-books-a-second-try",
        "an operator's request is carried out once",
        "bot/pipeline/operate_job.py",
        "            once=True,\n",
        "",
    ),
    mutant(
        "an-operators-request-stays-open",
        "an operator's request is carried out once",
        "bot/pipeline/operator_worker.py",
        "            await self._requests.answer(request.id, told, self._clock.now_ms())\n",
        "",
    ),
)
_TOLD: Final = (
    mutant(
        "a-refused-key-is-told-at-each-try",
        "the operator is told once",
        "bot/pipeline/loop_backoff.py",
        "if not self._key.known and await tell(self._notifier, notice):",
        "if await tell(self._notifier, notice):",
    ),
    mutant(
        "an-odd-field-is-logged-each-time",
        "the operator is told once",
        "bot/providers/scenario/oddities.py",
        "if each in self._logged or len",
        "if len",
    ),
)
_MEMORY: Final = (
    mutant(
        "a-slot-leaks",
        "nothing is left behind",
        "bot/engines/slots.py",
        "        self._held.discard(job_id)\n        self.gates.gone",
        "        self.gates.gone",
        "        self._held.discard(job_id)\n        self.gates.forget",
        "        self.gates.forget",
    ),
    mutant(
        "working-files-stay",
        "nothing is left behind",
        "bot/pipeline/working_files.py",
        "        for path in (self.source(job_id), *self._folder",
        "        for path in (*self._folder",
    ),
    mutant(
        "who-is-announced-is-remembered-for-ever",
        "nothing is left behind",
        "bot/pipeline/job_runner.py",
        "        self._announced.discard(job.id)",
        "        self._announced.add(job.id)",
    ),
    mutant(
        "a-board-is-remembered-for-ever",
        "nothing is left behind",
        "bot/presentation/delivery/boards.py",
        "        self._boards.pop(job.order_id, None)\n",
        "",
    ),
    mutant(
        "a-doubtful-post-is-remembered-for-ever",
        "nothing is left behind",
        "bot/presentation/delivery/poster.py",
        "        self._doubtful.discard((post.subject, post.purpose))",
        "        pass",
        "        self._doubtful.discard((of_job(job_id), Purpose.CLIP))",
        "        pass",
    ),
)
_LINE: Final = (
    mutant(
        "the-line-forgets-who-has-clips-running",
        "the line is fair",
        "bot/engines/line.py",
        "        self._under_way_of[member_id] += 1",
        "        self._under_way_of[member_id] += 0",
        "            self._under_way_of[member_id] -= 1",
        "            self._under_way_of[member_id] -= 0",
    ),
    mutant(
        "an-overdue-clip-is-never-given-up",
        "a clip that hangs is given up",
        "bot/pipeline/watcher.py",
        "            if self._watched.get(reference) is watched:",
        "            if self._watched.get(reference) is None:",
    ),
    mutant(
        "an-end-that-was-seen-wakes-nobody",
        "nobody waits for ever",
        "bot/pipeline/watcher.py",
        "        self._engine.wake(watched.job_id)",
        "        _log.debug('job %d ended', watched.job_id)",
    ),
)

_OTHERS: Final = (
    mutant(
        "who-is-cancelled-though-billed-is-told-to-nobody",
        "billed and not charged is told to the operator",
        "bot/pipeline/job_runner.py",
        "State.CANCELLED, told=_unpaid(job, status)",
        "State.CANCELLED, told=None",
    ),
    mutant(
        "a-moderators-discard-is-told-to-nobody",
        "billed and not charged is told to the operator",
        "bot/pipeline/stage_result.py",
        "    if not free:",
        "    if free:",
    ),
    mutant(
        "a-limit-of-others-takes-slots-away",
        "no other limit takes slots away",
        "bot/providers/scenario/errors.py",
        "refusal.details and limit == _CLIPS_LIMIT else None",
        "refusal.details else None",
    ),
    mutant(
        "a-passing-fault-of-ffmpeg-makes-a-link",
        "what can be posted as a file is no link",
        "bot/pipeline/finishing.py",
        "        except (MediaError, OSError) as error:\n            return await self._not_fitted(job, error)",
        "        except (MediaError, OSError):\n            self._fitted[job.id] = NoUpload(limit)",
    ),
    mutant(
        "a-job-that-was-booked-all-the-same-is-not-woken",
        "nobody waits for ever",
        "bot/services/request_clip.py",
        "            for job in order.jobs:\n                self.engine.wake(job.id)\n",
        "",
    ),
    mutant(
        "each-clip-of-an-order-notifies-its-member",
        "an order has one mention",
        "bot/presentation/delivery/clip_poster.py",
        "silent=job.on_board",
        "silent=False",
    ),
    mutant(
        "an-order-of-several-clips-mentions-nobody",
        "who gets something to look at is told",
        "bot/presentation/delivery/board_ends.py",
        "            if over:\n",
        "            if over and not jobs:\n",
    ),
    mutant(
        "several-clips-are-booked-unconfirmed",
        "several clips are confirmed first",
        "bot/services/request_clip.py",
        "        if not _asks(clip_input, costs):",
        "        if costs:",
    ),
    mutant(
        "a-log-in-that-is-put-off-ends-the-process",
        "nothing is unforeseen",
        "bot/presentation/login.py",
        "        except discord.RateLimited as error:",
        "        except ZeroDivisionError as error:",
    ),
    mutant(
        "the-machines-clock-is-believed",
        "submitted at most once",
        "bot/ops/clock.py",
        "        return self._zero_ms + elapsed_ms()",
        "        return machine_ms()",
    ),
)

_ALL: Final = (*_MONEY, *_SUBMITS, *_POSTS, *_FENCE, *_OPERATORS, *_TOLD, *_MEMORY, *_LINE, *_OTHERS, *SHARED, *PLACES, *RARE)
MUTANTS: Final = {each.name: each for each in _ALL}
