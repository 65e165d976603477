"""Checks a bend that the control API was sent: which fields it has, and how far each figure goes. `bends.py` calls it."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.scenario.jobs import ENDED

MOST_BYTES = 4 * 1024**3
MOST_TEXT = 4 * 1024**2
MOST_PIECE_BYTES = 1024**2
MOST_PIECE_SECONDS = 3600.0
MOST_DATE_SECONDS = 200 * 366 * 24 * 3600
STATES = ("running", *ENDED)
CODINGS = ("gzip", "deflate")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE_CHARACTERS = 8000
_STEPS = 20


class BadBend(ValueError):
    """The specification makes no sense; the message says what to change."""


def checked(spec: object) -> dict[str, Any]:
    """The bend's fields without those that are null. Raises BadBend."""
    if not isinstance(spec, dict):
        raise BadBend(f"a bend is an object, not {spec!r:.60}")
    given: dict[str, Any] = {key: value for key, value in spec.items() if value is not None}
    for key, value in given.items():
        if key not in _CHECKS:
            raise BadBend(f"a bend has no {key!r}; it may have {', '.join(FIELDS)}")
        if problem := _CHECKS[key](value):
            raise BadBend(f"{key!r} must be {problem}")
    _check_together(given)
    if "method" in given:
        given["method"] = given["method"].upper()
    return given


def _check_together(given: dict[str, Any]) -> None:
    if not set(given) & set(_DOES):
        raise BadBend(f"the bend changes nothing; give one of {', '.join(_DOES)}")
    if len(bodies := [name for name in _BODIES if name in given]) > 1:
        raise BadBend(f"give one of {' and '.join(bodies)}: each is the whole body")
    if given.get("effect") is False and not bodies:
        raise BadBend("an answer without effect needs a body of its own: 'body', 'text' or 'file'")
    if given.get("effect") is False and {"job", "state"} & set(given):
        raise BadBend("an answer without effect is about no job; choose it by 'method', 'path' and 'prompt'")
    if "fill" in given and not {"size", "endless"} & set(given):
        raise BadBend("'fill' needs a 'size', or 'endless'")
    if given.get("endless") and "size" in given:
        raise BadBend("give a 'size' or 'endless', not both")


def _text(most: int, least: int = 0) -> Callable[[Any], str]:
    def check(value: object) -> str:
        fits = isinstance(value, str) and least <= len(value) <= most
        return "" if fits else f"text of {least} to {most} characters"

    return check


def _number(low: float, high: float, kind: type | tuple[type, ...] = (int, float)) -> Callable[[Any], str]:
    def check(value: Any) -> str:  # noqa: ANN401 - compared only once its type is known
        fits = isinstance(value, kind) and not isinstance(value, bool) and low <= value <= high
        return "" if fits else f"a {'whole ' if kind is int else ''}number from {low:.15g} to {high:.15g}"

    return check


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _one_of(*names: str) -> Callable[[Any], str]:
    return lambda value: "" if value in names else f"one of {', '.join(names)}"


def _is_path(path: object) -> bool:
    return isinstance(path, str) and 0 < len(path) <= 400 and path.count(".") < _STEPS and all(path.split("."))


def _paths(value: object) -> str:
    fits = isinstance(value, list) and 0 < len(value) <= 100 and all(_is_path(one) for one in value)
    return "" if fits else "a list of paths, such as job.updatedAt"


def _changes(value: object) -> str:
    fits = isinstance(value, dict) and 0 < len(value) <= 100 and all(_is_path(one) for one in value)
    return "" if fits else 'an object of paths and values, such as {"job.progress": "45%"}'


def _raws(value: object) -> str:
    if (problem := _changes(value)) or not isinstance(value, dict):
        return problem
    fits = all(isinstance(text, str) and len(text) <= MOST_TEXT for text in value.values())
    return "" if fits else 'an object of paths and JSON as text, such as {"job.progress": "NaN"}'


def _headers(value: object) -> str:
    if not isinstance(value, dict) or not 0 < len(value) <= 50:
        return 'an object of names and values, such as {"Content-Type": "text/html"}; null takes one away'
    for name, text in value.items():
        if not _NAME.fullmatch(name) or name.lower() in {"transfer-encoding", "connection"}:
            return f"of headers that can be set; {name!r:.60} is none"
        plain = text is None or (isinstance(text, str) and text.isprintable() and len(text) <= _VALUE_CHARACTERS)
        if not plain or (text is not None and not text.isascii()):
            return f"of plain texts: {name!r:.60} has another value"
        if name.lower() == "content-length" and not (text is None or (text.isdecimal() and len(text) <= 15)):
            return "honest about one thing: Content-Length is a number, if a wrong one"
    return ""


_CHECKS: dict[str, Callable[[Any], str]] = {
    "method": _text(10, 1),
    "path": _text(400, 1),
    "job": _text(200, 1),
    "prompt": _text(2500, 1),
    "state": _one_of(*STATES),
    "times": _number(1, 2**31, int),
    "effect": _flag,
    "set": _changes,
    "raw": _raws,
    "drop": _paths,
    "body": lambda _: "",
    "text": _text(MOST_TEXT),
    "file": _text(200, 1),
    "status": _number(200, 599, int),
    "headers": _headers,
    "date_seconds": _number(-MOST_DATE_SECONDS, MOST_DATE_SECONDS),
    "size": _number(0, MOST_BYTES, int),
    "fill": _text(100, 1),
    "endless": _flag,
    "coding": _one_of(*CODINGS),
    "piece_bytes": _number(1, MOST_PIECE_BYTES, int),
    "piece_seconds": _number(0, MOST_PIECE_SECONDS),
}
FIELDS = tuple(_CHECKS)
_BODIES = ("body", "text", "file")
_WHICH = ("method", "path", "job", "prompt", "state", "times", "effect")
_DOES = tuple(name for name in FIELDS if name not in _WHICH)
