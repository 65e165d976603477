"""What operators read of why a job ended."""

import pytest

from bot.detail import FIGURES, Detail, DetailCode, said
from bot.presentation.views.details import text_of

SAYS = {
    said("NSFW {content}"): "NSFW {content}",
    Detail(DetailCode.NO_REASON): "no reason given",
    Detail(DetailCode.REFUSED_FOR_A_DAY, ("402: no credit",)): "for a day: 402: no credit",
    Detail(DetailCode.LINE_STOOD_FOR_A_DAY, ("scenario", "refused")): ("scenario took no clip of this kind for a day: refused"),
    Detail(DetailCode.SUBMITS_LOST, (3,)): "3 submits never arrived",
    Detail(DetailCode.ANSWER_LOST): "the submit's answer was lost, and the clip was not found again",
    Detail(DetailCode.ANSWER_OF_ANOTHER): "the submit's answer named a clip of another job, and the clip was not found again",
    Detail(DetailCode.NO_END, (60,)): "no end seen in 60 minutes",
    Detail(DetailCode.UNKNOWN_THERE): "the provider does not know it any more",
    Detail(DetailCode.NO_SUCH_PREVIEW): "no such preview here",
    Detail(DetailCode.NO_REFERENCE): "a generated clip without a reference",
    Detail(DetailCode.NO_UPLOAD_NO_LINK): "it fits no upload and the provider gives no link",
    Detail(DetailCode.BROKE, ("KeyError", "fetching")): "KeyError in fetching",
    Detail(DetailCode.PROCESS_DIED, (6, "fitting")): "the process died 6 times in fitting",
    Detail(DetailCode.NOT_CONFIGURED, ("scenario",)): "provider scenario is not configured any more",
    Detail(DetailCode.THROWN_AWAY_UNSENT): "thrown away before it was submitted",
    Detail(DetailCode.THROWN_AWAY_MADE): "thrown away on arrival, as asked",
    Detail(DetailCode.THROWN_AWAY_BY_MODERATOR, (8,)): "thrown away on arrival, as moderator 8 asked",
    Detail(DetailCode.ENDED_BY_OPERATOR, ("queued",)): "ended by the operator in queued",
    Detail(DetailCode.ENDED_UNREAD): "ended by the operator, who could not read it",
}


@pytest.mark.parametrize(("detail", "text"), SAYS.items(), ids=str)
def test_each_detail_is_worded_with_its_figures(detail, text):
    assert text_of(detail) == text


def test_every_code_has_its_words_and_every_figure_a_name():
    assert {detail.code for detail in SAYS} == set(DetailCode)
    assert {detail.code for detail in SAYS if detail.figures} == set(FIGURES)
    assert text_of(None) == "no reason given"


def test_in_the_log_a_detail_is_its_code_and_figures():
    assert str(Detail(DetailCode.BROKE, ("KeyError", "fetching"))) == "broke: KeyError, fetching"
    assert str(Detail(DetailCode.UNKNOWN_THERE)) == "unknown_there"
