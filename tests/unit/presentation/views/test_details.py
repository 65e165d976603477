"""What operators read of why a job ended."""

import pytest

from bot.detail import FIGURES, Detail, DetailCode, detail_of, said
from bot.detail import text_of as stored
from bot.errors import ProviderRejected
from bot.presentation.views.details import text_of

SAYS = {
    said("NSFW {content}"): "NSFW {content}",
    Detail(DetailCode.NO_REASON): "no reason given",
    Detail(DetailCode.REFUSED_FOR_A_DAY, causes=(Detail(DetailCode.SAID, ("no credit",), "402"),)): "for a day: 402: no credit",
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
    Detail(DetailCode.UNEXPECTED_ANSWER, vendor_code="302", causes=(said("Found"),)): "302: unexpected answer: Found",
    Detail(DetailCode.UNREADABLE_ANSWER, ("GET /jobs",)): "GET /jobs: an answer that we can't read",
    Detail(DetailCode.DRY_RUN, vendor_code="270"): "270: answered a submit as a dry run",
    Detail(DetailCode.NO_ANSWER, (20.0,)): "no answer within 20 s",
    Detail(DetailCode.OTHER_JOB): "the answer is about another job",
    Detail(DetailCode.UNNAMED_IMAGE): "an image was taken and not named",
    Detail(DetailCode.UNNAMED_UPLOAD): "an upload was begun and not named",
    Detail(DetailCode.WRONG_PARTS, (1, 2)): "offered 1 part for an upload of 2",
    Detail(DetailCode.IMPORT_SLOW, (60.0,)): "an upload was not imported within 60 s",
    Detail(DetailCode.IMPORT_FAILED, causes=(Detail(DetailCode.NO_REASON),)): "an image was not imported: no reason given",
    Detail(DetailCode.PICTURES_SLOW, (600.0,)): "the pictures were not taken within 600 s",
    Detail(DetailCode.WRONG_IMAGE): "the image is not the one that its name says",
    Detail(DetailCode.NO_SUCH_IMAGE, ("0123456789ab",)): "no image 0123456789ab",
    Detail(DetailCode.FOLDER_CLOSED, ("[Errno 13]",)): "the preview's folder cannot be written: [Errno 13]",
    Detail(DetailCode.NO_CLIP, ("failure",)): "the job is failure and has no clip",
    Detail(DetailCode.NO_LINK): "the clip has no link",
    Detail(DetailCode.LINK_SILENT, vendor_code="403"): "403: the link to the clip does not answer",
    Detail(DetailCode.LINK_ONLY_LEADS_ON): "the link to the clip only leads to other links",
    Detail(DetailCode.ODD_REDIRECT): "the link to the clip leads to one that can't be read",
    Detail(DetailCode.LINK_TOO_LONG, (4000,)): "a link of more than 4000 characters",
    Detail(DetailCode.LINK_UNREADABLE): "a link that can't be read",
    Detail(DetailCode.LINK_ELSEWHERE): "a link that is neither https nor on the API's own host",
    Detail(DetailCode.LINK_NOT_PUBLIC): "a link to no public address",
    Detail(DetailCode.DOWNLOAD_SLOW, (1800.0,)): "the download took longer than 1800 s",
    Detail(DetailCode.DOWNLOAD_CUT, (5, 5000)): "5 of 5000 bytes arrived",
    Detail(DetailCode.LARGER, (5000, 1000), "too_large"): "too_large: 5000 bytes, more than 1000",
    Detail(DetailCode.LARGER_THAN, (1000,), "too_large"): "too_large: more than 1000 bytes",
    Detail(DetailCode.PREVIEW_LARGER_THAN, (5000,)): "larger than 5,000 bytes",
    Detail(DetailCode.PREVIEW_GONE): "the preview is not here any more",
    Detail(DetailCode.ROUTE_RESTS, (90,)): "Discord wants this route to rest for 90 s more",
    Detail(DetailCode.POST_SLOW, (1800,)): "the clip was not posted within 1800 s",
    Detail(DetailCode.BROKE_OFF, causes=(said("403"),)): "refused after a try that broke off: 403",
    Detail(DetailCode.UPLOAD_LARGER, (20_000_000, 10_000_000)): "20,000,000 bytes where 10,000,000 are taken",
    Detail(DetailCode.INTERACTION_OVER): "the interaction's token has expired",
    Detail(DetailCode.HISTORY_CLOSED, (30,)): "the history of 30 can't be read",
    Detail(DetailCode.PERHAPS_POSTED, causes=(Detail(DetailCode.IN_ANSWER),)): (
        "it may have been posted before in a place that can't be read any more: the answer to the command"
    ),
    Detail(
        DetailCode.NOWHERE,
        causes=(
            Detail(DetailCode.IN_CHANNEL, (30,), causes=(said("50001"),)),
            Detail(DetailCode.ON_CARD, causes=(Detail(DetailCode.INTERACTION_OVER),)),
            Detail(DetailCode.DIRECTLY, causes=(said("50007"),)),
        ),
    ): "30: 50001; card: the interaction's token has expired; direct message: 50007",
    Detail(DetailCode.IN_CHANNEL, (30,), causes=(said("50001"),)): "30: 50001",
    Detail(DetailCode.ON_CARD, causes=(said("50001"),)): "card: 50001",
    Detail(DetailCode.DIRECTLY, causes=(said("50007"),)): "direct message: 50007",
    Detail(DetailCode.IN_ANSWER, causes=(said("50001"),)): "the answer to the command: 50001",
    Detail(DetailCode.NO_FFMPEG): "no ffmpeg for this platform; install one and set IMAGEIO_FFMPEG_EXE to its path",
    Detail(DetailCode.FFMPEG_NOT_STARTED, ("[Errno 2]",)): "ffmpeg does not start: [Errno 2]",
    Detail(DetailCode.FFMPEG_SLOW, (20.0,)): "ffmpeg took more than 20 s",
    Detail(DetailCode.FFMPEG_ENDED, (1, "No space left")): "ffmpeg ended with 1: No space left",
    Detail(DetailCode.FFMPEG_FLOOD, (2_000_000,)): "ffmpeg wrote more than 2,000,000 bytes where a picture was expected",
    Detail(DetailCode.NOT_INSPECTED, ("5.mp4", -9, "")): "5.mp4 could not be looked at: ffmpeg ended with -9: ",
    Detail(DetailCode.NOT_PLAYABLE, ("5.mp4", "no moov")): "5.mp4 is not a playable clip: no moov",
    Detail(DetailCode.TOO_MANY_PACKETS, ("5.mp4",)): "5.mp4 has more pictures and pieces of sound than any clip",
    Detail(DetailCode.FILE_GONE, ("5.mp4",)): "5.mp4 is not there",
    Detail(DetailCode.CLIP_TOO_SHORT, (0.04,)): "it is over after 0.04 s",
    Detail(DetailCode.ENCODED_NOT_PLAYABLE, causes=(Detail(DetailCode.NOT_PLAYABLE, ("5.mp4", "no moov")),)): (
        "the encoded clip does not play: 5.mp4 is not a playable clip: no moov"
    ),
    Detail(DetailCode.DRAWING_SLOW, (30.0,)): "a picture took more than 30 s",
    Detail(DetailCode.IMAGE_NOT_OPENED): "a checked image does not open",
}


