"""Puts a known fault into the bot's source before it is imported, for this process only; no file is changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Edit:
    """One replacement. `old` must be in `file` (relative to the repository) exactly once, so that outdated
    mutants are noticed.
    """

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The changed text. Raises `LookupError` where `old` is not in it, or more than once."""
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file} holds this {text.count(self.old)} times, not once: {self.old!r}")
        return text.replace(self.old, self.new)

    def check(self) -> None:
        """Raises `LookupError` for an outdated mutant, before anything is imported."""
        self.applied((ROOT / self.file).read_text("utf-8"))


@dataclass(frozen=True)
class Mutant:
    """`rule` is the invariant that must catch it; others may be broken too."""

    name: str
    rule: str
    edits: tuple[Edit, ...]


def mutant(name: str, rule: str, file: str, *texts: str) -> Mutant:
    """A mutant of one file. `texts` are pairs: the present text, and the faulty one."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return Mutant(name, rule, tuple(Edit(file, old, new) for old, new in pairs))


def mutate(edits: Sequence[Edit]) -> None:
    """Makes Python read these files with their faults from now on. No module of the bot may have been imported."""
    for edit in edits:
        edit.check()
    if any(name == "bot" or name.startswith("bot.") for name in sys.modules):
        raise RuntimeError("the bot is imported already")
    modules = [edit for edit in edits if edit.file.endswith(".py")]
    if modules:
        sys.meta_path.insert(0, _Finder(modules))
    others = {ROOT / edit.file: edit for edit in edits if not edit.file.endswith(".py")}
    if others:
        _read_with(others)


class _Finder(MetaPathFinder):
    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits: dict[str, list[Edit]] = {}
        for edit in edits:
            self._edits.setdefault(edit.file.removesuffix(".py").replace("/", "."), []).append(edit)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        edits = self._edits.get(fullname)
        if edits is None:
            return None
        file = str(ROOT / edits[0].file)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, edits))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(fullname, path)
        self._mutations = edits

    def get_code(self, fullname: str) -> Any:
        text = Path(self.path).read_text("utf-8")
        for edit in self._mutations:
            text = edit.applied(text)
        return compile(text, self.path, "exec", dont_inherit=True)


def _read_with(edits: dict[Path, Edit]) -> None:
    """Does the same for files that are read as text, such as SQL statements and migrations."""
    kind = type(ROOT)
    read = kind.read_text

    def read_text(self: Path, *args: Any, **kwargs: Any) -> str:
        text = read(self, *args, **kwargs)
        edit = edits.get(self.resolve()) if self.suffix == ".sql" else None
        return text if edit is None else edit.applied(text)

    kind.read_text = read_text
