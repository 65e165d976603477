"""Loads named SQL statements from `statements/*.sql`. The stores call it when they are imported, so that a misspelt name is
found at the start.

A part is a text that several statements of a file share: `-- part: owner` once, then `/*owner*/` where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

_NAME: Final = re.compile(r"^-- (name|part): (\w+)$", re.MULTILINE)
_MARKER: Final = re.compile(r"/\*(\w+)\*/")
_CHANGES: Final = "/*changes*/"


@cache
def _file(noun: str) -> dict[str, str]:
    text = resources.files("bot.storage").joinpath("statements", f"{noun}.sql").read_text("utf-8")
    _, *found = _NAME.split(text)
    parts: dict[str, str] = {}
    statements: dict[str, str] = {}
    for what, name, body in zip(found[::3], found[1::3], found[2::3], strict=True):
        # A part stands before what uses it. `/*changes*/` is no part, and stays.
        whole = _MARKER.sub(lambda marker: parts.get(marker[1], marker[0]), body.strip())
        (parts if what == "part" else statements)[name] = whole
    return statements


def statement(name: str) -> str:
    """The text of `noun.statement` from `statements/noun.sql`. Raises `KeyError` where there is none, which is a bug."""
    noun, _, which = name.partition(".")
    return _file(noun)[which]


@cache
def _changing(text: str, columns: tuple[str, ...]) -> str:
    return text.replace(_CHANGES, "".join(f", {column} = :{column}" for column in columns))


def changing(text: str, columns: Iterable[str], allowed: frozenset[str]) -> str:
    """`text` with its marker `/*changes*/` replaced by assignments `column = :column`.

    Raises `ValueError` for a column that is not `allowed`, since column names become part of the SQL text.
    """
    ordered = tuple(sorted(columns))
    if strangers := [column for column in ordered if column not in allowed]:
        raise ValueError(f"may not be changed here: {', '.join(strangers)}")
    return _changing(text, ordered)
