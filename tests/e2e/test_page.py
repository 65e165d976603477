"""The sandbox's page in a real browser, with a real sandbox and a small bot that sends one of everything."""

import random
import socket
from contextlib import suppress

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.fixtures.page import (
    PHONE,
    a_clip,
    assert_plays,
    await_command,
    box,
    latest,
    needs_chromium,
    run,
    sandbox,
    sandbox_with_small_bot,
    small_bot,
    until,
)

pytestmark = [needs_chromium]


def a_port():
    """A port that is still free after a restart of the sandbox: below the range from which systems choose ports."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports, and all of them taken")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name, colour in (("red", "#c33"), ("blue", "#36c")):
        Image.new("RGB", (640, 480), colour).save(folder / f"{name}.png")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def studio(clip):
    """A sandbox with the small bot online and its commands registered."""
    with sandbox_with_small_bot(clip) as url:
        yield url


@pytest.fixture
def desktop(visit, studio):
    page = visit(studio)
    await_command(page, "/card")
    return page


def test_a_member_reads_commands_in_their_own_language(visit, studio):
    httpx.post(f"{studio}/_sandbox/members", json={"name": "greta", "locale": "de"}).raise_for_status()
    page = visit(f"{studio}/?as=greta")
    await_command(page, "/card")
    box(page).fill("/e")
    expect(page.get_by_role("option", name="/echo")).to_contain_text("Sagt, was es bekam")


def test_typing_a_slash_lists_the_commands_that_the_bot_registered(desktop):
    box(desktop).fill("/e")
    option = desktop.get_by_role("option", name="/echo")
    expect(option).to_contain_text("Says what it was given")
    expect(option).to_have_attribute("aria-selected", "true")
    box(desktop).press("Escape")
    expect(option).to_be_hidden()


def test_a_command_with_a_file_choices_and_autocomplete_is_filled_by_keyboard_and_sent(desktop, pictures):
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.keyboard.type("good day")
    desktop.set_input_files(".attach-card input[type=file]", pictures["red"])
    expect(desktop.locator(".attach-card img")).to_be_visible()
    for option, typed in (("mood", "cal"), ("flavour", "vio")):
        desktop.locator(".chip-more").click()
        desktop.get_by_role("menuitem", name=option).click()
        desktop.keyboard.type(typed)
        choice = desktop.locator(".suggest-item").first
        expect(choice).to_be_visible()
        desktop.keyboard.press("Enter")
    desktop.locator("#composer .send").click()
    expect(latest(desktop, "echo: good day + red.png + None + calm + violet")).to_be_visible()


def test_what_discord_would_refuse_is_said_at_the_option_and_nothing_is_lost(desktop, pictures):
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.keyboard.type("x")
    desktop.locator("#composer .send").click()
    note = desktop.locator("#composer .composer-note")
    expect(note).to_contain_text("text: At least 2 characters.")
    expect(note).to_contain_text("picture: Choose a file")
    expect(desktop.get_by_role("textbox", name="text, required")).to_have_value("x")


def test_an_optional_whole_number_out_of_range_is_refused_before_sending(desktop, pictures):
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.keyboard.type("fine")
    desktop.set_input_files(".attach-card input[type=file]", pictures["red"])
    desktop.locator(".chip-more").click()
    desktop.get_by_role("menuitem", name="count").click()
    desktop.keyboard.type("9")
    desktop.locator("#composer .send").click()
    expect(desktop.locator("#composer .composer-note")).to_contain_text("count: At most 5.")


def test_a_button_press_changes_its_message(desktop):
    run(desktop, "card")
    message = latest(desktop, "A card")
    message.get_by_role("button", name="Press me").click()
    expect(latest(desktop, "It was pressed")).to_be_visible()


def test_a_button_that_nobody_answers_says_so(desktop):
    run(desktop, "card")
    message = latest(desktop, "A card")
    button = message.get_by_role("button", name="Silent")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(message.get_by_role("alert")).to_have_text("This interaction failed", timeout=8000)
    expect(button).to_be_enabled()


def test_a_select_is_chosen_with_the_arrow_keys_and_its_private_answer_dismissed(desktop):
    run(desktop, "card")
    picker = latest(desktop, "A card").get_by_role("combobox")
    picker.focus()
    picker.press("ArrowDown")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    answer = latest(desktop, "chose animation")
    expect(answer).to_contain_text("Only you can see this")
    answer.get_by_role("button", name="Dismiss message").click()
    expect(desktop.locator("#messages").get_by_text("chose animation")).to_have_count(0)


def test_a_modal_keeps_what_was_typed_until_everything_fits_and_sends_files_and_choices(desktop, pictures):
    run(desktop, "card")
    latest(desktop, "A card").get_by_role("button", name="Open form").click()
    modal = desktop.get_by_role("dialog", name="A form of everything")
    expect(modal).to_be_visible()
    modal.get_by_role("textbox").fill("no")
    modal.get_by_role("button", name="Submit").click()
    expect(modal).to_contain_text("At least 3 characters.")
    expect(modal).to_contain_text("Choose a file.")
    modal.locator("input[type=file]").set_input_files([pictures["red"], pictures["blue"]])
    modal.get_by_role("textbox").fill("rain on tin")
    modal.get_by_role("combobox").click()
    desktop.get_by_role("option", name="Tall").click()
    modal.get_by_label("Soft").check()
    modal.get_by_label("Wind").check()
    modal.get_by_role("button", name="Submit").click()
    expect(modal).to_be_hidden()
    expect(latest(desktop, "form: red.png + blue.png + rain on tin + t + soft + wind")).to_be_visible()


def test_a_command_that_nobody_answers_fails_where_it_was_given(desktop):
    run(desktop, "silence")
    failed = desktop.locator("article.local-failed")
    expect(failed).to_contain_text("The application did not respond", timeout=8000)
    failed.get_by_role("button", name="Dismiss message").click()
    expect(failed).to_have_count(0)


def test_an_ephemeral_answer_is_shown_to_its_member_only(desktop, visit, studio):
    run(desktop, "whisper")
    expect(latest(desktop, "psst, @Alice")).to_contain_text("Only you can see this")
    other = visit(studio)
    other.get_by_role("button", name="You are Alice").click()
    other.get_by_role("menuitemradio", name="Bob").click()
    expect(other.get_by_role("button", name="You are Bob")).to_be_visible()
    await_command(other, "/card")
    run(other, "whisper")
    expect(latest(other, "psst, @Bob")).to_be_visible()
    expect(other.locator("#messages").get_by_text("psst, @Alice")).to_have_count(0)


def test_a_clip_plays_with_its_sound_in_the_thread_beside_the_channel(desktop):
    run(desktop, "clip")
    card = latest(desktop, "Made for you").locator(".thread-card")
    expect(card.locator(".ping")).to_have_text("1")
    card.click()
    thread = desktop.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("@Alice here it is")
    assert_plays(thread)
    desktop.locator("#thread-close").click()
    expect(thread).to_be_hidden()
    expect(card.locator(".ping")).to_have_count(0)


def test_markdown_is_drawn_and_hostile_text_stays_text(desktop):
    run(desktop, "prose")
    message = latest(desktop, "Title")
    expect(message.locator("strong")).to_have_text(["bold"])
    expect(message.locator("em")).to_have_text("slanted")
    expect(message.locator("li")).to_have_text(["one", "two"])
    expect(message.locator("blockquote")).to_have_text("quoted")
    expect(message.locator("time.stamp")).to_contain_text("ago")
    expect(message.locator("a")).to_have_count(1)
    expect(message).to_contain_text("[bad](javascript:alert(1)) <img src=x onerror=alert(1)> *plain*")
    spoiler = message.get_by_role("button", name="Spoiler")
    spoiler.press("Enter")
    expect(message.locator(".spoiler.shown")).to_have_text("secret")


def test_a_press_on_a_named_command_begins_it(desktop):
    box(desktop).fill("try </echo:123456789012345678>")
    box(desktop).press("Enter")
    latest(desktop, "try").get_by_role("button", name="/echo").click()
    expect(desktop.locator("#composer")).to_contain_text("/echo")
    desktop.keyboard.press("Escape")


def test_a_context_menu_command_gets_the_message_that_was_pressed(desktop, pictures):
    desktop.locator("#composer").get_by_role("button", name="Add a file").click(trial=True)
    with desktop.expect_file_chooser() as chooser:
        desktop.locator("#composer").get_by_role("button", name="Add a file").click()
    chooser.value.set_files(pictures["blue"])
    box(desktop).fill("look at this")
    box(desktop).press("Enter")
    message = latest(desktop, "look at this")
    message.locator(".picture").click(button="right")
    desktop.get_by_role("menuitem", name="Name the picture").click()
    expect(latest(desktop, "named: blue.png")).to_be_visible()
    message.locator(".picture").click()
    large = desktop.locator("dialog.lightbox")
    expect(large).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(large).to_have_count(0)


def test_on_a_phone_the_thread_covers_the_channel_and_nothing_is_wider_than_the_screen(visit, studio):
    phone = visit(studio, PHONE, has_touch=True, is_mobile=True)
    await_command(phone, "/card")
    run(phone, "clip")
    card = latest(phone, "Made for you").locator(".thread-card")
    expect(card.locator(".ping")).to_be_visible()
    card.tap()
    thread = phone.locator("#thread")
    expect(thread).to_contain_text("here it is")
    until(phone, lambda: thread.bounding_box() == {"x": 0, "y": 0, **PHONE}, "the thread does not cover the screen")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone.locator("#thread-close").tap()
    phone.get_by_role("button", name="Channels and members").tap()
    phone.locator("#channels").get_by_role("button", name="gallery").tap()
    expect(phone.locator("#channel-title")).to_have_text("gallery")


def test_the_page_says_when_the_bot_is_away_and_finds_a_restarted_sandbox_again(visit, clip):
    port = a_port()
    with sandbox(port) as url:
        page = visit(url)
        banner = page.locator("#banner")
        expect(banner).to_contain_text("The bot is starting")
        expect(page.get_by_role("heading", name="Welcome to Happy Horse")).to_be_visible()
        expect(page.locator(".example").first).to_be_disabled()
    expect(banner).to_contain_text("The sandbox is away", timeout=10_000)
    with sandbox(port) as again, small_bot(again, clip):
        expect(banner).to_be_hidden(timeout=20_000)
        await_command(page, "/card")
        run(page, "whisper")
        expect(latest(page, "psst, @Alice")).to_be_visible()
