"""Bots of other libraries, unchanged but for the addresses: they log in, register a command, answer it and a button."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.discord.application import named
from sandbox.discord.openapi_copy import COPY
from sandbox.testing.thread import sandbox_thread

HERE = Path(__file__).parent
MODULES = HERE / "javascript" / "node_modules"
TOKEN = "MTE5MDAwMDAwMDAwMDAwMDAwMQ.sandbox.token"
NODE = shutil.which("node")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
needs_node = pytest.mark.skipif(
    not (NODE and MODULES.is_dir()) and not IN_CI, reason="no node, or no modules: npm ci in packages/sandbox/tests/javascript"
)
BOTS = {
    "disnake": [sys.executable, str(HERE / "disnake_bot.py")],
    "discord.js": [NODE or "node", str(HERE / "javascript" / "bot.js")],
}


@contextmanager
def bot(command, sandbox, log):
    with log.open("wb") as said, subprocess.Popen([*command, sandbox.url, TOKEN], stdout=said, stderr=said) as running:
        try:
            yield
        finally:
            running.kill()


@pytest.mark.parametrize("library", ["disnake", pytest.param("discord.js", marks=needs_node)])
def test_a_bot_of_this_library_logs_in_and_answers_a_command_and_a_button(library, tmp_path):
    log = tmp_path / "log"
    with (
        sandbox_thread(application=named(None, TOKEN), openapi=COPY) as sandbox,
        bot(BOTS[library], sandbox, log),
    ):
        assert sandbox.wait(60, bot="online"), log.read_text()
        assert sandbox.wait(60, request="PUT /applications/*/commands"), log.read_text()
        asked = sandbox.post("/invoke", command="/ping", options={"word": "hello"}, **{"as": "alice"})
        answered = sandbox.wait(30, interaction=asked["interaction"])
        assert answered, log.read_text()
        message = answered["message"]
        assert message["content"] == "pong hello"
        pressed = sandbox.post("/component", message=message["id"], custom_id="more", **{"as": "bob"})
        assert sandbox.wait(30, interaction=pressed["interaction"]), log.read_text()
        [left] = sandbox.get("/messages", **{"as": "alice"})["channels"][0]["messages"]
        assert (left["content"], left["components"]) == ("pressed", [])
        assert sandbox.get("/violations")["violations"] == []
