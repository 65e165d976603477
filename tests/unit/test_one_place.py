"""Rules that stand in one module alone: a second spelling of one, anywhere else in the bot, is found here."""

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
    "sets of states": (r"\{State\.\w+[,}]", "bot/domain/job.py"),
}


@pytest.mark.parametrize("rule", RULES)
def test_it_stands_in_one_module(rule):
    spelling, home = RULES[rule]
    found = [file.relative_to(ROOT).as_posix() for file in SOURCES if re.search(spelling, file.read_text(encoding="utf-8"))]
    assert found == [home]
