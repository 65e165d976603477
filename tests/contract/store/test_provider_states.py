"""What is known of a provider by all processes: its ceiling, its clock, its shut gates, and which job tries at them."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.ports import KnownState, ProviderShut, ShutGate, Standstill, Why
from tests.contract.store.state_paths import make
from tests.factories import NOW_MS, a_request

ALL = ShutGate(Standstill(Why.BUSY, NOW_MS), NOW_MS + 5000)
CAST = ShutGate(
    Standstill(Why.REFUSED, NOW_MS, frozenset({Kind.CHARACTERS})), NOW_MS + 60_000, tried=frozenset({7, 8}), told=True
)


async def gates(storage, provider="scenario"):
    return (await storage.provider_states.read(provider)).gates


async def test_shut_gates_are_read_as_they_were_written_by_any_process(storage, opened):
    assert await storage.provider_states.read("scenario") == KnownState()
    await storage.provider_states.change_gates("scenario", (), (ALL, CAST))
    async with opened() as another:
        assert set(await gates(another)) == {ALL, CAST}
        assert await gates(another, "preview") == ()


async def test_a_change_writes_the_gates_that_changed_and_removes_those_that_opened(storage):
    await storage.provider_states.change_gates("scenario", (), (ALL, CAST))
    after = replace(CAST, tried=frozenset({8, 9}), rest_until_ms=CAST.rest_until_ms + 1)
    await storage.provider_states.change_gates("scenario", (ALL, CAST), (after,))
    assert await gates(storage) == (after,)
    await storage.provider_states.change_gates("scenario", (after,), ())
    await storage.provider_states.change_gates("scenario", (), (replace(CAST, tried=frozenset()),))
    assert (await gates(storage))[0].tried == frozenset(), "a gate that opened has forgotten who tried"


async def test_the_longer_rest_of_two_processes_counts_and_who_knows_only_the_shorter_one_opens_no_gate(storage):
    longer = replace(ALL, rest_until_ms=ALL.rest_until_ms + 60_000)
    await storage.provider_states.change_gates("scenario", (), (longer,))
    await storage.provider_states.change_gates("scenario", (), (ALL,))
    assert await gates(storage) == (longer,)
    await storage.provider_states.change_gates("scenario", (ALL,), ())
    assert await gates(storage) == (longer,)


async def test_a_ceiling_and_a_clock_are_kept_beside_each_other(storage):
    assert await storage.provider_states.clock_skew_ms("scenario") == 0
    await storage.provider_states.keep_clock_skew("scenario", -3_600_000)
    await storage.provider_states.name_ceiling("scenario", 4, NOW_MS)
    await storage.provider_states.name_ceiling("scenario", 3, NOW_MS + 1)
    assert await storage.provider_states.clock_skew_ms("scenario") == -3_600_000
    assert await storage.provider_states.read("scenario") == KnownState((), 3, NOW_MS + 1)


async def test_one_job_tries_at_a_shut_gate_until_it_is_over_with_it(storage, opened):
    first, second = await make(storage, 1, provider="scenario"), await make(storage, 2, provider="scenario")
    await storage.provider_states.change_gates("scenario", (), (ALL,))
    first = await storage.transitions.enter(first, NOW_MS, tries_at=(ALL,))
    assert first.state is State.PREPARING
    async with opened() as another:
        with pytest.raises(ProviderShut):
            await another.transitions.enter(second, NOW_MS, tries_at=(ALL,))
    assert (await storage.jobs.get(2)).state is State.QUEUED
    assert [gate.probe for gate in await gates(storage)] == [1]
    await storage.transitions.advance(first, State.QUEUED, NOW_MS)
    assert [gate.probe for gate in await gates(storage)] == [None]
    assert (await storage.transitions.enter(second, NOW_MS, tries_at=(ALL,))).state is State.PREPARING


async def test_while_a_submits_answer_is_looked_for_another_job_tries(storage):
    first, second = await make(storage, 1, provider="scenario"), await make(storage, 2, provider="scenario")
    await storage.provider_states.change_gates("scenario", (), (ALL,))
    await storage.transitions.enter(first, NOW_MS, tries_at=(ALL,))
    tried = replace(ALL, tried=frozenset({1}))
    assert (await storage.transitions.enter(second, NOW_MS, tries_at=(tried,))).state is State.PREPARING
    await storage.provider_states.change_gates("scenario", (ALL,), (tried,))
    assert await gates(storage) == (replace(tried, probe=2),)


@pytest.mark.parametrize(
    "known",
    [(), (replace(ALL, rest_until_ms=ALL.rest_until_ms - 1),), (CAST,)],
    ids=["not at all", "with a shorter rest", "another one"],
)
async def test_a_process_that_does_not_know_a_gate_sends_nothing_through_it(storage, known):
    job = await make(storage, 1, provider="scenario")
    await storage.provider_states.change_gates("scenario", (), (ALL,))
    with pytest.raises(ProviderShut):
        await storage.transitions.enter(job, NOW_MS, tries_at=known)
    assert (await storage.jobs.get(1)).state is State.QUEUED


async def test_a_closed_model_and_another_provider_stop_no_other_clip(storage):
    job = await make(storage, 1, provider="scenario")
    await storage.provider_states.change_gates("scenario", (), (CAST,))
    await storage.provider_states.change_gates("preview", (), (ALL,))
    assert (await storage.transitions.enter(job, NOW_MS)).state is State.PREPARING
    cast = await make(storage, 2, provider="scenario", request=a_request(Kind.CHARACTERS))
    with pytest.raises(ProviderShut):
        await storage.transitions.enter(cast, NOW_MS)


async def test_a_gate_that_this_process_opened_stops_none_of_its_clips_before_that_is_written(storage):
    await storage.provider_states.change_gates("scenario", (), (ALL,))
    for job_id in (1, 2):
        job = await make(storage, job_id, provider="scenario")
        assert (await storage.transitions.enter(job, NOW_MS, opened=(ALL,))).state is State.PREPARING


async def test_a_job_that_somebody_else_moved_or_took_over_does_not_enter(storage):
    job = await make(storage, 1, provider="scenario")
    await storage.job_recovery.take_over(NOW_MS)
    assert await storage.transitions.enter(job, NOW_MS) is None
