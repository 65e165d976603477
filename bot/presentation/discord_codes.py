"""Discord's own error codes and what each means for whoever sent the request: one table, read before the HTTP status.

The numbers and their meanings are those of Discord's public documentation ("JSON Error Codes"), and of what its staff and bots
in production report.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Final


class Meaning(Enum):
    """PASSES: the same request may work later. TOO_LARGE: a smaller file may be taken. CLOSED: not here, not any more.

    DONE: it was done before, there is nothing left to do. DIFFERENTLY: the place is open, another request may be taken.
    """

    PASSES = "passes"
    TOO_LARGE = "too large"
    CLOSED = "closed"
    DONE = "done already"
    DIFFERENTLY = "ask differently"


UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_WEBHOOK: Final = 10015
UNKNOWN_INTERACTION: Final = 10062
ALREADY_ANSWERED: Final = 40060
BAD_TOKEN: Final = 50027
ARCHIVED: Final = 50083
THREAD_EXISTS: Final = 160004

MEANINGS: Final[Mapping[int, Meaning]] = {
    UNKNOWN_CHANNEL: Meaning.CLOSED,
    10004: Meaning.CLOSED,  # unknown guild: we were removed from it
    # Of a post, its nonce belongs to a message that was deleted since; of a deletion, it is gone already.
    UNKNOWN_MESSAGE: Meaning.DONE,
    10013: Meaning.CLOSED,  # unknown user
    UNKNOWN_WEBHOOK: Meaning.CLOSED,  # what an interaction's token leads to, once it is dead
    UNKNOWN_INTERACTION: Meaning.CLOSED,
    20009: Meaning.CLOSED,  # explicit content for somebody who does not take it
    20016: Meaning.PASSES,  # slow mode
    20022: Meaning.PASSES,  # edits in an announcement channel are limited
    20024: Meaning.CLOSED,  # under the age that this place asks for
    20028: Meaning.PASSES,  # a channel's limit of writes
    20029: Meaning.PASSES,  # a server's limit of writes
    20031: Meaning.DIFFERENTLY,  # words in a name that are not allowed
    30046: Meaning.PASSES,  # edits of messages older than an hour are limited
    40001: Meaning.PASSES,  # the bot's own token is refused, which an operator mends
    40003: Meaning.PASSES,  # direct messages opened too fast; comes as 403 too
    40004: Meaning.PASSES,  # sending is switched off for now
    40005: Meaning.TOO_LARGE,  # a request that is too large
    40006: Meaning.PASSES,  # a feature that is switched off for now
    ALREADY_ANSWERED: Meaning.DONE,
    40062: Meaning.PASSES,  # a service that is limited
    40333: Meaning.PASSES,  # Discord's edge blocks the request
    50001: Meaning.CLOSED,  # missing access
    50006: Meaning.DIFFERENTLY,  # an empty message
    50007: Meaning.CLOSED,  # this member takes no direct messages from us
    50008: Meaning.CLOSED,  # no channel for text
    50013: Meaning.CLOSED,  # missing permissions
    50024: Meaning.CLOSED,  # not in a channel of this type
    BAD_TOKEN: Meaning.CLOSED,  # an interaction's token that is dead
    50033: Meaning.CLOSED,  # no recipient for a direct message
    50035: Meaning.DIFFERENTLY,  # a form that it does not take
    50045: Meaning.TOO_LARGE,  # a file beyond the place's limit
    ARCHIVED: Meaning.DIFFERENTLY,  # an archived thread is opened first; comes for edits by token too
    50278: Meaning.CLOSED,  # no server in common with this member
    130000: Meaning.PASSES,  # Discord is overloaded
    160002: Meaning.CLOSED,  # no leave to read the history
    THREAD_EXISTS: Meaning.DONE,  # the message has its thread already
    160005: Meaning.CLOSED,  # the thread is locked; with which status is documented nowhere, and not looked at here
    160006: Meaning.CLOSED,  # too many threads are active
    160007: Meaning.CLOSED,  # too many threads are active in announcement channels
    200000: Meaning.DIFFERENTLY,  # AutoMod blocked the message
    200001: Meaning.DIFFERENTLY,  # AutoMod blocked the title
    240000: Meaning.DIFFERENTLY,  # the filter of harmful links blocked it
}

WORDS_BLOCKED: Final = frozenset({20031, 200000, 200001, 240000})
"""The words of a message or a name are not let through: without those that we quote it may be."""

_PASSING_STATUS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""401 is about the bot's own token where no code says otherwise."""


def meaning(status: int, code: int) -> Meaning:
    """Of a refusal. `code` is 0 where there is none: then it was a proxy that spoke, or Cloudflare, and it passes."""
    if code in MEANINGS:
        return MEANINGS[code]
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Meaning.TOO_LARGE
    passes = not code or status in _PASSING_STATUS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Meaning.PASSES if passes else Meaning.CLOSED
