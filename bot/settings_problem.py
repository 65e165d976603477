"""What can be wrong with the configuration, as a code and figures. `presentation/views/settings_problems.py` has the words.

`bot.settings`, `config_file`, `resources`, `app`, `ops/proxies` and the log-in raise a `SettingsError` with it. It never has a
secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.problem import Figures


class SettingsCode(StrEnum):
    """`FIGURES` names each code's figures."""

    # The file.
    NO_FILE = "no_file"
    NOT_UTF8 = "not_utf8"
    FILE_IS_FOLDER = "file_is_folder"
    FILE_REFUSED = "file_refused"
    """This user may not read it."""
    TOML = "toml"
    TOML_SETTING_TWICE = "toml_setting_twice"
    TOML_SECTION_TWICE = "toml_section_twice"
    TOML_VALUE = "toml_value"
    """Most often text without quotation marks."""
    TOML_LINE = "toml_line"
    """Neither a section nor a setting."""
    TOML_ESCAPE = "toml_escape"
    """A backslash between double quotes."""

    # What it says.
    VALUES = "values"
    """Wrong settings in the file or the environment; they are in `values`."""
    VALUES_OF_ENVIRONMENT = "values_of_environment"
    """The same as `VALUES`, without a file."""
    NO_JSON = "no_json"
    UNDERSCORES = "underscores"
    NO_TOKEN = "no_token"  # noqa: S105  no password
    NO_KEY = "no_key"
    """The figures are the provider, then each key that it needs and the variable for that key."""
    NO_KEY_OF_ONE = "no_key_of_one"
    """The same as `NO_KEY`, if the provider stands in `provider.names`."""

    # What it names.
    NO_DATABASE = "no_database"
    NO_DATABASE_NAMED = "no_database_named"
    SOCKS_PROXY = "socks_proxy"
    TOKEN_REFUSED = "token_refused"  # noqa: S105  no password
    TOKEN_WITHDRAWN = "token_withdrawn"  # noqa: S105  no password
    NO_DISCORD = "no_discord"


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


FIGURES: Final[dict[SettingsCode, tuple[str, ...]]] = {
    SettingsCode.NO_FILE: ("file",),
    SettingsCode.NOT_UTF8: ("file",),
    SettingsCode.FILE_IS_FOLDER: ("file", "said"),
    SettingsCode.FILE_REFUSED: ("file", "said"),
    SettingsCode.TOML: ("file", "said"),
    SettingsCode.TOML_SETTING_TWICE: ("file", "said"),
    SettingsCode.TOML_SECTION_TWICE: ("file", "said"),
    SettingsCode.TOML_VALUE: ("file", "said"),
    SettingsCode.TOML_LINE: ("file", "said"),
    SettingsCode.TOML_ESCAPE: ("file", "said"),
    SettingsCode.VALUES: ("file",),
    SettingsCode.NO_JSON: ("begins",),
    SettingsCode.UNDERSCORES: ("name", "right"),
    SettingsCode.NO_TOKEN: ("file",),
    SettingsCode.NO_DATABASE: ("path",),
    SettingsCode.NO_DATABASE_NAMED: ("path", "file"),
    SettingsCode.SOCKS_PROXY: ("name",),
    SettingsCode.NO_DISCORD: ("address", "status"),
}
"""The names of each code's figures, in order. A code that is not here has no figures, except `NO_KEY` and
`NO_KEY_OF_ONE`, which have any number of them.

`file` is the path of the configuration, `said` the words of the system or of TOML's reader, `name` a variable and `right` how
it should be called, `begins` how a variable's name begins, `path` the database's, `status` the HTTP status of an answer.
"""


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
    """`values` are all wrong settings, for `VALUES` and `VALUES_OF_ENVIRONMENT` only."""

    code: SettingsCode
    figures: Figures = ()
    values: tuple[ValueProblem, ...] = ()

    @property
    def named(self) -> dict[str, str | int | float]:
        """The figures by their names. Raises `ValueError` if their number is not the code's."""
        return dict(zip(FIGURES.get(self.code, ()), self.figures, strict=True))

    def __str__(self) -> str:
        """For a log."""
        return ", ".join(map(str, (self.code, *self.figures, *self.values)))
