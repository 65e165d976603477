"""Keys of what a transaction holds alone until its end (`Database.write`): whatever it reads, sums or counts before it writes.

Two transactions with a key in common run one after the other, so that the second sees what the first wrote.
"""

from __future__ import annotations


def source(source_of_order: str) -> str:
    """Whether there is an order of this source."""
    return f"source:{source_of_order}"


def order(order_id: int) -> str:
    """Which jobs of an order have ended, so that the last one ends the order."""
    return f"order:{order_id}"


def member(member_id: int) -> str:
    """What a member spends, is given and has running."""
    return f"member:{member_id}"


def guild(guild_id: int) -> str:
    """What a server spends and has running. Held where the server has a cap."""
    return f"guild:{guild_id}"


def made_from(parent_id: int) -> str:
    """Which jobs were made from this one, so that the same is not booked twice."""
    return f"made_from:{parent_id}"


def press(member_id: int, pressed: str) -> str:
    """Whether this member pressed it a moment ago."""
    return f"press:{member_id}:{pressed}"


PAUSES = "pauses"
FILES = "files"
"""Which kept files are used and where they are, so that a file is removed with its last use and not before."""
