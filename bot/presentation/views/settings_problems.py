"""The words for each `SettingsProblem` and `ValueProblem`: what is wrong with the configuration, and what to write instead.

The command line calls `sentence`, after an error. The module imports little, so that it loads quickly.
"""

from __future__ import annotations

from typing import Final

from bot.presentation.views.translations import N_, _, listed, plain_number
from bot.settings_problem import SettingsCode, SettingsProblem, ValueCode, ValueProblem

_WORDS: Final[dict[SettingsCode, str]] = {
    SettingsCode.NO_FILE: N_("{file}: there is no such file. Copy config.example.toml there and fill it in."),
    SettingsCode.NOT_UTF8: N_("{file}: this is not text in UTF-8. Save it in your editor with the encoding UTF-8."),
    SettingsCode.FILE_IS_FOLDER: N_("{file}: cannot be read ({said}): name the file in that folder."),
    SettingsCode.FILE_REFUSED: N_("{file}: cannot be read ({said}): give this user the right to read it."),
    SettingsCode.TOML: N_("{file}: this is not valid TOML: {said}"),
    SettingsCode.TOML_SETTING_TWICE: N_("{file}: this is not valid TOML: {said}. The same setting stands there twice"),
    SettingsCode.TOML_SECTION_TWICE: N_("{file}: this is not valid TOML: {said}. The same [section] stands there twice"),
    SettingsCode.TOML_VALUE: N_(
        "{file}: this is not valid TOML: {said}. Text stands between quotation marks, and true and false are written small"
    ),
    SettingsCode.TOML_LINE: N_(
        "{file}: this is not valid TOML: {said}. A line is a [section], or a setting like allowance = 900"
    ),
    SettingsCode.TOML_ESCAPE: N_(
        "{file}: this is not valid TOML: {said}. Between double quotes \\ begins an escape: write such a path with /"
        " or between single quotes"
    ),
    SettingsCode.VALUES: N_("Something is wrong in {file} or the environment:"),
    SettingsCode.VALUES_OF_ENVIRONMENT: N_("Something is wrong in the environment:"),
    SettingsCode.NO_JSON: N_(
        "Something is wrong in the environment: a variable that begins with {begins} must hold JSON, like [1, 2],"
        ' ["scenario", "preview"] or {{"1": 2}}.'
    ),
    SettingsCode.UNDERSCORES: N_(
        "{name} in the environment is no setting: two underscores stand between section and key, {right}."
    ),
    SettingsCode.NO_TOKEN: N_("discord.token is not set. Put the bot's token into {file} or HAPPYHORSE_DISCORD__TOKEN."),
    SettingsCode.NO_KEY: N_("provider.name is {provider}, which needs {keys} (or {variables})."),
    SettingsCode.NO_KEY_OF_ONE: N_("provider.names has {provider}, which needs {keys} (or {variables})."),
    SettingsCode.NO_DATABASE: N_(
        "there is no database at {path}: go to the bot's folder or name its --config, and start the bot once"
    ),
    SettingsCode.NO_DATABASE_NAMED: N_(
        "there is no database at {path} ({file} names it): go to the bot's folder or name its --config, and start the bot once"
    ),
    SettingsCode.SOCKS_PROXY: N_(
        "{name} names a SOCKS proxy, which this bot can't use. Start it without: env -u {name} happyhorse run"
    ),
    SettingsCode.TOKEN_REFUSED: N_(
        "Discord refuses discord.token. Copy it again from the developer portal (Bot, Reset Token)."
    ),
    SettingsCode.TOKEN_WITHDRAWN: N_(
        "Discord takes discord.token no more. Copy it again from the developer portal (Bot, Reset Token)."
    ),
    SettingsCode.NO_DISCORD: N_("There is no Discord at discord.api_base {address} (it answered {status})."),
}
_VALUES: Final[dict[ValueCode, str]] = {
    ValueCode.UNKNOWN: N_("there is no such setting; known here: {choices}."),
    ValueCode.UNKNOWN_NEAR: N_("there is no such setting; did you mean {figure}?"),
    ValueCode.UNFIT: N_("{value} is not what is wanted here"),
    ValueCode.WHOLE_NUMBER: N_("{value} is no whole number"),
    ValueCode.NUMBER: N_("{value} is no number"),
    ValueCode.TRUE_OR_FALSE: N_("{value} is neither true nor false"),
    ValueCode.TEXT: N_("{value} is no text; put it in quotation marks"),
    ValueCode.PATH: N_("{value} is no path; put it in quotation marks"),
    ValueCode.AT_LEAST: N_("{value} is too small; {figure} is the least"),
    ValueCode.MORE_THAN: N_("{value} is too small; it must be more than {figure}"),
    ValueCode.AT_MOST: N_("{value} is too large; {figure} is the most"),
    ValueCode.CHOICE: N_("{value} is not known here; write {choices}"),
    ValueCode.LIST: N_("{value} is no list; write it like [1, 2]"),
    ValueCode.SECTION: N_("{value} is no section; write its name in [brackets] and its settings below"),
    ValueCode.TABLE: N_("{value} is no table; write its name in [brackets] and one line for each entry below"),
    ValueCode.TWICE: N_("{value} names one of them twice"),
    ValueCode.TIME_ZONE: N_("{value} is no time zone; write it like Europe/Berlin or UTC"),
    ValueCode.WEB_ADDRESS: N_("{value} must begin with https:// (or http:// for a sandbox on this machine)"),
    ValueCode.SOCKET_ADDRESS: N_("{value} must begin with wss:// (or ws:// for a sandbox on this machine)"),
    ValueCode.UNSEEN: N_(
        "{value} has a blank, a line break or another character that can't be seen at an end or in it: leave that out"
    ),
    ValueCode.QUOTED: N_("{value} is in quotation marks: leave them out"),
    ValueCode.MORE_THAN_TOKEN: N_('{value} is more than the token: leave out "Bot "'),
    ValueCode.HOME: N_("{value} begins with ~, which only a shell reads as your home: write the path in full"),
    ValueCode.FOLDER: N_("{value} is a folder: name a file in it, like data/happyhorse.db"),
    ValueCode.CONTROL: N_(
        "{value} holds a tab or another control character: between double quotes \\ begins an escape, so write / or single"
        " quotes"
    ),
}
"""`{value}` is what was given, such as "Mars", or "" if it must not be shown."""


