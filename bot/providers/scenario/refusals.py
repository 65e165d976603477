"""The one place where what went wrong with the vendor becomes an error of our tree."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx
from pydantic import ValidationError

from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
)
from bot.providers.scenario.account import Account
from bot.providers.scenario.wire import Refusal

_DETAIL_CHARACTERS: Final = 300
_MODERATION: Final = re.compile(r"moderat|content polic|safety (filter|system|check)|nsfw|flagged|prohibited", re.IGNORECASE)
_UNKNOWN_IMAGE: Final = re.compile(r"\basset\b|\bimage\b|referenceImages", re.IGNORECASE)
_SIGNED: Final = re.compile(r"(https?://[^\s?]+)\?\S+")

REFERENCE_UNKNOWN: Final = "reference_unknown"
"""Code of a `ProviderRejected` that is about an image: the uploaded reference may be gone, a new upload may mend it."""

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
    said = refusal.reason or refusal.message or refusal.error or answer.reason_phrase or "no reason given"
    detail = clean(said, account)
    status, code = answer.status_code, str(answer.status_code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        details = refusal.details
        if details and details.action_name:
            code = details.action_name
        return ProviderBusy(
            detail, code=code, retry_after=retry_after(answer), ceiling=details.action_limit if details else None
        )
    if status == HTTPStatus.SERVICE_UNAVAILABLE and (wait := retry_after(answer)) is not None:
        return ProviderBusy(detail, code=code, retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}:
        return ProviderUnavailable(detail, code=code)
    if status < HTTPStatus.BAD_REQUEST:
        return ProviderUnavailable(f"unexpected answer: {detail}", code=code)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}:
        return ProviderMisconfigured(detail, code=code)
    # A plan may "prohibit" a model; that is no word about anybody's prompt.
    if is_moderation(said if status != HTTPStatus.FORBIDDEN else said.lower().replace("prohibited", "")):
        return ModerationRefused(detail, code=code)
    if status == HTTPStatus.FORBIDDEN:
        return ProviderMisconfigured(detail, code=code)
    if status == HTTPStatus.BAD_REQUEST and _UNKNOWN_IMAGE.search(said):
        code = REFERENCE_UNKNOWN
    return ProviderRejected(detail, code=code)


def from_failure(failure: Exception, account: Account) -> ProviderUnavailable:
    """The error for a call that got no whole answer and was safe to repeat."""
    return ProviderUnavailable(clean(f"{type(failure).__name__}: {failure}", account))


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds to wait as the answer says, from either form of `Retry-After`; None where it says nothing usable."""
    text = answer.headers.get("Retry-After", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def clean(text: str, account: Account) -> str:
    """Fit for a log: no key, no signature of a link, not endless."""
    return account.without_secrets(_SIGNED.sub(r"\1?[signed]", text))[:_DETAIL_CHARACTERS]


def _refusal(answer: httpx.Response) -> Refusal:
    try:
        return Refusal.model_validate_json(answer.content)
    except ValidationError:
        return Refusal()
