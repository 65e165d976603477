"""Reads the arguments of the `happyhorse` command: refuses an option that is given twice, and explains invalid values in a
sentence. `main` uses it.
"""

from __future__ import annotations

import argparse
from typing import Any, Final

_PORT_MAX: Final = 65_535
_JOB_NAME_MOST: Final = 19
"""Digits of the largest id."""
_SHOWN: Final = 40
"""Characters of a typed value that a sentence about it quotes."""
_SNOWFLAKE_END: Final = 2**63
"""Discord's ids have 64 bits, of which the highest is never set."""


class _Once(argparse.Action):
    """Stores a value and refuses a second one: with two `--member` options, say, the first would be ignored."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        given = namespace.__dict__.setdefault("_given", set[str]())
        if self.option_strings and self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that takes every option once. Parsers of subcommands are of this class too."""

    def __init__(self, **how: Any) -> None:  # noqa: ANN401  whatever argparse takes
        super().__init__(**how)
        self.register("action", None, _Once)


def _is_number(text: str) -> bool:
    """Whether the text has only ASCII digits, and not too many: `int` also takes other scripts, and fails on thousands."""
    return text.isascii() and text.isdecimal() and len(text) <= _JOB_NAME_MOST


def amount(text: str) -> int:
    if not _is_number(text.removeprefix("-").removeprefix("+")):
        msg = f"{text[:_SHOWN]} is no whole number of credits"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def port(text: str) -> int:
    if not (_is_number(text) and int(text) <= _PORT_MAX):
        msg = f"{text[:_SHOWN]} is no port; 0 to {_PORT_MAX}, 0 takes a free one"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def span(text: str) -> int:
    from bot.cli.pause_command import seconds_of  # noqa: PLC0415  it loads the bot's parts, and help is instant

    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def snowflake(text: str) -> int:
    if not (_is_number(text) and 0 < int(text) < _SNOWFLAKE_END):
        msg = f"{text[:_SHOWN]} is no Discord id; copy it in Discord with Developer Mode on"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def job_name(text: str) -> str:
    # As `job_command` reads it: a number, or base 36.
    if not (text.isascii() and text.isalnum() and len(text) <= _JOB_NAME_MOST):
        msg = f"{text[:_SHOWN]} is no job; give its number or the reference that its card shows"
        raise argparse.ArgumentTypeError(msg)
    return text
