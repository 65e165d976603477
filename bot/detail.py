"""Why a job ended, or why its clip is not posted, in one code and its figures. It is stored with the job, for those who run the
bot; members read the words of its `Failure`. `presentation/views/details.py` has the words of each code.

The values of the codes and the order of their figures are stored, so they stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DetailCode(StrEnum):
    SAID = "said"
    """Words that are nobody's to translate: a provider's, Discord's, the system's, or an error's."""
    NO_REASON = "no_reason"
    """The provider says that it failed, and not why."""
    REFUSED_FOR_A_DAY = "refused_for_a_day"
    """The job alone was refused for a day."""
    LINE_STOOD_FOR_A_DAY = "line_stood_for_a_day"
    """No clip of its kind was taken for a day. `why`: the value of a `Why`."""
    SUBMITS_LOST = "submits_lost"
    """So many submits of it never arrived."""
    ANSWER_LOST = "answer_lost"
    """The answer to its submit was, and its clip was not found again."""
    ANSWER_OF_ANOTHER = "answer_of_another"
    """The answer to its submit named another job's clip, and its own was not found."""
    NO_END = "no_end"
    """The clip ran for so long, and no end of it was seen."""
    UNKNOWN_THERE = "unknown_there"
    """The provider does not know the clip any more."""
    NO_SUCH_PREVIEW = "no_such_preview"
    NO_REFERENCE = "no_reference"
    """A made clip, and nothing says how the provider calls it."""
    NO_UPLOAD_NO_LINK = "no_upload_no_link"
    BROKE = "broke"
    """An exception of the type `error` in that state."""
    PROCESS_DIED = "process_died"
    NOT_CONFIGURED = "not_configured"
    THROWN_AWAY_UNSENT = "thrown_away_unsent"
    THROWN_AWAY_MADE = "thrown_away_made"
    THROWN_AWAY_BY_MODERATOR = "thrown_away_by_moderator"
    ENDED_BY_OPERATOR = "ended_by_operator"
    ENDED_UNREAD = "ended_unread"
    """By the operator, since this version could not read it."""


FIGURES: Final[dict[DetailCode, tuple[str, ...]]] = {
    DetailCode.SAID: ("words",),
    DetailCode.REFUSED_FOR_A_DAY: ("words",),
    DetailCode.LINE_STOOD_FOR_A_DAY: ("provider", "why"),
    DetailCode.SUBMITS_LOST: ("submits",),
    DetailCode.NO_END: ("minutes",),
    DetailCode.BROKE: ("error", "state"),
    DetailCode.PROCESS_DIED: ("times", "state"),
    DetailCode.NOT_CONFIGURED: ("provider",),
    DetailCode.THROWN_AWAY_BY_MODERATOR: ("moderator",),
    DetailCode.ENDED_BY_OPERATOR: ("state",),
}
"""The names of each code's figures, in order; a code that is not here has none."""


@dataclass(frozen=True, slots=True)
class Detail:
    """`str()` is for the log."""

    code: DetailCode
    figures: tuple[str | int, ...] = ()

    @property
    def named(self) -> dict[str, str | int]:
        """The figures by their names. Raises `ValueError` where they are more or fewer than the code's."""
        return dict(zip(FIGURES.get(self.code, ()), self.figures, strict=True))

    def __str__(self) -> str:
        return f"{self.code}: {', '.join(map(str, self.figures))}" if self.figures else self.code.value


def said(words: str) -> Detail:
    return Detail(DetailCode.SAID, (words,))
