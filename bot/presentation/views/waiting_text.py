"""The text about a waiting clip: its place in line, or why the wait is not known. `progress_text` calls it."""

from __future__ import annotations

from typing import Final

from bot.domain.job import Job, State
from bot.ports import Hitch, Progress, Why
from bot.presentation.views import wording
from bot.presentation.views.durations import about
from bot.presentation.views.translations import N_, _

# Translators: a new line after about 40 characters, so that narrow phones need not break it; so in all texts of this file.
_NO_PREVIEWS: Final = N_("No preview can be drawn right now;\nyours goes on by itself.")
_STANDSTILL: Final = {
    Why.BUSY: N_("The video service is busy; it goes on by itself"),
    Why.UNREACHABLE: N_("The video service can't be reached; it goes on by itself"),
    Why.REFUSED: N_("Closed to this bot for the moment; it goes on by itself"),
}
"""Why the wait is not known, in a list."""
_OURS_FIRST: Final = {
    Hitch.DISK: N_("The bot's disk is full;\nit goes on once there is room."),
    Hitch.OURS: N_("The bot has trouble with this one;\nit is tried again."),
}
"""What keeps a clip that is not made yet, if the reason is the bot's own."""


def waits_alone(progress: Progress) -> bool:
    """Whether the job has trouble of its own and is not in line until its next try."""
    job = progress.job
    return job.state is State.QUEUED and job.not_before_ms is not None and job.not_before_ms > progress.at_ms


def in_line(progress: Progress, *, told: bool) -> list[str]:
    stands_still = _stands_still(progress, told=told)
    lines = [stands_still or _position(progress), asked_for(progress.job)]
    if not stands_still and (progress.forecast.position or 0) > 1:
        # Translators: each line begins with "-# ", which makes it small.
        lines.append(_("-# Every member's first clip goes\n-# before anyone's second."))
    return lines


def _stands_still(progress: Progress, *, told: bool) -> str:
    """Why the wait is not known; "" if it is known."""
    if waits_alone(progress):
        return _own_trouble(progress.job)
    if own := trouble_here(progress):
        return own
    forecast = progress.forecast
    if forecast.standstill is None:
        return ""
    if progress.job.preview:
        return _(_NO_PREVIEWS)
    match forecast.standstill.why:
        case Why.BUSY:
            return _("The video service is busy;\nyour clip goes on by itself.")
        case Why.UNREACHABLE:
            return _("The video service can't be reached;\nyour clip goes on by itself.")
        case Why.REFUSED if told:
            closed = _(
                "The video service is closed to this bot\nfor now, and the people who run the bot\nhave been told.\n"
                "Your clip goes on by itself; if not,\nit ends {moment}, free of charge."
            )
        case Why.REFUSED:
            closed = _(
                "The video service is closed to this bot\nfor now.\n"
                "Your clip goes on by itself; if not,\nit ends {moment}, free of charge."
            )
    return closed.format(moment=wording.moment(forecast.ends_ms or progress.at_ms))


def line_in_list(progress: Progress) -> str:
    """The line of a waiting job in a list."""
    if waits_alone(progress):
        return _own_trouble_line(progress.job)
    if own := trouble_here(progress):
        return one_line(own)
    standstill = progress.forecast.standstill
    if standstill is None:
        return _position(progress)
    return one_line(_(_NO_PREVIEWS)) if progress.job.preview else _(_STANDSTILL[standstill.why])


def _own_trouble(job: Job) -> str:
    """Why the job waits outside the line, and when it is tried again."""
    match job.preview, bool(job.request.references):
        case True, True:
            trouble = _("The bot has trouble with\nyour pictures; next try {moment}.")
        case True, False:
            trouble = _("The bot has trouble with\nthis clip; next try {moment}.")
        case False, True:
            trouble = _("The video service has trouble with\nyour pictures; next try {moment}.")
        case _:
            trouble = _("The video service has trouble with\nthis clip; next try {moment}.")
    return trouble.format(moment=wording.moment(job.not_before_ms or 0))


def _own_trouble_line(job: Job) -> str:
    """The same as `_own_trouble`, in a list."""
    match job.preview, bool(job.request.references):
        case True, True:
            trouble = _("The bot has trouble with your pictures; next try {moment}")
        case True, False:
            trouble = _("The bot has trouble with this clip; next try {moment}")
        case False, True:
            trouble = _("The video service has trouble with your pictures; next try {moment}")
        case _:
            trouble = _("The video service has trouble with this clip; next try {moment}")
    return trouble.format(moment=wording.moment(job.not_before_ms or 0))


def asked_for(job: Job) -> str:
    """How long ago the clip was asked for. Discord updates the relative time by itself, without an edit."""
    # Translators: a clip. {moment} is such as "3 minutes ago".
    return _("Asked for {moment}").format(moment=wording.moment(job.created_at_ms))


def _position(progress: Progress) -> str:
    forecast = progress.forecast
    if forecast.position is None:
        return _("Your turn comes in a moment.")
    if forecast.position == 1:
        if forecast.wait_ms is None:
            return _("You are next · no estimate yet")
        return _("You are next, about {time}").format(time=about(forecast.wait_ms))
    # Translators: {place} is such as "3rd".
    unknown = _("{place} in line · no estimate yet")
    # Translators: {place} is such as "3rd".
    known = _("{place} in line, about {time}")
    place = wording.ordinal(forecast.position)
    if forecast.wait_ms is None:
        return unknown.format(place=place)
    return known.format(place=place, time=about(forecast.wait_ms))


def trouble_here(progress: Progress) -> str:
    """For a clip that is not made yet: what keeps it, if the reason is the bot's own; else ""."""
    hitch = progress.hitch
    return "" if hitch is None or hitch not in _OURS_FIRST else _(_OURS_FIRST[hitch])


def one_line(lines: str) -> str:
    return lines.replace("\n", " ")
