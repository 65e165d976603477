"""What holds for every test: made-up examples are the same in every run, no clock is held against them, and the command line
speaks English whatever the shell of whoever runs them says.
"""

import os

from hypothesis import settings

os.environ["LANGUAGE"] = "en"

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")
