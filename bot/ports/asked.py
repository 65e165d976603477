"""The interface to what members asked for, written down before Discord is told "thinking". `bot.storage.asked` implements it.

A bot that is killed before it has done what was asked finds it here at its next start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Final, Protocol

SECOND_PRESS_MS: Final = 15_000
"""A second press of the same button or form within this time has no effect. Members who want two clips press again later."""


class AskedKind(StrEnum):
    """What a payload holds: a request for a clip, or a press of a button that does something."""

    CLIP = "clip"
    PRESS = "press"


class Outcome(StrEnum):
    """What became of it. `BOOKED` is written in the transaction that books the order.

    `ANSWERED`: it was done or refused, and its member was told. `LOST`: Discord took no answer, and nothing was booked.
    `TELLING`: the same, and its member is about to be told with a message of its own; `TOLD`: that message was sent.
    """

    BOOKED = "booked"
    ANSWERED = "answered"
    LOST = "lost"
    TELLING = "telling"
    TOLD = "told"


class Added(Enum):
    """What `AskedStore.add` did. `DELIVERED_TWICE`: Discord delivered the same interaction before. `PRESSED_TWICE`: this member
    pressed the same a moment ago, in an interaction of its own, and that made a clip or is under way.
    """

    NEW = auto()
    DELIVERED_TWICE = auto()
    PRESSED_TWICE = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """One interaction that asked for something. `id` is its snowflake; ids of servers and channels are Discord's.

    `payload` is JSON of `kind`, "" once the outcome is known. `token` answers it until `token_expires_at_ms` and is "" after
    that. `private`: its first answer is for its member alone. `locale` is the member's language, `guild_locale` the server's,
    None in a direct message. `upload_limit` is in bytes. `press` names a button, or a form with what it asks for, "" where the
    same may be asked for twice. `outcome` is None or `TELLING` while something is left to do.
    """

    id: int
    member_id: int
    kind: AskedKind
    payload: str = field(repr=False)
    application_id: int
    guild_id: int | None
    channel_id: int | None
    token: str = field(repr=False)
    token_expires_at_ms: int
    upload_limit: int
    locale: str
    guild_locale: str | None
    private: bool
    at_ms: int
    press: str = ""
    outcome: Outcome | None = None


class AskedStore(Protocol):
    """Every method may raise `StorageError`."""

    async def add(self, asked: Asked) -> Added:
        """Writes it down, unless it is there already or its `press` is a second one within `SECOND_PRESS_MS`. A press that was
        refused does not count as a first one. Of two presses at the same time one is written down.
        """
        ...

    async def get(self, asked_id: int) -> Asked | None:
        """None where it is not there, or another version wrote it."""
        ...

    async def left(self) -> list[Asked]:
        """All for which something is left to do, oldest first. Called at the start, before anything new is asked."""
        ...

    async def settle(self, asked_id: int, outcome: Outcome) -> None:
        """Stores what became of it, unless that is known already."""
        ...

    async def prune(self, at_ms: int) -> None:
        """Blanks the tokens that have expired at `at_ms`, and deletes what was asked long before."""
        ...
