"""The sentence that a shell command prints for the error that ended it. `bot.cli` calls it."""

from __future__ import annotations

from typing import Final

from bot.errors import GatewayClosed, HappyHorseError, SettingsError, StorageError
from bot.presentation.views import details, settings_problems, storage_problems
from bot.presentation.views.translations import _

_MORE_SHARDS: Final = 4011
"""Discord's code for a bot that has too many servers for the shards it has."""


def sentence(error: HappyHorseError) -> str:
    """What is wrong and what to do, without a name before it. May have several lines."""
    match error:
        case SettingsError():
            return settings_problems.sentence(error.problem)
        case StorageError():
            return storage_problems.sentence(error.problem)
        case GatewayClosed(code=code) if code == _MORE_SHARDS:
            return _("Discord wants more shards than this start has: start the bot again, and everything under way goes on")
        case GatewayClosed(code=code):
            said = _("Discord closed the gateway ({code}): start the bot again, and everything under way goes on")
            return said.format(code=code)
        case other:
            # Its reason has a code, or a sentence that presentation or the command line wrote when it raised the error.
            return details.text_of(other.reason)
