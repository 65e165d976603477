"""axe finds no accessibility problem on the page, whatever is open on it: names, roles, headings, regions, contrast."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.page import (
    DESKTOP,
    PHONE,
    a_clip,
    answer,
    await_command,
    axe_finds,
    box,
    latest,
    needs_chromium,
    run,
    sandbox_with_small_bot,
)

pytestmark = [needs_chromium]


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with sandbox_with_small_bot(a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 0.5)) as url:
        yield url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_whatever_is_open(visit, studio, size):
    small = size is PHONE
    page = visit(studio, size, has_touch=small, is_mobile=small)
    await_command(page, "/card")

    def clean(where):
        assert axe_finds(page) == [], where

    clean("the welcome")
    run(page, "prose")
    card = answer(page, "card", "A card")
    answer(page, "whisper", "psst, @Alice")
    card.get_by_role("combobox").click()
    clean("messages and an open select")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Open form").click()
    modal = page.get_by_role("dialog", name="A form of everything")
    modal.get_by_role("button", name="Submit").click()
    expect(modal).to_contain_text("Choose a file.")
    clean("a modal with its problems")
    page.keyboard.press("Escape")
    box(page).fill("/echo")
    box(page).press("Enter")
    page.locator("#composer .send").click()
    page.locator(".chip-more").click()
    clean("a command with its problems and a menu")
    page.get_by_role("menuitem", name="mood").click()
    clean("a list of choices")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#composer").get_by_role("button", name="Examples").click()
    clean("the examples")
    page.keyboard.press("Escape")
    answer(page, "clip", "Made for you")
    latest(page, "Made for you").locator(".thread-card").click()
    expect(page.locator("#thread video")).to_be_visible()
    clean("a thread with a clip")
    if small:
        page.locator("#thread-close").click()
        page.get_by_role("button", name="Channels and members").click()
    page.get_by_role("button", name="Change member").click()
    clean("the members")
