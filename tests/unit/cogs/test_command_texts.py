"""The commands as they are registered at Discord: descriptions in every language, the same names, within Discord's limits."""

import re

import discord
import pytest

from bot.presentation import command_texts
from bot.presentation.views.translations import language_of, translated
from tests.pseudo_locale import PSEUDO
from tests.unit.cogs.test_offer import both  # noqa: F401  a fixture

TEXT_CHARACTERS = 100
COMMAND_CHARACTERS = 8_000
"""Discord's limit for all texts of a command together. Of each text the longest translation counts."""
GERMAN = discord.Locale.german.value


@pytest.fixture
def made_up(monkeypatch):
    """Makes German the made-up language."""
    monkeypatch.setattr(command_texts, "language_of", lambda tag: PSEUDO if tag == GERMAN else language_of(tag))


def registered(server):
    """The commands that were registered last, by name."""
    return {name: command for (name, _), command in server.env.backend.commands[None].items()}


async def started_again(server):
    await server.env.restart_bot(server.backend.client())
    return registered(server)


def parts(command):
    """The command with its subcommands and options, without choices."""
    yield command
    for option in command.get("options", ()):
        yield from parts(option)


def choices(command):
    return [choice for part in parts(command) for choice in part.get("choices", ())]


def longest(part, field):
    return max(map(len, [part.get(field) or "", *part.get(f"{field}_localizations", {}).values()]))


def size(command):
    return sum(
        longest(each, "name") + longest(each, "description") + len(str(each.get("value", "")))
        for each in (*parts(command), *choices(command))
    )


async def test_every_description_and_choice_is_told_in_the_other_language_and_fits(server, made_up, both):  # noqa: F811  a fixture
    commands = registered(server)
    assert sorted(commands) == ["Animate this image", "clips", "help", "jobs", "quota", "video"]
    for command in commands.values():
        for part in parts(command):
            assert bool(part.get("description")) == (GERMAN in part.get("description_localizations", {})), part["name"]
            assert longest(part, "description") <= TEXT_CHARACTERS
        for choice in choices(command):
            assert GERMAN in choice["name_localizations"]
            assert longest(choice, "name") <= TEXT_CHARACTERS
        assert size(command) <= COMMAND_CHARACTERS
    assert {choice["value"] for choice in choices(commands["video"])} >= {"preview", "720P", "16:9"}


async def test_commands_and_options_are_called_the_same_in_every_language(server, made_up):
    assert not any(
        part.get("name_localizations") for command in (await started_again(server)).values() for part in parts(command)
    )


async def test_a_text_with_figures_has_them_in_every_language(server, made_up):
    video = (await started_again(server))["video"]
    [duration] = [part for part in parts(video["options"][0]) if part["name"] == "duration"]
    assert duration["description"] == "Seconds, 3 to 15 (5 if you leave it out)"
    assert re.match("Šéćóñđš, 3.* ţó 15.* \\(5.* íƒ ýóú ľéàṽé íţ óúţ\\)", duration["description_localizations"][GERMAN])


async def test_a_changed_translation_alone_registers_the_commands_again_and_once(server, monkeypatch):
    sent = []
    register = server.env.backend.register_commands
    monkeypatch.setattr(server.env.backend, "register_commands", lambda *given: sent.append(given) or register(*given))
    await started_again(server)
    assert sent == []
    monkeypatch.setattr(command_texts, "language_of", lambda tag: PSEUDO if tag == GERMAN else language_of(tag))
    assert (await started_again(server))["help"]["description_localizations"][GERMAN].startswith("Ŵĥàţ ţĥíš ƀóţ đóéš")
    await started_again(server)
    assert len(sent) == 1


async def test_no_translation_is_cut(server):
    """The bot would cut one that is too long, so that Discord does not refuse all commands."""
    for command in registered(server).values():
        texts = [text for part in parts(command) for text in part.get("description_localizations", {}).values()]
        texts += [text for choice in choices(command) for text in choice.get("name_localizations", {}).values()]
        assert bool(texts) == bool(translated()) or not command["description"]
        assert [text for text in texts if text.endswith("…")] == []
