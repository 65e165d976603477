"""What can be wrong with the configuration: a code and figures. `presentation/views/settings_problems.py` has the words.

`bot.settings`, `config_file`, `resources`, `app`, `ops/proxies` and the log-in raise it in a `SettingsError`. No secret is ever
part of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.problem import Figures


class SettingsCode(StrEnum):
    """Behind each code stand its figures. `file` is the path of the configuration, `said` the words of the system or of TOML's
    reader.
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
    """(file), or () where there is none; each is in `values`"""
    NO_JSON = "no_json"
    """(how the variable's name begins)"""
    UNDERSCORES = "underscores"
    """(variable, its right name)"""
    NO_TOKEN = "no_token"  # noqa: S105  no password
    """(file in which it may be set)"""
    NO_KEY = "no_key"
    """(provider, then each key that it needs and the variable of that key)"""
    NO_KEY_OF_ONE = "no_key_of_one"
    """The same, where `provider.names` has several."""

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
    """What is wrong with one setting. Behind each code stand its figures, () where nothing is said."""

    UNKNOWN = "unknown"
    """Names of the settings that there are."""
    UNKNOWN_NEAR = "unknown_near"
    """(the name that was meant, as it seems)"""
    UNFIT = "unfit"
    """Whatever has no code of its own."""
    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    TRUE_OR_FALSE = "true_or_false"
    TEXT = "text"
    PATH = "path"
    AT_LEAST = "at_least"
    """(least)"""
    MORE_THAN = "more_than"
    """(a figure that it must be above)"""
    AT_MOST = "at_most"
    """(most)"""
    CHOICE = "choice"
    """Every value that may be written."""
    LIST = "list"
    SECTION = "section"
    TABLE = "table"
    TWICE = "twice"
    TIME_ZONE = "time_zone"
    WEB_ADDRESS = "web_address"
    SOCKET_ADDRESS = "socket_address"
    UNSEEN = "unseen"
    """A blank or another character that can't be seen."""
    QUOTED = "quoted"
    MORE_THAN_TOKEN = "more_than_token"  # noqa: S105  no password
    """It begins with "Bot "."""
    HOME = "home"
    """A path that begins with ~."""
    FOLDER = "folder"
    CONTROL = "control"
    """A path with a tab or the like, made by a backslash."""


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """`key` is the setting, like `quota.allowance`; `value` as it would be written in the file, None where it is not shown."""

    code: ValueCode
    key: str
    value: str | None = None
    figures: Figures = ()

    def __str__(self) -> str:
        return f"{self.key}: {self.code}"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """`values` are all wrong settings at once; only `VALUES` has any."""

    code: SettingsCode
    figures: Figures = ()
    values: tuple[ValueProblem, ...] = ()

    def __str__(self) -> str:
        """For a log."""
        return ", ".join(map(str, (self.code, *self.figures, *self.values)))
