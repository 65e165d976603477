"""How a job's request is stored: JSON with its type and version. What has no tag is from before there were tags: a clip."""

from __future__ import annotations

import json

import pytest

from bot.domain.clip import Kind
from bot.domain.request import request_of
from bot.storage import open_storage
from tests.factories import a_new_order, a_request, book


@pytest.fixture
async def storage(tmp_path):
    async with open_storage(tmp_path / "books.db") as storage:
        yield storage


async def stored(storage):
    (row,) = await storage.database.read(lambda transaction: transaction.rows("SELECT request FROM jobs", {}))
    return json.loads(row["request"])


@pytest.mark.parametrize("kind", Kind)
async def test_a_request_is_stored_with_its_type_and_version(storage, kind):
    request = a_request(kind, seed=3)
    await book(storage, a_new_order(1, request=request))
    assert (await stored(storage)).items() >= {"type": "clip", "version": 1, "kind": kind.value}.items()
    assert (await storage.jobs.get(1)).request == request


@pytest.mark.parametrize("kind", Kind)
async def test_one_that_was_stored_without_a_tag_is_a_clip(storage, kind):
    request = a_request(kind)
    await book(storage, a_new_order(1, request=request))
    without = "UPDATE jobs SET request = json_remove(request, '$.type', '$.version')"
    await storage.database.write(lambda transaction: transaction.run(without, {}))
    assert (await stored(storage)).keys().isdisjoint({"type", "version"})
    assert (await storage.jobs.get(1)).request == request


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            '{"type": "portraits", "prompt": "A kite"}',
            "the request is 'portraits' in version 1, which this version does not know",
        ),
        ('{"type": "clip", "version": 2}', "the request is 'clip' in version 2, which this version does not know"),
        ('{"type": "clip", "version": true}', "the tag of the request can't be read"),
        ('{"type": ["clip"]}', "the tag of the request can't be read"),
        ('{"type": null}', "the tag of the request can't be read"),
        ('["clip"]', "the request is no object"),
        (json.dumps({"type": "x" * 500}), f"the request is {'x' * 40!r} in version 1, which this version does not know"),
    ],
)
def test_what_another_version_stored_is_told_by_its_tag_and_without_what_was_asked_for(text, why):
    with pytest.raises((ValueError, TypeError), match="request") as refused:
        request_of(text)
    assert str(refused.value) == why
