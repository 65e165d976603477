"""The `happyhorse` command. Each subcommand imports only what it needs, so that `--help` is fast.

Exit codes: 0 done, 1 it did not work (a finding, a failed clip), 2 a mistake in the call or the configuration.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from bot.cli.arguments import Parser, amount, job_name, port, snowflake, span
from bot.domain import limits
from bot.errors import HappyHorseError, Mistake, SettingsError

_FAILED: Final = 1
_MISTAKE: Final = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command and ends the process with its exit code. A user's mistake is shown as one sentence,
    not as a traceback.
    """
    # The caller may have closed stdout and stderr.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as long as the process
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Characters that the terminal's encoding lacks are written as escapes instead of raising an error.
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    given = parser.parse_args(arguments)
    sys.exit(_code_of(lambda: given.run(given)))


def _code_of(work: Callable[[], int], file: Path | None = None) -> int:
    """Runs `work`; its exit code, or that of an error, which is printed. `file` is the configuration, named in its errors."""
    try:
        code = work()
        sys.stdout.flush()
    except Mistake as error:
        return _complain(_words(error), _MISTAKE)
    except SettingsError as error:
        said = _words(error)
        where = "" if file is None or str(file) in said else f" The configuration is {file}."
        return _complain(f"{said}{where}", _MISTAKE)
    except HappyHorseError as error:
        return _complain(_words(error), _FAILED)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _write_no_more()
        return 0
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        _write_no_more()
        return _complain(
            f"{error.filename or 'what is said here'} could not be written ({error.strerror}): make room there", _FAILED
        )
    return code


def _words(error: HappyHorseError) -> str:
    from bot.presentation.views import command_errors

    return command_errors.sentence(error)


def _write_no_more() -> None:
    """Sends the rest of the output to nowhere: writing it would fail again when Python ends, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="happyhorse",
        description="The Happy Horse bot: clips with picture and sound for Discord communities.",
        epilog="Start with: happyhorse demo. For your own server: copy config.example.toml to config.toml, fill it in, then"
        " happyhorse doctor and happyhorse run.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the bot", description="Runs the bot until it is stopped (Ctrl-C or SIGTERM).")
    run.set_defaults(run=_run)

    demo = commands.add_parser(
        "demo",
        help="try the bot in a browser, no account needed",
        description="Starts a Discord of its own on this machine and the bot, and prints the address of a page to play in."
        " With --once a member asks for one clip without a browser.",
    )
    _demo_options(demo)

    doctor = commands.add_parser(
        "doctor",
        help="check the set-up and say what to do",
        description="Checks configuration, token, intents, permissions, provider, ffmpeg, disk and database. Starts nothing"
        " and spends nothing.",
    )
    doctor.set_defaults(run=_doctor)

    health = commands.add_parser(
        "health",
        help="ask whether the running bot is well",
        description="Exit code 0 where a bot runs, Discord's gateway is there and the database takes writes; else 1.",
    )
    health.set_defaults(run=_health)

    migrate = commands.add_parser(
        "migrate", help="bring the database up to date", description="Applies the migrations that are missing; safe to repeat."
    )
    migrate.set_defaults(run=_migrate)

    quotas = _quota_parsers(commands.add_parser("quota", help="show, grant or set a member's credits"))
    stops = _pause_parsers(commands.add_parser)
    jobs = _job_parsers(commands.add_parser("job", help="look at a job, end it, or have it tried again"))

    for command in (run, doctor, health, migrate, *quotas, *stops, *jobs):
        command.add_argument("--config", type=Path, metavar="FILE", help="default: ./config.toml, where there is one")
    return parser


def _demo_options(demo: argparse.ArgumentParser) -> None:
    """What `happyhorse demo` takes."""
    demo.add_argument("--port", type=port, help="port of the page (default: 8787 where it is free, else another)")
    demo.add_argument("--open", action="store_true", help="open the page in the browser")
    demo.add_argument("--quota", action="store_true", help="previews cost the list price in credits, to try quotas")
    demo.add_argument("--once", action="store_true", help="one clip, no browser; exit code 0 only when it was delivered")
    demo.add_argument("--prompt", help="what is seen and heard")
    demo.add_argument("--image", help="a still to start from")
    demo.add_argument("--characters", nargs="+", default=[], metavar="IMAGE", help="1 to 9 pictures of characters")
    demo.add_argument("--duration", help=f"seconds, {limits.DURATION_MIN_SECONDS} to {limits.DURATION_MAX_SECONDS}")
    demo.add_argument("--resolution", help="720P or 1080P")
    demo.add_argument("--aspect", help="shape, like 16:9 or 9:16")
    demo.add_argument("--out", help="folder for the clip and the transcript")
    demo.set_defaults(run=_demo)


def _quota_parsers(quota: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse quota`, one an action."""
    actions = quota.add_subparsers(title="actions", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="what a member has left, and the latest entries")
    grant = actions.add_parser("grant", help="add credits in the current window (a negative number takes some)")
    grant.add_argument("credits", type=amount)
    put = actions.add_parser("set", help="set what is left in the current window")
    put.add_argument("credits", type=amount)
    for action, name in ((show, "show"), (grant, "grant"), (put, "set")):
        action.add_argument("--member", type=snowflake, required=True, metavar="ID", help="the member's Discord id")
        action.add_argument(
            "--roles", type=snowflake, nargs="*", metavar="ID", help="their roles, for the allowance (default: as last seen)"
        )
        action.set_defaults(run=_quota, action=name, credits=0, note="")
    for action in (grant, put):
        action.add_argument("--note", default="", help="a word for the ledger")
    return [show, grant, put]


