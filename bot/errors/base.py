"""What all errors of the bot have in common, and the reason that one gives. The modules beside this one have the errors."""

from __future__ import annotations

from bot.detail import Detail, as_detail, said


class HappyHorseError(Exception):
    """Base of all errors of the bot. `str()` is for the operator's log, never for members."""

    @property
    def reason(self) -> Detail:
        """What went wrong, as those who run the bot are told."""
        return said(str(self))


class Detailed(HappyHorseError):
    """Says what went wrong by a code, or in a text that nobody translates."""

    def __init__(self, detail: Detail | str) -> None:
        super().__init__(str(detail))
        self._detail = as_detail(detail)

    @property
    def reason(self) -> Detail:
        return self._detail


def reason_of(error: Exception) -> Detail:
    """What went wrong: the error's `reason`, or its text if it is not an error of the bot."""
    return error.reason if isinstance(error, HappyHorseError) else said(str(error))
