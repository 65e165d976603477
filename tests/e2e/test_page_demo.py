"""What a new user does on the page after `make demo`, with the real bot and its previews."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.discord.shown_files import name_of, videos_shown
from tests.fixtures.page import PHONE, ROOT, assert_plays, box, call, needs_chromium, python, until
from tests.processes import line_of

CLIP_MS = 180_000  # for a preview, on a machine that runs other tests too
PICTURES = ROOT / "demo" / "pictures"

pytestmark = [needs_chromium, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo as `make demo` runs it, until it has printed the page's address."""
    data = tmp_path_factory.mktemp("demo")
    with python("-m", "demo", "--port", "0", "--data", str(data)) as running:
        said = line_of(running)
        found = re.search(r"http://[\w.:]+", said)
        assert found, f"the demo did not start: {said!r}, {log_of(data)}"
        yield found[0]


def log_of(data: Path) -> str:
    log = data / "bot.log"
    return log.read_text(errors="replace")[-2000:] if log.is_file() else "no log"


def jobs_done(url):
    return sum(1 for channel in call(url, "messages?as=alice")["channels"] for one in channel["messages"] if clips(one))


def clips(message):
    return [one for one in videos_shown(message) if name_of(one).endswith(".mp4")]


@pytest.mark.parametrize("example", ["Bring a photograph to life", "Two characters in one clip"])
def test_pressing_an_example_makes_a_clip_that_plays_in_the_thread_at_the_side(visit, demo, example):
    page = visit(demo)
    expect(page.get_by_role("heading", name="Welcome to Happy Horse")).to_be_visible()
    expect(page.locator(".intro-note")).to_contain_text("until a provider key is set. The README says how.")
    page.locator(".example", has_text=example).click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread).to_be_visible(timeout=20_000)
    expect(thread.locator("video")).to_be_visible(timeout=CLIP_MS)
    assert_plays(thread)


def test_a_typed_command_with_a_photograph_makes_a_clip(visit, demo):
    page = visit(demo)
    box(page).fill("/video image")
    expect(page.get_by_role("option", name="/video image")).to_be_visible(timeout=20_000)
    box(page).press("Enter")
    page.keyboard.type("The cat blinks. Push-in. A low purr.")
    page.set_input_files("#composer .attach-card input[type=file]", PICTURES / "cat.jpg")
    for option, typed in (("duration", "3"), ("resolution", "720")):  # drawn in a quarter of the usual time
        page.locator("#composer .chip-more").click()
        page.get_by_role("menuitem", name=option).click()
        page.keyboard.type(typed)
    page.keyboard.press("Enter")  # takes the first entry of the list
    before = jobs_done(demo)
    page.locator("#composer .send").click()
    until(page, lambda: jobs_done(demo) > before, "no clip came", CLIP_MS / 1000)


def test_on_a_phone_a_toast_opens_the_finished_clip_of_an_example_whose_remix_form_is_filled(visit, demo):
    phone = visit(demo, PHONE, has_touch=True, is_mobile=True)
    phone.locator(".examples-button").tap()
    phone.locator(".examples-pop .example", has_text="From words alone").tap()
    phone.locator(".toast-open").tap(timeout=CLIP_MS)
    thread = phone.locator("#thread")
    assert_plays(thread)
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    # The card at the top of the thread has one too.
    thread.get_by_role("button", name="Remix").last.tap()
    modal = phone.get_by_role("dialog")
    expect(modal.get_by_role("textbox").first).to_have_value(re.compile("paper boat"))
    modal.get_by_role("button", name="Cancel").tap()
    expect(modal).to_have_count(0)
