"""What holds for every test: made-up examples are the same in every run, and no clock is held against them."""

from hypothesis import settings

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")
