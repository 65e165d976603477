"""What an operator is told of an error that ends a command, in the words that are printed then."""

import re
from contextlib import contextmanager

import pytest

from bot.presentation.views.command_errors import sentence


@contextmanager
def told(error, match):
    """Expects an error of this class whose words match; as `pytest.raises(error, match=...)` does with `str(error)`."""
    with pytest.raises(error) as caught:
        yield caught
    words = sentence(caught.value)
    assert re.search(match, words), words
