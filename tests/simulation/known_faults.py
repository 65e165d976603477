"""The mutants: what each puts back, the rule of `invariants.py` that must notice it, and a seed in which it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.simulation.mutating import Edit


@dataclass(frozen=True)
class Mutant:
    """`rule` is the invariant that catches it in `seed`; others may break beside it."""

    name: str
    seed: int
    rule: str
    edits: tuple[Edit, ...]


def _mutant(name: str, seed: int, rule: str, file: str, *texts: str) -> Mutant:
    """`texts` are pairs: as it is, and as it is put back."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return Mutant(name, seed, rule, tuple(Edit(file, old, new) for old, new in pairs))


_MONEY: Final = (
    Mutant(
        "settle-twice",
        1,
        "one reserve, one end of it",
        (
            Edit("bot/storage/migrations/0001_books.sql", "CREATE UNIQUE INDEX ledger_of_job", "CREATE INDEX ledger_of_job"),
            Edit(
                "bot/storage/jobs.py",
                "            if transaction.one(_CLOSE_RESERVE, closing) is None:",
                "            transaction.one(_CLOSE_RESERVE, closing)\n"
                "            if transaction.one(_CLOSE_RESERVE, closing) is None:",
            ),
        ),
    ),
    _mutant(
        "release-though-charged",
        1,
        "one reserve, one end of it",
        "bot/storage/jobs.py",
        "Entry.SETTLE if charged else Entry.RELEASE",
        "Entry.RELEASE",
    ),
    _mutant(
        "charge-nothing-that-was-posted",
        1,
        "done means charged",
        "bot/pipeline/finishing.py",
        "    return End(job, State.DONE, charged=job.cost, address=address)",
        "    return End(job, State.DONE, charged=0, address=address)",
    ),
    _mutant(
        "failed-and-billed-is-told-to-nobody",
        29,
        "billed and not charged is told to the operator",
        "bot/pipeline/road.py",
        "    if status.billed is not False:",
        "    if status.billed is None:",
    ),
)
_SUBMITS: Final = (
    _mutant(
        "submit-before-the-intent",
        7,
        "submitted at most once",
        "bot/pipeline/submitting.py",
        "            now = self._clock.now_ms()\n            intent = await",
        "            early = await self._submit(job, images)\n"
        "            now = self._clock.now_ms()\n"
        "            intent = await",
        "            answer = await self._submit(intent, images)",
        "            answer = early",
    ),
    _mutant(
        "submit-again-after-a-lost-answer",
        1,
        "submitted at most once",
        "bot/pipeline/submitting.py",
        "                return None\n            case _:",
        "                now = self._clock.now_ms()\n"
        "                return moved(await self._jobs.advance(intent, State.QUEUED, now, submitted_at_ms=None))\n"
        "            case _:",
    ),
    _mutant(
        "a-lost-submit-is-looked-for-once",
        35,
        "submitted at most once",
        "bot/pipeline/lost_submits.py",
        "search.looks >= _LOOKS_LEAST and now - search.since_ms >= self._window_ms",
        "search.looks >= 1",
    ),
)
_POSTS: Final = (
    _mutant(
        "an-end-is-noted-and-not-on-the-card",
        1,
        "every end is shown",
        "bot/presentation/closing.py",
        "                await self._end_card(job, None if address.in_place else poster)",
        "                pass",
    ),
    _mutant(
        "an-end-is-noted-and-not-in-the-thread",
        1,
        "every end is shown",
        "bot/presentation/closing.py",
        '            await _try(job, "end the progress", editing)',
        "            editing.close()",
    ),
    _mutant(
        "a-private-end-is-told-to-nobody",
        10,
        "every end is shown",
        "bot/presentation/closing.py",
        '                    await _try(job, "tell the member", self._delivering.tell(job, cards.card(job), "e"))',
        "                    pass",
    ),
    _mutant(
        "no-look-for-an-earlier-post",
        28,
        "posted at most once",
        "bot/presentation/delivering.py",
        "if not self._may_be_there(job):",
        "if job.id:",
    ),
    _mutant(
        "an-end-that-could-not-be-shown-is-forgotten",
        7,
        "every end is shown",
        "bot/pipeline/road.py",
        "            return Step(Turn.LATER, job, max(ENDLESS.pause(self._unshown[job.id], _dice()), rest or 0.0))",
        "            return Step(Turn.ENDED, job)",
    ),
    _mutant(
        "ends-of-earlier-lives-are-not-shown",
        43,
        "every end is shown",
        "bot/app.py",
        "        for job in found.unshown:\n            self.engine.wake(job.id)",
        "        for _job in found.unshown:\n            pass",
    ),
    _mutant(
        "what-was-thrown-away-is-posted",
        13,
        "what was thrown away is not posted",
        "bot/pipeline/finishing.py",
        'before it makes another."""\n        if job.discard:',
        'before it makes another."""\n        if job.ended:',
    ),
)
_FENCE: Final = (
    _mutant(
        "who-lost-a-job-goes-on-with-the-new-fence",
        13,
        "who lost a job leaves it alone",
        "bot/pipeline/road.py",
        "if job is None or job.fence == self._fences.setdefault(job.id, job.fence):",
        "if job is None or self._fences.setdefault(job.id, job.fence) >= 0:",
    ),
    _mutant(
        "a-start-raises-no-fence",
        12,
        "who lost a job leaves it alone",
        "bot/storage/statements/jobs.sql",
        "UPDATE jobs SET fence = fence + 1, updated_at_ms = :at_ms, starts = CASE",
        "UPDATE jobs SET updated_at_ms = :at_ms, starts = CASE",
    ),
    _mutant(
        "a-transition-looks-at-no-fence",
        12,
        "who lost a job leaves it alone",
        "bot/storage/statements/jobs.sql",
        "ELSE posting_fence END /*changes*/\nWHERE id = :id AND state = :state AND fence = :fence",
        "ELSE posting_fence END /*changes*/\nWHERE id = :id AND state = :state",
    ),
)
_OPERATORS: Final = (
    _mutant(
        "another-try-is-booked-without-a-search",
        36,
        "a clip that exists is not made again",
        "bot/pipeline/provider_word.py",
        "searched = job.provider_reference is None and job.submitted_at_ms is not None",
        "searched = False",
    ),
    _mutant(
        "an-operators-second-request-books-a-second-try",
        22,
        "an operator's request is carried out once",
        "bot/pipeline/operate_job.py",
        "            once=True,\n",
        "",
    ),
    _mutant(
        "an-operators-request-stays-open",
        4,
        "an operator's request is carried out once",
        "bot/pipeline/operator_desk.py",
        "            await self._requests.answer(request.id, told, self._clock.now_ms())\n",
        "",
    ),
)
_TOLD: Final = (
    _mutant(
        "a-refused-key-is-told-at-each-try",
        25,
        "the operator is told once",
        "bot/pipeline/trouble.py",
        "if not self._key.known and await tell(self._notifier, text):",
        "if await tell(self._notifier, text):",
    ),
    _mutant(
        "an-odd-field-is-logged-each-time",
        1,
        "the operator is told once",
        "bot/providers/scenario/oddities.py",
        "if each in self._logged or len",
        "if len",
    ),
)
_MEMORY: Final = (
    _mutant(
        "a-slot-leaks",
        1,
        "nothing is left behind",
        "bot/engines/slots.py",
        "        self._held.discard(job_id)\n        self.gives_way",
        "        self.gives_way",
        "        self._held.discard(job_id)\n        for gate",
        "        for gate",
    ),
    _mutant(
        "working-files-stay",
        1,
        "nothing is left behind",
        "bot/pipeline/finishing.py",
        '        for path in (self._source(job), self._target(job), self._folder / f"{job.id}.part"):',
        '        for path in (self._target(job), self._folder / f"{job.id}.part"):',
    ),
    _mutant(
        "who-is-announced-is-remembered-for-ever",
        1,
        "nothing is left behind",
        "bot/pipeline/road.py",
        "        self._announced.discard(job.id)",
        "        self._announced.add(job.id)",
    ),
    _mutant(
        "a-doubtful-post-is-remembered-for-ever",
        58,
        "nothing is left behind",
        "bot/presentation/notifier.py",
        "        self._cards.forget(job.id)\n        self._delivering.forget(job.id)\n",
        "        self._cards.forget(job.id)\n",
    ),
)
_LINE: Final = (
    _mutant(
        "the-line-forgets-who-has-clips-running",
        84,
        "the line is fair",
        "bot/domain/line.py",
        "    rank = Counter(running_per_member)",
        "    rank: Counter[int] = Counter()",
    ),
    _mutant(
        "an-overdue-clip-is-never-given-up",
        1,
        "a clip that hangs is given up",
        "bot/pipeline/watcher.py",
        "            if self._watched.get(reference) is watched:",
        "            if self._watched.get(reference) is None:",
    ),
    _mutant(
        "an-end-that-was-seen-wakes-nobody",
        1,
        "nobody waits for ever",
        "bot/pipeline/watcher.py",
        "        self._engine.wake(watched.job_id)",
        "        _log.debug('job %d ended', watched.job_id)",
    ),
)

