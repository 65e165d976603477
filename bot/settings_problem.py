"""What can be wrong with the configuration, as a code and figures. `presentation/views/settings_problems.py` has the words.

`bot.settings`, `config_file`, `resources`, `app`, `ops/proxies` and the log-in raise a `SettingsError` with it. It never has a
secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.problem import Figures


class SettingsCode(StrEnum):
    """Each code's docstring lists its figures. `file` is the path of the configuration, `said` the message of the system or of
    tomllib.
    """

    # The file.
    NO_FILE = "no_file"
    """(file)"""
    NOT_UTF8 = "not_utf8"
    """(file)"""
    FILE_IS_FOLDER = "file_is_folder"
    """(file, said)"""
    FILE_REFUSED = "file_refused"
    """(file, said); this user may not read it"""
    TOML = "toml"
    """(file, said)"""
    TOML_SETTING_TWICE = "toml_setting_twice"
    """(file, said)"""
    TOML_SECTION_TWICE = "toml_section_twice"
    """(file, said)"""
    TOML_VALUE = "toml_value"
    """(file, said); most often text without quotation marks"""
    TOML_LINE = "toml_line"
    """(file, said); neither a section nor a setting"""
    TOML_ESCAPE = "toml_escape"
    """(file, said); a backslash between double quotes"""

    # What it says.
    VALUES = "values"
    """(file), or () without a file; the wrong settings are in `values`"""
    NO_JSON = "no_json"
    """(beginning of the variable's name)"""
    UNDERSCORES = "underscores"
    """(variable, its right name)"""
    NO_TOKEN = "no_token"  # noqa: S105  no password
    """(file in which it may be set)"""
    NO_KEY = "no_key"
    """(provider, then each key that it needs and the variable of that key)"""
    NO_KEY_OF_ONE = "no_key_of_one"
    """The same as `NO_KEY`, if `provider.names` has several."""

    # What it names.
    NO_DATABASE = "no_database"
    """(path)"""
    NO_DATABASE_NAMED = "no_database_named"
    """(path, file that names it)"""
    SOCKS_PROXY = "socks_proxy"
    """(variable)"""
    TOKEN_REFUSED = "token_refused"  # noqa: S105  no password
    """()"""
    TOKEN_WITHDRAWN = "token_withdrawn"  # noqa: S105  no password
    """()"""
    NO_DISCORD = "no_discord"
    """(address, HTTP status of its answer)"""


class ValueCode(StrEnum):
    """What is wrong with one setting. Each code's docstring lists its figures; () if it names none."""

    UNKNOWN = "unknown"
    """(names of all settings of the section)"""
    UNKNOWN_NEAR = "unknown_near"
    """(the similar name that was probably meant)"""
    UNFIT = "unfit"
    """Any other fault."""
    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    TRUE_OR_FALSE = "true_or_false"
    TEXT = "text"
    PATH = "path"
    AT_LEAST = "at_least"
    """(least)"""
    MORE_THAN = "more_than"
    """(number that it must be greater than)"""
    AT_MOST = "at_most"
    """(most)"""
    CHOICE = "choice"
    """(every allowed value)"""
    LIST = "list"
    SECTION = "section"
    TABLE = "table"
    TWICE = "twice"
    TIME_ZONE = "time_zone"
    WEB_ADDRESS = "web_address"
    SOCKET_ADDRESS = "socket_address"
    UNSEEN = "unseen"
    """It has a blank or an invisible character."""
    QUOTED = "quoted"
    MORE_THAN_TOKEN = "more_than_token"  # noqa: S105  no password
    """It begins with "Bot "."""
    HOME = "home"
    """The path begins with ~."""
    FOLDER = "folder"
    CONTROL = "control"
    """The path has a control character, most likely because of a backslash."""


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """One wrong setting. `key` is like `quota.allowance`; `value` is as written in the file, None if it must not be shown."""

    code: ValueCode
    key: str
    value: str | None = None
    figures: Figures = ()

    def __str__(self) -> str:
        return f"{self.key}: {self.code}"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """`values` are all wrong settings, for the code `VALUES` only."""

    code: SettingsCode
    figures: Figures = ()
    values: tuple[ValueProblem, ...] = ()

    def __str__(self) -> str:
        """For a log."""
        return ", ".join(map(str, (self.code, *self.figures, *self.values)))
