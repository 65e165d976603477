"""The commands and options of `happyhorse`, with their help. `main` parses with it and runs the command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bot.cli.arguments import Parser, amount, job_name, port, snowflake, span
from bot.domain import limits
from bot.presentation.views.translations import _


def parser() -> argparse.ArgumentParser:
    """The parser of all commands, in the current language. Parsed arguments have a `command`, and some an `action`."""
    root = Parser(
        prog="happyhorse",
        description=_("The Happy Horse bot: clips with picture and sound for Discord communities."),
        epilog=_(
            "Start with: happyhorse demo. For your own server: copy config.example.toml to config.toml, fill it in, then"
            " happyhorse doctor and happyhorse run."
        ),
    )
    commands = root.add_subparsers(title=_("commands"), required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run", help=_("run the bot"), description=_("Runs the bot until it is stopped (Ctrl-C or SIGTERM).")
    )
    run.set_defaults(command="run")

    demo = commands.add_parser(
        "demo",
        help=_("try the bot in a browser, no account needed"),
        description=_(
            "Starts a Discord of its own on this machine and the bot, and prints the address of a page to play in."
            " With --once a member asks for one clip without a browser."
        ),
    )
    _demo_options(demo)

    doctor = commands.add_parser(
        "doctor",
        help=_("check the set-up and say what to do"),
        description=_(
            "Checks configuration, token, intents, permissions, provider, ffmpeg, disk and database. Starts nothing"
            " and spends nothing."
        ),
    )
    doctor.set_defaults(command="doctor")

    health = commands.add_parser(
        "health",
        help=_("ask whether the running bot is well"),
        description=_("Exit code 0 where a bot runs, Discord's gateway is there and the database takes writes; else 1."),
    )
    health.set_defaults(command="health")

    migrate = commands.add_parser(
        "migrate",
        help=_("bring the database up to date"),
        description=_("Applies the migrations that are missing; safe to repeat."),
    )
    migrate.set_defaults(command="migrate")

    quotas = _quota_parsers(commands.add_parser("quota", help=_("show, grant or set a member's credits")))
    stops = _pause_parsers(commands.add_parser)
    jobs = _job_parsers(commands.add_parser("job", help=_("look at a job, end it, or have it tried again")))

    for command in (run, doctor, health, migrate, *quotas, *stops, *jobs):
        command.add_argument("--config", type=Path, metavar="FILE", help=_("default: ./config.toml, where there is one"))
    return root


def _demo_options(demo: argparse.ArgumentParser) -> None:
    """Adds the options of `happyhorse demo`."""
    demo.add_argument("--port", type=port, help=_("port of the page (default: 8787 where it is free, else another)"))
    demo.add_argument("--open", action="store_true", help=_("open the page in the browser"))
    demo.add_argument("--quota", action="store_true", help=_("previews cost the list price in credits, to try quotas"))
    demo.add_argument("--once", action="store_true", help=_("one clip, no browser; exit code 0 only when it was delivered"))
    demo.add_argument("--prompt", help=_("what is seen and heard"))
    demo.add_argument("--image", help=_("a still to start from"))
    demo.add_argument("--characters", nargs="+", default=[], metavar="IMAGE", help=_("1 to 9 pictures of characters"))
    demo.add_argument(
        "--duration",
        help=_("seconds, {least} to {most}").format(least=limits.DURATION_MIN_SECONDS, most=limits.DURATION_MAX_SECONDS),
    )
    demo.add_argument("--resolution", help=_("720P or 1080P"))
    demo.add_argument("--aspect", help=_("shape, like 16:9 or 9:16"))
    demo.add_argument("--out", help=_("folder for the clip and the transcript"))
    demo.set_defaults(command="demo")


def _quota_parsers(quota: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse quota`, one for each action."""
    actions = quota.add_subparsers(title=_("actions"), required=True, metavar="ACTION")
    show = actions.add_parser("show", help=_("what a member has left, and the latest entries"))
    grant = actions.add_parser("grant", help=_("add credits in the current window (a negative number takes some)"))
    grant.add_argument("credits", type=amount)
    put = actions.add_parser("set", help=_("set what is left in the current window"))
    put.add_argument("credits", type=amount)
    for action, name in ((show, "show"), (grant, "grant"), (put, "set")):
        action.add_argument("--member", type=snowflake, required=True, metavar="ID", help=_("the member's Discord id"))
        action.add_argument(
            "--roles", type=snowflake, nargs="*", metavar="ID", help=_("their roles, for the allowance (default: as last seen)")
        )
        action.set_defaults(command="quota", action=name, credits=0, note="")
    for action in (grant, put):
        action.add_argument("--note", default="", help=_("a word for the ledger"))
    return [show, grant, put]


def _pause_parsers(add: Callable[..., argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse pause` and `happyhorse resume`; `add` makes one among the commands."""
    pause = add(
        "pause",
        help=_("take no new clips for now"),
        description=_(
            "Takes no new clips, also beside a running bot and over restarts. What runs goes on. Members read why and"
            " until when."
        ),
    )
    pause.add_argument(
        "--for", dest="seconds", type=span, metavar="TIME", help=_("45m, 2h, 1h30m or 3d (default: until resume)")
    )
    pause.add_argument("--why", default="", help=_("a sentence for members"))
    resume = add("resume", help=_("take new clips again"), description=_("Takes back what happyhorse pause did."))
    for each, name in ((pause, "pause"), (resume, "resume")):
        each.add_argument("--server", type=snowflake, metavar="ID", help=_("in this server alone"))
        each.set_defaults(command=name)
    return [pause, resume]


def _job_parsers(job: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse job`, one for each action."""
    actions = job.add_subparsers(title=_("actions"), required=True, metavar="ACTION")
    show = actions.add_parser("show", help=_("all that is known of a job, and what its provider says now"))
    end = actions.add_parser("end", help=_("end an unfinished job; its member is not charged"))
    retry = actions.add_parser("retry", help=_("let a waiting job go on now, or book a failed or unknown one again"))
    for action in (show, end, retry):
        action.add_argument("job", type=job_name, metavar="ID", help=_("its number, or the reference that its member sees"))
        action.set_defaults(command="job", action=action.prog.rsplit(" ", 1)[-1], yes=False)
    end.add_argument("--yes", action="store_true", help=_("also where it is with its provider, and may be billed there"))
    retry.add_argument("--yes", action="store_true", help=_("book it; without this only price and provider's word are shown"))
    return [show, end, retry]
