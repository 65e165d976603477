"""Makes and reads the custom ids of buttons and forms. No other module does.

A button has `hh:<action>:<subject>`, a form `hh:form:<kind>:<subject>:<provider>`. They contain only words and ids, so that
another process can answer them, even years later. They come back from members' clients, so they are not trusted: `read_form`
and `BUTTON` tell whether one is ours, `number_in` whether its subject is a valid number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.snowflake import LARGEST
from bot.errors import Gone


class Action(StrEnum):
    """What a button does. Never rename one that was released, since old messages have it."""

    AGAIN = "again"
    REMIX = "remix"
    FINAL = "final"
    USE = "use"
    MORE = "more"
    DELETE = "delete"
    ERASE = "erase"
    CANCEL = "cancel"
    CHOOSE = "choose"
    ALL = "all"
    REMIX_ALL = "remixall"
    KEEP = "keep"
    DISCARD = "discard"
    RETRY = "retry"
    EDIT = "edit"
    PROMPT = "prompt"
    LINK = "link"
    POST = "post"
    DRAFT = "draft"
    CONFIRM = "confirm"
    TAKES = "takes"
    EXAMPLE = "example"
    PAGE = "page"
    ORDER = "order"
    CLIPS = "clips"
    OPEN = "open"
    MARK = "mark"
    UNMARK = "unmark"


class FormKind(StrEnum):
    """What a form belongs to: a draft, a clip to remix or to edit, an example, a still, or nothing yet."""

    DRAFT = "draft"
    REMIX = "remix"
    EDIT = "edit"
    EXAMPLE = "example"
    ANIMATE = "animate"
    STUDIO = "studio"


@dataclass(frozen=True, slots=True)
class FormId:
    """`kind` is None if this version has no such form. `provider` makes the clip unless the form's switches say otherwise; None
    for a form of an older version, whose ids did not name it."""

    kind: FormKind | None
    subject: str
    provider: str | None


_SUBJECT: Final = "[a-z0-9]{1,20}"
"""A job's or draft's id in decimal, an example's key, the number of a page, "0" for a new form, or what `found_page`
returns."""
BUTTON: Final = re.compile(rf"hh:(?P<action>{'|'.join(Action)}):(?P<subject>{_SUBJECT})")
_FORM: Final = re.compile(rf"hh:form:(?P<kind>[a-z]+):(?P<subject>{_SUBJECT})(?::(?P<provider>[a-z]{{1,20}}))?")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_DIGITS: Final = 13
"""Digits of the largest id in base 36. Seven are left of a subject for the number of a page."""
PAGES_MOST: Final = 1_000_000
"""More pages than any member has. A larger number is not from a button of ours."""
_KINDS: Final = {each.value: each for each in FormKind}


def button_id(action: Action, subject: str | int) -> str:
    return f"hh:{action.value}:{subject}"


def form_id(kind: FormKind, subject: str, provider: str) -> str:
    return f"hh:form:{kind.value}:{subject}:{provider}"


def read_form(custom_id: str) -> FormId | None:
    """The parts of a form's custom id; None for a form that is not ours."""
    match = _FORM.fullmatch(custom_id)
    return None if match is None else FormId(_KINDS.get(match["kind"]), match["subject"], match["provider"])


def found_page(search_id: int, page: int) -> str:
    """Names a page of what a search found, for a subject. `search_id` is the draft that has the search, 0 for everything."""
    digits = ""
    while search_id:
        search_id, rest = divmod(search_id, 36)
        digits = _DIGITS[rest] + digits
    return f"{digits.rjust(_ID_DIGITS, '0')}{page}"


def read_found_page(subject: str) -> tuple[int, int]:
    """Search and page of `found_page`. Raises `Gone` for a subject that is none."""
    page = number_in(subject[_ID_DIGITS:], most=PAGES_MOST)
    search_id = int(subject[:_ID_DIGITS], 36)
    if search_id > LARGEST:
        msg = "a custom id without an id of ours"
        raise Gone(msg)
    return search_id, page


def number_in(subject: str, *, most: int = LARGEST) -> int:
    """The subject as an id or page number, 1 to `most`. Raises `Gone` for a subject that none of our buttons or forms has."""
    if not (subject.isascii() and subject.isdecimal() and 1 <= int(subject) <= most):
        msg = "a custom id without a number of ours"
        raise Gone(msg)
    return int(subject)
