"""A figure: what was measured, in which unit, and whether it meets its goal; many of them as a table or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
_KEPT = ("name", "value", "unit", "goal", "met")
_HEADS = ("figure", "value", "unit", "goal", "met", "command")


def row(name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None) -> Row:
    """One line of the table; without a bound it is told and not judged."""
    if at_most is not None:
        return {"name": name, "value": value, "unit": unit, "goal": f"<= {at_most:g}", "met": value <= at_most}
    if at_least is not None:
        return {"name": name, "value": value, "unit": unit, "goal": f">= {at_least:g}", "met": value >= at_least}
    return {"name": name, "value": value, "unit": unit, "goal": None, "met": None}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [_HEADS, *(_cells(each) for each in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    lines.insert(1, tuple("-" * width for width in widths))
    shown = ("  ".join(_padded(line, widths)) for line in lines)
    return "\n".join(line.rstrip() for line in shown)


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([{key: each.get(key) for key in _KEPT} for each in rows], indent=2, ensure_ascii=False) + "\n"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of them do not exceed; 0 for none."""
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
