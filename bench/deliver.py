"""deliver: how much the bot's memory grows while it fetches a large clip from the provider and posts it unchanged.

Its ffmpeg children are not counted; they are short-lived.
"""

from __future__ import annotations

import time
from typing import Any

from bench.bot_process import PATIENCE_SECONDS, SandboxServer, served_sandbox, there
from bench.figures import Row, row

CLIP_BYTES = 100_000_000
GOAL_MIB = 16.0
ROUNDS = 3


def clip(here: SandboxServer, size: int) -> float:
    """Has one clip of `size` bytes made and posted. Seconds from the command on."""
    here.client.post("/scenario", clip_seconds=0.2, clip_bytes=size)
    began = time.perf_counter()
    asked = {"as": "alice", "command": "/video text", "options": {"prompt": "A red kite, wind.", "duration": 3}}
    made = here.client.post("/invoke", **asked)["interaction"]
    outcome = there(here.client.wait(PATIENCE_SECONDS, clip=made), "no clip came")
    if outcome["outcome"] != "clip":
        raise RuntimeError(f"no clip: {outcome}")
    return time.perf_counter() - began


def uploaded(here: SandboxServer) -> int:
    """Bytes of the largest file that Discord received."""
    asked = here.client.get("/requests", source="discord")["requests"]
    parts = (part for each in asked for part in _parts(each["request"]))
    return max(part.get("size", 0) for part in parts)


def _parts(request: object) -> list[dict[str, Any]]:
    form = request.get("form") if isinstance(request, dict) else None
    return form or []


def run() -> list[Row]:
    with served_sandbox() as here:
        here.client.patch("/guild", premium_tier=3)
        with here.bot(here.config(provider={"name": "scenario", "watch_seconds": 0.5})) as bot:
            here.online()
            clip(here, 0)  # loads everything that any clip needs
            before = bot.memory()
            with bot.most_memory() as most:
                seconds = min(clip(here, CLIP_BYTES) for _ in range(ROUNDS))
            size = uploaded(here)
    return [
        row(
            "deliver: growth of the bot process's memory with a 100 MB clip",
            (most[0] - before) / 2**20,
            "MiB",
            1,
            at_most=GOAL_MIB,
        ),
        row("deliver: uploaded", size / 1e6, "MB", 1, at_least=CLIP_BYTES / 1e6),
        row("deliver: from command to clip", seconds, "s", 1),
    ]
