"""An order: what one command, press or confirmation asked for. Its jobs are the clips that are made for it.

Storage keeps it, books it whole, and ends it with its last job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.job import HOLDS_A_SLOT, Job, State


class OrderKind(StrEnum):
    """`CLIP`: one clip. `TAKES`: several clips of one request, which differ in their seed or their prompt."""

    CLIP = "clip"
    TAKES = "takes"


@dataclass(frozen=True, slots=True)
class Order:
    """One row of `orders`. Its state is that of its jobs; times are epoch milliseconds.

    `source` is what asked for it: the same source never makes a second order. `guild_id` is where it was asked for and is
    booked, None in a direct message. `parent_job_id` is the job whose button was pressed. `private`: its member alone sees it.
    `locale` is the language of what everybody sees, by Discord's name. `size` is how many jobs it has. `used_job_id` is the one
    of them that its member chose with "Use this one". `prompt` as in `NewOrder`. `ended_at_ms` is when its last job ended.
    """

    id: int
    source: str
    kind: OrderKind
    member_id: int
    guild_id: int | None
    parent_job_id: int | None
    private: bool
    locale: str
    created_at_ms: int
    size: int = 1
    used_job_id: int | None = None
    prompt: str = ""
    ended_at_ms: int | None = None


def by_interaction(interaction_id: int) -> str:
    """The source of what an interaction asks for. Discord may deliver one twice."""
    return f"interaction:{interaction_id}"


def by_confirmation(draft_id: int) -> str:
    """The source of what a member confirmed: whoever presses twice, with two interactions, gets one order."""
    return f"draft:{draft_id}:confirm"


def by_operator(new_id: int) -> str:
    """The source of what the operator asks for from the shell; `new_id` was drawn for this one request."""
    return f"operator:{new_id}"


def running(jobs: Sequence[Job]) -> list[Job]:
    """Those of an order's jobs whose clips are still to come by themselves."""
    return [each for each in jobs if not each.ended and each.state is not State.UNPOSTED]


def ahead(jobs: Sequence[Job]) -> Job | None:
    """The running job that tells how far the order is: one that the provider is making, else the one that is furthest along.
    None where none runs.
    """
    left = running(jobs)
    making = next((each for each in left if each.state in HOLDS_A_SLOT), None)
    return making or max(left, key=lambda each: list(State).index(each.state), default=None)
