"""Rows of results: name, value, unit, and whether the goal is met. Prints them as a table or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
_KEPT = ("name", "value", "unit", "goal", "met")
_HEADS = ("figure", "value", "unit", "goal", "met", "command")


def row(
    name: str,
    value: float,
    unit: str,
    digits: int | None = None,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Row:
    """One line of the table. The unrounded value is compared with the bound, if there is one; `digits` are shown."""
    goal, met = None, None
    if at_most is not None:
        goal, met = f"<= {at_most:g}", value <= at_most
    elif at_least is not None:
        goal, met = f">= {at_least:g}", value >= at_least
    shown = value if digits is None else round(value, digits or None)
    return {"name": name, "value": shown, "unit": unit, "goal": goal, "met": met}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [_HEADS, *(_cells(each) for each in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    lines.insert(1, tuple("-" * width for width in widths))
    shown = ("  ".join(_padded(line, widths)) for line in lines)
    return "\n".join(line.rstrip() for line in shown)


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([{key: each.get(key) for key in _KEPT} for each in rows], indent=2, ensure_ascii=False) + "\n"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value such that at least `share` (0 to 1) of all values are no larger than it; 0 without values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if column == 1 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def _cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    value = each["value"]
    shown = f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    met = {True: "yes", False: "NO", None: ""}[each["met"]]
    return (each["name"], shown, each["unit"], each["goal"] or "", met, each.get("command") or "")
