"""How long a nonce holds: while Discord remembers the nonce of a post, it answers a repeat with the message that exists.

After that whoever repeats a post looks for the message first (`delivery/announcer.py`, `pipeline/finishing.py`).
"""

from __future__ import annotations

from typing import Final

REMEMBERED_MS: Final = 120_000
"""So long a nonce surely is remembered. Source: Discord's documentation says "the past few minutes"."""
TAKEN_OVER_MS: Final = REMEMBERED_MS // 2
"""A process that has held a job for less than this may post its message without a look at whose the job is: another that took
it over meanwhile posts while the nonce is remembered. The other half is the time that sending takes."""
