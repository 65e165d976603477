"""Use case: what is deleted with a clip's message. The button "Delete it" calls it before the message is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.job import Job
from bot.ports import KeptClips


@dataclass(frozen=True)
class DeleteClip:
    kept_clips: KeptClips

    async def file(self, job: Job) -> None:
        """Deletes our file of the clip and its poster; a file that another job has too stays for that job.

        The message is deleted after it. If that fails, or the bot is killed in between, the member can press again, and what
        they wanted deleted is not kept. Raises `StorageError`.
        """
        await self.kept_clips.erase(job.id)
