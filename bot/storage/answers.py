"""The text in which `operator_requests` keeps an answer: its remarks as JSON, each with the name of its class under `is`.

A row of an earlier version holds sentences, and one of another version may hold remarks that this one does not know. Both are
read as one `Stored` remark, which shows the text as it is.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from bot.detail import check
from bot.operator_answer import AnotherTry, Remark, Stored


def text_of(remarks: tuple[Remark, ...]) -> str:
    return json.dumps([{"is": type(each).__name__, **asdict(each)} for each in remarks], ensure_ascii=False)


def remarks_of(text: str) -> tuple[Remark, ...]:
    """Never raises."""
    try:
        return tuple(map(_remark_of, json.loads(text)))
    except (ValueError, TypeError, KeyError, RecursionError):
        return (Stored(text),)


def _remark_of(row: dict[str, Any]) -> Remark:
    remark = _kinds()[row["is"]].validate_python({name: value for name, value in row.items() if name != "is"})
    if isinstance(remark, AnotherTry) and remark.report.detail is not None:
        check(remark.report.detail)
    return remark


@cache
def _kinds() -> dict[str, TypeAdapter[Remark]]:
    """Made at the first answer that is read, and not when the bot starts: making them takes some milliseconds."""
    return {kind.__name__: TypeAdapter(kind) for kind in get_args(Remark)}
