"""Which requests this machine draws as previews, how many at a time, and whether it can. `PreviewProvider` makes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.request import CLIP, Request
from bot.ports import Check, FindingCode, ProviderFinding, Severity
from bot.providers.preview.store import PreviewStore


class PreviewAvailability:
    """`folder` is the folder of `store`. At most `parallel` clips are rendered at a time."""

    def __init__(self, store: PreviewStore, folder: Path, parallel: int) -> None:
        self._store = store
        self._folder = folder
        self._parallel = parallel

    def takes(self, request: Request) -> bool:
        return request.type == CLIP[0]

    async def capacity(self) -> int | None:
        return self._parallel

    async def ping(self) -> None:
        """Never fails: the preview runs in this process."""

    async def check(self) -> list[ProviderFinding]:
        try:
            await asyncio.to_thread(self._store.open)
        except OSError as error:
            figures = (str(self._folder), error.strerror or "")
            return [ProviderFinding(Check.RENDERER, FindingCode.CLOSED, Severity.ERROR, figures)]
        return [ProviderFinding(Check.RENDERER, FindingCode.FINE, Severity.OK, (self._parallel,))]
