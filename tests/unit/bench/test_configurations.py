"""The bot accepts the settings of every benchmark."""

import pytest

from bench import in_flight, resume
from bot.settings import Settings


@pytest.mark.parametrize("clips", [in_flight.FEW, in_flight.MANY, resume.SLOTS])
def test_as_many_clips_at_a_time_as_a_benchmark_runs_may_be_set(clips):
    assert Settings(provider={"name": "scenario", "parallel": clips}).provider.parallel == clips
