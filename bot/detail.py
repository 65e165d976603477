"""What went wrong, as a code and figures: why a job ended, why its clip is not posted, what an error of a provider or of media
is about. For the people who run the bot; members read a text for the job's `Failure`. `presentation/views/details.py` has the
words for each code.

It is stored with the job as JSON (`text_of`, `detail_of`), so the values of the codes and the order of their figures must not
change. Any other text is read as `SAID` and shown as it is: earlier versions stored sentences, and later ones may have codes
that this version does not know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter


class DetailCode(StrEnum):
    SAID = "said"
    """A text that is not translated: the provider's, Discord's, the system's, or an error's."""
    NO_REASON = "no_reason"
    """The provider says that the clip failed, but not why."""
    REFUSED_FOR_A_DAY = "refused_for_a_day"
    """The provider refused this job for a day, while it took others. The cause is the last refusal."""
    LINE_STOOD_FOR_A_DAY = "line_stood_for_a_day"
    """The provider took no clip of this kind for a day. `why` is the value of a `Why`."""
    SUBMITS_LOST = "submits_lost"
    """This many submits of the job never arrived."""
    ANSWER_LOST = "answer_lost"
    """The answer to the job's submit was lost, and its clip was not found."""
    ANSWER_OF_ANOTHER = "answer_of_another"
    """The answer to the job's submit named another job's clip, and its own was not found."""
    NO_END = "no_end"
    """The clip ran for this long, and its end was not seen."""
    UNKNOWN_THERE = "unknown_there"
    """The provider does not know the clip any more."""
    NO_SUCH_PREVIEW = "no_such_preview"
    NO_REFERENCE = "no_reference"
    """The clip was made, but its reference at the provider is not known."""
    NO_UPLOAD_NO_LINK = "no_upload_no_link"
    BROKE = "broke"
    """An exception of type `error` in this state."""
    PROCESS_DIED = "process_died"
    NOT_CONFIGURED = "not_configured"
    THROWN_AWAY_UNSENT = "thrown_away_unsent"
    THROWN_AWAY_MADE = "thrown_away_made"
    THROWN_AWAY_BY_MODERATOR = "thrown_away_by_moderator"
    ENDED_BY_OPERATOR = "ended_by_operator"
    ENDED_UNREAD = "ended_unread"
    """The operator ended it, since this version could not read it."""

    # A provider's answers.
    UNEXPECTED_ANSWER = "unexpected_answer"
    """The cause is the answer's text."""
    UNREADABLE_ANSWER = "unreadable_answer"
    """`request` is its method and path."""
    DRY_RUN = "dry_run"
    """A submit was answered like a dry run, so nothing was started."""
    NO_ANSWER = "no_answer"
    OTHER_JOB = "other_job"
    """The answer is about another job than was asked for."""
    UNNAMED_IMAGE = "unnamed_image"
    """The provider took an image but gave no id for it."""
    UNNAMED_UPLOAD = "unnamed_upload"
    WRONG_PARTS = "wrong_parts"
    """The provider offered another number of parts than the upload needs."""
    IMPORT_SLOW = "import_slow"
    IMPORT_FAILED = "import_failed"
    """The cause is the provider's reason."""
    PICTURES_SLOW = "pictures_slow"
    """The pictures of a job were not all taken in time."""
    WRONG_IMAGE = "wrong_image"
    """The hash of an image is not its name."""
    NO_SUCH_IMAGE = "no_such_image"
    FOLDER_CLOSED = "folder_closed"
    """The previews' folder can't be written to; `error` is the system's message."""

    # A finished clip that can't be fetched.
    NO_CLIP = "no_clip"
    """`status` is the provider's word for the job's state."""
    NO_LINK = "no_link"
    LINK_SILENT = "link_silent"
    LINK_ONLY_LEADS_ON = "link_only_leads_on"
    ODD_REDIRECT = "odd_redirect"
    LINK_TOO_LONG = "link_too_long"
    LINK_UNREADABLE = "link_unreadable"
    LINK_ELSEWHERE = "link_elsewhere"
    LINK_NOT_PUBLIC = "link_not_public"
    DOWNLOAD_SLOW = "download_slow"
    DOWNLOAD_CUT = "download_cut"
    """`arrived` of `expected` bytes came; -1 if the number was not given."""
    LARGER = "larger"
    """The clip is too large by the size that was given before the download."""
    LARGER_THAN = "larger_than"
    """The clip has more bytes than `most`."""
    PREVIEW_LARGER_THAN = "preview_larger_than"
    PREVIEW_GONE = "preview_gone"

    # Posts that failed.
    ROUTE_RESTS = "route_rests"
    """Discord wants this long a wait before the next request of this kind."""
    POST_SLOW = "post_slow"
    BROKE_OFF = "broke_off"
    """Discord refused it (see the cause) after a try whose connection broke."""
    UPLOAD_LARGER = "upload_larger"
    """The file is over the place's upload limit, both in bytes."""
    INTERACTION_OVER = "interaction_over"
    """The interaction's token has expired."""
    HISTORY_CLOSED = "history_closed"
    PERHAPS_POSTED = "perhaps_posted"
    """The clip may be posted in a place that can't be read any more. The cause names the place."""
    NOWHERE = "nowhere"
    """Each cause is a place that was tried."""
    IN_CHANNEL = "in_channel"
    """The cause is what is wrong there; also for `ON_CARD`, `DIRECTLY` and `IN_ANSWER`."""
    ON_CARD = "on_card"
    DIRECTLY = "directly"
    IN_ANSWER = "in_answer"
    """In the answer to the command. There is no cause if only the member can read that answer."""

    # Errors of media.
    NO_FFMPEG = "no_ffmpeg"
    FFMPEG_NOT_STARTED = "ffmpeg_not_started"
    FFMPEG_SLOW = "ffmpeg_slow"
    FFMPEG_ENDED = "ffmpeg_ended"
    """ffmpeg ended with this exit code; `words` are the end of its error output."""
    FFMPEG_FLOOD = "ffmpeg_flood"
    """ffmpeg wrote more bytes than any picture has."""
    NOT_INSPECTED = "not_inspected"
    """The clip could not be inspected now, by a fault of the machine. Figures: the file, then as `FFMPEG_ENDED`."""
    NOT_PLAYABLE = "not_playable"
    TOO_MANY_PACKETS = "too_many_packets"
    FILE_GONE = "file_gone"
    CLIP_TOO_SHORT = "clip_too_short"
    ENCODED_NOT_PLAYABLE = "encoded_not_playable"
    """The bot's own encoding does not play; the cause says more."""
    DRAWING_SLOW = "drawing_slow"
    IMAGE_NOT_OPENED = "image_not_opened"
    """The image could not be opened although it was checked."""


