"""Settings for every test: Hypothesis makes the same examples in every run and has no time limit for each, and the command line
speaks English whatever the language of the shell.
"""

import os

from hypothesis import settings

os.environ["LANGUAGE"] = "en"

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")
