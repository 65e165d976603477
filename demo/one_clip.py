"""Makes the one clip of `demo --once`: asks for it as a member, prints the progress, saves the clip and a transcript."""

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from sandbox import transcript
from sandbox.client import CallFailed, Client
from sandbox.discord.shown_files import name_of, videos_shown

CLIP_SECONDS = 1800.0
MEMBER = "alice"
SETTLE_LOOKS, SETTLE_SECONDS = 6, 1.5


def cannot_write(out: Path) -> str:
    """Why nothing can be kept in this folder, asked before a clip is made; "" where it can."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        return f"cannot write to {out}: {error.strerror}; give another folder with --out (or OUT=)"
    return ""


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line speaks so


def play(args: argparse.Namespace, client: Client) -> int:
    """Asks for the clip as a member, prints the progress, saves the result. Runs on a thread, since the client blocks."""
    command, options = _command(args, client)
    say(f"{MEMBER}: {command} {args.prompt}")
    try:
        made = client.post("/invoke", command=command, options=options, **{"as": MEMBER})["interaction"]
    except CallFailed as refused:
        say(f"Discord: {refused}")
        return 1
    told: set[str] = set()
    outcome: dict[str, Any] | None = None
    spent = 0.0
    while outcome is None and spent < CLIP_SECONDS:
        outcome = client.wait(1.0, clip=made, **{"as": MEMBER})
        spent += 1.0
        _tell_news(client, made, told)
    channels = _settled(client)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "transcript.md").write_text(transcript.written(channels), encoding="utf-8")
        if outcome and outcome["outcome"] == "clip":
            return _keep(args, client, outcome["message"])
    except OSError as error:
        say(f"cannot write to {args.out}: {error.strerror}; make room there, or give another folder with --out (or OUT=)")
        return 1
    message = outcome and outcome.get("message")
    say(transcript.said(message) if message else (outcome or {}).get("reason", f"no clip came within {CLIP_SECONDS:g} s"))
    return 1


def _settled(client: Client) -> list[dict[str, Any]]:
    """What the member sees when nothing changes any more after the clip's end, or after a few seconds at most."""
    before: list[dict[str, Any]] | None = None
    for _ in range(SETTLE_LOOKS):
        seen = client.get("/messages", **{"as": MEMBER})["channels"]
        if seen == before:
            return seen
        before = seen
        time.sleep(SETTLE_SECONDS)
    return before or []


def _command(args: argparse.Namespace, client: Client) -> tuple[str, dict[str, str]]:
    options: dict[str, str] = {"prompt": args.prompt}
    for name in ("duration", "resolution", "aspect"):
        if value := getattr(args, name):
            options[name] = value
    if args.characters:
        options |= {f"character{number}": client.upload(file) for number, file in enumerate(args.characters, start=1)}
        return "/video characters", options
    if args.image:
        options["image"] = client.upload(args.image)
        return "/video image", options
    return "/video text", options


def _tell_news(client: Client, made: str, told: set[str]) -> None:
    """Prints the first line of each of the bot's messages. Prints it again when its words change, not when only numbers do."""
    for channel in client.get("/messages", **{"as": MEMBER})["channels"]:
        for message in channel["messages"]:
            line = next((one for one in transcript.said(message).splitlines() if one.strip()), "").replace("**", "")
            words = re.sub(r"[^A-Za-z ]+", "", line).strip()
            if message["author"].get("bot") and int(message["id"]) > int(made) and words and words not in told:
                told.add(words)
                say(f"bot: {line}")


def _keep(args: argparse.Namespace, client: Client, message: dict[str, Any]) -> int:
    clip = videos_shown(message)[0]
    file = args.out / name_of(clip)
    content = client.fetch(clip["url"])
    file.write_bytes(content)
    say(f"The clip is in {file} ({len(content) / 1_000_000:.1f} MB), what was said in {args.out / 'transcript.md'}.")
    return 0
