"""Fixtures that all tests of a file share: the bot in its sandbox and, for tests of the page, a browser."""

import pytest

from tests.e2e.bot_process import SETTINGS, a_bot
from tests.fixtures.page import chromium, visitors


@pytest.fixture(scope="module")
def settings():
    """The bot's settings. A file that needs others defines its own fixture with this name."""
    return SETTINGS


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory, settings):
    with a_bot(tmp_path_factory.mktemp("bot"), settings) as made:
        yield made


@pytest.fixture
def bot(lived_in):
    yield lived_in
    lived_in.faults.settle()


@pytest.fixture
def member(bot):
    return bot.member()


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser):
    with visitors(browser) as opened:
        yield opened
