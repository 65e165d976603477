"""Where the messages of a job are, as the bot writes it down: for tests of what comes after."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.domain.job import Job, Way
from bot.domain.post import Post, PostState, Purpose, of_job, of_order
from bot.storage.sql import statement

_BEHIND: Final = """EXISTS (
    SELECT 1 FROM posts
    WHERE posts.subject = 'order:' || jobs.order_id AND posts.shown_rev < posts.wanted_rev AND posts.tried = 0
)"""
"""SQL: whether messages of a job do not show yet what they should (of an ended job: its end), and Discord did not refuse it."""
WHOLE_JOBS: Final = statement("jobs.get").replace("FROM jobs WHERE id = :id", f", NOT {_BEHIND} AS shown FROM jobs")
"""SQL: every job as the bot reads it, with what its order and its posts say of it; `shown`: its end was shown, or refused."""
UNFINISHED: Final = f"SELECT id, state FROM jobs WHERE ended_at_ms IS NULL OR {_BEHIND}"  # noqa: S608  our own words
OPEN: Final = f"SELECT COUNT(*), COUNT(unposted_at_ms) FROM jobs WHERE ended_at_ms IS NULL OR {_BEHIND}"  # noqa: S608  our own words


async def placed(storage, job: Job, *, card=None, thread=None, progress=None) -> Job:
    """The job with these messages of its order, by their ids."""
    there = {Purpose.CARD: card, Purpose.THREAD: thread, Purpose.PROGRESS: progress}
    posts = [
        Post(job.id * 100 + number, of_order(job.order_id), purpose, "", 0, Way.CHANNEL, 30, message_id, PostState.SENT)
        for number, (purpose, message_id) in enumerate(there.items())
        if message_id is not None
    ]
    await storage.posts.keep(*posts)
    return await storage.jobs.get(job.id)


async def clip_there(storage, job: Job, message_id=77, channel_id=30, way=Way.CHANNEL) -> Job:
    """The job whose clip is this message."""
    post = Post(job.id * 100 + 9, of_job(job.id), Purpose.CLIP, "", 0, way, channel_id, message_id, PostState.SENT, job.fence)
    await storage.posts.keep(post)
    return await storage.jobs.get(job.id)


async def clip_forgotten(storage, job: Job) -> Job:
    """The job of which it is not known that its clip was posted: the process died before it could write that down."""
    post = await storage.posts.find(of_job(job.id), Purpose.CLIP)
    await storage.posts.keep(replace(post, message_id=None, state=PostState.BEGUN))
    return await storage.jobs.get(job.id)
