"""Checks what the operator was told: the same trouble only once while it lasts. A new process may tell it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.simulation.world import World

_FIGURES: Final = re.compile(r"\d[\d,.]*")
_OF_A_MODEL: Final = re.compile(r"(\w+) (?:refuses|takes) (clips from [\w ]+?)(?: \(| again)")


class Telling:
    def __init__(self, world: World) -> None:
        self._world = world
        self._told: dict[tuple[object, str], int] = {}
        self._answers = 0
        self.twice: list[str] = []

    def answered(self) -> None:
        """The provider has answered a question: later trouble may be a new one."""
        self._answers += 1

    def told(self, text: str) -> None:
        """Notes a text to the operator. About a job it may come once; about the provider again after it has answered; about the
        clips of one model again after the operator was told that the provider takes them again.
        """
        self._world.operator.append(text)
        if model := _OF_A_MODEL.search(text):
            about = f"{model[1]} {model[2]}"
            if " again;" in text:
                self._told.pop((self._world.loop, about), None)
                return
            self._once(about, text, over=False)
        elif text.startswith("Job "):
            self._once(text, text, over=False)
        else:
            about = _FIGURES.sub("N", text)
            self._once(about, text, over=self._told.get((self._world.loop, about), self._answers) < self._answers)

    def odd(self, field: str) -> None:
        """Notes the log line about a field that could not be read."""
        self._once(field, field, over=False)

    def _once(self, about: str, text: str, *, over: bool) -> None:
        if (self._world.loop, about) in self._told and not over:
            self.twice.append(text)
        self._told[self._world.loop, about] = self._answers
