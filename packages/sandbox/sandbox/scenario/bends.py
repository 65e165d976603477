"""Changes the vendor's answers on request: another field, a broken body, a lie. Set through the control API.

A bend names the answers that it is for (method, path, a job) and what becomes of them. This module keeps bends, says which
fit, and changes the JSON; `bent_answers.py` makes the answer. The request has taken effect by then, unless the bend says not to
(`effect` false).
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.faults import pattern
from sandbox.scenario.bend_fields import FIELDS, BadBend, checked
from sandbox.scenario.jobs import ENDED, Job

__all__ = ["FIELDS", "BadBend", "Bend", "Bends"]

MOST = 200
"""Bends at a time: each is looked at for every request."""
LISTS = {"job": "jobs", "asset": "assets"}
"""A path that begins with the word on the left reaches each record of the list on the right as well."""
_MISSING = object()
Slot = tuple[Any, Any]
"""A container, and the key or place in it."""
Mine = Callable[[str, object], bool]
"""Whether a bend is for a record: `mine("job" or "asset", record)`."""
FileOf = Callable[[str], tuple[Path, str] | None]
"""An uploaded file by its name, and its type; None where there is none."""


@dataclass(eq=False)
class Bend:
    """As the control API writes it, see the README. `struck` counts the answers that it bent."""

    method: str | None = None
    path: str | None = None
    job: str | None = None
    prompt: str | None = None
    state: str | None = None
    times: int | None = None
    effect: bool = True
    set: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] | list[str] = ()
    body: Any = None
    text: str | None = None
    file: str | None = None
    status: int | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    date_seconds: float | None = None
    size: int | None = None
    fill: str = " "
    endless: bool = False
    coding: str | None = None
    piece_bytes: int | None = None
    piece_seconds: float = 0.0
    stored: tuple[Path, str] | None = None
    """Where the bytes of `file` are, and their type."""
    struck: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bend is cleared: a body without end then ends."""

    @property
    def has_fields(self) -> bool:
        """Whether it changes fields of JSON."""
        return bool(self.set or self.raw or self.drop)

    @property
    def is_for_some(self) -> bool:
        """Whether it is for the answers about some jobs only."""
        return any(each is not None for each in (self.job, self.prompt, self.state))

    def fits(self, method: str, path: str) -> bool:
        """Whether it is for this call and has strikes left, whatever job the call is about."""
        return (
            not self.over.is_set()
            and (self.times is None or self.struck < self.times)
            and self.method in {None, method}
            and (self.path is None or pattern(self.path).fullmatch(path) is not None)
        )

    def takes(self, job: Job | None, now_ms: float) -> bool:
        """Whether it is for answers about this job; None is no job, or one that is not there."""
        if not self.is_for_some:
            return True
        return (
            job is not None
            and self.job in {None, job.id}
            and (self.prompt is None or self.prompt in job.inputs["prompt"])
            and self.state in {None, _state(job, now_ms)}
        )

    def shown(self) -> dict[str, Any]:
        """What was given, and how often it struck."""
        unset = Bend()
        given = {name: getattr(self, name) for name in FIELDS if getattr(self, name) != getattr(unset, name)}
        return {**given, "struck": self.struck}


class Bends:
    """Those that are set, in the order in which they were added; all that fit an answer bend it, one after the other."""

    def __init__(self) -> None:
        self._bends: list[Bend] = []

    def add(self, specs: list[Any], file_of: FileOf) -> None:
        """Add bends as the control API writes them. Raises BadBend, and adds none, where one makes no sense."""
        added = [checked(spec) for spec in specs]
        if len(self._bends) + len(added) > MOST:
            raise BadBend(f"there may be {MOST} bends at a time; DELETE /_sandbox/bends takes all back")
        made: list[Bend] = []
        for given in added:
            stored = file_of(given["file"]) if "file" in given else None
            if "file" in given and stored is None:
                raise BadBend(f"there is no file {given['file']!r:.60}; hand it in with POST /_sandbox/files")
            made.append(Bend(**given, stored=stored))
        self._bends += made

    def clear(self) -> None:
        """Take all back; what is still being sent ends."""
        for bend in self._bends:
            bend.over.set()
        self._bends = []

    def shown(self) -> list[dict[str, Any]]:
        return [bend.shown() for bend in self._bends]

    def fitting(self, method: str, path: str) -> list[Bend]:
        return [bend for bend in self._bends if bend.fits(method, path)]


@dataclass(frozen=True)
class Answer:
    """An answer's JSON; `raws` are texts that stand in it as they are: NaN, half characters, brackets without end."""

    value: Any
    raws: dict[str, str] = field(default_factory=dict)

    def written(self) -> bytes:
        """As it goes over the wire."""
        text = json.dumps(self.value)
        for placeholder, raw in self.raws.items():
            text = text.replace(f'"{placeholder}"', raw)
        return text.encode(errors="surrogatepass")


def bent(answer: Answer, bend: Bend, mine: Mine) -> Answer | None:
    """The answer with this bend's fields changed; None where it has no such fields."""
    touched = False
    raws: dict[str, str] = {}
    changes: list[tuple[str, object]] = list(bend.set.items())
    for path, text in bend.raw.items():
        placeholder = f"raw-{secrets.token_hex(16)}"
        raws[placeholder] = text
        changes.append((path, placeholder))
    changes += [(path, _MISSING) for path in bend.drop]
    for path, value in changes:
        for container, key in _slots(answer.value, path.split("."), mine):
            touched = True
            if value is not _MISSING:
                container[key] = value
            elif isinstance(container, dict):
                container.pop(key, None)
            else:
                container[key] = _MISSING
                container.remove(_MISSING)
    return Answer(answer.value, answer.raws | raws) if touched else None


def _slots(answer: Any, steps: list[str], mine: Mine) -> Iterator[Slot]:  # noqa: ANN401 - any JSON
    kind, rest = steps[0], steps[1:]
    if not isinstance(answer, dict):
        return
    slots: list[Slot] = [(answer, kind)]
    if kind in LISTS:
        many = answer.get(LISTS[kind])
        slots = [(answer, kind)] if kind in answer else []
        slots += [(many, place) for place in range(len(many))] if isinstance(many, list) else []
        slots = [(container, key) for container, key in slots if mine(kind, container[key])]
    for step in rest:
        slots = [inner for container, key in slots for inner in _inside(container, key, step)]
    yield from slots


def _inside(container: Any, key: Any, step: str) -> Iterator[Slot]:  # noqa: ANN401 - any JSON
    """One step further: the key of an object, which is made where there is none, the place in a list, or `*` for all."""
    here = container.setdefault(key, {}) if isinstance(container, dict) else container[key]
    if isinstance(here, dict):
        yield from ((here, name) for name in (list(here) if step == "*" else [step]))
    elif isinstance(here, list):
        places = range(len(here)) if step == "*" else [int(step)] if step.isdecimal() else []
        yield from ((here, place) for place in places if place < len(here))


def _state(job: Job, now_ms: float) -> str:
    """The job's state as a bend names it: how the job ended, or `running`."""
    status = job.status(now_ms)
    return status if status in ENDED else "running"
