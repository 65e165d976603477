"""Events that reach the page while it loads everything: none is lost, and new messages are shown as new."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.page import another_channel, call, needs_chromium, sandbox, until

pytestmark = [needs_chromium]

# JavaScript that records each event after the page has handled it.
HEARD = """
globalThis.heard = [];
globalThis.EventSource = class extends EventSource {
  set onmessage(listener) {
    super.onmessage = (event) => { listener(event); globalThis.heard.push(event.data); };
  }
};
"""


@pytest.fixture(scope="module")
def quiet():
    """A sandbox without a bot."""
    with sandbox() as url:
        another_channel(url)
        yield url


def say(url, text):
    body = {"as": "bob", "channel": "gallery", "content": text}
    httpx.post(f"{url}/_sandbox/messages", json=body, timeout=60).raise_for_status()


def alice(url):
    return next(one["id"] for one in call(url, "state")["members"] if one["name"] == "alice")


@pytest.fixture
def arrive(visit, quiet):
    """Open the page and call `meanwhile()` while it loads everything: if `before`, before its request for messages reaches the
    sandbox, else after the sandbox has answered that and before the page has the answer.
    """

    def arrived(meanwhile, text, before):
        page = visit("about:blank")
        page.add_init_script(HEARD)

        def held(route):
            answer = None if before else route.fetch()
            meanwhile()
            until(page, lambda: page.evaluate("text => heard.some((one) => one.includes(text))", text), "no event came")
            route.fulfill(response=answer or route.fetch())

        page.route("**/_sandbox/messages?*", held, times=1)
        page.goto(quiet)
        return page

    return arrived


@pytest.mark.parametrize("before", [False, True])
def test_a_mention_that_comes_while_all_is_being_read_is_kept_and_new(arrive, quiet, before):
    text = f"for you, read {'late' if before else 'soon'}"
    page = arrive(lambda: say(quiet, f"<@{alice(quiet)}> {text}"), text, before)
    expect(page.locator(".toast-open")).to_contain_text(text)
    row = page.locator("#channels .channel-row", has_text="gallery")
    expect(row.locator(".ping")).to_have_text("1")
    page.locator(".toast-open").click()
    expect(page.locator("#messages")).to_contain_text(text)
    expect(row.locator(".ping")).to_have_count(0)
