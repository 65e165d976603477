"""Stops the bot in order on SIGINT and SIGTERM. `app.run` calls it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import Final

_log: Final = logging.getLogger(__name__)


def stop_on_signals(stopping: asyncio.Event) -> None:
    """Makes both signals set the event from now on. Call it in the event loop that waits for the event."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not stopping.is_set():
            _log.info("stopping; unfinished jobs go on at the next start")
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            # Windows has no loop signal handlers; Ctrl-C raises KeyboardInterrupt there.
            loop.add_signal_handler(number, stop)
