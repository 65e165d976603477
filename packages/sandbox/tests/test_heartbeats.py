"""When a silent bot is given up, in virtual time."""

import asyncio
import selectors

import pytest

from sandbox.discord.frames import Pulse

INTERVAL = 41_250


class Leaping(selectors.DefaultSelector):
    """Never waits: moves the time at once to the timer that the loop would have waited for."""

    now = 0.0

    def select(self, timeout=None):
        self.now += timeout or 0
        return super().select(0)


def played(coroutine):
    """Run it to its end in virtual time."""
    selector = Leaping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(coroutine)


@pytest.mark.parametrize(("beats", "given_up_at"), [((), 61.875), ((41, 82), 82 + 61.875), ((61,), 61 + 61.875)])
def test_a_bot_is_given_up_one_interval_and_a_half_after_its_last_heartbeat(beats, given_up_at):
    async def story():
        loop = asyncio.get_running_loop()
        silent = loop.create_future()
        pulse = Pulse(INTERVAL, lambda: silent.set_result(loop.time()))
        for beat in beats:
            loop.call_at(beat, pulse.beat)
        return await silent

    assert played(story()) == pytest.approx(given_up_at)


def test_a_connection_that_ended_is_not_given_up_later():
    async def story():
        pulse = Pulse(INTERVAL, lambda: pytest.fail("given up"))
        pulse.stop()
        await asyncio.sleep(100)

    played(story())
