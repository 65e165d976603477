"""A message on its way from the page: what is typed meanwhile is the next one, and what was not taken comes back."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.page import another_channel, box, latest, needs_chromium, sandbox, until

pytestmark = [needs_chromium]
SENT = "**/_sandbox/messages"


@pytest.fixture(scope="module")
def quiet():
    """A sandbox without a bot."""
    with sandbox() as url:
        another_channel(url)
        yield url


@pytest.fixture
def page(visit, quiet):
    return visit(quiet)


def on_its_way(page, words):
    """Type and send these words. Returns their request, which is held."""
    held = []
    page.route(SENT, lambda route: held.append(route), times=1)  # noqa: PLW0108  it sets attributes on what it is given
    box(page).fill(words)
    box(page).press("Enter")
    until(page, lambda: held, "nothing was sent")
    return held[0]


def test_words_that_are_typed_while_a_message_is_sent_stay(page):
    request = on_its_way(page, "the first one")
    box(page).fill("the second one")
    request.continue_()
    latest(page, "the first one")
    expect(page.locator("#composer .send")).not_to_have_class("icon-button send busy")
    expect(box(page)).to_have_value("the second one")


def test_a_message_goes_to_the_channel_in_which_it_was_sent_though_another_is_opened_meanwhile(page):
    request = on_its_way(page, "said in clips")
    page.locator("#channels .channel-row", has_text="gallery").click()
    request.continue_()
    page.locator("#channels .channel-row", has_text="clips").click()
    latest(page, "said in clips")


def test_a_message_that_was_not_taken_comes_back_before_what_was_typed_meanwhile(page):
    request = on_its_way(page, "the first one")
    box(page).fill("the second one")
    request.abort()
    expect(page.locator("#composer .composer-note")).to_have_text("The sandbox cannot be reached. It may be restarting.")
    expect(box(page)).to_have_value("the first one\nthe second one")
