"""What a member is told instead of what they asked for. Whatever part finds it out raises these, from the domain to
interactions; `error_handler` tells the member, in the words of `error_pages`.
"""

from __future__ import annotations

from bot.errors.base import HappyHorseError
from bot.problem import Crossed, Problem


class RequestRefused(HappyHorseError):
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}, given {p.given}, allowed {p.allowed}" for p in problems))
        self.problems = problems


class QuotaRefused(HappyHorseError):
    """`crossed` has every cap that would be exceeded, at least one. `unread`: the request's pictures were not read."""

    def __init__(self, crossed: tuple[Crossed, ...], *, unread: bool = False) -> None:
        super().__init__(
            "; ".join(f"{each.reason}: needed {each.needed}, left {each.left} of {each.limit}" for each in crossed)
        )
        self.crossed = crossed
        self.unread = unread

    @property
    def left(self) -> int:
        """Credits that may still be spent: the fewest left under a cap of credits in `crossed`. 0 where it has no such cap."""
        return min((each.left for each in self.crossed if each.reason.endswith("allowance")), default=0)


class AlreadyBooked(HappyHorseError):
    """`job_id` is the job that makes or made the very same clip."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} is the same")
        self.job_id = job_id


class NotConfirmed(HappyHorseError):
    """`costs` has the credits of each clip. `left` is what the member would have left after them, None without a limit.

    `before` is the price in all that they agreed to, if they were asked already and it has changed since.
    """

    def __init__(self, costs: tuple[int, ...], left: int | None, *, before: int | None = None) -> None:
        super().__init__(f"{len(costs)} clips for {sum(costs)} credits have to be confirmed")
        self.costs = costs
        self.left = left
        self.before = before


class KindClosed(HappyHorseError):
    """`kinds` are the kinds of clips that the provider does not take from us for now."""

    def __init__(self, kinds: frozenset[str]) -> None:
        super().__init__(f"closed at the provider: {', '.join(sorted(kinds))}")
        self.kinds = kinds


class Paused(HappyHorseError):
    """`until_ms` is None where no end was set; `why` is the operator's text, maybe ""; `here`: only in this server.

    `unread`: the request has pictures that were not read, so none of them is stored.
    """

    def __init__(self, until_ms: int | None, why: str, *, here: bool, unread: bool) -> None:
        super().__init__(f"paused {'in this server' if here else 'everywhere'}")
        self.until_ms = until_ms
        self.why = why
        self.here = here
        self.unread = unread


class NotOffered(HappyHorseError):
    """`provider` would make the `clips` clips instead, for `cost` credits in all. Nothing was sent or charged."""

    def __init__(self, provider: str, cost: int, clips: int = 1) -> None:
        super().__init__(f"another than was asked for would make it: {provider}")
        self.provider = provider
        self.cost, self.clips = cost, clips


class NotYours(HappyHorseError):
    """`owner_id` is the member it belongs to. `moderated`: a moderator may do it too."""

    def __init__(self, owner_id: int, *, moderated: bool = True) -> None:
        super().__init__(f"belongs to {owner_id}")
        self.owner_id = owner_id
        self.moderated = moderated


class Gone(HappyHorseError):
    """The job, draft or clip is not here any more."""
