"""Enter in an option of a command takes the first entry of its list, also of one that is still being fetched."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.fixtures.page import DESKTOP, a_clip, await_command, box, latest, needs_chromium, sandbox_with_small_bot, until

pytestmark = [needs_chromium]


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with sandbox_with_small_bot(a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 0.5)) as url:
        yield url


@pytest.fixture
def desktop(visit, studio):
    made = visit(studio, DESKTOP)
    await_command(made, "/echo")
    return made


def test_enter_takes_the_first_entry_of_a_list_and_sends_nothing_even_while_the_list_is_fetched(desktop, tmp_path):
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.keyboard.type("good day")
    Image.new("RGB", (640, 480), "red").save(tmp_path / "red.png")
    desktop.set_input_files(".attach-card input[type=file]", tmp_path / "red.png")
    for option, typed in (("mood", "wil"), ("flavour", "vi")):
        desktop.locator(".chip-more").click()
        desktop.get_by_role("menuitem", name=option).click()
        desktop.keyboard.type(typed)
        desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("combobox", name="flavour")).to_have_value("Violet")
    expect(desktop.get_by_role("combobox", name="mood")).to_have_value("Wild")
    before = desktop.locator("#messages article").count()
    desktop.keyboard.press("Enter")
    expect(latest(desktop, "echo: good day + red.png + None + wild + violet")).to_be_visible()
    assert desktop.locator("#messages article").count() == before + 1


def test_enter_takes_the_first_entry_for_what_is_typed_though_an_older_list_comes_after_it(desktop):
    held = []
    asks = "**/_sandbox/autocomplete"
    desktop.route(asks, lambda route: held.append(route), times=1)  # noqa: PLW0108  it sets attributes on what it is given
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.locator(".chip-more").click()
    desktop.get_by_role("menuitem", name="flavour").click()
    until(desktop, lambda: held, "no list was asked for")
    everything = held[0].fetch()
    desktop.keyboard.type("vi")
    desktop.keyboard.press("Enter")
    held[0].fulfill(response=everything)
    expect(desktop.get_by_role("combobox", name="flavour")).to_have_value("Violet")
