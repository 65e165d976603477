"""The words for problems of one picture or of the link to it. `problems` lists them with the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.presentation.views.problem_words import ProblemWords, either, megabytes
from bot.presentation.views.translations import N_, _, ngettext, number
from bot.problem import Problem, ProblemCode

_HOW: Final = {
    "AVIF": N_("Open it in your photo app or in Paint, export it as JPEG, and attach that. A screenshot of it does too."),
    "TIFF": N_(
        "Open it in your photo app, Preview or Paint, export it as JPEG, and attach that. Of a camera's raw photograph take the"
        " JPEG that lies beside it, or export one."
    ),
    "RAW": N_("Export a JPEG of it from your photo app, or take the one that the camera saved beside it, and attach that."),
    "JPEG XL": N_("Open it in your photo app, export it as JPEG, and attach that."),
    "video": N_("Pause it where you like it, take a screenshot, and attach that."),
}
"""How to make a JPEG of a file in a format that is not taken, by the format's name."""
_FORMATS: Final = {
    # Translators: what a member attached where a picture was wanted, behind "given"; so the next ones.
    "video": N_("video"),
    "web page": N_("web page"),
    "text file": N_("text file"),
    "unknown file": N_("unknown file"),
    "Photoshop file": N_("Photoshop file"),
    "ZIP file": N_("ZIP file"),
}
"""Names of formats from `media.header` that must be translated; the others are the same in every language."""


def _format(problem: Problem) -> ProblemWords:
    name = str(problem.given[0])
    how = _HOW.get(name, N_("Save the picture as JPEG or PNG and attach it."))
    return ProblemWords(_(_FORMATS[name]) if name in _FORMATS else name, either(problem.allowed), _(how))


def _empty_file(problem: Problem) -> ProblemWords:
    # Translators: behind "allowed". {formats} is such as "JPEG, PNG or WebP".
    allowed = _("a {formats}").format(formats=either(problem.allowed))
    # Translators: behind "given".
    return ProblemWords(_("an empty file"), allowed, _("Attach the picture again."))


def _file_size(problem: Problem) -> ProblemWords:
    most = megabytes(problem.allowed, 0)
    # Translators: behind "given". {size} is such as "10 MB".
    given = megabytes(problem.given, 1) if problem.given else _("more than {size}").format(size=most)
    # Translators: behind "allowed". {size} is such as "10 MB".
    allowed = _("up to {size}").format(size=most)
    return ProblemWords(given, allowed, _("Attach a smaller copy; a JPEG of 2000 pixels is plenty."))


def _short_side(problem: Problem) -> ProblemWords:
    least = int(problem.allowed[0])
    # Translators: behind "allowed".
    allowed = ngettext("a short side of {count} pixel or more", "a short side of {count} pixels or more", least)
    remedy = _("Attach a larger picture; enlarging a small one rarely looks good.")
    return ProblemWords(_size(problem), allowed.format(count=least), remedy)


def _narrow(problem: Problem) -> ProblemWords:
    # Translators: behind "allowed".
    allowed = _("a shape between {narrowest} and {widest}")
    most = f"{problem.allowed[0]:g}"
    return ProblemWords(
        _size(problem),
        allowed.format(narrowest=f"1:{most}", widest=f"{most}:1"),
        _("Crop the picture so that it is less narrow."),
    )


def _pixels(problem: Problem) -> ProblemWords:
    millions = int(problem.allowed[0]) // 1_000_000
    # Translators: behind "allowed".
    allowed = ngettext("up to {count} megapixel", "up to {count} megapixels", millions).format(count=number(millions))
    return ProblemWords(_size(problem), allowed, _("Attach a smaller copy; 2000 pixels on the long side are plenty."))


def _long_side(problem: Problem) -> ProblemWords:
    most = int(problem.allowed[0])
    # Translators: behind "allowed".
    allowed = ngettext("up to {count} pixel on each side", "up to {count} pixels on each side", most)
    return ProblemWords(_size(problem), allowed.format(count=number(most)), _("Attach the part of it that matters."))


def _hdr(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("an HDR picture (PQ or HLG)")
    # Translators: behind "allowed".
    allowed = _("a picture in ordinary colours")
    return ProblemWords(given, allowed, _("Save a copy of it without HDR, as JPEG or PNG, and attach that."))


def _damaged(problem: Problem) -> ProblemWords:
    # Translators: behind "given". {format} is such as "JPEG".
    given = _("a damaged {format}").format(format=problem.given[0])
    # Translators: behind "allowed".
    allowed = _("a picture that opens")
    return ProblemWords(given, allowed, _("Open it, save it again as JPEG or PNG, and attach the new file."))


def _heavy(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a picture that takes too much time or memory to open")
    # Translators: behind "allowed"; a picture.
    allowed = _("an ordinary one")
    return ProblemWords(given, allowed, _("Attach a smaller copy."))


def _link_elsewhere(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a link to another site")
    # Translators: behind "allowed".
    return ProblemWords(given, _("a file attached on Discord"), _("Attach the file itself."))


def _link_expired(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a link that has expired")
    # Translators: behind "allowed".
    return ProblemWords(given, _("a file that is still there"), _("Attach it again."))


def _link_refused(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a file that Discord does not hand out")
    return ProblemWords(given, _readable(), _("Attach it again."))


def _link_failed(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a file that Discord did not hand out")
    return ProblemWords(given, _readable(), _("Wait a moment and try again."))


def _link_slow(__: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("a file that took too long")
    # Translators: behind "allowed"; a file.
    return ProblemWords(given, _("one that Discord hands out in time"), _("Try again."))


PICTURE_WORDS: Final[dict[ProblemCode, Callable[[Problem], ProblemWords]]] = {
    ProblemCode.FORMAT: _format,
    ProblemCode.EMPTY_FILE: _empty_file,
    ProblemCode.FILE_SIZE: _file_size,
    ProblemCode.SHORT_SIDE: _short_side,
    ProblemCode.NARROW: _narrow,
    ProblemCode.PIXELS: _pixels,
    ProblemCode.LONG_SIDE: _long_side,
    ProblemCode.HDR: _hdr,
    ProblemCode.DAMAGED: _damaged,
    ProblemCode.HEAVY: _heavy,
    ProblemCode.LINK_ELSEWHERE: _link_elsewhere,
    ProblemCode.LINK_EXPIRED: _link_expired,
    ProblemCode.LINK_REFUSED: _link_refused,
    ProblemCode.LINK_FAILED: _link_failed,
    ProblemCode.LINK_SLOW: _link_slow,
}


def _readable() -> str:
    # Translators: behind "allowed"; a file.
    return _("one that can be read")


def _size(problem: Problem) -> str:
    width, height = problem.given
    # Translators: behind "given".
    return _("{width} x {height} pixels").format(width=width, height=height)
