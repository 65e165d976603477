"""The words for each `Detail`: why a job ended, or why its clip is not posted. For the people who run the bot."""

from __future__ import annotations

from typing import Final

from bot.detail import Detail, DetailCode
from bot.presentation.views.translations import N_, _

_TEXTS: Final = {
    DetailCode.NO_REASON: N_("no reason given"),
    DetailCode.REFUSED_FOR_A_DAY: N_("for a day: {words}"),
    DetailCode.LINE_STOOD_FOR_A_DAY: N_("{provider} took no clip of this kind for a day: {why}"),
    DetailCode.SUBMITS_LOST: N_("{submits} submits never arrived"),
    DetailCode.ANSWER_LOST: N_("the submit's answer was lost, and the clip was not found again"),
    DetailCode.ANSWER_OF_ANOTHER: N_("the submit's answer named a clip of another job, and the clip was not found again"),
    DetailCode.NO_END: N_("no end seen in {minutes} minutes"),
    DetailCode.UNKNOWN_THERE: N_("the provider does not know it any more"),
    DetailCode.NO_SUCH_PREVIEW: N_("no such preview here"),
    DetailCode.NO_REFERENCE: N_("a generated clip without a reference"),
    DetailCode.NO_UPLOAD_NO_LINK: N_("it fits no upload and the provider gives no link"),
    DetailCode.BROKE: N_("{error} in {state}"),
    DetailCode.PROCESS_DIED: N_("the process died {times} times in {state}"),
    DetailCode.NOT_CONFIGURED: N_("provider {provider} is not configured any more"),
    DetailCode.THROWN_AWAY_UNSENT: N_("thrown away before it was submitted"),
    DetailCode.THROWN_AWAY_MADE: N_("thrown away on arrival, as asked"),
    DetailCode.THROWN_AWAY_BY_MODERATOR: N_("thrown away on arrival, as moderator {moderator} asked"),
    DetailCode.ENDED_BY_OPERATOR: N_("ended by the operator in {state}"),
    DetailCode.ENDED_UNREAD: N_("ended by the operator, who could not read it"),
}


def text_of(detail: Detail | None) -> str:
    """A part of a sentence, without a full stop; "no reason given" for None."""
    if detail is None:
        return _(_TEXTS[DetailCode.NO_REASON])
    if detail.code is DetailCode.SAID:
        return str(detail.figures[0])
    return _(_TEXTS[detail.code]).format(**detail.named)
