"""What every store promises about finding finished clips again, and about the marks on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.clip_search import ClipSearch, words_in
from bot.domain.job import State
from bot.ports import Posted
from bot.storage import finished_clips
from tests.contract.store.state_paths import PATH, make
from tests.factories import NOW_MS, a_reference_image, a_request
from tests.posts import clip_forgotten

EVERYTHING = ClipSearch()


async def posted(storage, job_id, **changes):
    job = await make(storage, job_id, created_at_ms=NOW_MS + job_id, **changes)
    for state in PATH:
        job = await storage.transitions.advance(job, state, NOW_MS)
    return await storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, posted=Posted(30, job_id + 100, "u"))


@pytest.fixture
def found(storage):
    async def find(search=EVERYTHING, member_id=7, limit=10, skip=0):
        return [job.id for job in await storage.finished_clips.found(member_id, search, limit, skip)]

    return find


async def test_clips_of_the_member_that_are_there_are_found_the_latest_first(storage, found):
    for job_id in (1, 2, 3):
        await posted(storage, job_id)
    await posted(storage, 4, member_id=8)
    await make(storage, 5)
    gone = await posted(storage, 6)
    await clip_forgotten(storage, gone)
    failed = await make(storage, 8)
    await storage.transitions.end(failed, State.FAILED, NOW_MS, charged=0)

    assert await found() == [3, 2, 1]
    assert await found(limit=2) == [3, 2]
    assert await found(limit=2, skip=2) == [1]
    assert await found(member_id=8) == [4]
    assert await found(member_id=9) == []


async def test_every_word_must_stand_in_the_prompt_in_whatever_capitals_and_no_sign_is_a_wildcard(storage, found):
    prompts = ("Ein GROẞER Drache über dem Ärmelkanal", "A kite, 100% red_hot", "A kite, 1000 redXhot", "Ёлка под снегом")
    for job_id, prompt in enumerate(prompts, 1):
        await posted(storage, job_id, request=a_request(prompt=prompt))

    async def searched(text, **paged):
        return await found(ClipSearch(words=words_in(text)), **paged)

    assert await searched("KITE") == [3, 2]
    assert await searched("kite", limit=1, skip=1) == [2]
    assert await searched("hot kite") == [3, 2]
    assert await searched("drache ärmel") == [1]
    assert await searched("a\u0308rmelkanal grosser") == [1]
    assert await searched("ёлка") == [4]
    assert await searched("100%") == [2]
    assert await searched("d_h") == [2]
    assert await searched("kite dragon") == []
    assert await searched("prompt") == []


async def test_words_are_looked_for_in_the_latest_clips_only(storage, found, monkeypatch):
    monkeypatch.setattr(finished_clips, "SEARCHED_MOST", 2)
    for job_id in (1, 2, 3):
        await posted(storage, job_id)
    assert await found(ClipSearch(words=("kite",))) == [3, 2]


async def test_kind_time_and_marks_narrow_the_search_together(storage, found):
    character = a_request(Kind.CHARACTERS, prompt="character1 flies a kite", references=(a_reference_image(),))
    await posted(storage, 1, request=character)
    await posted(storage, 2)
    await posted(storage, 3, request=character)
    await storage.finished_clips.mark(3, favourite=True)

    assert await found(ClipSearch(kind=Kind.CHARACTERS)) == [3, 1]
    assert await found(ClipSearch(kind=Kind.IMAGE)) == []
    assert await found(ClipSearch(since_ms=NOW_MS + 2)) == [3, 2]
    assert await found(ClipSearch(favourites=True)) == [3]
    everything = ClipSearch(words=("kite",), kind=Kind.CHARACTERS, since_ms=NOW_MS + 1, favourites=True)
    assert await found(everything) == [3]
    assert await found(replace(everything, since_ms=NOW_MS + 4)) == []


async def test_a_mark_can_be_set_and_taken_away_as_often_as_one_likes(storage):
    await posted(storage, 1)
    for favourite in (True, True, False, False):
        assert (await storage.finished_clips.mark(1, favourite=favourite)).favourite is favourite
        assert (await storage.jobs.get(1)).favourite is favourite


async def test_what_is_no_finished_clip_gets_no_mark(storage):
    await make(storage, 1)
    assert await storage.finished_clips.mark(1, favourite=True) is None
    assert await storage.finished_clips.mark(404, favourite=True) is None
    assert not (await storage.jobs.get(1)).favourite