_OTHERS: Final = (
    _mutant(
        "who-is-cancelled-though-billed-is-told-to-nobody",
        4,
        "billed and not charged is told to the operator",
        "bot/pipeline/road.py",
        'told=_unpaid(job, status, f"was cancelled at {job.provider}{why}")',
        "told=None",
    ),
    _mutant(
        "a-moderators-discard-is-told-to-nobody",
        13,
        "billed and not charged is told to the operator",
        "bot/pipeline/finishing.py",
        "        if not self._provider.free:",
        "        if self._provider.free:",
    ),
    _mutant(
        "a-limit-of-others-takes-slots-away",
        18,
        "no other limit takes slots away",
        "bot/providers/scenario/refusals.py",
        "refusal.details and limit == _CLIPS_LIMIT else None",
        "refusal.details else None",
    ),
    _mutant(
        "a-passing-fault-of-ffmpeg-makes-a-link",
        2,
        "what can be posted as a file is no link",
        "bot/pipeline/finishing.py",
        "        except (MediaError, OSError) as error:\n            return await self._not_fitted(job, error)",
        '        except (MediaError, OSError):\n            self._fitted[job.id] = "It could not be made smaller."',
    ),
    _mutant(
        "a-job-that-was-booked-all-the-same-is-not-woken",
        26,
        "nobody waits for ever",
        "bot/services/request_clip.py",
        "            self.engine.wake(new.id)",
        "            pass",
    ),
    _mutant(
        "a-log-in-that-is-put-off-ends-the-process",
        16,
        "nothing is unforeseen",
        "bot/presentation/login.py",
        "        except discord.RateLimited as error:",
        "        except ZeroDivisionError as error:",
    ),
    _mutant(
        "the-machines-clock-is-believed",
        38,
        "submitted at most once",
        "bot/ops/clock.py",
        "        return self._zero_ms + elapsed_ms()",
        "        return machine_ms()",
    ),
)

_ALL: Final = (*_MONEY, *_SUBMITS, *_POSTS, *_FENCE, *_OPERATORS, *_TOLD, *_MEMORY, *_LINE, *_OTHERS)
MUTANTS: Final = {mutant.name: mutant for mutant in _ALL}
