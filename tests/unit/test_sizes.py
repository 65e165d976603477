"""Limits for the sizes of functions, classes and files, checked for every Python file, so that each is read at once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
TOPS = ("bench", "bot", "cogs", "demo", "packages", "tests")
"""The folders with Python files, for an unpacked archive."""
STATEMENTS = 40
"""The most statements of a function, with those of its inner functions."""
PUBLIC_METHODS = 12
"""The most public methods of a class, with properties."""
LINES = 330
LINES_OF_A_COG = 200
MEDIAN_LINES = 100
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def files() -> list[Path]:
    """Every Python file that git tracks; in an unpacked archive, which has no git, every Python file."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=ROOT, capture_output=True, check=True, text=True)
        return [Path(each) for each in listed.stdout.split("\0") if each and (ROOT / each).is_file()]
    found = (path.relative_to(ROOT) for top in TOPS for path in (ROOT / top).rglob("*.py"))
    return [path for path in found if "node_modules" not in path.parts]


@cache
def lines() -> dict[Path, int]:
    return {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in files()}


def blocks(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases in a node. Expressions are not searched, since they contain none."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        yield from getattr(node, field, ())


def within(node: ast.AST) -> Iterator[ast.AST]:
    for each in blocks(node):
        yield each
        yield from within(each)


def statements(function: ast.AST) -> int:
    return sum(isinstance(each, ast.stmt) for each in within(function))


def public_methods(of: ast.ClassDef) -> set[str]:
    return {each.name for each in of.body if isinstance(each, FUNCTIONS) and not each.name.startswith("_")}


def test_no_function_is_longer_and_no_class_offers_more_than_one_reads_at_once():
    found = []
    for path in files():
        for node in within(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and (count := len(public_methods(node))) > PUBLIC_METHODS:
                found.append(f"class {node.name} in {path} has {count} public methods, and {PUBLIC_METHODS} are the most")
            if isinstance(node, FUNCTIONS) and (count := statements(node)) > STATEMENTS:
                found.append(f"{node.name} in {path}:{node.lineno} has {count} statements, and {STATEMENTS} are the most")
    assert not found, "\n".join(found)


def test_no_file_is_longer_than_one_reads_at_once():
    most = {path: LINES_OF_A_COG if path.parts[0] == "cogs" else LINES for path in files()}
    found = [
        f"{path} has {count} lines, and {most[path]} are the most" for path, count in lines().items() if count > most[path]
    ]
    assert not found, "\n".join(found)


def test_the_usual_file_is_short():
    middle = median(lines().values())
    assert middle <= MEDIAN_LINES, f"of {len(files())} Python files the middle one has {middle} lines"


def test_a_function_is_counted_with_all_that_stands_in_it_and_a_class_by_what_others_may_call():
    source = """
class Desk:
    def __init__(self):
        self.open = True

    @property
    def state(self):
        return self.open

    @state.setter
    def state(self, value):
        def inner():
            if value:
                return 1
        self.open = inner()

    async def _private(self): ...
"""
    desk = ast.parse(source).body[0]
    assert public_methods(desk) == {"state"}
    assert [statements(each) for each in desk.body] == [1, 1, 4, 1]
