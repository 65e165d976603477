"""A time zone in which it is about noon now, so that no midnight starts a new allowance while a test runs."""

from datetime import UTC, datetime
from typing import Final

ZONE_AT_NOON: Final = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # POSIX signs: GMT+3 is three hours behind
