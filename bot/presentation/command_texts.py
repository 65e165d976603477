"""The commands' descriptions and choices in every language that has a catalogue. Names stay English: they are what is typed.

Discord shows each member the texts of their own language, so it is sent all of them when commands are registered. `client`
gives `CommandTexts` to discord.py; cogs call `described` for a text with figures in it.
"""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation, locale_str

from bot.presentation.views.escaping import cut
from bot.presentation.views.translations import ENGLISH, language_of

_TEXT_CHARACTERS: Final = 100
"""Discord's limit for a description or a choice. If one text in any language is longer, it refuses all commands."""

_NAMES: Final = frozenset(
    {
        TranslationContextLocation.command_name,
        TranslationContextLocation.group_name,
        TranslationContextLocation.parameter_name,
    }
)


def described(template: str, **words: str) -> locale_str:
    """A description from a text marked with `N_`, filled with `words`. Words that are marked are translated too."""
    return locale_str(template.format(**words), template=template, words=words)


class CommandTexts(app_commands.Translator):
    """Called by discord.py for each text of each command, once for each of Discord's languages."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text, cut where it is too long; None where members of that language read the English one."""
        language = language_of(locale.value)
        if language is ENGLISH or context.location in _NAMES:
            return None
        template: str = string.extras.get("template", string.message)
        words: dict[str, str] = string.extras.get("words", {})
        text = language.texts.gettext
        told = text(template).format(**{name: text(word) for name, word in words.items()}) if words else text(template)
        return None if told == string.message else cut(told, _TEXT_CHARACTERS)
