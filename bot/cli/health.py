"""`happyhorse health`: says whether the bot on this database works, for containers and supervisors. Reads
`bot.ops.heartbeat`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.ops import heartbeat
from bot.resources import bots_storage
from bot.settings import Settings
from bot.storage.lock import is_held, real_path

_OLD_SECONDS: Final = 3 * heartbeat.EVERY_SECONDS + 5
"""A note older than this is too old: three more should have come, with 5 s for a busy machine."""


async def report(settings: Settings, write: Callable[[str], object]) -> int:
    """Writes one sentence. Returns 0 where the bot is connected to Discord and its database takes writes, else 1.

    Changes nothing. Raises as `bots_storage`.
    """
    async with bots_storage(settings) as storage:
        said = await storage.key_values.read(heartbeat.KEY)
    path = real_path(settings.storage.path)
    if said is None or not is_held(path):
        write(f"No bot runs on {path}.\n")
        return 1
    ready, age = heartbeat.read(said)
    if not 0 <= age <= _OLD_SECONDS:
        write(f"The bot has written nothing to {path} for {age:.0f} s: it can't, or it hangs. Its log says more.\n")
        return 1
    if not ready:
        write("The bot has no connection to Discord's gateway; it goes on trying by itself. Its log says why.\n")
        return 1
    write(f"All is well: the gateway is there, and the database was written {age:.0f} s ago.\n")
    return 0
