"""The tests that the security page names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists():
    named = re.findall(r"`(tests/\S+?\.py)::(\w+)`", PAGE)
    assert len(named) > 50
    sources = {path: (ROOT / path).read_text(encoding="utf-8") for path, _ in named}
    assert [f"{path}::{test}" for path, test in named if f"def {test}(" not in sources[path]] == []


def test_every_part_but_the_last_names_tests():
    *parts, last = PAGE.split("\n## ")[1:]
    assert last.startswith("What this does not keep out")
    assert [part.splitlines()[0] for part in parts if "\n- `tests/" not in part] == []
