"""Orders of several clips: booked whole or not at all, and only once their member has agreed to the price."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.order import OrderKind, by_confirmation
from bot.domain.price import FREE
from bot.errors import AlreadyBooked, Gone, KindClosed, NotConfirmed, QuotaRefused, RequestRefused
from bot.ports import Standstill, Why
from bot.services.offer import Offer
from tests.factories import an_address
from tests.unit.services.conftest import picture
from tests.unit.services.test_request_clip import a_clip_input, attach


def several(number=1, *, prompt="A kite, wind", takes=None, **changes):
    """A request at 42 credits a clip; the member has 200."""
    clip_input = a_clip_input(number, prompt=prompt, **{"duration": 3, "resolution": "720P", **changes})
    return replace(clip_input, raw=replace(clip_input.raw, takes=takes))


async def asked(use_cases, clip_input):
    with pytest.raises(NotConfirmed) as caught:
        await use_cases.request.book(clip_input, an_address())
    return caught.value


async def confirmed(use_cases, draft_id, press_id, member_id=7):
    clip_input = await use_cases.repeat.confirmed(draft_id, id=press_id, member_id=member_id, role_ids=frozenset())
    return await use_cases.request.book(clip_input, an_address(asked_id=press_id))


async def test_their_price_is_told_first_and_nothing_is_booked_before_the_member_agrees(use_cases):
    told = await asked(use_cases, several(1, takes=3, seed=5))
    assert (told.costs, told.left, told.before) == ((42, 42, 42), 74, None)
    assert use_cases.engine.woken == await use_cases.storage.ledger.entries(7, 10) == []
    first = await confirmed(use_cases, 1, 2)
    order = await use_cases.storage.jobs.order(first.order_id)
    jobs = await use_cases.storage.jobs.of_order(order.id)
    assert (order.kind, order.size, order.source) == (OrderKind.TAKES, 3, by_confirmation(1))
    assert [(job.position, job.take, job.variant, job.seed, job.cost) for job in jobs] == [
        (0, 1, "", 5, 42),
        (1, 2, "", 4242, 42),
        (2, 3, "", 4243, 42),
    ]
    assert use_cases.engine.woken == [job.id for job in jobs]
    assert {job.left_after for job in jobs} == {74}
    assert sorted(entry.credits for entry in await use_cases.storage.ledger.entries(7, 10)) == [-42, -42, -42]


async def test_the_same_takes_of_different_words_have_the_same_seeds(use_cases):
    await asked(use_cases, several(1, prompt="A {red|blue} kite, wind", takes=2))
    jobs = await use_cases.storage.jobs.of_order((await confirmed(use_cases, 1, 2)).order_id)
    assert [(job.request.prompt, job.variant, job.take, job.seed) for job in jobs] == [
        ("A red kite, wind", "red", 1, 4242),
        ("A red kite, wind", "red", 2, 4243),
        ("A blue kite, wind", "blue", 1, 4242),
        ("A blue kite, wind", "blue", 2, 4243),
    ]


async def test_confirmed_twice_it_is_one_order_and_the_second_press_is_told_its_job(use_cases):
    await asked(use_cases, several(1, takes=2))
    first = await confirmed(use_cases, 1, 2)
    with pytest.raises(AlreadyBooked) as caught:
        await confirmed(use_cases, 1, 3)
    assert caught.value.job_id == first.id
    assert (await use_cases.repeat.confirmed_before(1, 7)).id == first.id
    assert await use_cases.repeat.confirmed_before(1, 8) is None
    assert len(await use_cases.storage.ledger.entries(7, 10)) == 2
    # The press itself, gone on with after a kill, is no second one.
    assert (await confirmed(use_cases, 1, 2)).id == first.id


async def test_a_price_that_has_changed_is_told_again_and_needs_another_yes(use_cases):
    await asked(use_cases, several(1, takes=2))
    dearer = {name: replace(prices, p720=20) for name, prices in use_cases.request.offer.prices.items()}
    request = replace(use_cases.request, offer=Offer(dearer))
    yes = await use_cases.repeat.confirmed(1, id=2, member_id=7, role_ids=frozenset())
    assert request.asks(yes)
    with pytest.raises(NotConfirmed) as caught:
        await request.book(yes, an_address())
    assert (caught.value.costs, caught.value.before) == ((60, 60), 84)
    second = await use_cases.repeat.confirmed(2, id=3, member_id=7, role_ids=frozenset())
    assert not request.asks(second)
    assert (await request.book(second, an_address(asked_id=3))).cost == 60


async def test_too_few_credits_refuse_it_whole_before_the_member_is_asked(use_cases):
    with pytest.raises(QuotaRefused) as caught:
        await use_cases.request.book(several(1, prompt="A {red|blue|green} kite", takes=2), an_address())
    assert [(each.needed, each.left) for each in caught.value.crossed] == [(252, 200)]
    assert await use_cases.storage.ledger.entries(7, 10) == []


async def test_clips_that_the_provider_takes_no_more_are_refused_before_the_member_is_asked(use_cases):
    use_cases.engine.standing = Standstill(Why.REFUSED, 1, frozenset({Kind.TEXT}))
    use_cases.engine.line.job_ids = [5]
    with pytest.raises(KindClosed):
        await use_cases.request.book(several(1, takes=2), an_address())


async def test_clips_that_cost_nothing_are_made_at_once(use_cases):
    request = replace(use_cases.request, offer=Offer({"scenario": FREE}))
    clip_input = several(1, takes=4)
    assert not request.asks(clip_input)
    job = await request.book(clip_input, an_address())
    assert len(await use_cases.storage.jobs.of_order(job.order_id)) == 4


async def test_the_pictures_of_what_is_to_be_confirmed_are_read_once_and_used_by_every_clip(use_cases):
    attached = (attach(use_cases, "character1", picture()), attach(use_cases, "character2", picture(800, 800)))
    prompt = "{character1|character2} waves"
    await asked(use_cases, several(1, prompt=prompt, kind=Kind.CHARACTERS, attached=attached))
    assert len(use_cases.attachments.read_urls) == 2
    jobs = await use_cases.storage.jobs.of_order((await confirmed(use_cases, 1, 2)).order_id)
    assert len(use_cases.attachments.read_urls) == 2
    assert [[each.width for each in job.request.references] for job in jobs] == [[1024, 800]] * 2


async def test_a_name_that_only_one_of_the_prompts_has_needs_its_picture(use_cases):
    attached = (attach(use_cases, "character1", picture()),)
    clip_input = several(1, prompt="{character1|character3} waves", kind=Kind.CHARACTERS, attached=attached)
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(clip_input, an_address())
    assert [each.given for each in caught.value.problems] == [(3,)]


async def test_what_is_to_be_confirmed_is_its_members_alone_and_is_kept_for_a_day(use_cases):
    await asked(use_cases, several(1, takes=2))
    with pytest.raises(Gone):
        await confirmed(use_cases, 1, 2, member_id=8)
    await use_cases.storage.drafts.prune(use_cases.clock.now_ms() + 25 * 60 * 60 * 1000)
    with pytest.raises(Gone):
        await confirmed(use_cases, 1, 2)


async def test_a_clip_made_with_braces_is_repeated_with_the_same_words(use_cases):
    job = await use_cases.request.book(several(1, prompt=r"A sign: \{left|right\}"), an_address())
    assert job.request.prompt == "A sign: {left|right}"
    again = await use_cases.repeat.again(job.id, id=2, member_id=7, role_ids=frozenset())
    assert (await use_cases.request.book(again, an_address())).request.prompt == "A sign: {left|right}"
    final = await use_cases.repeat.final(job.id, id=3, member_id=7, role_ids=frozenset())
    assert await use_cases.repeat.twin(final) is None


async def test_three_more_takes_of_a_clip_have_new_seeds_and_name_the_clip_they_came_from(use_cases):
    job = await use_cases.request.book(several(1, seed=9), an_address())
    more = await use_cases.repeat.more_takes(job.id, id=2, member_id=7, role_ids=frozenset())
    await asked(use_cases, more)
    first = await confirmed(use_cases, 2, 3)
    jobs = await use_cases.storage.jobs.of_order(first.order_id)
    assert [(each.take, each.seed, each.parent_id) for each in jobs] == [
        (1, 4242, job.id),
        (2, 4243, job.id),
        (3, 4244, job.id),
    ]
