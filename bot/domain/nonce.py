"""How long Discord remembers the nonce of a post. Meanwhile it answers a repeated post with the message that exists.

Code that repeats a post later searches for the message first (`delivery/poster.py`).
"""

from __future__ import annotations

from typing import Final

REMEMBERED_MS: Final = 120_000
"""A nonce is certainly remembered for this long. Source: Discord's documentation says "the past few minutes"."""
TAKEN_OVER_MS: Final = REMEMBERED_MS // 2
"""A process may post without checking that it still owns the job if its last write to the job is younger than this. If another
process has taken the job over since that write and posted already, its post is younger than `REMEMBERED_MS`: Discord still
knows the nonce, so no second message appears. The other half of `REMEMBERED_MS` is left for sending."""
