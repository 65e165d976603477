"""A loop in which waiting takes no time: where nothing is ready it is as late as the next timer wants. For pure asyncio."""

import asyncio
import selectors


class _Leaping(selectors.DefaultSelector):
    """Takes nothing for ready but what is; a wait for a timer is a leap of the loop's time."""

    loop = None

    def select(self, timeout=None):
        if timeout:
            self.loop.leapt += timeout
            timeout = 0
        if self.loop.alone and timeout == 0:
            return []
        return super().select(timeout)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`alone`: it has neither sockets nor threads, and the system need not be asked at each step what is ready."""

    alone = False

    def __init__(self):
        self.leapt = 0.0
        selector = _Leaping()
        selector.loop = self
        super().__init__(selector)

    def time(self):
        return self.leapt


def played(coroutine):
    """Run it to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
