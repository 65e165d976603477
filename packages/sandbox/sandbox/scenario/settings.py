"""How the sandbox's provider behaves from now on, as the control API sets it. A job keeps the settings with which it began."""

import dataclasses
from dataclasses import dataclass
from typing import Any

_TEN_YEARS = 10 * 366 * 24 * 3600
_MOST = {"clip_bytes": 2**32 - 1, "parallel": 1_000_000, "credits": 10**12}
_MOST_OTHER = _TEN_YEARS
_FLAGS = {"cancel_accepts", "cancel_ignored", "refunds", "older_statuses", "upload_fails"}
OUTCOMES = ("success", "failure", "moderation", "stuck")


class BadSetting(ValueError):
    """A patch makes no sense; the message says what to change."""


@dataclass(frozen=True)
class Settings:
    """`clip_seconds`: how long a clip takes to make. `clip_bytes`: pad each clip to that size, 0 leaves it as it is.

    `url_lifetime` is in seconds. `hide_from_listing_seconds` keeps a new job out of every listing for so long.
    `cancel_accepts` takes a cancel, which ends the job; with `cancel_ignored` the answer is the same and the job goes on.
    Without `refunds` a job that fails or is canceled keeps its charge, and says so (`billing.disableRefund`).
    `older_statuses` writes `processing` and `failed`, as the vendor's own guides do, for what runs and what failed.
    `credits` are the creative units left to spend, None for no end of them. A `plan` of "free" has no video models.
    """

    clip_seconds: float = 6.0
    outcome: str = "success"
    parallel: int = 4
    url_lifetime: float = 900
    cancel_accepts: bool = False
    cancel_ignored: bool = False
    refunds: bool = True
    older_statuses: bool = False
    hide_from_listing_seconds: float = 0
    clip_bytes: int = 0
    upload_fails: bool = False
    plan: str = "cu-pro"
    credits: float | None = None

    def patched(self, patch: dict[str, Any]) -> "Settings":
        """Return a copy with the patch applied. Raises BadSetting and changes nothing where a value makes no sense."""
        if unknown := sorted(set(patch) - set(NAMES)):
            raise BadSetting(f"no such setting: {', '.join(unknown)}; there are {', '.join(sorted(NAMES))}")
        for name, value in patch.items():
            _check(name, value)
        return dataclasses.replace(self, **patch)

    def shown(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


NAMES = tuple(each.name for each in dataclasses.fields(Settings))


def _check(name: str, value: object) -> None:
    if name == "outcome":
        if value not in OUTCOMES:
            raise BadSetting(f"outcome must be one of {', '.join(OUTCOMES)}")
    elif name == "plan":
        if not isinstance(value, str):
            raise BadSetting("plan must be a name")
    elif name in _FLAGS:
        if not isinstance(value, bool):
            raise BadSetting(f"{name} must be true or false")
    elif name == "credits" and value is None:
        return
    elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST.get(name, _MOST_OTHER):
        raise BadSetting(f"{name} must be a number from 0 to {_MOST.get(name, _MOST_OTHER):g}")
    elif name in {"parallel", "clip_bytes"} and not isinstance(value, int):
        raise BadSetting(f"{name} must be a whole number")
