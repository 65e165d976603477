"""Statements of README and docs that can be checked: the invitation link, settings, commands, file names."""

import re
from pathlib import Path

import pytest

from bot.presentation.checkup import invite_url
from bot.settings import load

ROOT = Path(__file__).resolve().parents[2]


def test_the_invitation_in_the_readme_asks_for_what_the_doctor_checks():
    link = re.search(r"https://discord\.com/oauth2/authorize\S+", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert link is not None
    assert link[0].split("permissions=")[1] == re.search(r"permissions=(\d+)", invite_url(1))[1]


def test_the_example_configuration_is_valid_and_shows_the_defaults(monkeypatch):
    monkeypatch.chdir(ROOT / "docs")
    assert load(ROOT / "config.example.toml").model_dump() == load().model_dump()


def test_the_packages_in_the_readme_are_the_ones_that_are_installed():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    packages = re.findall(r'^\s+"([A-Za-z.-]+)', listed, re.MULTILINE)
    assert len(packages) >= 8
    assert all(re.search(rf"^\| .*{re.escape(package)}", readme, re.MULTILINE) for package in packages)


LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-dev.lock")


def pins(name):
    """The lines of a lock file without the hashes: each package with its version and marker."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if re.match(r"[a-z]", line)}


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_file_names_where_packages_come_from(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_running_needs_far_fewer_packages_than_the_tests():
    runs, unit_tests, everything = (pins(name) for name in LOCKS)
    assert runs < unit_tests < everything
    assert len(runs) < len(everything) / 2
    assert not [pin for pin in runs if re.match("pytest|playwright|pyright|ruff|nodejs|scenario-sdk", pin)]
    assert not [pin for pin in unit_tests if re.match("playwright|pyright|ruff|nodejs", pin)]


PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "packages/sandbox/README.md",
    *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
)
MADE = {"config.toml", "happyhorse/config.toml", "transcript.md", "cogs/count.py"}
"""Files that are named but not in the repository: an operator, a command or a recipe makes them."""


@pytest.fixture(scope="module")
def there():
    """Every file and folder by all names that a page may use for it: `bot/app.py` is also `app.py`."""
    tops = ("bot", "cogs", "demo", "packages", "tests", "bench", "deploy", "docs", ".ci", ".github")
    paths = [path.relative_to(ROOT) for top in tops for path in (ROOT / top).rglob("*") if path.suffix != ".pyc"]
    paths = [path for path in paths if "node_modules" not in path.parts]
    paths += [path.relative_to(ROOT) for path in ROOT.iterdir()]
    return {"/".join(path.parts[start:]) for path in paths for start in range(len(path.parts))}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page, there):
    words = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:bot|cogs|demo|packages|tests|deploy|docs|bench)/[\w./-]*\w)", words))
    named |= set(re.findall(r"`([\w.][\w./-]*\.(?:py|sql|md|toml|lock|ya?ml|service))\b", words))
    linked = set(re.findall(r"\]\(([^)#:]+)[)#]", words))
    missing = sorted(named - there - MADE)
    assert missing + [link for link in linked if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_module_that_a_docstring_or_comment_names_is_there(there):
    """Docstrings and comments give file names in backquotes, with their extension."""
    sources = [path for top in ("bot", "cogs", "demo", "packages", "tests", "bench") for path in (ROOT / top).rglob("*.py")]
    sources = [path for path in sources if "node_modules" not in path.parts]
    named = {name for path in sources for name in re.findall(r"`([\w/]+\.(?:py|sql))`", path.read_text(encoding="utf-8"))}
    assert sorted(named - there - {"statements/noun.sql"}) == []


def drawn():
    """The paths in the layout of docs/design.md. Each line there names files or folders, indented below their folder."""
    drawing = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").split("## The layout\n", 1)[1].split("    cli ->", 1)[0]
    within: list[str] = []
    for line in drawing.splitlines():
        names = line[:36].strip()
        if names:
            within[(len(line) - len(line.lstrip())) // 2 - 2 :] = [names.split(", ")[0].strip("/")]
            first = Path(*within)
            yield from (first, *(first.parent / other for other in names.split(", ")[1:]))


def test_the_layout_in_the_design_draws_what_is_there_and_every_folder_of_the_bot():
    paths = set(drawn())
    assert sorted(str(path) for path in paths if not (ROOT / path).exists()) == []
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "bot").glob("*/__init__.py")}
    assert folders <= paths | {path.parent for path in paths}
