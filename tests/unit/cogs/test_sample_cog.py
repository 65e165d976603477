"""The recipe for a command in CONTRIBUTING.md works: a cog, a use case and a view, with no change to existing files."""

import re
import sys
from pathlib import Path

import pytest

import bot.presentation.views
import bot.services
from bot.wiring import found_cogs
from tests.fixtures.simcord_bot import shown, text
from tests.fixtures.simcord_scenes import asked

ROOT = Path(__file__).resolve().parents[3]
USE_CASE = """
from dataclasses import dataclass

from bot.ports import JobReader


@dataclass(frozen=True)
class CountClips:
    jobs: JobReader

    async def of_member(self, member_id: int) -> int:
        return sum(len(jobs) for jobs in await self.jobs.of_member(member_id, 100))
"""


def recipe():
    """View and cog from CONTRIBUTING.md, where their code is indented."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return [code.replace("\n   ", "\n").removeprefix("   ") for code in found]


@pytest.fixture
def backend(backend, tmp_path, monkeypatch):
    """The bot with three more files, as if they were in `cogs`, `bot/services` and `bot/presentation/views`."""
    view, cog = recipe()
    for folder, name, content in (
        ("more_cogs", "count", cog),
        ("services", "count_clips", USE_CASE),
        ("views", "count_page", view),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.py").write_text(content, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for package in (bot.services, bot.presentation.views):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / package.__name__.rpartition(".")[2])])
    backend.cogs += found_cogs("more_cogs")
    yield backend
    for name in ("more_cogs", "more_cogs.count", "bot.services.count_clips", "bot.presentation.views.count_page"):
        sys.modules.pop(name, None)


async def test_the_command_of_the_recipe_is_found_loaded_and_answers(server):
    await asked(server)
    answer = await server.alice.slash(server.channel, "count")
    assert "You have asked for 1 clip." in text(shown(answer))


def test_every_group_of_commands_is_found():
    files = {path.stem for path in (ROOT / "cogs").glob("*.py")} - {"__init__"}
    assert found_cogs() == sorted(f"cogs.{name}" for name in files)
    assert "cogs.video" in found_cogs()
