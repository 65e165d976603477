"""The page of /quota: credits left, when they reset, and what they were spent on. `cogs/quota.py` shows it."""

from __future__ import annotations

from typing import Final

from bot.domain.clip import RESOLUTION_DEFAULT
from bot.domain.price import Prices
from bot.domain.progress import bar
from bot.ports import Entry, LedgerEntry
from bot.presentation.views import layout, ledger_notes, wording
from bot.presentation.views.durations import usual_length
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.translations import _, ngettext, number
from bot.services.show_quota import Quota

_NOTE_SHOWN: Final = 60


def quota_page(quota: Quota, prices: Prices, *, preview: bool) -> Page:
    """`preview`: new clips are previews."""
    standing = quota.standing
    if standing.exempt:
        lifted = _("The people who run this bot have lifted your limit.")
        view = Page(layout.GREEN).text(bold(_("No limit for you")), lifted)
    elif prices.free:
        why = _("They are previews, and cost no credits.") if preview else _("They cost no credits.")
        view = Page(layout.GREEN).text(bold(_("Clips are free here")), why)
    else:
        view = Page(layout.BLUE).text(*_standing_lines(quota))
    lines = [_entry_line(entry) for entry in quota.entries]
    if lines:
        view.line().text(bold(_("Lately")), *lines)
    return view


def _standing_lines(quota: Quota) -> list[str]:
    standing = quota.standing
    left = max(standing.left, 0)
    share = left / standing.whole if standing.whole else 0.0
    # Translators: {percent} is such as "34 %", of the credits.
    left_over = _("{percent} left").format(percent=wording.percent_done(share))
    # Translators: the credits. {moment} is such as "in 5 hours", {date} the same as a date and a time.
    resets = _("Resets {moment}, {date}.")
    ends = standing.span.end_ms
    return [
        _left(wording.left_of(standing, quota.window), quota.clips_left),
        f"`{bar(share)}` {left_over}",
        resets.format(moment=wording.moment(ends), date=wording.moment(ends, "f")),
    ]


def _left(left: str, clips: int | None) -> str:
    """The credits that are left, and how many clips they pay for; `clips` is None where clips are free."""
    if clips is None:
        return bold(left)
    length, resolution = usual_length(), RESOLUTION_DEFAULT.value
    if clips < 1:
        # Translators: {left} is such as "40 of 300 credits left today", {length} "5 s". What stands between ** is bold.
        less = _("**{left}**, less than a {length} clip at {resolution} costs")
        return less.format(left=left, length=length, resolution=resolution)
    # Translators: {left} is such as "210 of 300 credits left today", {length} "5 s". What stands between ** is bold.
    more = ngettext(
        "**{left}**, about {count} more {length} clip at {resolution}",
        "**{left}**, about {count} more {length} clips at {resolution}",
        clips,
    )
    return more.format(left=left, count=number(clips), length=length, resolution=resolution)


def _entry_line(entry: LedgerEntry) -> str:
    """Such as `-90 for a clip 5 minutes ago`; a grant with the operator's note."""
    note = inline(ledger_notes.worded(entry.note), _NOTE_SHOWN) if entry.note else ""
    moved = number(entry.credits) if entry.credits < 0 else f"+{number(entry.credits)}"
    return _entry(entry, noted=bool(note)).format(credits=moved, note=note, moment=wording.moment(entry.at_ms))


def _entry(entry: LedgerEntry, *, noted: bool) -> str:
    match entry.entry:
        case Entry.RESERVE:
            # Translators: {credits} is such as "-90", {moment} "5 minutes ago"; so in the next five.
            return _("{credits} for a clip {moment}")
        case Entry.SETTLE | Entry.RELEASE:
            return _("{credits} given back {moment}")
        case Entry.GRANT if entry.credits < 0:
            # Translators: {note} is what an operator wrote.
            return _("{credits} taken back ({note}) {moment}") if noted else _("{credits} taken back {moment}")
        case Entry.GRANT:
            # Translators: {note} is what an operator wrote.
            return _("{credits} granted ({note}) {moment}") if noted else _("{credits} granted {moment}")
