"""How long the pipeline waits for each kind of trouble, and when it stops trying."""

from __future__ import annotations

from typing import Final

from bot.domain.backoff import Backoff, Lasting

DAY_MS: Final = 24 * 60 * 60 * 1000
"""A job that has waited for a provider for so long ends uncharged."""
UPLOAD: Final = Lasting(first=5, longest=600)
"""The provider does not take this job (its pictures, mostly), while it takes others."""
REFUSED: Final = Lasting(first=60, longest=300)
"""The provider refuses our key, plan or balance, which a person must repair: a try each minute, after ten
minutes every five.
"""
UNREACHABLE: Final = Lasting(first=2, longest=60)
"""No connection to the provider can be made."""
FETCH: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip can't be downloaded: about six hours in all, so that an outage of an afternoon does not lose it."""
JUDGED: Final = Backoff(first=30, longest=120, tries=3)
"""The downloaded file does not play, or the provider refuses to deliver it: three downloads within minutes are enough."""
MISSING: Final = Backoff(first=15, longest=120, tries=7)
"""The provider says that the clip is done but does not show it: its index may be late, so eight minutes are waited."""
FIT: Final = Backoff(first=2, longest=600, tries=40)
"""Our tools or disk can't process a paid clip now. Tried as long as `FETCH`, since that is temporary too."""
DELIVER: Final = Backoff(first=2, longest=600, tries=40)
"""Discord does not take a paid clip now: about six hours in all, longer than Discord's longest known outage."""
ENDLESS: Final = Backoff(first=2, longest=60)
"""Work that must succeed in the end: showing a job's end, writing a row."""
UNEXPECTED: Final = Backoff(first=1, longest=30, tries=4)
"""An unexpected exception: a few tries, then the member is told that it is our fault."""
