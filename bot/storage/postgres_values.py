"""The statements' text and the values in it, as PostgreSQL takes and gives them. `postgres` uses it."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper, IntLoader

_PIECE: Final = re.compile(r"(?P<text>'[^']*')|(?P<comment>--[^\n]*)|(?<!:):(?P<name>[a-z]\w*)|(?P<percent>%)")


def _values() -> AdaptersMap:
    values = AdaptersMap(psycopg.adapters)
    # Every whole number is a BIGINT, and a truth value is 0 or 1.
    values.register_dumper(int, Int8Dumper)
    values.register_dumper(bool, Int8Dumper)
    # A sum of BIGINT comes as NUMERIC; there are no fractions among those.
    values.register_loader("numeric", IntLoader)
    return values


VALUES: Final = _values()


@cache
def translated(sql: str) -> bytes:
    """A statement with `:name` parameters as psycopg reads it: `%(name)s`, with every other % doubled, without comments."""
    return _PIECE.sub(_piece, sql).encode()


def _piece(match: re.Match[str]) -> str:
    if match["name"]:
        return f"%({match['name']})s"
    return "" if match["comment"] else match[0].replace("%", "%%")
