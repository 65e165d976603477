"""The door through which the operator's shell asks a running bot for something: kept in the database, answered by the bot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.pause import Pause, Pauses


class OperatorAction(StrEnum):
    END = "end"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """`sure` is the operator's --yes. `new_job_id` is the id of another try, chosen beforehand so that it is booked once."""

    id: int
    action: OperatorAction
    job_id: int
    sure: bool
    new_job_id: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class OperatorAnswer:
    """`done` says that what was asked for has happened; `text` is what the operator reads."""

    done: bool
    text: str


class KeptPauses(Protocol):
    """The operator's pauses, ended ones too; whoever reads them looks at the time."""

    async def all(self) -> Pauses: ...

    async def change(self, guild_id: int | None, pause: Pause | None, at_ms: int) -> Pause | None:
        """Sets or, with None, takes back the pause of one server, or of everywhere (None). The one that stood there before."""
        ...


class OperatorRequests(Protocol):
    async def add(self, action: OperatorAction, job_id: int, *, sure: bool, new_job_id: int, at_ms: int) -> int:
        """Leaves a request for the bot; its id."""
        ...

    async def unanswered(self) -> list[OperatorRequest]:
        """Oldest first."""
        ...

    async def answer(self, request_id: int, answer: OperatorAnswer, at_ms: int) -> None: ...

    async def answer_of(self, request_id: int) -> OperatorAnswer | None:
        """None as long as there is none."""
        ...
