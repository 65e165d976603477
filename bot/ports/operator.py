"""The interfaces through which shell commands reach a running bot: requests and pauses, both kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.pause import Pause, Pauses
from bot.operator_answer import Remark


class OperatorAction(StrEnum):
    END = "end"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class OperatorRequest:
    """`sure` is the operator's --yes. `new_job_id` is the id for a retry's job, chosen by the command so that it is booked
    once.
    """

    id: int
    action: OperatorAction
    job_id: int
    sure: bool
    new_job_id: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class OperatorAnswer:
    """`done`: the request was carried out. The remarks say what came of it, in order."""

    done: bool
    remarks: tuple[Remark, ...]


class KeptPauses(Protocol):
    """The operator's pauses, including ended ones: readers check their time."""

    async def all(self) -> Pauses: ...

    async def change(self, guild_id: int | None, pause: Pause | None, at_ms: int) -> Pause | None:
        """Sets the pause of a server (`guild_id` None: of all servers); `pause` None removes it. Returns the one before."""
        ...


class OperatorRequests(Protocol):
    async def add(self, action: OperatorAction, job_id: int, *, sure: bool, new_job_id: int, at_ms: int) -> int:
        """Stores a request for the bot and returns its id."""
        ...

    async def unanswered(self) -> list[OperatorRequest]:
        """The requests without an answer, oldest first."""
        ...

    async def answer(self, request_id: int, answer: OperatorAnswer, at_ms: int) -> None: ...

    async def answer_of(self, request_id: int) -> OperatorAnswer | None:
        """The answer to a request; None as long as there is none."""
        ...
