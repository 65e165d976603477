"""What goes wrong when a message is posted. Presentation raises these; the pipeline decides what follows."""

from __future__ import annotations

from bot.detail import Detail
from bot.errors.base import Detailed


class DeliveryError(Detailed):
    """A text as `detail` is Discord's. `retry_after`: seconds until the route may be used again, where Discord named them.
    `unsent`: nothing was posted.
    """

    def __init__(self, detail: Detail | str, *, retry_after: float | None = None, unsent: bool = False) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.unsent = unsent


class UploadTooLarge(DeliveryError):
    """`limit` is the upload limit in bytes, where it was known before the upload."""

    def __init__(self, detail: Detail | str, *, limit: int | None = None) -> None:
        super().__init__(detail, unsent=True)
        self.limit = limit


class NowhereToPost(DeliveryError):
    pass


class PostInDoubt(DeliveryError):
    pass
