"""Previews offered beside a paid provider: which one makes a clip, what it costs, and what its buttons do."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind, RawClip, Resolution
from bot.domain.job import PREVIEW
from bot.domain.price import FREE, Prices
from bot.errors import KindClosed, NotOffered, QuotaRefused, RequestRefused
from bot.ports import Standstill, Why
from bot.problem import Problem, ProblemCode
from bot.services.clip_input import ClipInput, Draft
from bot.services.offer import Offer
from bot.services.repeat_clip import clip_input_from
from tests.factories import an_address
from tests.fakes import InstantProvider

BOTH = Offer({"scenario": Prices(), PREVIEW: FREE})


@pytest.fixture
def both(use_cases):
    use_cases.providers = {name: InstantProvider(name) for name in BOTH.names}
    use_cases.request = replace(use_cases.request, offer=BOTH, providers=use_cases.providers)
    use_cases.repeat = replace(use_cases.repeat, offer=BOTH)
    return use_cases


def a_clip_input(number=1, *, prompt="A kite", kind=Kind.TEXT, duration=None, resolution="720P", seed=None, **changes):
    raw = RawClip(kind, prompt, duration, resolution, seed=seed)
    return ClipInput(**{"id": number, "member_id": 7, "role_ids": frozenset(), "raw": raw, **changes})


@pytest.mark.parametrize(
    ("offer", "wanted", "taken", "real"),
    [
        (BOTH, None, "scenario", "scenario"),
        (BOTH, PREVIEW, PREVIEW, "scenario"),
        (BOTH, "of an earlier set-up", "scenario", "scenario"),
        (Offer({PREVIEW: FREE, "scenario": Prices()}), None, PREVIEW, "scenario"),
        (Offer({PREVIEW: FREE}), "scenario", PREVIEW, None),
    ],
)
def test_the_first_is_taken_where_none_is_chosen_and_where_the_chosen_one_is_not_offered(offer, wanted, taken, real):
    assert (offer.of(wanted), offer.real) == (taken, real)
    assert offer.real_prices == (FREE if real is None else Prices())


async def test_a_preview_is_free_also_for_whoever_has_no_credits_left(both):
    paid = await both.request.book(a_clip_input(1, duration=14), an_address())
    draft = await both.request.book(a_clip_input(2, duration=14, provider=PREVIEW), an_address())
    assert [(each.provider, each.cost, each.left_after) for each in (paid, draft)] == [("scenario", 196, 4), (PREVIEW, 0, 4)]


async def test_previews_that_run_keep_nobody_from_a_real_clip_nor_the_other_way(both):
    both.request = replace(both.request, policy=replace(both.request.policy, running_per_member=2, running_per_guild=2))
    for number in (1, 2):
        await both.request.book(a_clip_input(number, provider=PREVIEW), an_address())
        await both.request.book(a_clip_input(10 + number, duration=3), an_address())
    for number, provider in ((3, PREVIEW), (13, "scenario")):
        with pytest.raises(QuotaRefused) as refused:
            await both.request.book(a_clip_input(number, provider=provider, duration=3), an_address())
        assert [(each.reason, each.limit) for each in refused.value.crossed] == [("running", 2), ("guild_running", 2)]


async def test_again_and_try_again_keep_the_provider_and_the_final_of_a_preview_is_the_real_clip(both):
    draft = await both.request.book(a_clip_input(1, provider=PREVIEW, duration=5), an_address())
    whose = {"member_id": 7, "role_ids": None}
    again = await both.repeat.again(draft.id, id=2, **whose)
    same = await both.repeat.same(draft.id, id=3, **whose)
    final = await both.repeat.final(draft.id, id=4, **whose)
    assert [each.provider for each in (again, same, final)] == [PREVIEW, PREVIEW, "scenario"]
    made = await both.request.book(final, an_address())
    assert (made.provider, made.cost, made.request.resolution) == ("scenario", 90, Resolution.P1080)
    # A second press finds the same clip; a preview of the same request is another clip.
    assert (await both.repeat.twin(replace(final, id=5))).id == made.id
    assert await both.repeat.twin(replace(final, id=5, provider=PREVIEW)) is None


async def test_the_final_of_a_real_clip_stays_where_it_was_made(both):
    job = await both.request.book(a_clip_input(1), an_address())
    assert (await both.repeat.final(job.id, id=2, member_id=7, role_ids=None)).provider == "scenario"


async def test_a_draft_remembers_what_was_chosen(both):
    await both.request.keep(a_clip_input(1, provider=PREVIEW))
    draft = await both.repeat.draft(1, 7)
    assert clip_input_from(draft, id=2, member_id=7, role_ids=None).provider == PREVIEW
    values = {key: value for key, value in (await both.storage.drafts.load(1, 7)).items() if key != "provider"}
    assert Draft.of_values(values).provider is None


async def test_a_model_that_is_closed_at_one_provider_holds_up_nothing_at_the_other(both):
    closed = Standstill(Why.REFUSED, 1, kinds=frozenset({"text"}))
    both.engine.standstill = lambda provider, _kind: closed if provider == "scenario" else None
    both.engine.line.job_ids = [5]
    with pytest.raises(KindClosed):
        await both.request.book(a_clip_input(1), an_address())
    assert (await both.request.book(a_clip_input(2, provider=PREVIEW), an_address())).provider == PREVIEW


async def test_what_the_first_does_not_take_is_made_by_the_next_that_does(both):
    both.providers["scenario"].availability.types = {"portraits"}
    assert (await both.request.book(a_clip_input(1), an_address())).provider == PREVIEW
    with pytest.raises(NotOffered) as other:
        await both.request.book(a_clip_input(2, provider="scenario"), an_address())
    assert (other.value.provider, other.value.cost, other.value.clips) == (PREVIEW, 0, 1)
    priced = replace(both.request, offer=Offer({"scenario": Prices(), PREVIEW: Prices(2, 4)}))
    with pytest.raises(NotOffered) as other:
        await priced.book(a_clip_input(3, prompt="A {red|blue|green} kite", provider="scenario"), an_address())
    assert (other.value.cost, other.value.clips) == (30, 3)


async def test_what_no_provider_takes_is_refused_before_it_is_booked_and_kept(both):
    for provider in both.providers.values():
        provider.availability.types = set()
    with pytest.raises(RequestRefused) as refused:
        await both.request.book(a_clip_input(1), an_address())
    assert refused.value.problems == (Problem(ProblemCode.NOT_MADE, "request", ("clip",)),)
    assert not await both.request.booked(a_clip_input(1))
    assert (await both.repeat.draft(1, 7)).raw.prompt == "A kite"
    assert both.engine.woken == []
