"""A job at the simulated provider. Its whole future is drawn when it begins; its state is computed when it is asked for."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final

from tests.simulation.clip import CODINGS, Clip, drawn_size

NEVER_MS: Final = 1 << 50
_STUCK_MS: Final = 10_800_000
"""How long a hanging clip hangs, until it fails at the provider. The bot must give it up long before."""
_ROOM_AGAIN_MS: Final = 2_400_000
"""A hanging clip no longer counts towards the limit after this time, so that a seed with a limit of one clip ends."""
_CLIP_MS: Final = (8_000, 150_000)
_LATE_INDEX_MS: Final = 25_000
"""A listing shows a new job so late at most; far less than `lost_submit_seconds`."""
_REPORTS_EVERY_MS: Final = 5_000
STUCK_SHARE: Final = 0.02
"""Share of clips that hang at the provider; each makes a seed run until it is given up."""
_FAILS_SHARE: Final = 0.1
_MODERATED_SHARE: Final = 0.13
_NO_VIDEO_SHARE: Final = 0.02
_LATE_ASSET_SHARE: Final = 0.06
_ASSET_LATE_MS: Final = (20_000, 150_000, NEVER_MS)
"""How late the asset of a successful job appears."""
_LACKING_SHARE: Final = 0.06
_CODED_SHARE: Final = 0.3
_NOBODYS: Final = Clip("nobodys", 1)
REFUSED_BY_ID: Final = (403, 404, 500)


@dataclass
class VendorJob:
    """`for_job` is the bot's job whose submit made it, None for other people's. Times are true milliseconds.

    Until `refused_until_ms`, asking for it by its id answers `refused_by_id`. `odd` replaces fields of its record until
    `odd_until_ms`. `no_video`: its file is complete, but no video.
    A success names its asset from `asset_from_ms` on. `clip` is what its file holds.
    """

    id: str
    for_job: int | None
    model: str
    inputs: dict[str, Any]
    created_ms: int
    takes_ms: int
    outcome: str = "success"
    refunds: bool = True
    listed_from_ms: int = 0
    canceled_ms: int | None = None
    odd: dict[str, Any] = field(default_factory=dict)
    odd_until_ms: int = 1 << 60
    refused_by_id: int | None = None
    refused_until_ms: int = 0
    no_video: bool = False
    asset_from_ms: int = 0
    clip: Clip = _NOBODYS

    @property
    def lacks(self) -> str:
        return self.clip.lacks

    @property
    def asset_id(self) -> str:
        return f"asset_{self.id}"

    @property
    def ends_ms(self) -> int:
        if self.canceled_ms is not None:
            return self.canceled_ms
        return self.created_ms + (_STUCK_MS if self.outcome == "stuck" else self.takes_ms)

    def takes_room(self, now_ms: int) -> bool:
        """Whether it counts towards the account's ceiling."""
        hangs = self.outcome == "stuck" and now_ms >= self.created_ms + _ROOM_AGAIN_MS
        return self.for_job is not None and self.end(now_ms) is None and not hangs

    def end(self, now_ms: int) -> str | None:
        """success, failure or canceled; None while it runs."""
        if now_ms < self.ends_ms:
            return None
        if self.canceled_ms is not None:
            return "canceled"
        return "success" if self.outcome == "success" else "failure"

    @property
    def no_clip(self) -> bool:
        """Whether it counts as a success, but there will never be a clip."""
        return self.no_video or self.asset_from_ms >= NEVER_MS

    def billed(self, now_ms: int) -> bool:
        """Whether the team pays: failed and cancelled clips are reimbursed, unless this model does not refund."""
        return self.end(now_ms) in {None, "success"} or not self.refunds

    def updated_ms(self, now_ms: int) -> int:
        if now_ms >= self.ends_ms:
            return self.ends_ms
        return now_ms - (now_ms - self.created_ms) % _REPORTS_EVERY_MS


def new_job(
    number: int, for_job: int | None, model: str, inputs: dict[str, Any], dice: random.Random, now_ms: int
) -> VendorJob:
    """A clip that starts now."""
    fate = dice.random()
    outcome = next(
        (
            name
            for share, name in ((STUCK_SHARE, "stuck"), (_FAILS_SHARE, "failure"), (_MODERATED_SHARE, "moderation"))
            if fate < share
        ),
        "success",
    )
    late = dice.randint(0, _LATE_INDEX_MS) if dice.random() < 0.4 else 0
    refused = dice.choice(REFUSED_BY_ID) if dice.random() < 0.15 else None
    takes_ms = dice.randint(*_CLIP_MS)
    lacks = dice.choice(("length", "sound")) if dice.random() < _LACKING_SHARE else ""
    coding = dice.choice(tuple(CODINGS)) if dice.random() < _CODED_SHARE else "plain"
    return VendorJob(
        id=f"job_{number:04d}",
        for_job=for_job,
        model=model,
        inputs=inputs,
        created_ms=now_ms,
        takes_ms=takes_ms,
        outcome=outcome,
        refunds=dice.random() < 0.7,
        listed_from_ms=now_ms + late,
        refused_by_id=refused,
        refused_until_ms=now_ms + dice.choice((60_000, 400_000)),
        no_video=dice.random() < _NO_VIDEO_SHARE,
        asset_from_ms=now_ms + takes_ms + dice.choice(_ASSET_LATE_MS) if dice.random() < _LATE_ASSET_SHARE else 0,
        clip=Clip(f"job_{number:04d}", drawn_size(dice), coding, lacks),
    )
