"""The `happyhorse` command, in the language of the shell. Each subcommand imports only what it needs, so that `--help` is fast.

Exit codes: 0 done, 1 it did not work (a finding, a failed clip), 2 a mistake in the call or the configuration.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import gettext
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from bot.cli.parsers import parser
from bot.errors import HappyHorseError, Mistake, SettingsError
from bot.presentation.views import translations
from bot.presentation.views.translations import _

_FAILED: Final = 1
_MISTAKE: Final = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command and ends the process with its exit code. After a mistake it prints one sentence and no traceback."""
    # The caller may have closed stdout and stderr.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as long as the process
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Characters that the terminal's encoding lacks are written as escapes instead of raising an error.
            stream.reconfigure(errors="backslashreplace")
    _speak()
    given = parser().parse_args(arguments)
    sys.exit(_code_of(lambda: _COMMANDS[given.command](given)))


def _speak() -> None:
    """Sets the shell's language for all texts, also for argparse's own: gettext finds these in our catalogue."""
    language = translations.language_of_environment(os.environ)
    translations.speak(language)
    os.environ["LANGUAGE"] = language.tag
    gettext.bindtextdomain(translations.DOMAIN, translations.FOLDER)
    gettext.textdomain(translations.DOMAIN)


def _code_of(work: Callable[[], int], file: Path | None = None) -> int:
    """Runs `work`; its exit code, or that of an error, which is printed. `file` is the configuration, named in its errors."""
    try:
        code = work()
        sys.stdout.flush()
    except Mistake as error:
        return _complain(_words(error), _MISTAKE)
    except SettingsError as error:
        said = _words(error)
        if file is None or str(file) in said:
            return _complain(said, _MISTAKE)
        named = _("The configuration is {file}.").format(file=file)
        return _complain(f"{said} {named}", _MISTAKE)
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
        return _complain(_unwritten(error), _FAILED)
    return code


def _words(error: HappyHorseError) -> str:
    from bot.presentation.views import command_errors

    return command_errors.sentence(error)


def _unwritten(error: OSError) -> str:
    if error.filename:
        said = _("{file} could not be written ({why}): make room there")
        return said.format(file=error.filename, why=error.strerror)
    return _("what is said here could not be written ({why}): make room there").format(why=error.strerror)


def _write_no_more() -> None:
    """Sends the rest of the output to nowhere: writing it would fail again when Python ends, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(given: argparse.Namespace) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Until the bot handles the signals itself, there is nothing that must be stopped in order.
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    from bot import app, settings

    loaded = settings.load(given.config)
    with asyncio.Runner() as runner:
        code = _code_of(lambda: runner.run(app.run(loaded, translations.current())), loaded.file)
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
            return _complain(_('demo --once needs --prompt (make demo ONCE=1 PROMPT="...")'), _MISTAKE)
        if not given.out:
            return _complain(_("demo --once needs --out, a folder for the clip (make demo ONCE=1 OUT=folder)"), _MISTAKE)
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


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "run": _run,
    "demo": _demo,
    "doctor": _doctor,
    "health": _health,
    "migrate": _migrate,
    "quota": _quota,
    "pause": _pause,
    "resume": _resume,
    "job": _job,
}
