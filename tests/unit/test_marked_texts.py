"""Every sentence that presentation, cogs and the command line show is marked for the catalogues."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("bot/presentation", "bot/cli", "cogs")
MARKS = {"_", "N_", "ngettext", "pgettext"}
EXCEPTIONS = {
    "bot/cli/doctor.py": ("happyhorse resume", "happyhorse resume --server {}"),
    "bot/cli/operator.py": ("happyhorse quota grant {} --member {}",),
    "bot/presentation/delivery/end_messages.py": (
        "end the progress",
        "take its prompt off the thread",
        "say in its thread that it waits",
        "say on its old card where it went",
        "say in its old thread where it went",
        "tell the member",
    ),
    "bot/presentation/discord_codes.py": ("too large", "done already", "ask differently"),
    "bot/presentation/interactions/booking.py": ("failed request",),
    "bot/presentation/interactions/filled_forms.py": ("dict[str, Any]",),
    "bot/presentation/interactions/responses.py": ("in place", "public wait"),
    "bot/presentation/views/help_page.py": ("video text", "video image", "video characters", "video studio"),
    "bot/presentation/views/ledger_notes.py": (r"set to (\d{1,10}) by the operator",),
    "bot/presentation/views/picture_problems.py": (
        "JPEG XL",
        "web page",
        "text file",
        "unknown file",
        "Photoshop file",
        "ZIP file",
    ),
    "bot/presentation/views/wording.py": ("real clips",),
    "cogs/video.py": ("Animate this image",),
}
"""Strings of several words that are not shown to people: names of commands, keys of tables, patterns, log messages."""
_SEVERAL_WORDS = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}")


def unmarked(source):
    """Strings of two or more words without a mark. Docstrings, log messages and texts of exceptions do not count."""
    inner, found = set(), []
    for node in ast.walk(ast.parse(source)):
        if id(node) in inner:
            continue
        if _is_left_alone(node):
            inner.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.JoinedStr):
            inner.update(map(id, node.values))
            found.append("".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return [text for text in found if _SEVERAL_WORDS.search(text)]


def hidden(source):
    """Marked texts that `make locales` does not find: what is an f-string, or stands inside of one."""
    nodes = list(ast.walk(ast.parse(source)))
    inside = [each for node in nodes if isinstance(node, ast.JoinedStr) for each in ast.walk(node) if _is_mark(each)]
    filled = [node for node in nodes if _is_mark(node) and any(isinstance(each, ast.JoinedStr) for each in node.args)]
    return [ast.unparse(call) for call in inside + filled]


def _is_mark(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS


def _is_left_alone(node):
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called in MARKS or called.startswith(("_log.", "log."))
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    message = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "msg"
    return bare or message or isinstance(node, ast.Raise)


FILES = sorted(path.relative_to(ROOT).as_posix() for part in PARTS for path in (ROOT / part).rglob("*.py"))


def test_the_walk_finds_what_is_not_marked():
    source = '''"""A docstring of words."""
TABLE = {1: N_("a marked row"), 2: "a forgotten row"}
def told(number):
    _log.warning("nobody reads this %s", number)
    msg = f"nor is {number} read"
    raise ValueError(msg)
    return _("a marked {figure}").format(figure=number) + f"another forgotten {number}"
'''
    assert unmarked(source) == ["a forgotten row", "another forgotten {}"]


@pytest.mark.parametrize("name", FILES)
def test_every_sentence_is_marked(name):
    assert set(unmarked((ROOT / name).read_text(encoding="utf-8"))) == set(EXCEPTIONS.get(name, ()))


def test_the_walk_finds_marked_texts_that_the_catalogues_would_miss():
    source = """
_("{name} is full.").format(name=f"{name}")
f"{said} {_('It goes on.')}"
_(f"{name} is full.")
"""
    assert hidden(source) == ["_('It goes on.')", "_(f'{name} is full.')"]


@pytest.mark.parametrize("name", FILES)
def test_no_marked_text_stands_where_the_catalogues_would_miss_it(name):
    assert hidden((ROOT / name).read_text(encoding="utf-8")) == []
