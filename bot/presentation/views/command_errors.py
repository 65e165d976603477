"""The sentence that a shell command prints for the error that ended it. `bot.cli` calls it."""

from __future__ import annotations

from bot.errors import HappyHorseError, SettingsError, StorageError
from bot.presentation.views import settings_problems, storage_problems


def sentence(error: HappyHorseError) -> str:
    """What is wrong and what to do, without a name before it. May have several lines."""
    match error:
        case SettingsError():
            return settings_problems.sentence(error.problem)
        case StorageError():
            return storage_problems.sentence(error.problem)
        case _:
            # Raised by presentation or the command line, which worded it there.
            return str(error)
