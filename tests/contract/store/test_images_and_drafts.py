"""What every store promises about images, uploads, drafts, multipliers and values by key."""

from __future__ import annotations

import asyncio
import hashlib

from bot.domain.clip import Kind
from bot.ops.pruning import Pruning
from tests.factories import DAY_MS, NOW_MS, a_new_order, a_reference_image, a_request, book, bounds
from tests.fakes import ManualClock

IMAGE = bytes(range(256)) * 4


async def test_an_image_is_named_by_its_content_and_kept_once(storage):
    first = await storage.kept_pictures.put(IMAGE, "image/jpeg", NOW_MS)
    again = await storage.kept_pictures.put(IMAGE, "image/jpeg", NOW_MS + 1)

    assert first == again == hashlib.sha256(IMAGE).hexdigest()
    assert await storage.kept_pictures.get(first) == (IMAGE, "image/jpeg")
    assert await storage.kept_pictures.get("0" * 64) is None


async def test_one_image_put_by_many_at_once_is_kept_once(opened):
    async with opened() as one, opened() as other:
        names = await asyncio.gather(*(storage.kept_pictures.put(IMAGE, "image/png", NOW_MS) for storage in (one, other) * 10))

        assert set(names) == {hashlib.sha256(IMAGE).hexdigest()}
        assert await other.kept_pictures.get(names[0]) == (IMAGE, "image/png")


async def test_only_pictures_that_no_job_and_no_draft_needs_are_pruned(storage):
    names = {
        what: await storage.kept_pictures.put(what.encode(), "image/png", NOW_MS)
        for what in ("job", "draft", "nothing", "again")
    }
    request = a_request(Kind.IMAGE, references=(a_reference_image(sha256=names["job"]),))
    await book(storage, a_new_order(1, request=request), bounds())
    await storage.drafts.save(5, 7, {"references": [{"sha256": names["draft"]}]}, NOW_MS)
    await storage.kept_pictures.put(b"again", "image/png", NOW_MS + DAY_MS)

    assert await storage.kept_pictures.prune(NOW_MS) == 0
    assert await storage.kept_pictures.prune(NOW_MS + DAY_MS) == 1
    assert await storage.kept_pictures.prune(NOW_MS + DAY_MS) == 0
    kept = {what for what, sha256 in names.items() if await storage.kept_pictures.get(sha256)}
    assert kept == {"job", "draft", "again"}


async def test_many_pictures_of_no_job_are_all_pruned(storage):
    for number in range(120):
        await storage.kept_pictures.put(f"{number}".encode(), "image/png", NOW_MS)
    await Pruning(storage.kept_pictures, storage.drafts, storage.asked, ManualClock(NOW_MS + 3 * DAY_MS)).prune()
    assert await storage.kept_pictures.prune(NOW_MS + 9 * DAY_MS) == 0


async def test_an_old_draft_and_its_pictures_are_pruned_though_no_draft_follows(storage):
    picture = await storage.kept_pictures.put(IMAGE, "image/png", NOW_MS)
    await storage.drafts.save(5, 7, {"prompt": "A kite", "references": [{"sha256": picture}]}, NOW_MS)
    await Pruning(storage.kept_pictures, storage.drafts, storage.asked, ManualClock(NOW_MS + DAY_MS)).prune()
    assert await storage.drafts.load(5, 7) is not None
    await Pruning(storage.kept_pictures, storage.drafts, storage.asked, ManualClock(NOW_MS + 3 * DAY_MS)).prune()
    assert await storage.drafts.load(5, 7) is None
    assert await storage.kept_pictures.get(picture) is None


async def test_an_upload_is_remembered_by_provider_and_content_until_it_is_forgotten(storage):
    await storage.kept_pictures.remember_upload("scenario", "a" * 64, "asset-1", NOW_MS)
    await storage.kept_pictures.remember_upload("scenario", "a" * 64, "asset-2", NOW_MS)
    await storage.kept_pictures.remember_upload("fal", "a" * 64, "file-1", NOW_MS)

    assert await storage.kept_pictures.uploaded("scenario", "a" * 64) == "asset-2"
    assert await storage.kept_pictures.uploaded("scenario", "b" * 64) is None
    await storage.kept_pictures.forget_upload("scenario", "a" * 64)
    assert await storage.kept_pictures.uploaded("scenario", "a" * 64) is None
    assert await storage.kept_pictures.uploaded("fal", "a" * 64) == "file-1"


async def test_a_draft_comes_back_to_its_member_only(storage):
    values = {"prompt": "a “red” kite\n🪁", "duration": 5, "images": ["a", "b"], "seed": None}
    await storage.drafts.save(1, 7, {"prompt": "first"}, NOW_MS)
    await storage.drafts.save(1, 7, values, NOW_MS + 1)
    await storage.drafts.save(1, 8, {"prompt": "someone else's"}, NOW_MS + 2)

    assert await storage.drafts.load(1, 7) == values
    assert await storage.drafts.load(1, 8) is None
    assert await storage.drafts.load(2, 7) is None


async def test_a_draft_is_gone_after_a_day(storage):
    await storage.drafts.save(1, 7, {"prompt": "old"}, NOW_MS)
    await storage.drafts.save(2, 7, {"prompt": "a day later"}, NOW_MS + DAY_MS)
    assert await storage.drafts.load(1, 7) == {"prompt": "old"}

    await storage.drafts.save(3, 7, {"prompt": "later still"}, NOW_MS + DAY_MS + 1)
    assert await storage.drafts.load(1, 7) is None
    assert await storage.drafts.load(2, 7) == {"prompt": "a day later"}


async def test_a_value_is_kept_after_the_connection_is_closed(opened):
    async with opened() as storage:
        assert await storage.key_values.read("ceiling") is None
        await storage.key_values.write("ceiling", "4", NOW_MS)
        await storage.key_values.write("ceiling", "3", NOW_MS + 1)

    async with opened() as storage:
        assert await storage.key_values.read("ceiling") == "3"


async def test_the_last_multiplier_of_each_member_is_remembered(opened):
    async with opened() as storage:
        assert await storage.multipliers.last(7) is None
        for multiplier in (0.0, 2.5):
            await storage.multipliers.remember(7, multiplier, NOW_MS)
        await storage.multipliers.remember(8, 0.0, NOW_MS)
    async with opened() as storage:
        assert (await storage.multipliers.last(7), await storage.multipliers.last(8)) == (2.5, 0.0)


async def test_pictures_of_a_members_drafts_are_counted_once_and_not_those_of_jobs(storage):
    names = [await storage.kept_pictures.put(bytes([number]) * (number * 100), "image/png", NOW_MS) for number in (1, 2, 3, 4)]
    pictures = [{"sha256": name, "width": 9, "height": 9} for name in names]
    assert await storage.drafts.bytes_kept(7) == 0
    await storage.drafts.save(1, 7, {"references": [pictures[0], None, pictures[1]]}, NOW_MS)
    await storage.drafts.save(2, 7, {"references": [pictures[0]]}, NOW_MS)
    await storage.drafts.save(3, 8, {"references": [pictures[3]]}, NOW_MS)
    await storage.drafts.save(4, 7, {"prompt": "words alone"}, NOW_MS)
    assert await storage.drafts.bytes_kept(7) == 300
    request = a_request(Kind.IMAGE, references=(a_reference_image(sha256=names[1]),))
    await book(storage, a_new_order(5, request=request), bounds())
    assert await storage.drafts.bytes_kept(7) == 100
