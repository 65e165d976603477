"""Translates failed calls to the vendor into errors of `bot.errors`. `Client` and the download call it."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx
from pydantic import ValidationError

from bot.detail import Detail, DetailCode
from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
)
from bot.providers.scenario.account import Account
from bot.providers.scenario.reading import read
from bot.providers.scenario.wire import Refusal

_DETAIL_CHARACTERS: Final = 300
_READ_CHARACTERS: Final = 4000
"""Only so much of an error text is looked at."""
_MODERATION: Final = re.compile(r"moderat|content polic|safety (filter|system|check)|nsfw|flagged|prohibited", re.IGNORECASE)
_UNKNOWN_IMAGE: Final = re.compile(r"\basset\b|\bimage\b|referenceImages", re.IGNORECASE)
_SIGNED: Final = re.compile(r"(https?://[^\s?]+)\?\S+")

_MODEL: Final = re.compile(r"\bmodel(_|\b)", re.IGNORECASE)
_CLIPS_LIMIT: Final = "parallelCustomJobs"
"""The vendor's name for the limit of clips at a time. Its other limits are for requests, uploads or images."""
_YEAR_SECONDS: Final = 366 * 24 * 60 * 60.0
"""The longest `Retry-After` that is believed, so that an infinite one becomes a finite number."""

REFERENCE_UNKNOWN: Final = "reference_unknown"
"""Code of a `ProviderRejected` about an image: the uploaded reference may be gone, and a new upload may help."""
MODEL_CLOSED: Final = "model_closed"
"""Code of a `ProviderMisconfigured` about one model: this account may not use that model, but may use others."""

NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""No connection was made, so no request went out: even a submit may be repeated."""


def is_moderation(text: str) -> bool:
    return _MODERATION.search(text) is not None


def from_answer(answer: httpx.Response, account: Account) -> ProviderError:
    """The error for an answer that is not a success. The body must have been read."""
    refusal = _refusal(answer)
    told = refusal.reason or refusal.message or refusal.error or answer.reason_phrase
    said = account.without_secrets(told)[:_READ_CHARACTERS]
    words = clean(said, account)
    detail = Detail(DetailCode.SAID, (words,)) if words else Detail(DetailCode.NO_REASON)
    status, code = answer.status_code, str(answer.status_code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        limit = (refusal.details and refusal.details.action_name) or code
        ceiling = refusal.details.action_limit if refusal.details and limit == _CLIPS_LIMIT else None
        return ProviderBusy(detail, code=limit, retry_after=retry_after(answer), ceiling=ceiling)
    if status == HTTPStatus.SERVICE_UNAVAILABLE and (wait := retry_after(answer)) is not None:
        return ProviderBusy(detail, code=code, retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}:
        return ProviderUnavailable(detail, code=code)
    if status < HTTPStatus.BAD_REQUEST:
        return ProviderUnavailable(Detail(DetailCode.UNEXPECTED_ANSWER, causes=(detail,)), code=code)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}:
        return ProviderMisconfigured(detail, code=code)
    # In a 403 "prohibited" may be about a model that the plan does not include, not about a prompt.
    if is_moderation(said if status != HTTPStatus.FORBIDDEN else said.lower().replace("prohibited", "")):
        return ModerationRefused(detail, code=code)
    if status == HTTPStatus.FORBIDDEN:
        names_model = (refusal.details and refusal.details.model_id) or _MODEL.search(said)
        return ProviderMisconfigured(detail, code=MODEL_CLOSED if names_model else code)
    if status == HTTPStatus.BAD_REQUEST and _UNKNOWN_IMAGE.search(said):
        code = REFERENCE_UNKNOWN
    return ProviderRejected(detail, code=code)


def from_failure(failure: Exception, account: Account) -> ProviderUnavailable:
    """The error for a repeatable call that got no complete answer."""
    return ProviderUnavailable(clean(f"{type(failure).__name__}: {failure}", account))


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds to wait, from either form of `Retry-After`; None where there is none, or it can't be read.

    A date is compared with the answer's own `Date`, since our clock may differ from the vendor's.
    """
    text = answer.headers.get("Retry-After", "")
    try:
        seconds = float(text)
    except ValueError:
        moment = _moment(text)
        if moment is None:
            return None
        seconds = (moment - (_moment(answer.headers.get("Date", "")) or datetime.now(UTC))).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _YEAR_SECONDS)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        # The parser raises more than its documentation says for some bad texts.
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def clean(text: str, account: Account) -> str:
    """The text made fit for a log and a terminal: no key, no signature of a link, at most 300 characters,
    one printable line.
    """
    # Secrets first, so that no cut leaves half of one. Then a cut, since searching megabytes for links would take minutes.
    said = account.without_secrets(text)[:_READ_CHARACTERS]
    said = _SIGNED.sub(r"\1?[signed]", said)[:_DETAIL_CHARACTERS]
    return "".join(each if each.isprintable() else " " for each in said)


def _refusal(answer: httpx.Response) -> Refusal:
    try:
        return read(Refusal, answer.content)
    except ValidationError:
        return Refusal()
