"""Reads the arguments of the `happyhorse` command: refuses an option that is given twice, and explains invalid values in a
sentence. `main` uses it.
"""

from __future__ import annotations

import argparse
from typing import Any, Final

from bot.presentation.views.translations import N_, _

_PORT_MAX: Final = 65_535
_JOB_NAME_MOST: Final = 19
"""Digits of the largest id, 2^63 - 1."""
_SHOWN: Final = 40
"""How many characters of a typed value are quoted in the sentence about it."""
_SNOWFLAKE_END: Final = 2**63
"""Discord's ids have 64 bits, of which the highest is never set."""
ARGPARSE: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("ignored explicit argument %r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)
"""argparse's own texts. They are listed only for the catalogues: argparse looks its texts up in the domain that `main` sets."""


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
            parser.error(_("{option} is given twice").format(option=option_string))
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that takes every option once. argparse makes the parsers of subcommands of the same class."""

    def __init__(self, **how: Any) -> None:  # noqa: ANN401  whatever argparse takes
        super().__init__(**how)
        self.register("action", None, _Once)


def _is_number(text: str) -> bool:
    """Whether the text has only ASCII digits, and not too many: `int` also takes other scripts, and fails on thousands of
    digits."""
    return text.isascii() and text.isdecimal() and len(text) <= _JOB_NAME_MOST


def amount(text: str) -> int:
    if not _is_number(text.removeprefix("-").removeprefix("+")):
        msg = _("{typed} is no whole number of credits").format(typed=text[:_SHOWN])
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def port(text: str) -> int:
    if not (_is_number(text) and int(text) <= _PORT_MAX):
        msg = _("{typed} is no port; 0 to {most}, 0 takes a free one").format(typed=text[:_SHOWN], most=_PORT_MAX)
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def span(text: str) -> int:
    from bot.cli.pause_command import seconds_of  # noqa: PLC0415  it loads much of the bot, and help is fast

    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def snowflake(text: str) -> int:
    if not (_is_number(text) and 0 < int(text) < _SNOWFLAKE_END):
        msg = _("{typed} is no Discord id; copy it in Discord with Developer Mode on").format(typed=text[:_SHOWN])
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def job_name(text: str) -> str:
    # As `job_command` reads it: a number, or base 36.
    if not (text.isascii() and text.isalnum() and len(text) <= _JOB_NAME_MOST):
        said = _("{typed} is no job; give its number or the reference that its card shows")
        msg = said.format(typed=text[:_SHOWN])
        raise argparse.ArgumentTypeError(msg)
    return text
