"""The page of /quota: what is left, when it resets, where the credits went."""

from __future__ import annotations

from typing import Final

from bot.domain.clip import RESOLUTION_DEFAULT
from bot.domain.price import Prices
from bot.domain.progress import bar
from bot.ports import Entry, LedgerEntry
from bot.presentation.views import layout, wording
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import Page
from bot.services.show_quota import Quota

_NOTE_SHOWN: Final = 60


_ENTRIES: Final = {
    Entry.RESERVE: "for a clip",
    Entry.SETTLE: "given back",
    Entry.RELEASE: "given back",
    Entry.GRANT: "granted",
}


def quota_page(quota: Quota, prices: Prices, *, preview: bool) -> Page:
    """`preview` says that new clips are previews."""
    standing = quota.standing
    if standing.exempt:
        view = Page(layout.GREEN).text("**No limit for you**", "The people who run this bot have lifted your limit.")
    elif prices.free:
        why = "They are previews, and cost no credits." if preview else "They cost no credits."
        view = Page(layout.GREEN).text("**Clips are free here**", why)
    else:
        view = Page(layout.BLUE).text(*_standing_lines(quota))
    lines = [_entry_line(entry) for entry in quota.entries]
    if lines:
        view.line().text("**Lately**", *lines)
    return view


def _standing_lines(quota: Quota) -> list[str]:
    standing = quota.standing
    left = max(standing.left, 0)
    share = left / standing.whole if standing.whole else 0.0
    return [
        f"**{wording.left_of(standing, quota.window)}**{_clips_left(quota.clips_left)}",
        f"`{bar(share)}` {round(share * 100)} % left",
        f"Resets {wording.moment(standing.span.end_ms)}, {wording.moment(standing.span.end_ms, 'f')}.",
    ]


def _clips_left(clips: int | None) -> str:
    if clips is None:
        return ""
    if clips < 1:
        return f", less than a {wording.USUAL_LENGTH} clip at {RESOLUTION_DEFAULT} costs"
    return f", about {wording.count(clips, f'more {wording.USUAL_LENGTH} clip')} at {RESOLUTION_DEFAULT}"


def _entry_line(entry: LedgerEntry) -> str:
    what = _ENTRIES[entry.entry]
    if entry.entry is Entry.GRANT and entry.credits < 0:
        what = "taken back"
    note = f" ({inline(entry.note, _NOTE_SHOWN)})" if entry.note and entry.entry is Entry.GRANT else ""
    return f"{entry.credits:+,} {what}{note} {wording.moment(entry.at_ms)}"