FIGURES: Final[dict[DetailCode, tuple[str, ...]]] = {
    DetailCode.SAID: ("words",),
    DetailCode.LINE_STOOD_FOR_A_DAY: ("provider", "why"),
    DetailCode.SUBMITS_LOST: ("submits",),
    DetailCode.NO_END: ("minutes",),
    DetailCode.BROKE: ("error", "state"),
    DetailCode.PROCESS_DIED: ("times", "state"),
    DetailCode.NOT_CONFIGURED: ("provider",),
    DetailCode.THROWN_AWAY_BY_MODERATOR: ("moderator",),
    DetailCode.ENDED_BY_OPERATOR: ("state",),
    DetailCode.UNREADABLE_ANSWER: ("request",),
    DetailCode.NO_ANSWER: ("seconds",),
    DetailCode.WRONG_PARTS: ("offered", "needed"),
    DetailCode.IMPORT_SLOW: ("seconds",),
    DetailCode.PICTURES_SLOW: ("seconds",),
    DetailCode.NO_SUCH_IMAGE: ("image",),
    DetailCode.FOLDER_CLOSED: ("error",),
    DetailCode.NO_CLIP: ("status",),
    DetailCode.LINK_TOO_LONG: ("characters",),
    DetailCode.DOWNLOAD_SLOW: ("seconds",),
    DetailCode.DOWNLOAD_CUT: ("arrived", "expected"),
    DetailCode.LARGER: ("size", "most"),
    DetailCode.LARGER_THAN: ("most",),
    DetailCode.PREVIEW_LARGER_THAN: ("most",),
    DetailCode.ROUTE_RESTS: ("seconds",),
    DetailCode.POST_SLOW: ("seconds",),
    DetailCode.UPLOAD_LARGER: ("size", "limit"),
    DetailCode.HISTORY_CLOSED: ("channel",),
    DetailCode.IN_CHANNEL: ("channel",),
    DetailCode.FFMPEG_NOT_STARTED: ("error",),
    DetailCode.FFMPEG_SLOW: ("seconds",),
    DetailCode.FFMPEG_ENDED: ("code", "words"),
    DetailCode.FFMPEG_FLOOD: ("most",),
    DetailCode.NOT_INSPECTED: ("file", "code", "words"),
    DetailCode.NOT_PLAYABLE: ("file", "words"),
    DetailCode.TOO_MANY_PACKETS: ("file",),
    DetailCode.FILE_GONE: ("file",),
    DetailCode.CLIP_TOO_SHORT: ("seconds",),
    DetailCode.DRAWING_SLOW: ("seconds",),
}
"""The names of each code's figures, in order. A code that is not here has no figures."""


