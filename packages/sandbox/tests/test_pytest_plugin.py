"""The fixture that pytest finds by itself where the package is installed, as a stranger's test uses it."""

import subprocess
import sys

import pytest

from sandbox.discord.openapi import Unusable
from sandbox.testing.thread import sandbox_thread

TEST = """
import json
import urllib.request


def test_a_member_writes(discord_sandbox):
    sent = discord_sandbox.post("/messages", channel="lobby", content="hello", **{"as": "dora"})
    seen = discord_sandbox.get("/messages", channel="lobby", **{"as": "dora"})
    assert [one["id"] for one in seen["messages"]] == [sent["id"]]


def test_each_test_has_a_sandbox_of_its_own(discord_sandbox):
    assert discord_sandbox.get("/messages", channel="lobby", **{"as": "dora"})["messages"] == []
    with urllib.request.urlopen(discord_sandbox.url + "/_sandbox/health") as answer:
        assert json.loads(answer.read())["ok"]
"""
WORLD = """
[[guilds]]
members = [{ name = "dora" }]
channels = [{ name = "lobby" }]
roles = []
"""


def test_a_project_gets_its_own_world_from_the_fixture(tmp_path):
    (tmp_path / "test_bot.py").write_text(TEST)
    (tmp_path / "world.toml").write_text(WORLD)
    (tmp_path / "pytest.ini").write_text("[pytest]\ndiscord_sandbox_world = world.toml\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "sandbox.pytest_plugin", "-p", "no:cacheprovider", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_a_sandbox_that_cannot_start_says_why_where_it_was_asked_for(tmp_path):
    (tmp_path / "api.json").write_text("[]")
    with pytest.raises(Unusable, match="no OpenAPI file"), sandbox_thread(openapi=tmp_path / "api.json"):
        pass
