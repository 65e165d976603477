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
        bold(wording.left_of(standing, quota.window)) + _clips_left(quota.clips_left),
        f"`{bar(share)}` {left_over}",
        resets.format(moment=wording.moment(ends), date=wording.moment(ends, "f")),
    ]


def _clips_left(clips: int | None) -> str:
    """How many clips the credits pay for, after the number of credits. "" for None."""
    if clips is None:
        return ""
    length, resolution = usual_length(), RESOLUTION_DEFAULT.value
    if clips < 1:
        # Translators: behind "210 of 300 credits left today". {length} is such as "5 s".
        less = _(", less than a {length} clip at {resolution} costs")
        return less.format(length=length, resolution=resolution)
    # Translators: behind "210 of 300 credits left today". {length} is such as "5 s".
    more = ngettext(
        ", about {count} more {length} clip at {resolution}",
        ", about {count} more {length} clips at {resolution}",
        clips,
    )
    return more.format(count=number(clips), length=length, resolution=resolution)


def _entry_line(entry: LedgerEntry) -> str:
    """Such as `-90 for a clip 5 minutes ago`; a grant with the operator's note."""
    note = f" ({inline(ledger_notes.worded(entry.note), _NOTE_SHOWN)})" if entry.note and entry.entry is Entry.GRANT else ""
    return f"{_signed(entry.credits)} {_what(entry)}{note} {wording.moment(entry.at_ms)}"


def _signed(credits_moved: int) -> str:
    return number(credits_moved) if credits_moved < 0 else f"+{number(credits_moved)}"


def _what(entry: LedgerEntry) -> str:
    match entry.entry:
        case Entry.RESERVE:
            # Translators: behind a number of credits, such as "-90"; so the next three.
            return _("for a clip")
        case Entry.SETTLE | Entry.RELEASE:
            return _("given back")
        case Entry.GRANT:
            return _("taken back") if entry.credits < 0 else _("granted")