_LARGEST: Final = 2**63
"""Larger than any number of bytes or seconds."""
_DEEPEST: Final = 10
"""Causes in causes; ours are four deep at most."""


@dataclass(frozen=True, slots=True)
class Detail:
    """`vendor_code` is the provider's own code for it, if any. `causes` are the details that led to it, for the codes whose
    docstring names them.

    `str()` is for the log.
    """

    code: DetailCode
    figures: tuple[str | int | float, ...] = ()
    vendor_code: str = ""
    causes: tuple[Detail, ...] = ()

    @property
    def named(self) -> dict[str, str | int | float]:
        """The figures by their names. Raises `ValueError` if their number is not the code's."""
        return dict(zip(FIGURES.get(self.code, ()), self.figures, strict=True))

    def __str__(self) -> str:
        parts = [self.vendor_code, "" if self.code is DetailCode.SAID else self.code.value]
        parts += [", ".join(map(str, self.figures)), "; ".join(map(str, self.causes))]
        return ": ".join(part for part in parts if part)


def said(words: str) -> Detail:
    return Detail(DetailCode.SAID, (words,))


def as_detail(told: Detail | str) -> Detail:
    """For errors, which are told a detail or words; the words become a `SAID`."""
    return said(told) if isinstance(told, str) else told


def text_of(detail: Detail) -> str:
    return json.dumps(_row(detail))


def detail_of(text: str) -> Detail:
    """The detail that was stored as this text. Never raises."""
    try:
        detail = _READ.validate_python(json.loads(text))
        check(detail)
    except (ValueError, RecursionError):
        return said(text)
    return detail


def check(detail: Detail, depth: int = 0) -> None:
    """Checks a detail that was stored. Raises `ValueError` if no words could be made of it: the number of figures is not the
    code's, causes are nested too deep, or a figure is no number (NaN) or too large.
    """
    if depth > _DEEPEST:
        msg = "causes in causes without end"
        raise ValueError(msg)
    for name, figure in detail.named.items():
        if not isinstance(figure, str) and not -_LARGEST <= figure <= _LARGEST:
            raise ValueError(name)
    for cause in detail.causes:
        check(cause, depth + 1)


def _row(detail: Detail) -> dict[str, Any]:
    row: dict[str, Any] = {"code": detail.code.value, "figures": detail.figures}
    if detail.vendor_code:
        row["vendor_code"] = detail.vendor_code
    if detail.causes:
        row["causes"] = [_row(each) for each in detail.causes]
    return row


_READ: Final = TypeAdapter(Detail)
