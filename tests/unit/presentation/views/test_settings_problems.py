"""What is said of each mistake in the configuration, word for word."""

import subprocess
import sys

import pytest

from bot.errors import SettingsError
from bot.presentation.views.settings_problems import sentence, value_words
from bot.settings_problem import SettingsCode, SettingsProblem, ValueCode, ValueProblem

READ = ("config.toml", "why")
KEYS = ("scenario", "a.key", "A__KEY", "a.secret", "A__SECRET")
SENTENCES = [
    (
        SettingsProblem(SettingsCode.NO_FILE, ("x.toml",)),
        "x.toml: there is no such file. Copy config.example.toml there and fill it in.",
    ),
    (
        SettingsProblem(SettingsCode.NOT_UTF8, ("x.toml",)),
        "x.toml: this is not text in UTF-8. Save it in your editor with the encoding UTF-8.",
    ),
    (
        SettingsProblem(SettingsCode.FILE_IS_FOLDER, READ),
        "config.toml: cannot be read (why): name the file in that folder.",
    ),
    (
        SettingsProblem(SettingsCode.FILE_REFUSED, READ),
        "config.toml: cannot be read (why): give this user the right to read it.",
    ),
    (SettingsProblem(SettingsCode.TOML, READ), "config.toml: this is not valid TOML: why"),
    (
        SettingsProblem(SettingsCode.TOML_SETTING_TWICE, READ),
        "config.toml: this is not valid TOML: why. The same setting stands there twice",
    ),
    (
        SettingsProblem(SettingsCode.TOML_SECTION_TWICE, READ),
        "config.toml: this is not valid TOML: why. The same [section] stands there twice",
    ),
    (
        SettingsProblem(SettingsCode.TOML_VALUE, READ),
        "config.toml: this is not valid TOML: why. Text stands between quotation marks, and true and false are written small",
    ),
    (
        SettingsProblem(SettingsCode.TOML_LINE, READ),
        "config.toml: this is not valid TOML: why. A line is a [section], or a setting like allowance = 900",
    ),
    (
        SettingsProblem(SettingsCode.TOML_ESCAPE, READ),
        (
            "config.toml: this is not valid TOML: why. Between double quotes \\ begins an escape: write such a path with / or"
            " between single quotes"
        ),
    ),
    (
        SettingsProblem(SettingsCode.VALUES_OF_ENVIRONMENT, (), (ValueProblem(ValueCode.NUMBER, "quota.roles.7", '"a"'),)),
        'Something is wrong in the environment:\n  quota.roles.7: "a" is no number',
    ),
    (
        SettingsProblem(SettingsCode.VALUES, ("x.toml",), (ValueProblem(ValueCode.UNKNOWN_NEAR, "a.b", None, ("c",)),)),
        "Something is wrong in x.toml or the environment:\n  a.b: there is no such setting; did you mean c?",
    ),
    (
        SettingsProblem(SettingsCode.NO_JSON, ("HAPPYHORSE_QUOTA",)),
        (
            "Something is wrong in the environment: a variable that begins with HAPPYHORSE_QUOTA must hold JSON, like [1, 2],"
            ' ["scenario", "preview"] or {"1": 2}.'
        ),
    ),
    (
        SettingsProblem(SettingsCode.UNDERSCORES, ("A_B", "A__B")),
        "A_B in the environment is no setting: two underscores stand between section and key, A__B.",
    ),
    (
        SettingsProblem(SettingsCode.NO_TOKEN, ("x.toml",)),
        "discord.token is not set. Put the bot's token into x.toml or HAPPYHORSE_DISCORD__TOKEN.",
    ),
    (
        SettingsProblem(SettingsCode.NO_KEY, KEYS),
        "provider.name is scenario, which needs a.key and a.secret (or A__KEY and A__SECRET).",
    ),
    (
        SettingsProblem(SettingsCode.NO_KEY_OF_ONE, KEYS),
        "provider.names has scenario, which needs a.key and a.secret (or A__KEY and A__SECRET).",
    ),
    (
        SettingsProblem(SettingsCode.NO_DATABASE, ("a.db",)),
        "there is no database at a.db: go to the bot's folder or name its --config, and start the bot once",
    ),
    (
        SettingsProblem(SettingsCode.NO_DATABASE_NAMED, ("a.db", "x.toml")),
        "there is no database at a.db (x.toml names it): go to the bot's folder or name its --config, and start the bot once",
    ),
    (
        SettingsProblem(SettingsCode.SOCKS_PROXY, ("ALL_PROXY",)),
        "ALL_PROXY names a SOCKS proxy, which this bot can't use. Start it without: env -u ALL_PROXY happyhorse run",
    ),
    (
        SettingsProblem(SettingsCode.TOKEN_REFUSED),
        "Discord refuses discord.token. Copy it again from the developer portal (Bot, Reset Token).",
    ),
    (
        SettingsProblem(SettingsCode.TOKEN_WITHDRAWN),
        "Discord takes discord.token no more. Copy it again from the developer portal (Bot, Reset Token).",
    ),
    (
        SettingsProblem(SettingsCode.NO_DISCORD, ("https://x", 404)),
        "There is no Discord at discord.api_base https://x (it answered 404).",
    ),
]
FIGURES = {
    ValueCode.UNKNOWN: (("a", "b"), "there is no such setting; known here: a, b."),
    ValueCode.UNKNOWN_NEAR: (("a",), "there is no such setting; did you mean a?"),
    ValueCode.AT_LEAST: ((5,), "7 is too small; 5 is the least"),
    ValueCode.MORE_THAN: ((0,), "7 is too small; it must be more than 0"),
    ValueCode.AT_MOST: ((1_000_000_000,), "7 is too large; 1,000,000,000 is the most"),
    ValueCode.CHOICE: (("day", "week", "month"), '7 is not known here; write "day", "week" or "month"'),
}


@pytest.mark.parametrize(("problem", "words"), SENTENCES, ids=[problem.code for problem, _ in SENTENCES])
def test_each_code_has_its_sentence(problem, words):
    assert sentence(problem) == words


def test_no_code_is_without_a_sentence():
    assert {problem.code for problem, _ in SENTENCES} == set(SettingsCode)


@pytest.mark.parametrize("code", ValueCode)
def test_each_code_of_a_value_is_said_with_the_value_and_without(code):
    figures, words = FIGURES.get(code, ((), None))
    shown = value_words(ValueProblem(code, "quota.allowance", "7", figures))
    assert words in {None, shown}
    assert value_words(ValueProblem(code, "quota.allowance", None, figures)) == shown.removeprefix("7 ")


def test_the_log_has_codes_and_figures():
    problem = SettingsProblem(SettingsCode.VALUES, ("x.toml",), (ValueProblem(ValueCode.NUMBER, "quota.roles.7", '"a"'),))
    assert str(SettingsError(problem)) == "values, x.toml, quota.roles.7: number"


def test_the_words_of_errors_load_neither_discord_nor_httpx():
    """They are slow to load, and a wrong setting is to be told as fast as `--help` is shown."""
    code = (
        "import sys, bot.cli.main, bot.presentation.views.command_errors;"
        " sys.exit(bool({'discord', 'httpx', 'PIL', 'aiosqlite', 'sqlite3'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
