"""The words for each `Detail`: why a job ended, why its clip is not posted, what an error is about. For operators: the
command line and the views that they read call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.detail import Detail, DetailCode
from bot.presentation.views.translations import N_, _, ngettext, number

_TEXTS: Final = {
    DetailCode.NO_REASON: N_("no reason given"),
    DetailCode.REFUSED_FOR_A_DAY: N_("for a day: {cause}"),
    DetailCode.LINE_STOOD_FOR_A_DAY: N_("{provider} took no clip of this kind for a day: {why}"),
    DetailCode.ANSWER_LOST: N_("the submit's answer was lost, and the clip was not found again"),
    DetailCode.ANSWER_OF_ANOTHER: N_("the submit's answer named a clip of another job, and the clip was not found again"),
    DetailCode.UNKNOWN_THERE: N_("the provider does not know it any more"),
    DetailCode.NO_SUCH_PREVIEW: N_("no such preview here"),
    DetailCode.NO_REFERENCE: N_("a generated clip without a reference"),
    DetailCode.NO_UPLOAD_NO_LINK: N_("it fits no upload and the provider gives no link"),
    DetailCode.BROKE: N_("{error} in {state}"),
    DetailCode.NOT_CONFIGURED: N_("provider {provider} is not configured any more"),
    DetailCode.THROWN_AWAY_UNSENT: N_("thrown away before it was submitted"),
    DetailCode.THROWN_AWAY_MADE: N_("thrown away on arrival, as asked"),
    DetailCode.THROWN_AWAY_BY_MODERATOR: N_("thrown away on arrival, as moderator {moderator} asked"),
    DetailCode.ENDED_BY_OPERATOR: N_("ended by the operator in {state}"),
    DetailCode.ENDED_UNREAD: N_("ended by the operator, who could not read it"),
    DetailCode.UNEXPECTED_ANSWER: N_("unexpected answer: {cause}"),
    DetailCode.UNREADABLE_ANSWER: N_("{request}: an answer that we can't read"),
    DetailCode.DRY_RUN: N_("answered a submit as a dry run"),
    DetailCode.NO_ANSWER: N_("no answer within {seconds} s"),
    DetailCode.OTHER_JOB: N_("the answer is about another job"),
    DetailCode.UNNAMED_IMAGE: N_("an image was taken and not named"),
    DetailCode.UNNAMED_UPLOAD: N_("an upload was begun and not named"),
    DetailCode.IMPORT_SLOW: N_("an upload was not imported within {seconds} s"),
    DetailCode.IMPORT_FAILED: N_("an image was not imported: {cause}"),
    DetailCode.PICTURES_SLOW: N_("the pictures were not taken within {seconds} s"),
    DetailCode.WRONG_IMAGE: N_("the image is not the one that its name says"),
    DetailCode.NO_SUCH_IMAGE: N_("no image {image}"),
    DetailCode.FOLDER_CLOSED: N_("the preview's folder cannot be written: {error}"),
    DetailCode.NO_CLIP: N_("the job is {status} and has no clip"),
    DetailCode.NO_LINK: N_("the clip has no link"),
    DetailCode.LINK_SILENT: N_("the link to the clip does not answer"),
    DetailCode.LINK_ONLY_LEADS_ON: N_("the link to the clip only leads to other links"),
    DetailCode.ODD_REDIRECT: N_("the link to the clip leads to one that can't be read"),
    DetailCode.LINK_TOO_LONG: N_("a link of more than {characters} characters"),
    DetailCode.LINK_UNREADABLE: N_("a link that can't be read"),
    DetailCode.LINK_ELSEWHERE: N_("a link that is neither https nor on the API's own host"),
    DetailCode.LINK_NOT_PUBLIC: N_("a link to no public address"),
    DetailCode.DOWNLOAD_SLOW: N_("the download took longer than {seconds} s"),
    DetailCode.DOWNLOAD_CUT: N_("{arrived} of {expected} bytes arrived"),
    DetailCode.LARGER: N_("{size} bytes, more than {most}"),
    DetailCode.LARGER_THAN: N_("more than {most} bytes"),
    DetailCode.PREVIEW_LARGER_THAN: N_("larger than {most} bytes"),
    DetailCode.PREVIEW_GONE: N_("the preview is not here any more"),
    DetailCode.ROUTE_RESTS: N_("Discord wants this route to rest for {seconds} s more"),
    DetailCode.POST_SLOW: N_("the clip was not posted within {seconds} s"),
    DetailCode.BROKE_OFF: N_("refused after a try that broke off: {cause}"),
    DetailCode.UPLOAD_LARGER: N_("{size} bytes where {limit} are taken"),
    DetailCode.INTERACTION_OVER: N_("the interaction's token has expired"),
    DetailCode.HISTORY_CLOSED: N_("the history of {channel} can't be read"),
    DetailCode.PERHAPS_POSTED: N_("it may have been posted before in a place that can't be read any more: {cause}"),
    DetailCode.IN_CHANNEL: N_("{channel}: {cause}"),
    DetailCode.ON_CARD: N_("card: {cause}"),
    DetailCode.DIRECTLY: N_("direct message: {cause}"),
    DetailCode.IN_ANSWER: N_("the answer to the command: {cause}"),
    DetailCode.NO_FFMPEG: N_("no ffmpeg for this platform; install one and set IMAGEIO_FFMPEG_EXE to its path"),
    DetailCode.FFMPEG_NOT_STARTED: N_("ffmpeg does not start: {error}"),
    DetailCode.FFMPEG_SLOW: N_("ffmpeg took more than {seconds} s"),
    DetailCode.FFMPEG_ENDED: N_("ffmpeg ended with {code}: {words}"),
    DetailCode.FFMPEG_FLOOD: N_("ffmpeg wrote more than {most} bytes where a picture was expected"),
    DetailCode.NOT_INSPECTED: N_("{file} could not be looked at: ffmpeg ended with {code}: {words}"),
    DetailCode.NOT_PLAYABLE: N_("{file} is not a playable clip: {words}"),
    DetailCode.TOO_MANY_PACKETS: N_("{file} has more pictures and pieces of sound than any clip"),
    DetailCode.FILE_GONE: N_("{file} is not there"),
    DetailCode.CLIP_TOO_SHORT: N_("it is over after {seconds} s"),
    DetailCode.ENCODED_NOT_PLAYABLE: N_("the encoded clip does not play: {cause}"),
    DetailCode.DRAWING_SLOW: N_("a picture took more than {seconds} s"),
    DetailCode.IMAGE_NOT_OPENED: N_("a checked image does not open"),
}
_COUNTED: Final[dict[DetailCode, tuple[str, Callable[[int], str]]]] = {
    DetailCode.SUBMITS_LOST: (
        "submits",
        lambda count: ngettext("{submits} submit never arrived", "{submits} submits never arrived", count),
    ),
    DetailCode.NO_END: (
        "minutes",
        lambda count: ngettext("no end seen in {minutes} minute", "no end seen in {minutes} minutes", count),
    ),
    DetailCode.PROCESS_DIED: (
        "times",
        lambda count: ngettext("the process died {times} time in {state}", "the process died {times} times in {state}", count),
    ),
    DetailCode.WRONG_PARTS: (
        "offered",
        lambda count: ngettext(
            "offered {offered} part for an upload of {needed}", "offered {offered} parts for an upload of {needed}", count
        ),
    ),
}
"""The figure that decides between one and many, and the words for it."""
_GROUPED: Final = frozenset({DetailCode.PREVIEW_LARGER_THAN, DetailCode.FFMPEG_FLOOD, DetailCode.UPLOAD_LARGER})
"""Codes whose numbers are written in groups of three digits."""


def text_of(detail: Detail | None) -> str:
    """A part of a sentence, without a full stop; "no reason given" for None."""
    if detail is None:
        return _(_TEXTS[DetailCode.NO_REASON])
    text = str(detail.figures[0]) if detail.code is DetailCode.SAID else _worded(detail)
    return f"{detail.vendor_code}: {text}" if detail.vendor_code else text


def _worded(detail: Detail) -> str:
    figures = {name: _figure(value, grouped=detail.code in _GROUPED) for name, value in detail.named.items()}
    causes = "; ".join(map(text_of, detail.causes))
    if detail.code is DetailCode.NOWHERE:
        return causes
    if detail.code is DetailCode.IN_ANSWER and not causes:
        return _("the answer to the command")
    return _template(detail).format(**figures, cause=causes)


def _template(detail: Detail) -> str:
    if detail.code not in _COUNTED:
        return _(_TEXTS[detail.code])
    name, words = _COUNTED[detail.code]
    count = detail.named[name]
    return words(count if isinstance(count, int) else 0)


def _figure(value: str | float, *, grouped: bool) -> str:
    """Seconds are floats: whole ones without decimals, others with two."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else number(value, 2)
    return number(value) if grouped and isinstance(value, int) else str(value)
