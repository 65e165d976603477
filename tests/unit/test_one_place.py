"""Each of these rules is written in one module only; a second copy anywhere else in the bot fails a test."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]
RULES = {
    "custom ids": (r"hh:", "bot/presentation/views/custom_ids.py"),
    "how long a nonce holds": (r"120_000", "bot/domain/nonce.py"),
    "formulas of waits": (
        r"2 ?\*\* ?(min|\w*(tr|times|attempt))|(wait|pause)\w* \* ?2\b|min\([^()]*RETRY_AFTER_MOST",
        "bot/domain/backoff.py",
    ),
    "who may": (r"raise NotYours\(", "bot/domain/permissions.py"),
    "who moderates": (r"\.manage_messages", "bot/presentation/interactions/permissions.py"),
    "a job or `Gone`": (r"\"no job \{", "bot/services/find_jobs.py"),
    "sets of states": (r"\{State\.\w+[,}]", "bot/domain/job.py"),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_written_in_one_module(rule):
    spelling, home = RULES[rule]
    found = [file.relative_to(ROOT).as_posix() for file in SOURCES if re.search(spelling, file.read_text(encoding="utf-8"))]
    assert found == [home]


def test_no_sentence_has_a_limit_of_the_model_or_a_default_of_it_written_out():
    written = re.compile(r"\b3 to 15\b|\b(5|15) s clip|1080P if you|16:9 wide if")

    assert not [(file.name, text) for file in SOURCES for text in _texts(file) if written.search(text)]


def _texts(file: Path) -> list[str]:
    """Every string in the file that is not a docstring, parts of f-strings included."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    notes = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    constants = (each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in notes)
    return [each.value for each in constants if isinstance(each.value, str)]
