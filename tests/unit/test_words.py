"""Code below presentation has codes and figures but no sentences, so that all texts are translated in one place."""

import ast
import itertools
from pathlib import Path

import pytest

from bot.domain.examples import EXAMPLES
from bot.presentation.views.buttons import EXAMPLE_TITLES

ROOT = Path(__file__).parents[2]
ABOVE = ("bot/cli", "bot/presentation")
"""Folders that make texts for people. The rest of the bot is searched for sentences."""
OPERATORS_ERRORS = {
    *("SettingsError", "StorageError", "DatabaseTooNew", "DatabaseOutdated", "DatabaseInUse", "DatabaseBusy"),
    *("ModerationRefused", "ProviderRejected", "ProviderMisconfigured", "ProviderBusy", "ProviderUnavailable"),
    *("ClipUnavailable", "ClipMissing", "MediaError", "NotAClip"),
}
"""The operator is told why these errors were raised, so they take codes. Other errors have a text by their class and fields, or
go to the log only: after `SubmitOutcomeUnknown` the clip is searched, after `CannotFit` a link is posted, and after `MediaBusy`
members are told that the bot is busy.
"""
EXCEPTIONS = {
    "bot/app.py": "how each provider answered at the start, for a line of the log",
    "bot/config_file.py": "how the words of TOML's reader begin, which are compared with",
    "bot/domain/coach/english.py": "English words that prompts are compared with; nobody reads them",
    "bot/domain/examples.py": "prompts for the model, which goes by English best",
    "bot/domain/clip.py": "the pattern of a character's name",
    "bot/domain/job.py": "the diagram of the states, for docs/design.md",
    "bot/media/animatic/animatic.py": "figures that are painted into a preview",
    "bot/media/animatic/camera.py": "patterns that prompts are searched for",
    "bot/media/animatic/caption_layers.py": "the banner that is painted into a preview, which everybody sees in one language",
    "bot/media/animatic/caption_timing.py": "patterns that prompts are searched for",
    "bot/media/animatic/scene.py": "patterns that prompts are searched for",
    "bot/media/decoder_pool.py": "errors about a member's picture, for the log: the member reads the words of a `ProblemCode`",
    "bot/media/images.py": "an error about a job's thumbnail, for the log: the card is shown without it",
    "bot/media/probe.py": "patterns of what ffmpeg prints",
    "bot/notice.py": "names of the bot's parts, for the log",
    "bot/pipeline/hitches.py": "SQLite's words for a full disk, which are searched for",
    "bot/pipeline/recovery.py": "a mark in the database, which is compared with",
    "bot/providers/scenario/bodies.py": "the text of an error by which the download knows an odd redirect",
    "bot/providers/scenario/checkup.py": "names of models, and a prompt",
    "bot/providers/scenario/download.py": "httpx's words for an odd redirect, which are compared with",
    "bot/providers/scenario/endings.py": "what was asked, for a line of the log",
    "bot/providers/scenario/errors.py": "a pattern of the vendor's words",
    "bot/providers/scenario/oddities.py": "what is odd, for a line of the log",
    "bot/providers/scenario/watch.py": "what was asked, for a line of the log",
    "bot/providers/scenario/wire.py": "what is odd, for a line of the log",
    "bot/settings_errors.py": "the pattern of a library's words",
    "bot/storage/copies.py": "SQL",
    "bot/storage/postgres.py": "SQL",
    "bot/storage/postgres_schema.py": "SQL",
    "bot/storage/schema.py": "SQL",
    "bot/storage/sql.py": "the pattern of a statement's name",
    "bot/storage/sqlite.py": "SQL",
}
"""Files that have sentences which are not for members, and what these are."""


def sentences(source):
    """Strings with two or more blanks. Docstrings, log messages and texts of exceptions that nobody is shown do not count."""
    tree = ast.parse(source)
    inner, found = set(), []
    told = _told_messages(tree)
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if (
            _is_bare_string(node)
            or _is_log_call(node)
            or _is_untold_raise(node)
            or _is_own_text(node)
            or (_is_message(node) and node not in told)
        ):
            inner.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.JoinedStr):
            inner.update(map(id, node.values))
            found.append("".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return [text for text in found if text.strip().count(" ") >= 2]


def _is_bare_string(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_log_call(node):
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in {"_log", "log"}
    )


def _is_untold_raise(node):
    return isinstance(node, ast.Raise) and not OPERATORS_ERRORS & {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name)
    }


def _told_messages(tree):
    """Each `msg = ...` that is raised in the next line in an error of which the operator is told."""
    parts = [getattr(node, part, None) for node in ast.walk(tree) for part in ("body", "orelse", "finalbody")]
    blocks = [part for part in parts if isinstance(part, list)]
    pairs = [pair for block in blocks for pair in itertools.pairwise(block)]
    return {first for first, then in pairs if _is_message(first) and isinstance(then, ast.Raise) and not _is_untold_raise(then)}


def _is_message(node):
    """`msg = ...`, the text of an exception raised in the next line."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "msg"


def _is_own_text(node):
    """`super().__init__(...)` in an error's class: the text of its `str()`, for the log."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"


FILES = sorted(
    name for name in (path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*.py")) if not name.startswith(ABOVE)
)


def test_the_search_finds_a_sentence_and_leaves_logs_and_exceptions_alone():
    source = '''"""A docstring of words."""
def told(number):
    """Another one of them."""
    _log.warning("nobody reads this here %s", number)
    msg = f"nor is {number} read by anybody"
    raise ValueError(msg) if number else KeyError("or this one here")
    if number is None:
        raise SettingsError("an operator reads this")
    else:
        msg = f"and of {number} they read"
        raise MediaError(msg)
    return f"a member reads {number} of these"
'''
    assert sorted(sentences(source)) == [
        "a member reads {} of these",
        "an operator reads this",
        "and of {} they read",
    ]


@pytest.mark.parametrize("name", FILES)
def test_no_sentence_stands_below_presentation(name):
    found = sentences((ROOT / name).read_text(encoding="utf-8"))
    assert bool(found) == (name in EXCEPTIONS), found


def test_every_example_has_a_title_that_fits_a_button():
    assert set(EXAMPLE_TITLES) == {example.key for example in EXAMPLES}
    assert all(len(title) <= 80 for title in EXAMPLE_TITLES.values())
