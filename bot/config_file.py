"""Reads the operator's config.toml, as editors on any system write it. If that fails, a code says why.

`settings.load` calls it and says which settings are secret.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import SettingsError
from bot.settings_problem import SettingsCode, SettingsProblem

_LINE: Final = re.compile(r"at line (\d+)")
_SLIPS: Final = {
    "Cannot overwrite a value": SettingsCode.TOML_SETTING_TWICE,
    "Cannot declare": SettingsCode.TOML_SECTION_TWICE,
    "Invalid value": SettingsCode.TOML_VALUE,
    "Invalid statement": SettingsCode.TOML_LINE,
    "Expected '=' after a key": SettingsCode.TOML_LINE,
}
"""The code for each beginning of tomllib's message."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """`values` are the file's. `exposed`: the file has a secret, and other users of this machine may read it."""

    values: dict[str, Any]
    exposed: bool


def read(file: Path, secrets: Iterable[tuple[str, str]]) -> ConfigFile | None:
    """The file's values; None if there is no such file. `secrets` are the section and key of each secret setting.

    Raises `SettingsError`, which names the file.
    """
    try:
        # With or without a byte order mark, which editors on Windows write.
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(SettingsProblem(SettingsCode.NOT_UTF8, (str(file),))) from error
    except FileNotFoundError:
        return None
    except OSError as error:
        # Windows reports a folder as a file that may not be read. `os.path` is used since it does not raise.
        code = SettingsCode.FILE_IS_FOLDER if os.path.isdir(file) else SettingsCode.FILE_REFUSED  # noqa: PTH112  pathlib's raises
        raise SettingsError(SettingsProblem(code, (str(file), str(error.strerror)))) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(SettingsProblem(_slip(text, str(error)), (str(file), str(error)))) from error
    return ConfigFile(values, _holds_a_secret(values, secrets) and _others_may_read(file))


def _slip(text: str, said: str) -> SettingsCode:
    """What the operator most likely did in the line that the error names."""
    for begins, slip in _SLIPS.items():
        if said.startswith(begins):
            return slip
    found = _LINE.search(said)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    return SettingsCode.TOML_ESCAPE if "\\" in line else SettingsCode.TOML


def _holds_a_secret(values: dict[str, Any], secrets: Iterable[tuple[str, str]]) -> bool:
    sections = ((values.get(section), key) for section, key in secrets)
    return any(isinstance(section, dict) and bool(section.get(key)) for section, key in sections)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportUnknownArgumentType]  TOML's own values


def _others_may_read(file: Path) -> bool:
    # Windows has no such permission bits; the ones that Python shows there mean nothing.
    return sys.platform != "win32" and bool(file.stat().st_mode & stat.S_IROTH)
