"""What the provider charged, in creative units, for tests to hold a bot's own books against."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Entry:
    """One charge; `refunded` is how much of `cost` went back."""

    job: str
    model: str
    cost: float
    refunded: float
    prompt: str
    seed: int | None
    at_ms: int


class Bill:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def charge(self, entry: Entry) -> None:
        self._entries[entry.job] = entry

    def refund(self, job: str) -> None:
        """Give the whole cost back; a second time changes nothing."""
        self._entries[job].refunded = self._entries[job].cost

    @property
    def total(self) -> float:
        """Creative units spent after refunds."""
        return sum(entry.cost - entry.refunded for entry in self._entries.values())

    def shown(self) -> dict[str, Any]:
        return {"total": self.total, "entries": [asdict(entry) for entry in self._entries.values()]}
