"""Discord's error codes and what each means for the request. `discord_errors` reads the code before the HTTP status.

Numbers and meanings are from Discord's public documentation ("JSON Error Codes") and from reports of its staff and of other
bots.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Final


class Meaning(Enum):
    """`PASSES`: the same request may work later. `TOO_LARGE`: a smaller file may be taken. `CLOSED`: the place is closed to us.

    `DONE`: it was done before, so nothing is left to do. `DIFFERENTLY`: the place may take another request.
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
    # For a post: the message with its nonce was deleted. For a deletion: the message is gone already.
    UNKNOWN_MESSAGE: Meaning.DONE,
    10013: Meaning.CLOSED,  # unknown user
    UNKNOWN_WEBHOOK: Meaning.CLOSED,  # the interaction's token has expired
    UNKNOWN_INTERACTION: Meaning.CLOSED,
    20009: Meaning.CLOSED,  # explicit content, which this member does not accept
    20016: Meaning.PASSES,  # slow mode
    20022: Meaning.PASSES,  # edits in an announcement channel are limited
    20024: Meaning.CLOSED,  # below the age that this place requires
    20028: Meaning.PASSES,  # a channel's limit of writes
    20029: Meaning.PASSES,  # a server's limit of writes
    20031: Meaning.DIFFERENTLY,  # words in a name that are not allowed
    30046: Meaning.PASSES,  # edits of messages older than an hour are limited
    40001: Meaning.PASSES,  # the bot's own token is refused; an operator must repair that
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
    BAD_TOKEN: Meaning.CLOSED,  # an interaction's token that has expired
    50033: Meaning.CLOSED,  # no recipient for a direct message
    50035: Meaning.DIFFERENTLY,  # a request whose content Discord refuses
    50045: Meaning.TOO_LARGE,  # a file beyond the place's limit
    ARCHIVED: Meaning.DIFFERENTLY,  # an archived thread must be opened first; also for edits by token
    50278: Meaning.CLOSED,  # no server in common with this member
    130000: Meaning.PASSES,  # Discord is overloaded
    160002: Meaning.CLOSED,  # no permission to read the history
    THREAD_EXISTS: Meaning.DONE,  # the message has its thread already
    160005: Meaning.CLOSED,  # the thread is locked; its status is not documented, and does not matter here
    160006: Meaning.CLOSED,  # too many threads are active
    160007: Meaning.CLOSED,  # too many threads are active in announcement channels
    200000: Meaning.DIFFERENTLY,  # AutoMod blocked the message
    200001: Meaning.DIFFERENTLY,  # AutoMod blocked the title
    240000: Meaning.DIFFERENTLY,  # the filter of harmful links blocked it
}

WORDS_BLOCKED: Final = frozenset({20031, 200000, 200001, 240000})
"""Words of a message or name are blocked. Without the member's words it may be taken."""

_PASSING_STATUS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""A 401 without a code is about the bot's own token."""


def meaning(status: int, code: int) -> Meaning:
    """The meaning of a refusal. `code` is 0 if there is none: then a proxy or Cloudflare answered, which is temporary
    unless it says that the request is too large (413).
    """
    if code in MEANINGS:
        return MEANINGS[code]
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Meaning.TOO_LARGE
    passes = not code or status in _PASSING_STATUS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Meaning.PASSES if passes else Meaning.CLOSED


def by_a_proxy(status: int, code: int) -> bool:
    """Whether a proxy or Cloudflare refused the request, so that it never reached Discord."""
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and not code and meaning(status, code) is Meaning.PASSES and status not in _PASSING_STATUS
