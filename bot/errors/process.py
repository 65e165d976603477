"""What goes wrong with the process itself: its connection, its tasks, its configuration, the command that started it."""

from __future__ import annotations

from bot.errors.base import HappyHorseError
from bot.settings_problem import SettingsProblem


class FoundTooLate(HappyHorseError):
    """Discord's reply to a first answer was lost. That Discord had taken it was found out so late that its member may be gone.
    Nothing is booked, and the member can be told.
    """

    def __init__(self, interaction_id: int) -> None:
        super().__init__(f"the wait of interaction {interaction_id} was found too late")


class GatewayClosed(HappyHorseError):
    """`code` is Discord's: https://docs.discord.com/developers/topics/opcodes-and-status-codes, gateway close event codes."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Discord closed the gateway ({code})")
        self.code = code


class Interrupted(HappyHorseError):
    pass


class SettingsError(HappyHorseError):
    """`problem` is for the operator: presentation words it, with the key, what was given and what is allowed."""

    def __init__(self, problem: SettingsProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Mistake(HappyHorseError):
    """Only for the call of a command, not for the configuration. `str()` is shown to the operator; `bot.cli` words it."""
