"""The interface to what is stored about a job's messages in Discord. `bot.storage.job_messages` implements it."""

from __future__ import annotations

from typing import Protocol, TypedDict, Unpack

from bot.domain.job import Job, Way


class AddressChanges(TypedDict, total=False):
    """Fields of `Address` that are learned while messages are made."""

    in_place: bool
    card_id: int | None
    thread_id: int | None
    progress_id: int | None
    result_id: int | None
    result_url: str | None
    way: Way | None


class JobMessages(Protocol):
    """Where a job's messages are, and what they show. Every method may raise `StorageError`.

    None of it changes the job's state, so the fence does not matter here.
    """

    async def readdress(self, job_id: int, **address: Unpack[AddressChanges]) -> None:
        """Stores where messages are (fields of `Address`), in any state. Without a fence: two processes
        would write the same.
        """
        ...

    async def show_bar(self, job_id: int, percent: int, told: int | None = None) -> None:
        """Stores how full the job's bar is shown, in any state; a lower value than the stored one changes nothing. `told` is
        how far the provider said that the clip is, in per cent too.
        """
        ...

    async def shown(self, job_id: int) -> None:
        """Stores that card and progress message of an ended job show its end."""
        ...

    async def unshown(self) -> list[Job]:
        """Ended jobs whose messages do not show the end yet (the bot was killed in between), oldest first."""
        ...
