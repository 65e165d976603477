"""Settings for every test: Hypothesis makes the same examples in every run and has no time limit for each, the command line
speaks English whatever the language of the shell, and garbage collections leave alone what stays until the end.
"""

import gc
import os

import pytest
from hypothesis import settings

os.environ["LANGUAGE"] = "en"

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Modules and collected tests stay: looking through them for garbage again and again takes some of each test's time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
