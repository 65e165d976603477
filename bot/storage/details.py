"""The text in which the column `failure_detail` keeps a `Detail`: its code and figures as JSON.

A row of an earlier version holds a sentence, and one of a later version may hold a code that this one does not know. Both are
read as `SAID`, which shows the text as it is.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import TypeAdapter

from bot.detail import FIGURES, Detail, DetailCode, said

_FIGURES: Final = TypeAdapter(tuple[str | int, ...])


def text_of(detail: Detail | None) -> str | None:
    return None if detail is None else json.dumps({"code": detail.code, "figures": detail.figures})


def detail_of(text: str | None) -> Detail | None:
    """Never raises."""
    if text is None:
        return None
    try:
        row: dict[str, Any] = json.loads(text)
        code, figures = DetailCode(row["code"]), _FIGURES.validate_python(row["figures"])
        if len(figures) == len(FIGURES.get(code, ())):
            return Detail(code, figures)
    except (ValueError, TypeError, KeyError):
        pass
    return said(text)