def _pause_parsers(add: Callable[..., argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse pause` and `happyhorse resume`; `add` makes one among the commands."""
    pause = add(
        "pause",
        help="take no new clips for now",
        description="Takes no new clips, also beside a running bot and over restarts. What runs goes on. Members read why and"
        " until when.",
    )
    pause.add_argument("--for", dest="seconds", type=span, metavar="TIME", help="45m, 2h, 1h30m or 3d (default: until resume)")
    pause.add_argument("--why", default="", help="a sentence for members")
    resume = add("resume", help="take new clips again", description="Takes back what happyhorse pause did.")
    for each, act in ((pause, _pause), (resume, _resume)):
        each.add_argument("--server", type=snowflake, metavar="ID", help="in this server alone")
        each.set_defaults(run=act)
    return [pause, resume]


def _job_parsers(job: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of `happyhorse job`, one an action."""
    actions = job.add_subparsers(title="actions", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="all that is known of a job, and what its provider says now")
    end = actions.add_parser("end", help="end an unfinished job; its member is not charged")
    retry = actions.add_parser("retry", help="let a waiting job go on now, or book a failed or unknown one again")
    for action in (show, end, retry):
        action.add_argument("job", type=job_name, metavar="ID", help="its number, or the reference that its member sees")
        action.set_defaults(run=_job, action=action.prog.rsplit(" ", 1)[-1], yes=False)
    end.add_argument("--yes", action="store_true", help="also where it is with its provider, and may be billed there")
    retry.add_argument("--yes", action="store_true", help="book it; without this only price and provider's word are shown")
    return [show, end, retry]


def _run(given: argparse.Namespace) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Until the bot handles the signals itself, there is nothing that must be stopped in order.
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    from bot import app, settings

    loaded = settings.load(given.config)
    with asyncio.Runner() as runner:
        code = _code_of(lambda: runner.run(app.run(loaded)), loaded.file)
        # Everything is written and closed now. Python would still wait for threads, and one that draws or waits for a disk
        # can't be stopped: end the process at once.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _doctor(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import doctor

    return asyncio.run(doctor.report(settings.load(given.config), sys.stdout.write))


def _health(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import health

    # Every failure is 1: Docker reserves 2.
    return min(_code_of(lambda: asyncio.run(health.report(settings.load(given.config), sys.stdout.write))), _FAILED)


def _migrate(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import operator

    return asyncio.run(operator.migrate(settings.load(given.config)))


def _quota(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import operator

    roles = None if given.roles is None else frozenset(given.roles)
    return asyncio.run(
        operator.quota(settings.load(given.config), given.action, given.member, roles, given.credits, given.note)
    )


def _job(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import job_command

    return asyncio.run(job_command.run(settings.load(given.config), given.action, given.job, sure=given.yes))


def _pause(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import pause_command

    return asyncio.run(pause_command.pause(settings.load(given.config), given.server, given.seconds, given.why))


def _resume(given: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli import pause_command

    return asyncio.run(pause_command.resume(settings.load(given.config), given.server))


def _demo(given: argparse.Namespace) -> int:
    words = [f"--{flag}" for flag in ("once", "open", "quota") if getattr(given, flag)]
    if given.once:
        if not given.prompt:
            return _complain('demo --once needs --prompt (make demo ONCE=1 PROMPT="...")', _MISTAKE)
        if not given.out:
            return _complain("demo --once needs --out, a folder for the clip (make demo ONCE=1 OUT=folder)", _MISTAKE)
    for name in ("port", "prompt", "image", "duration", "resolution", "aspect", "out"):
        value = getattr(given, name)
        if value not in {None, ""}:
            words.append(f"--{name}={value}")
    if given.characters:
        words += ["--characters", *given.characters]
    # A session of its own, so that the child gets a Ctrl-C once, from this process, and not also from the terminal.
    command = [sys.executable, "-m", "demo", *words]
    with subprocess.Popen(command, start_new_session=True) as child:  # noqa: S603  our own module

        def end(_number: int, _frame: object) -> None:
            child.terminate()

        # SIGHUP comes when the terminal is closed; Windows has no such signal.
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)
        return child.wait()


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"happyhorse: {text}\n")
    return code
