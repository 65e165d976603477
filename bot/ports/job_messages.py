"""The interface to what the messages of a job have shown. `bot.storage.job_messages` implements it."""

from __future__ import annotations

from typing import Protocol


class JobMessages(Protocol):
    """Every method may raise `StorageError`. None of it changes the job's state, so the fence does not matter here."""

    async def show_bar(self, job_id: int, percent: int, told: int | None = None) -> None:
        """Stores how full the job's bar is shown, in any state; a lower value than the stored one changes nothing. `told` is
        how far the provider said that the clip is, in per cent too.
        """
        ...
