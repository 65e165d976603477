"""Requests without pictures never wait behind pictures, and no member's pictures wait behind many of another's."""

import asyncio

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.errors import MediaBusy, QuotaRefused, StorageError
from bot.services import request_clip
from tests.factories import an_address, storage_error
from tests.unit.services.conftest import picture
from tests.unit.services.test_request_clip import a_clip_input, attach
from tests.waiting import until

SLOW, OTHER = 7, 8


class SlowAttachments:
    """Answers for URLs with "slow" only after `go_on` is set; counts how many of them are read at the same time."""

    def __init__(self, attachments):
        self.attachments = attachments
        self.go_on = asyncio.Event()
        self.reading = 0
        self.most = 0

    async def read(self, url, max_bytes):
        if "slow" not in url:
            return await self.attachments.read(url, max_bytes)
        self.reading += 1
        self.most = max(self.most, self.reading)
        try:
            await self.go_on.wait()
            return picture()
        finally:
            self.reading -= 1


@pytest.fixture
def slow(use_cases):
    attachments = SlowAttachments(use_cases.attachments)
    object.__setattr__(use_cases.request, "attachments", attachments)
    return attachments


def still(use_cases, number, member_id=SLOW, name="slow"):
    given = attach(use_cases, f"{name}{number}", picture())
    changes = {"kind": Kind.IMAGE, "duration": 3, "resolution": "720P", "member_id": member_id}
    return a_clip_input(number, attached=(type(given)("image", given.url, given.filename, given.size),), **changes)


async def test_twenty_slow_pictures_of_one_member_hold_up_neither_their_clip_from_text_nor_another_members_picture(
    use_cases, slow
):
    pile = [asyncio.create_task(use_cases.request.book(still(use_cases, number), an_address())) for number in range(1, 21)]
    await until(lambda: slow.reading == 2)
    words = await use_cases.request.book(a_clip_input(30, member_id=SLOW, duration=3, resolution="720P"), an_address())
    other = await use_cases.request.book(still(use_cases, 31, OTHER, "quick"), an_address())
    assert (words.member_id, other.member_id) == (SLOW, OTHER)
    assert not any(each.done() for each in pile)
    slow.go_on.set()
    results = await asyncio.gather(*pile, return_exceptions=True)
    assert slow.most == 2
    # 200 credits pay for the request without a picture and three more of 42; the others are refused before they are read.
    assert sorted(type(each).__name__ for each in results) == ["Job"] * 3 + ["QuotaRefused"] * 17


async def test_pictures_of_one_request_are_in_memory_a_few_at_a_time(use_cases, slow):
    given = tuple(attach(use_cases, f"character{number}", picture()) for number in range(1, 10))
    slow_ones = tuple(type(each)(each.field, f"https://cdn.test/slow/{each.field}", each.filename, each.size) for each in given)
    clip_input = a_clip_input(
        kind=Kind.CHARACTERS, prompt="character1 waves", duration=3, resolution="720P", attached=slow_ones
    )
    placing = asyncio.create_task(use_cases.request.book(clip_input, an_address()))
    await until(lambda: slow.reading == 4)
    slow.go_on.set()
    assert len((await placing).request.references) == 9
    assert slow.most == 4


@pytest.mark.parametrize(
    ("duration", "taken"),
    [(15, 0), (99, 190)],
    ids=["the clip that was asked for", "the cheapest clip, when the request is wrong"],
)
async def test_a_member_with_too_few_credits_is_told_before_a_picture_is_read(use_cases, duration, taken):
    await use_cases.storage.ledger.grant(SLOW, None, -taken, use_cases.clock.now_ms(), "")
    given = attach(use_cases, "image", picture())
    with pytest.raises(QuotaRefused) as caught:
        await use_cases.request.book(a_clip_input(kind=Kind.IMAGE, attached=(given,), duration=duration), an_address())
    assert [each.reason for each in caught.value.crossed] == ["allowance"]
    assert caught.value.unread
    assert use_cases.attachments.read_urls == []
    assert (await use_cases.storage.drafts.load(1, SLOW))["prompt"] == "A kite, wind"


async def test_credits_are_checked_again_when_the_job_is_booked_after_its_pictures_were_read(use_cases, slow):
    placing = asyncio.create_task(use_cases.request.book(still(use_cases, 1), an_address()))
    await until(lambda: slow.reading == 1)
    await use_cases.request.book(a_clip_input(2, duration=14, resolution="720P"), an_address())
    slow.go_on.set()
    with pytest.raises(QuotaRefused) as caught:
        await placing
    assert not caught.value.unread
    [kept] = (await use_cases.storage.drafts.load(1, SLOW))["references"]
    assert kept["width"] == 1024


async def test_a_request_that_waits_too_long_for_its_pictures_is_given_up_and_holds_up_no_later_one(
    use_cases, slow, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(request_clip, "_PICTURES_SECONDS", 0.05)
        results = await asyncio.gather(
            *(use_cases.request.book(still(use_cases, number), an_address()) for number in (1, 2, 3)), return_exceptions=True
        )
    assert [type(each) for each in results] == [MediaBusy] * 3
    assert slow.reading == 0
    assert (await use_cases.request.book(still(use_cases, 4, name="quick"), an_address())).state is State.QUEUED


async def test_when_one_picture_fails_by_our_own_fault_reading_of_the_others_stops(use_cases, slow):
    broken = attach(use_cases, "image", picture())

    async def put(*_):
        raise storage_error("no")

    object.__setattr__(use_cases.request, "kept_pictures", type("Pictures", (), {"put": put})())
    given = (broken, *still(use_cases, 9).attached)
    named = tuple(type(each)(f"character{number}", each.url, "x.jpg", 10) for number, each in enumerate(given, 1))
    with pytest.raises(StorageError):
        await use_cases.request.book(
            a_clip_input(kind=Kind.CHARACTERS, prompt="character1 waves", attached=named), an_address()
        )
    await until(lambda: slow.reading == 0)
