"""The operator's config.toml as a file: read as editors on every system write it, and told in a sentence where that fails.

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

_LINE: Final = re.compile(r"at line (\d+)")
_HINTS: Final = {
    "Cannot overwrite a value": "The same setting stands there twice",
    "Cannot declare": "The same [section] stands there twice",
    "Invalid value": "Text stands between quotation marks, and true and false are written small",
    "Invalid statement": "A line is a [section], or a setting like allowance = 900",
    "Expected '=' after a key": "A line is a [section], or a setting like allowance = 900",
}
"""By how the library's word for it begins."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """`values` as the file has them. `exposed`: it holds a secret, and other users of this machine may read it."""

    values: dict[str, Any]
    exposed: bool


def read(file: Path, secrets: Iterable[tuple[str, str]]) -> ConfigFile | None:
    """None where there is no such file. `secrets` are section and key of each setting that is one.

    Raises `SettingsError` that names the file and what to do about it.
    """
    try:
        # With or without the mark that Windows' editors put before the first letter.
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{file}: this is not text in UTF-8. Save it in your editor with the encoding UTF-8."
        raise SettingsError(msg) from error
    except FileNotFoundError:
        return None
    except OSError as error:
        # Asked of `os.path`: Windows calls a folder a file that may not be read, and a look may be refused as well.
        remedy = "name the file in that folder" if os.path.isdir(file) else "give this user the right to read it"  # noqa: PTH112  pathlib's raises
        msg = f"{file}: cannot be read ({error.strerror}): {remedy}."
        raise SettingsError(msg) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{file}: this is not valid TOML: {error}{_hint(text, str(error))}"
        raise SettingsError(msg) from error
    return ConfigFile(values, _holds_a_secret(values, secrets) and _others_may_read(file))


def _hint(text: str, said: str) -> str:
    """About the line that the error names; never what stands there, which may be a secret."""
    for begins, hint in _HINTS.items():
        if said.startswith(begins):
            return f". {hint}"
    found = _LINE.search(said)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    if "\\" in line:
        return ". Between double quotes \\ begins an escape: write such a path with / or between single quotes"
    return ""


def _holds_a_secret(values: dict[str, Any], secrets: Iterable[tuple[str, str]]) -> bool:
    sections = ((values.get(section), key) for section, key in secrets)
    return any(isinstance(section, dict) and bool(section.get(key)) for section, key in sections)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportUnknownArgumentType]  TOML's own values


def _others_may_read(file: Path) -> bool:
    # Windows has no such bits: what Python tells there says nothing.
    return sys.platform != "win32" and bool(file.stat().st_mode & stat.S_IROTH)
