"""A sandbox in a thread of the test's process, for tests and bots that may block; the pytest fixture is one."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.client import Client
from sandbox.server import Sandbox, serve_until
from sandbox.strict_json import Json


@contextmanager
def sandbox_thread(**options: Json) -> Iterator[Client]:
    """Start a sandbox, yield a client of its control API, end it. `options` are `Sandbox`'s."""
    listening = threading.Event()
    served = _Served(options, listening)
    thread = threading.Thread(target=asyncio.run, args=(served.live(),), name="sandbox", daemon=True)
    thread.start()
    listening.wait()
    try:
        if served.trouble is not None:
            raise served.trouble
        yield Client(served.url)
    finally:
        served.stop()
        thread.join()


class _Served:
    """What the thread tells the one that started it."""

    def __init__(self, options: dict[str, Json], listening: threading.Event) -> None:
        self._options = options
        self._listening = listening
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self.url = ""
        self.trouble: Exception | None = None

    async def live(self) -> None:
        try:
            sandbox = Sandbox(**self._options)
            self.url = await sandbox.start()
            self._loop = asyncio.get_running_loop()
        except Exception as trouble:  # noqa: BLE001 - raised again where the sandbox was asked for
            self.trouble = trouble
            return
        finally:
            self._listening.set()
        await serve_until(self._stopped, sandbox)

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
