"""Upload limits of each place, by its server's boosts and its member's plan; and checks of what a life uploads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import discord

from bot.pipeline.upload_size import LIMIT_LEAST
from tests.simulation.clip import MIB
from tests.simulation.discord.records import Refusal

if TYPE_CHECKING:
    from tests.simulation.lives import Life
    from tests.simulation.world import World

_TIERS: Final = {0: 10 * MIB, 2: 50 * MIB, 3: 100 * MIB}
"""Upload limits of a server by boost tier, as Discord documents them."""
DIRECT: Final = _TIERS[0]
_PLANS: Final = (10 * MIB, 10 * MIB, 50 * MIB, 500 * MIB)
"""Upload limits of members by their plans."""
_CHANGE_SHARE: Final = 0.4
_CHANGES_MS: Final = (30_000, 900_000)
_LONGEST_UPLOAD_MS: Final = 660_000
"""For so long after a limit changed, an upload may still be one that began before."""


@dataclass(frozen=True)
class Upload:
    """The upload of a job's clip of `size` bytes to a place that takes `limit`. The job's card answers the interaction
    `asked_id`.
    """

    job_id: int
    asked_id: int | None
    size: int
    limit: int


class Limits:
    """The limits of all places. Boosts change at most once in a seed."""

    def __init__(self, world: World) -> None:
        dice = world.chance.of("uploads")
        self._world = world
        self._dice = dice
        self._before, self._after = dice.choice(tuple(_TIERS)), dice.choice(tuple(_TIERS))
        changes = dice.random() < _CHANGE_SHARE and world.single_trouble.member is None
        self.changes_ms = world.now_ms + dice.randint(*_CHANGES_MS) if changes else 1 << 60
        self._plans: dict[int, int] = {}
        self.hopeless: list[str] = []
        """Uploads that the life knew to be too large for the place."""
        self.again: list[str] = []
        """Uploads that were repeated with the same size to a place with no higher limit than the one that refused."""

    @property
    def tier(self) -> int:
        return self._before if self._world.now_ms < self.changes_ms else self._after

    @property
    def is_long_known(self) -> bool:
        """Whether the limits are the same as when any running upload began."""
        return not 0 <= self._world.now_ms - self.changes_ms < _LONGEST_UPLOAD_MS

    def of_channel(self, *, direct: bool) -> int:
        """Bytes."""
        return DIRECT if direct else _TIERS[self.tier]

    def of_answer(self, member: int, *, direct: bool) -> int:
        """Bytes, as the interaction says."""
        plan = self._plans.setdefault(member, self._dice.choice(_PLANS))
        return max(plan, self.of_channel(direct=direct))


class Uploading:
    """The uploads of one life, compared with what it knows: limits that it was told, and earlier refusals."""

    def __init__(self, life: Life, limits: Limits) -> None:
        self._life = life
        self._limits = limits
        self._refused: defaultdict[int, list[Upload]] = defaultdict(list)

    def begins(self, upload: Upload, guild_id: int | None) -> None:
        """`guild_id` is the server of a channel; None for an answer and a direct message, whose limits are always known."""
        if upload.size > self._known(upload, guild_id):
            self._limits.hopeless.append(f"{upload}, and more is known not to be taken")
        if upload.size > LIMIT_LEAST and any(self._is_again(upload, each) for each in self._refused[upload.job_id]):
            self._limits.again.append(f"{upload} after {self._refused[upload.job_id]}")

    def arrives(self, upload: Upload) -> None:
        """Raises `Refusal` where it is too large for its place."""
        if upload.size > upload.limit:
            self._life.world.faults.count("discord: beyond a place's limit")
            raise Refusal(413, 40005, "Request entity too large")

    def refused(self, upload: Upload) -> None:
        """Notes a refusal that the bot has received."""
        self._refused[upload.job_id].append(upload)

    def _known(self, upload: Upload, guild_id: int | None) -> int:
        app = self._life.app
        guild = None if app is None or guild_id is None else app.client.get_guild(guild_id)
        if guild_id is None:
            return upload.limit
        return 1 << 60 if guild is None or not self._limits.is_long_known else guild.filesize_limit

    def _is_again(self, upload: Upload, earlier: Upload) -> bool:
        return upload.asked_id == earlier.asked_id and upload.size >= earlier.size and upload.limit <= earlier.limit


def guild_of(client: discord.Client, guild_id: int, tier: int) -> discord.Guild:
    """The server as the gateway sends it."""
    return discord.Guild(data={"id": str(guild_id), "name": "Guild", "premium_tier": tier}, state=client._connection)
