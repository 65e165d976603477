"""A new command: its cog, one use case and one view. Nothing that is there already is changed for it."""

import pytest

from bot.wiring import found_cogs
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import asked

SAMPLE = """
from dataclasses import dataclass

import discord
from discord import app_commands
from discord.ext import commands

from bot.ports import JobStore
from bot.presentation.interactions.responses import say
from bot.presentation.views.layout import Page


@dataclass(frozen=True)
class CountJobs:
    jobs: JobStore

    async def of_member(self, member_id: int) -> int:
        return len(await self.jobs.of_member(member_id, 100))


def count_page(count: int) -> Page:
    return Page().text(f"You have asked for {count} clips.")


class Count(commands.Cog):
    def __init__(self, count_jobs: CountJobs) -> None:
        self._count_jobs = count_jobs

    @app_commands.command(name="count", description="How many clips you have asked for")
    async def count(self, interaction: discord.Interaction) -> None:
        await say(interaction, count_page(await self._count_jobs.of_member(interaction.user.id)))


async def setup(client) -> None:
    await client.add_cog(Count(CountJobs(client.use_cases.dependencies.jobs)))
"""


@pytest.fixture
def backend(backend, tmp_path, monkeypatch):
    folder = tmp_path / "more_cogs"
    folder.mkdir()
    (folder / "count.py").write_text(SAMPLE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    backend.cogs += found_cogs("more_cogs")
    return backend


async def test_a_file_with_a_command_is_found_loaded_and_answers(server):
    await asked(server)
    answer = await server.alice.slash(server.channel, "count")
    assert "You have asked for 1 clips." in text(answer.response)


def test_every_group_of_commands_is_found():
    assert found_cogs() == ["cogs.help", "cogs.interactions", "cogs.jobs", "cogs.quota", "cogs.video"]
