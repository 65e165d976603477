"""Helpers for tests of the store: book a job, bring it to a state, finish it."""

from bot.domain.job import State
from tests.factories import NOW_MS, a_new_order, book

PATH = (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING)
STANDS = (*PATH, State.UNPOSTED)
"""Every state between the first and the final ones, each reached through those before it."""


async def make(storage, job_id=1, **changes):
    job = await book(storage, a_new_order(job_id, **changes))
    assert job is not None
    return job


async def walk(storage, job, to):
    """Brings a job that was just made to a state that is not final, through each of `STANDS` before it."""
    for state in STANDS[: STANDS.index(to) + 1] if to in STANDS else ():
        job = await storage.transitions.advance(job, state, NOW_MS)
    return job


async def finish(storage, job, at_ms=NOW_MS, took_ms=None, reference=None):
    for state in PATH:
        changes = {"submitted_at_ms": at_ms, "provider_reference": reference} if state is State.GENERATING else {}
        if state is State.FETCHING and took_ms is not None:
            changes = {"generated_at_ms": at_ms + took_ms}
        job = await storage.transitions.advance(job, state, at_ms, **changes)
    return await storage.transitions.end(job, State.DONE, at_ms, charged=job.cost)