def sentence(problem: SettingsProblem) -> str:
    """What is wrong and what to do about it: a sentence, and behind it a line for each wrong value."""
    words = _(_WORDS[problem.code])
    match problem.code:
        case SettingsCode.NO_KEY | SettingsCode.NO_KEY_OF_ONE:
            provider, *keys = map(str, problem.figures)
            return words.format(provider=provider, keys=listed(keys[::2]), variables=listed(keys[1::2]))
        case _:
            lines = [f"  {each.key}: {value_words(each)}" for each in problem.values]
            return "\n".join([words.format(**problem.named), *lines])


def value_words(problem: ValueProblem) -> str:
    """For example `"Mars/Olympus" is no time zone; write it like Europe/Berlin or UTC`. Without a value the verb is first."""
    figure = _figure(problem.figures[0]) if problem.figures else ""
    words = _(_VALUES[problem.code]).format(value=problem.value or "", figure=figure, choices=_choices(problem))
    return words.lstrip()


def _choices(problem: ValueProblem) -> str:
    """The names of settings, or the values as they are written in the file: `"day", "week" or "month"`."""
    if problem.code is not ValueCode.CHOICE:
        return ", ".join(map(str, problem.figures))
    return listed((f'"{each}"' for each in problem.figures), either=True)


def _figure(figure: str | float) -> str:
    return figure if isinstance(figure, str) else plain_number(figure)
