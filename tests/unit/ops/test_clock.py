"""The bot's clock: it does not move when the machine's clock is set. Discord's time corrects it, and the offset is stored."""

import pytest

from bot.ops import clock
from bot.ops.clock import KEY, AheadKept, SystemClock, known_ahead_ms
from bot.storage import open_storage

HOUR_MS = 3_600_000
NOON_MS = 1_780_000_000_000


class Machine:
    """A machine's two clocks: `wall_ms` may be set to any time, `elapsed_ms` only goes forward."""

    def __init__(self):
        self.wall_ms = NOON_MS
        self.elapsed_ms = 77_000

    def passes(self, ms):
        self.wall_ms += ms
        self.elapsed_ms += ms


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(clock, "machine_ms", lambda: machine.wall_ms)
    monkeypatch.setattr(clock, "elapsed_ms", lambda: machine.elapsed_ms)
    return machine


@pytest.fixture
async def settings(tmp_path):
    async with open_storage(tmp_path / "happyhorse.db") as storage:
        yield storage.key_values


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS, 20 * 366 * 24 * HOUR_MS])
def test_a_step_of_the_machines_clock_is_no_step_of_the_bots(machine, step_ms):
    ours = SystemClock()
    machine.passes(5_000)
    machine.wall_ms += step_ms
    machine.passes(1_000)
    assert ours.now_ms() == NOON_MS + 6_000
    assert ours.ahead_ms() == -step_ms


def test_it_starts_with_the_offset_that_an_earlier_process_stored(machine):
    assert SystemClock(-1_200_000).now_ms() == NOON_MS - 1_200_000


def test_at_the_log_in_it_is_set_to_either_side_and_later_forward_only(machine):
    ours = SystemClock()
    ours.set_to(NOON_MS - HOUR_MS)
    machine.passes(1_000)
    assert ours.now_ms() == NOON_MS - HOUR_MS + 1_000
    ours.forward_to(NOON_MS - 2 * HOUR_MS)
    assert ours.now_ms() == NOON_MS - HOUR_MS + 1_000
    ours.forward_to(NOON_MS + HOUR_MS)
    machine.passes(1_000)
    assert ours.now_ms() == NOON_MS + HOUR_MS + 1_000


def test_over_the_machines_real_clocks_it_agrees_with_them_and_never_goes_back():
    ours = SystemClock()
    assert abs(ours.ahead_ms()) < 1_000
    assert ours.now_ms() <= ours.now_ms()


async def test_how_far_the_machine_is_off_is_known_to_the_next_process(machine, settings):
    ours = SystemClock()
    ours.set_to(NOON_MS - 1_200_000)
    await AheadKept(ours, settings).keep()
    assert SystemClock(await known_ahead_ms(settings)).now_ms() == ours.now_ms()


async def test_the_offset_is_stored_again_only_when_the_machines_clock_was_set(machine, settings):
    ours = SystemClock()
    kept = AheadKept(ours, settings)
    await kept.keep()
    await settings.write(KEY, "7", 0)
    machine.passes(60_000)
    await kept.keep()
    assert await settings.read(KEY) == "7"
    machine.wall_ms += HOUR_MS
    await kept.keep()
    assert await settings.read(KEY) == str(-HOUR_MS)


@pytest.mark.parametrize("kept", ["", "soon", "1e9", str(10**15)])
async def test_an_invalid_stored_offset_is_ignored(settings, kept):
    await settings.write(KEY, kept, 0)
    assert await known_ahead_ms(settings) == 0


async def test_without_discords_time_the_machines_clock_counts(settings):
    assert await known_ahead_ms(settings) == 0
