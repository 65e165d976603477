"""The README's promises that code can hold: the invitation link, the settings, the commands."""

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


def pins(name):
    """Of a lock file: each package with its version and where it is for, without the hashes."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if re.match(r"[a-z]", line)}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_no_lock_file_names_where_packages_come_from(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_what_runs_is_a_small_part_of_what_is_tested():
    runs, tested = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runs < tested
    assert len(runs) < len(tested) / 2
    assert not [pin for pin in runs if re.match("pytest|playwright|pyright|ruff|nodejs|scenario-sdk", pin)]


PAGES = ("README.md", "CONTRIBUTING.md", "sandbox/README.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page):
    words = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:bot|cogs|sandbox|tests|deploy|docs|bench)/[\w./-]*\w)", words))
    linked = set(re.findall(r"\]\(([^)#:]+)[)#]", words))
    missing = [name for name in named if not any((ROOT / folder / name).exists() for folder in ("", "bot"))]
    assert missing + [link for link in linked if not (ROOT / page).parent.joinpath(link).exists()] == []