@pytest.mark.parametrize(("detail", "text"), SAYS.items(), ids=str)
def test_each_detail_is_worded_with_its_figures_and_is_stored_whole(detail, text):
    assert text_of(detail) == text
    assert detail_of(stored(detail)) == detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "REFUSED: {0} {count!r} %s {{",
        "5",
        '{"code": "no_such_code"}',
        '{"code": "no_answer"}',
        '{"code": "no_answer", "figures": [NaN]}',
        '{"code": "no_answer", "figures": [1e400]}',
        f'{{"code": "upload_larger", "figures": [{"9" * 4000}, 1]}}',
        '{"code": "unexpected_answer", "causes": [' * 200 + "]}" * 200,
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_a_stored_text_that_is_no_detail_of_ours_is_shown_as_it_is(text):
    detail = detail_of(text)
    assert detail == said(text)
    assert text_of(detail) == text


def test_every_code_has_its_words_and_every_figure_a_name():
    assert {detail.code for detail in SAYS} == set(DetailCode)
    assert {detail.code for detail in SAYS if detail.figures} == set(FIGURES)
    assert text_of(None) == "no reason given"


def test_in_the_log_a_detail_is_its_code_and_figures():
    assert str(Detail(DetailCode.BROKE, ("KeyError", "fetching"))) == "broke: KeyError, fetching"
    assert str(Detail(DetailCode.UNKNOWN_THERE)) == "unknown_there"
    assert str(Detail(DetailCode.IMPORT_FAILED, (), "404", (said("gone"),))) == "404: import_failed: gone"
    assert str(ProviderRejected("no", code="400")) == "400: no"
