"""How many credits a member may spend in each window, by their roles. `RequestClip`, `ShowQuota` and the operator's commands
call it.

In a direct message, where nobody has roles, those last seen in a server count: otherwise a member whose role allows nothing
would have the full allowance there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from bot.domain.quota import NO_MULTIPLIER, Policy
from bot.errors import StorageError
from bot.ports import Clock, Multipliers

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allowances:
    """`role_ids` are always the member's roles in the server where the command was given, None in a direct message.

    When the configuration gives no role a multiplier, nothing is read or stored.
    """

    policy: Policy
    multipliers: Multipliers
    clock: Clock

    async def credits(self, member_id: int, role_ids: frozenset[int] | None) -> int:
        """The member's credits per window."""
        return self.policy.allowance_at(await self.multiplier(member_id, role_ids))

    async def multiplier(self, member_id: int, role_ids: frozenset[int] | None) -> float:
        """The best multiplier among these roles; in a direct message the one last stored, or 1 if there is none."""
        if not self.policy.role_multipliers:
            return NO_MULTIPLIER
        if role_ids is not None:
            return self.policy.multiplier_for(role_ids)
        seen = await self.multipliers.last(member_id)
        return NO_MULTIPLIER if seen is None else seen

    async def see(self, member_id: int, role_ids: frozenset[int] | None) -> None:
        """Stores the member's multiplier for direct messages if it changed. Of several servers the last one counts.

        Does not raise `StorageError`: it is logged, and the next command stores the multiplier.
        """
        if role_ids is None or not self.policy.role_multipliers:
            return
        multiplier = self.policy.multiplier_for(role_ids)
        try:
            if await self.multipliers.last(member_id) != multiplier:
                await self.multipliers.remember(member_id, multiplier, self.clock.now_ms())
        except StorageError as error:
            _log.warning("the multiplier of member %d could not be remembered: %s", member_id, error)
