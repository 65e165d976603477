"""The operator's config.toml as a file: read as editors on every system write it, and told in a sentence where that fails.

Knows no setting but those that are secret; `settings.load` calls it.
"""

from __future__ import annotations

import re
import stat
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import SettingsError

_SECRETS: Final = (("discord", "token"), ("scenario", "api_key"), ("scenario", "api_secret"))
_LINE: Final = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """`values` as the file has them. `exposed`: it holds a secret, and other users of this machine may read it."""

    values: dict[str, Any]
    exposed: bool


def read(file: Path) -> ConfigFile:
    """Raises `SettingsError` that names the file and what to do about it."""
    try:
        # With or without the mark that Windows' editors put before the first letter.
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{file}: this is not text in UTF-8. Save it in your editor with the encoding UTF-8."
        raise SettingsError(msg) from error
    except OSError as error:
        msg = f"{file}: cannot be read: {error.strerror}"
        raise SettingsError(msg) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{file}: this is not valid TOML: {error}{_hint(text, str(error))}"
        raise SettingsError(msg) from error
    return ConfigFile(values, _holds_a_secret(values) and _others_may_read(file))


def _hint(text: str, said: str) -> str:
    """About the line that the error names; never what stands there, which may be a secret."""
    found = _LINE.search(said)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    if "\\" in line:
        return ". Between double quotes \\ begins an escape: write such a path with / or between single quotes"
    return ""


def _holds_a_secret(values: dict[str, Any]) -> bool:
    sections = ((values.get(section), key) for section, key in _SECRETS)
    return any(isinstance(section, dict) and bool(section.get(key)) for section, key in sections)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportUnknownArgumentType]  TOML's own values


def _others_may_read(file: Path) -> bool:
    # Windows has no such bits: what Python tells there says nothing.
    return sys.platform != "win32" and bool(file.stat().st_mode & stat.S_IROTH)
