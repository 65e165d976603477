"""Loads named SQL statements from `statements/*.sql`. The stores call it when they are imported, so that a misspelt name is
found at the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_CHANGES: Final = "/*changes*/"


@cache
def _file(noun: str) -> dict[str, str]:
    text = resources.files("bot.storage").joinpath("statements", f"{noun}.sql").read_text("utf-8")
    _, *parts = _NAME.split(text)
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


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
