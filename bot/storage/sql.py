"""Loads the named statements once, so that all SQL stays in .sql files. Knows neither a database nor what a statement means."""

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
    """The text of `noun.statement` from `statements/noun.sql`. Raises `KeyError` where there is none: a slip in our code."""
    noun, _, which = name.partition(".")
    return _file(noun)[which]


@cache
def _changing(text: str, columns: tuple[str, ...]) -> str:
    return text.replace(_CHANGES, "".join(f", {column} = :{column}" for column in columns))


def changing(text: str, columns: Iterable[str], allowed: frozenset[str]) -> str:
    """`text` with its changes marker replaced by assignments from parameters of the columns' own names.

    Raises `ValueError` for a column that is not `allowed`: names go into the text of the statement, so they are never free.
    """
    ordered = tuple(sorted(columns))
    if strangers := [column for column in ordered if column not in allowed]:
        raise ValueError(f"may not be changed here: {', '.join(strangers)}")
    return _changing(text, ordered)
