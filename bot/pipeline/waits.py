"""How long jobs wait for each kind of trouble to pass, and when they stop trying. The formulas stand in `domain/backoff.py`."""

from __future__ import annotations

from typing import Final

from bot.domain.backoff import Backoff, Lasting

DAY_MS: Final = 24 * 60 * 60 * 1000
"""Nobody waits longer than this for trouble to pass: the job ends, free of charge."""
UPLOAD: Final = Lasting(first=5, longest=600)
"""A job's own trouble with handing over its pictures."""
REFUSED: Final = Lasting(first=60, longest=300)
"""A key, plan or balance that people have to mend: one clip tries each minute, after ten of them every five."""
UNREACHABLE: Final = Lasting(first=2, longest=60)
"""A provider to which no connection can be made."""
FETCH: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that does not come through: about six hours in all, so that no outage of an afternoon loses it."""
JUDGED: Final = Backoff(first=30, longest=120, tries=3)
"""A file that came whole and does not play, or that its provider does not hand out: three fetches within minutes tell."""
MISSING: Final = Backoff(first=15, longest=120, tries=7)
"""A clip that its provider calls done and does not show: its index may be late by minutes, eight of them are waited."""
FIT: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that our own tools or disk can't work on for now: as long as `FETCH`, since that passes as well."""
DELIVER: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that Discord does not take for now: about six hours in all, longer than Discord's longest known trouble."""
ENDLESS: Final = Backoff(first=2, longest=60)
"""What must be done in the end, and soon at first: an end that no message shows, a row that can't be written."""
UNEXPECTED: Final = Backoff(first=1, longest=30, tries=4)
"""Our own fault: a few tries, then the member is told."""
