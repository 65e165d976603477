"""`happyhorse health`: says whether the bot on this database works, for containers and supervisors. The bot itself writes the
note that is read here, see `bot.ops.heartbeat`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.ops import heartbeat
from bot.presentation.views.translations import _
from bot.resources import bots_storage
from bot.settings import Settings
from bot.storage.lock import is_held, real_path

_OLD_SECONDS: Final = 3 * heartbeat.EVERY_SECONDS + 5
"""A note older than this is too old: the bot should have written three more since, with 5 s added for a busy machine."""


async def report(settings: Settings, write: Callable[[str], object]) -> int:
    """Writes one sentence. Returns 0 where the bot is connected to Discord and its database takes writes, else 1.

    Changes nothing. Raises as `bots_storage`.
    """
    async with bots_storage(settings) as storage:
        said = await storage.key_values.read(heartbeat.KEY)
    path = real_path(settings.storage.path)
    if said is None or not is_held(path):
        write(_("No bot runs on {path}.").format(path=path) + "\n")
        return 1
    ready, age = heartbeat.read(said)
    if not 0 <= age <= _OLD_SECONDS:
        silent = _("The bot has written nothing to {path} for {seconds} s: it can't, or it hangs. Its log says more.")
        write(silent.format(path=path, seconds=round(age)) + "\n")
        return 1
    if not ready:
        write(_("The bot has no connection to Discord's gateway; it goes on trying by itself. Its log says why.") + "\n")
        return 1
    well = _("All is well: the gateway is there, and the database was written {seconds} s ago.")
    write(well.format(seconds=round(age)) + "\n")
    return 0
