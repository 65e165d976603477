"""An asyncio loop with virtual time: when nothing is ready, it jumps to the next timer. Not for sockets, files or threads."""

import asyncio
import selectors


class _Leaping(selectors.DefaultSelector):
    """Never waits. Adds the time that it would have waited to the loop's time."""

    loop = None

    def select(self, timeout=None):
        if timeout:
            self.loop.leapt += timeout
            timeout = 0
        if self.loop.alone and timeout == 0:
            return []
        return super().select(timeout)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`alone`: the loop has no sockets and no threads, so the system is not asked at each step what is ready."""

    alone = False

    def __init__(self):
        self.leapt = 0.0
        selector = _Leaping()
        selector.loop = self
        super().__init__(selector)

    def time(self):
        return self.leapt


def played(coroutine):
    """Run the coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
