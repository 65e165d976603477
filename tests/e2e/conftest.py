"""The browser of the page's tests: one for each file, and visitors who leave when their test is done."""

import pytest

from tests.fixtures.page import chromium, visitors


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser):
    with visitors(browser) as opened:
        yield opened
