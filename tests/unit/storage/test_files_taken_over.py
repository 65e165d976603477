"""Pictures and drafts of a database from before files: every one is there, with what uses it."""

import hashlib
import json
import sqlite3

from bot.storage import open_storage
from bot.storage.schema import migrate, shipped
from tests.factories import DAY_MS, NOW_MS

BEFORE = 8
"""The last schema with `blobs`."""
IN_JOB, IN_DRAFT, IN_BOTH, UNUSED = (word * 9 for word in (b"job", b"draft", b"both", b"unused"))


def name(content):
    return hashlib.sha256(content).hexdigest()


async def test_pictures_and_their_uses_are_taken_over(tmp_path):
    path = tmp_path / "happyhorse.db"
    with sqlite3.connect(path, isolation_level=None) as raw:
        migrate(raw, path, shipped()[:BEFORE])
        pictures = [(name(each), "image/png", NOW_MS, each) for each in (IN_JOB, IN_DRAFT, IN_BOTH, UNUSED)]
        raw.executemany("INSERT INTO blobs (sha256, media_type, at_ms, content) VALUES (?, ?, ?, ?)", pictures)
        raw.executemany("INSERT INTO job_images (sha256, job_id) VALUES (?, 41)", [(name(IN_JOB),), (name(IN_BOTH),)])
        twice = [{"sha256": name(IN_DRAFT)}, None, {"sha256": name(IN_BOTH)}, {"sha256": name(IN_DRAFT)}]
        drafts = [(1, 7, json.dumps({"references": twice})), (2, 7, json.dumps({"prompt": "words alone"})), (3, 7, '{"damaged')]
        raw.executemany("INSERT INTO drafts (id, member_id, content, at_ms) VALUES (?, ?, ?, 0)", drafts)
        raw.execute("UPDATE drafts SET at_ms = ?", (NOW_MS,))
    raw.close()
    async with open_storage(path) as storage:
        for each in (IN_JOB, IN_DRAFT, IN_BOTH, UNUSED):
            assert await storage.kept_pictures.get(name(each)) == (each, "image/png")
        assert await storage.drafts.bytes_kept(7) == len(IN_DRAFT)
        await storage.drafts.prune(NOW_MS)
        assert await storage.kept_pictures.prune(NOW_MS + 1) == 1
        assert await storage.kept_pictures.get(name(UNUSED)) is None
        await storage.drafts.prune(NOW_MS + 2 * DAY_MS)
        assert await storage.kept_pictures.prune(NOW_MS + 1) == 1
        assert [await storage.kept_pictures.get(name(each)) is not None for each in (IN_JOB, IN_DRAFT, IN_BOTH)] == [
            True,
            False,
            True,
        ]
