"""Requesting a clip: everything is checked at once, the job is booked once, and nothing typed is lost."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.job import State
from bot.domain.order import by_interaction
from bot.domain.pause import Pause
from bot.errors import KindClosed, Paused, QuotaRefused, RequestRefused, StorageError
from bot.ports import Standstill, Why
from bot.problem import ProblemCode
from bot.services import request_clip
from bot.services.clip_input import Attached, ClipInput, Draft
from bot.services.repeat_clip import clip_input_from
from tests.factories import an_address, storage_error
from tests.unit.services.conftest import picture


def a_clip_input(number=1, *, prompt="A kite, wind", kind=Kind.TEXT, duration=None, resolution=None, seed=None, **changes):
    raw = RawClip(kind, prompt, duration, resolution, seed=seed)
    return ClipInput(**{"id": number, "member_id": 7, "role_ids": frozenset(), "raw": raw, **changes})


def attach(use_cases, field, data, size=None):
    url = f"https://cdn.test/{field}"
    use_cases.attachments.files[url] = data
    return Attached(field, url, f"{field}.jpg", len(data) if size is None else size)


async def test_a_good_request_becomes_a_queued_job_with_its_cost_reserved_and_the_engine_woken(use_cases):
    job = await use_cases.request.book(a_clip_input(duration=5, resolution="720P"), an_address())
    assert (job.state, job.cost, job.seed, job.left_after) == (State.QUEUED, 70, 4242, 130)
    assert use_cases.engine.woken == [job.id]


async def test_an_order_and_its_job_have_ids_of_the_time_of_the_booking_and_are_found_by_what_asked(use_cases):
    job = await use_cases.request.book(a_clip_input(5, resolution="720P"), an_address())
    order = await use_cases.storage.jobs.order(job.order_id)
    assert order.source == by_interaction(5)
    assert order.id < job.id
    for made in (order.id, job.id):
        assert (made >> 22) + 1_420_070_400_000 == use_cases.clock.now_ms()
    assert await use_cases.storage.jobs.of_source(by_interaction(5)) == [job]
    assert await use_cases.request.booked(a_clip_input(5))
    assert not await use_cases.request.booked(a_clip_input(6))


async def test_the_members_own_seed_is_kept(use_cases):
    assert (await use_cases.request.book(a_clip_input(seed=0), an_address())).seed == 0


async def test_a_redelivered_interaction_books_nothing_again(use_cases):
    first = await use_cases.request.book(a_clip_input(resolution="720P"), an_address())
    second = await use_cases.request.book(a_clip_input(resolution="720P"), an_address())
    assert first == second
    assert len(await use_cases.storage.ledger.entries(7, 10)) == 1


async def test_problems_of_text_and_of_images_are_told_together_and_good_images_are_kept(use_cases):
    clip_input = a_clip_input(
        kind=Kind.CHARACTERS,
        prompt="",
        duration=99,
        attached=(
            attach(use_cases, "character1", picture()),
            attach(use_cases, "character2", picture(200, 200)),
            attach(use_cases, "character3", b"<html>no picture</html>"),
        ),
    )
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(clip_input, an_address())
    assert [each.field for each in caught.value.problems] == ["prompt", "duration", "character2", "character3"]
    draft = Draft.of_values(await use_cases.storage.drafts.load(1, 7))
    assert (draft.raw.duration, [each and each.width for each in draft.references]) == (99, [1024, None, None])
    assert await use_cases.storage.ledger.entries(7, 10) == []
    assert use_cases.engine.woken == []


async def test_a_file_that_says_it_is_too_large_is_not_even_read(use_cases):
    clip_input = a_clip_input(kind=Kind.IMAGE, attached=(attach(use_cases, "image", b"", size=10_000_001),))
    with pytest.raises(RequestRefused):
        await use_cases.request.book(clip_input, an_address())
    assert use_cases.attachments.read_urls == []


async def test_an_expired_attachment_is_named_after_its_option(use_cases):
    clip_input = a_clip_input(kind=Kind.IMAGE, attached=(Attached("image", "https://cdn.test/gone", "a.jpg", 10),))
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(clip_input, an_address())
    assert [each.field for each in caught.value.problems] == ["image"]


async def test_images_become_characters_in_the_order_of_the_options(use_cases):
    clip_input = a_clip_input(
        kind=Kind.CHARACTERS,
        prompt="character1 hums to character2",
        resolution="720P",
        duration=3,
        attached=(attach(use_cases, "character1", picture(1024, 900)), attach(use_cases, "character2", picture(500, 500))),
    )
    job = await use_cases.request.book(clip_input, an_address())
    assert [each.height for each in job.request.references] == [900, 500]


@pytest.mark.parametrize("named", ["character2", "character3"])
def test_a_gap_between_characters_is_told_alone_instead_of_renumbered(named):
    pictures = tuple(Attached(f"character{number}", "https://cdn.test/x", "x.jpg", 10) for number in (1, 3))
    clip_input = a_clip_input(kind=Kind.CHARACTERS, prompt=f"character1 waves to {named}", attached=pictures)
    assert [(each.field, each.code) for each in clip_input.problems()] == [("character2", ProblemCode.GAP_BEFORE)]


async def refused_draft(use_cases, *sizes, prompt="character1, character2 and character3 wave"):
    """The draft of a refused request with square pictures of these sides in pixels, some of which are too small."""
    given = tuple(attach(use_cases, f"character{number}", picture(size, size)) for number, size in enumerate(sizes, 1))
    with pytest.raises(RequestRefused):
        await use_cases.request.book(
            a_clip_input(kind=Kind.CHARACTERS, prompt=prompt, resolution="720P", attached=given), an_address()
        )
    return Draft.of_values(await use_cases.storage.drafts.load(1, 7))


def resubmitted(use_cases, draft, *sizes):
    new = tuple(attach(use_cases, f"new{number}", picture(size, size)) for number, size in enumerate(sizes))
    placed, kept = draft.assign(new)
    return replace(clip_input_from(draft, id=2, member_id=7, role_ids=frozenset()), attached=placed, kept=kept)


async def test_a_picture_that_was_refused_leaves_its_place_empty_and_is_asked_for_by_name(use_cases):
    draft = await refused_draft(use_cases, 200, 900, 800)
    assert (draft.kept, draft.missing) == (2, (1,))
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(resubmitted(use_cases, draft), an_address())
    assert [each.field for each in caught.value.problems] == ["character1"]
    assert await use_cases.storage.jobs.get(2) is None


async def test_new_pictures_fill_the_empty_places_and_the_others_stay_who_they_were(use_cases):
    draft = await refused_draft(use_cases, 200, 900, 300, 700)
    job = await use_cases.request.book(resubmitted(use_cases, draft, 1000, 500), an_address())
    assert [each.width for each in job.request.references] == [1000, 900, 500, 700]


async def test_a_new_picture_that_is_refused_too_keeps_the_places(use_cases):
    draft = await refused_draft(use_cases, 900, 200, 700)
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(resubmitted(use_cases, draft, 100), an_address())
    assert [each.field for each in caught.value.problems] == ["character2"]
    assert Draft.of_values(await use_cases.storage.drafts.load(2, 7)).references == draft.references


async def test_the_last_picture_is_missed_while_the_prompt_names_it_and_may_be_left_out_after(use_cases):
    draft = await refused_draft(use_cases, 900, 200, prompt="character1 waves to character2")
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(resubmitted(use_cases, draft), an_address())
    assert [(each.field, each.code) for each in caught.value.problems] == [("character2", ProblemCode.GAP)]
    draft = replace(draft, raw=replace(draft.raw, prompt="character1 waves"))
    job = await use_cases.request.book(resubmitted(use_cases, draft), an_address())
    assert [each.width for each in job.request.references] == [900]


async def test_a_picture_for_a_character_that_only_the_prompt_names_joins_the_others(use_cases):
    draft = await refused_draft(use_cases, 900, 800)
    assert draft.missing == (3,)
    job = await use_cases.request.book(resubmitted(use_cases, draft, 700), an_address())
    assert [each.width for each in job.request.references] == [900, 800, 700]


async def test_where_no_place_is_empty_new_pictures_replace_all(use_cases):
    draft = await refused_draft(use_cases, 900, 800)
    draft = replace(draft, raw=replace(draft.raw, prompt="character1 waves"))
    assert draft.missing == ()
    job = await use_cases.request.book(resubmitted(use_cases, draft, 700), an_address())
    assert [each.width for each in job.request.references] == [700]


async def test_where_no_picture_was_fine_the_new_ones_are_all_there_are(use_cases):
    draft = await refused_draft(use_cases, 100, 200, 300, prompt="character1 and character2 wave")
    job = await use_cases.request.book(resubmitted(use_cases, draft, 700, 600), an_address())
    assert [each.width for each in job.request.references] == [700, 600]


@pytest.mark.parametrize("count", [0, 2])
def test_a_still_is_one_picture_and_no_more(count):
    pictures = (Attached("image", "https://cdn.test/x", "x.jpg", 10),) * count
    assert [each.field for each in a_clip_input(kind=Kind.IMAGE, attached=pictures).problems()] == ["image"]


async def test_a_refusal_for_lack_of_credits_keeps_what_was_typed(use_cases):
    with pytest.raises(QuotaRefused) as caught:
        await use_cases.request.book(a_clip_input(duration=15), an_address())
    assert [(each.reason, each.needed, each.left) for each in caught.value.crossed] == [("allowance", 270, 200)]
    assert (await use_cases.storage.drafts.load(1, 7))["prompt"] == "A kite, wind"
    assert await use_cases.storage.jobs.get(1) is None


CLOSED = Standstill(Why.REFUSED, 1, frozenset({Kind.CHARACTERS}))


async def test_a_clip_of_a_model_that_is_closed_is_not_booked_while_one_waits_for_it_and_what_was_typed_is_kept(use_cases):
    pictures = tuple(attach(use_cases, f"character{number}", picture(500 + number)) for number in (1, 2))
    clip_input = a_clip_input(kind=Kind.CHARACTERS, prompt="character1 and character2", resolution="720P", attached=pictures)
    use_cases.engine.standing, use_cases.engine.line.job_ids = CLOSED, [5]
    with pytest.raises(KindClosed) as caught:
        await use_cases.request.book(clip_input, an_address())
    assert caught.value.kinds == {"characters"}
    draft = await use_cases.repeat.draft(1, 7)
    assert (draft.raw.prompt, draft.kept) == ("character1 and character2", 2)
    assert await use_cases.storage.jobs.get(1) is None
    use_cases.engine.line.job_ids = []
    assert (await use_cases.request.book(clip_input, an_address())).state is State.QUEUED, (
        "nobody waits: this one finds out whether it is still closed"
    )


@pytest.mark.parametrize("standstill", [Standstill(Why.REFUSED, 1), Standstill(Why.BUSY, 1), Standstill(Why.UNREACHABLE, 1)])
async def test_where_the_whole_line_waits_clips_are_booked_and_wait_with_it(use_cases, standstill):
    use_cases.engine.standing, use_cases.engine.line.job_ids = standstill, [5]
    assert (await use_cases.request.book(a_clip_input(resolution="720P"), an_address())).state is State.QUEUED


async def test_commands_at_the_same_moment_can_never_overspend(use_cases):
    clip_inputs = [a_clip_input(number, resolution="720P") for number in range(1, 21)]
    results = await asyncio.gather(
        *(use_cases.request.book(clip_input, an_address()) for clip_input in clip_inputs), return_exceptions=True
    )
    booked = [each for each in results if not isinstance(each, BaseException)]
    assert len(booked) == 2
    assert all(isinstance(each, QuotaRefused) for each in results if each not in booked)
    assert (await use_cases.quota.standing(7, ())).left == 60


async def test_a_job_that_was_booked_though_the_database_said_otherwise_is_woken(use_cases):
    class AnswerLost:
        async def create(self, new, bounds):
            await use_cases.storage.bookings.create(new, bounds)
            raise storage_error("disk I/O error")

    with pytest.raises(StorageError):
        await replace(use_cases.request, bookings=AnswerLost()).book(a_clip_input(resolution="720P"), an_address())
    ((booked,),) = await use_cases.storage.jobs.of_member(7, 9)
    assert use_cases.engine.woken == [booked.id]
    assert await use_cases.request.booked(a_clip_input(1))


async def test_refused_requests_with_ever_new_pictures_do_not_fill_the_disk(use_cases, monkeypatch):
    refused = a_clip_input(1, kind=Kind.IMAGE, duration=99, attached=(attach(use_cases, "image", picture()),))
    for each in (refused, replace(refused, id=2)):
        with pytest.raises(RequestRefused):
            await use_cases.request.book(each, an_address())
    read = list(use_cases.attachments.read_urls)
    monkeypatch.setattr(request_clip, "KEPT_BYTES_OF_ONE", await use_cases.storage.drafts.bytes_kept(7))
    clip_input = a_clip_input(3, kind=Kind.IMAGE, duration=99, attached=(attach(use_cases, "image", picture(1100, 1100)),))
    with pytest.raises(RequestRefused) as caught:
        await use_cases.request.book(clip_input, an_address())
    assert [each.field for each in caught.value.problems] == ["duration", "image"]
    assert use_cases.attachments.read_urls == read
    assert (await use_cases.storage.drafts.load(3, 7))["prompt"] == "A kite, wind"
    # Requests without pictures, and other members' requests, are not affected.
    assert (await use_cases.request.book(a_clip_input(4, duration=3, resolution="720P"), an_address())).state is State.QUEUED
    theirs = a_clip_input(5, member_id=8, kind=Kind.IMAGE, attached=clip_input.attached, duration=3, resolution="720P")
    assert (await use_cases.request.book(theirs, an_address())).state is State.QUEUED


class PausedMeanwhile:
    """Pauses right after a request has checked for a pause."""

    def __init__(self, pauses):
        self.pauses = pauses

    async def all(self):
        found = await self.pauses.all()
        await self.pauses.change(None, Pause(None, "New prices"), 1)
        return found


@pytest.mark.parametrize("pictured", [True, False])
async def test_a_pause_that_comes_while_a_request_is_looked_at_books_nothing_and_keeps_all_of_it(use_cases, pictured):
    attached = (attach(use_cases, "image", picture()),) if pictured else ()
    clip_input = a_clip_input(kind=Kind.IMAGE if pictured else Kind.TEXT, resolution="720P", attached=attached)
    request = replace(use_cases.request, pauses=PausedMeanwhile(use_cases.storage.pauses))
    with pytest.raises(Paused) as caught:
        await request.book(clip_input, an_address())
    assert (caught.value.why, caught.value.unread) == ("New prices", False)
    assert await use_cases.storage.jobs.get(1) is None
    assert (await use_cases.quota.standing(7, ())).booked == 0
    assert await request.keep(clip_input)
    assert (await use_cases.repeat.draft(1, 7)).kept == len(attached)
