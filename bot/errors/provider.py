"""What goes wrong at the video provider. Providers raise these, and storage `ReferenceHeld`; the class says what the job does
next.
"""

from __future__ import annotations

from dataclasses import replace

from bot.detail import Detail, as_detail
from bot.errors.base import HappyHorseError


class ReferenceHeld(HappyHorseError):
    """`job_id` is the job that has the provider's clip `reference`."""

    def __init__(self, reference: str, job_id: int) -> None:
        super().__init__(f"job {job_id} holds {reference} already")
        self.reference = reference
        self.job_id = job_id


class ProviderError(HappyHorseError):
    """`detail` is what went wrong; a text is the provider's own message. `code` is its error code, if any."""

    def __init__(self, detail: Detail | str, *, code: str | None = None) -> None:
        self.detail = as_detail(detail)
        self.code = code
        super().__init__(str(self.reason))

    @property
    def reason(self) -> Detail:
        return replace(self.detail, vendor_code=self.code or "")


class ModerationRefused(ProviderError):
    pass


class ProviderRejected(ProviderError):
    pass


class ProviderMisconfigured(ProviderError):
    """`kinds` are the kinds of clips of the one model that the provider closed to us; None for all kinds."""

    kinds: frozenset[str] | None = None


class ProviderBusy(ProviderError):
    """`retry_after` in seconds and `ceiling`, the most clips at a time, where the provider named them."""

    def __init__(
        self, detail: Detail | str, *, code: str | None = None, retry_after: float | None = None, ceiling: int | None = None
    ) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after
        self.ceiling = ceiling


class ProviderUnavailable(ProviderError):
    pass


class SubmitOutcomeUnknown(ProviderError):
    """`code` is set where the provider answered with an error of its own; `retry_after` in seconds where it named one."""

    def __init__(self, detail: Detail | str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class ClipUnavailable(ProviderError):
    pass


class ClipMissing(ClipUnavailable):
    pass
