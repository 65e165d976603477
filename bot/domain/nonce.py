"""How long Discord remembers the nonce of a post. Meanwhile it answers a repeated post with the message that exists.

Code that repeats a post later searches for the message first (`delivery/announcer.py`, `pipeline/finishing.py`).
"""

from __future__ import annotations

from typing import Final

REMEMBERED_MS: Final = 120_000
"""A nonce is certainly remembered for this long. Source: Discord's documentation says "the past few minutes"."""
TAKEN_OVER_MS: Final = REMEMBERED_MS // 2
"""A process may post without checking that it still owns the job if its last write to the job is younger than this: one that
took the job over since then posts while the nonce is remembered. The other half of that time is left for sending."""
