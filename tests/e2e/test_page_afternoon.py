"""A member's afternoon on the page, at both sizes: every command with every option, every button and form, mistakes, others.

The bot is the real one, the clips come from the sandbox's own provider. A command or an option that is new fails the first
test until it is walked through here too. Each test leaves screenshots in its folder.
"""

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.e2e.bot_process import CLIP_SECONDS, LONG, RENDER_SECONDS, SETTINGS
from tests.e2e.hand import COMMANDS, TYPED, Hand
from tests.e2e.member import photograph
from tests.fixtures.page import DESKTOP, PHONE, assert_plays, axe_finds, needs_chromium, until

pytestmark = [needs_chromium, pytest.mark.timeout(3 * RENDER_SECONDS)]
CLIP_MS = RENDER_SECONDS * 1000
numbers = count(1)


@pytest.fixture(scope="module")
def settings():
    """Two providers, so that there is a choice to make."""
    return {**SETTINGS, "provider": {"names": ["scenario", "preview"], "watch_seconds": 0.2}}


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "portrait.jpg"
    path.write_bytes(photograph(3))
    return path


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def hand(request, visit, bot, member, tmp_path):
    return Hand(visit, bot, member, request.param, tmp_path)


def walked(bot):
    """Every command of the bot, by its path, with its options but for the prompt."""
    found = {}

    def walk(path, node):
        options = node.get("options", [])
        inner = [one for one in options if one["type"] in {1, 2}]
        for one in inner:
            walk(f"{path} {one['name']}", one)
        if not inner:
            found[path] = {one["name"] for one in options} - {"prompt"}

    for command in bot.sandbox.get("/state")["commands"]:
        walk(f"/{command['name']}" if command.get("type", 1) == 1 else command["name"], command)
    return found


@pytest.mark.parametrize("command", ["/video text", "/video image", "/video characters"])
def test_a_command_with_every_option_ends_in_a_clip(hand, bot, picture, command):
    assert walked(bot) == COMMANDS
    prompt = f"A kite {next(numbers)}, wind" + (" over character1" if command == "/video characters" else "")
    hand.fill_every_option(command, prompt, picture)
    hand.look("filled")
    hand.send()
    row = hand.made(prompt)
    assert (row["resolution"], row["seed"], row["private"]) == ("720P", 7, 1)
    expect(hand.card(prompt)).to_be_in_viewport()
    hand.look("done")


def test_studio_and_animate_ask_in_forms(hand, bot, picture):
    hand.choose("/video studio")
    hand.page.keyboard.press("Enter")
    expect(hand.modal).to_be_visible()
    hand.modal.locator("input[type=file]").set_input_files([picture])
    prompt = f"character1 whistles {next(numbers)}"
    hand.form("Studio", prompt)
    hand.made(prompt)
    hand.page.locator("#composer").get_by_role("button", name="Add a file").click(trial=True)
    with hand.page.expect_file_chooser() as chooser:
        hand.page.locator("#composer").get_by_role("button", name="Add a file").click()
    chooser.value.set_files(picture)
    hand.send()
    message = hand.messages.get_by_role("article", name=hand.member.name.capitalize()).last
    expect(message.locator(".picture")).to_be_in_viewport()
    message.hover()
    message.get_by_role("button", name="More actions").click()
    hand.look("menu")
    hand.page.get_by_role("menuitem", name="Animate this image").click()
    moved = f"The shapes drift {next(numbers)}, a hum"
    hand.form("Animate this image", moved)
    hand.made(moved)


def test_every_button_of_a_clip_does_its_work_in_sight(hand, bot):
    prompt = f"A fox {next(numbers)} in the snow, steps"
    hand.choose("/video text")
    hand.page.keyboard.type(prompt)
    for name in ("duration", "resolution"):
        hand.option(name)
        hand.page.keyboard.type(TYPED[name])
        hand.page.keyboard.press("Enter")
    hand.send()
    hand.made(prompt)
    expect(hand.card(prompt)).to_be_in_viewport()
    hand.open(prompt)
    hand.look("clip")
    assert_plays(hand.thread)
    videos = hand.thread.locator("video")
    hand.press("Again", hand.thread)
    expect(videos).to_have_count(2, timeout=CLIP_MS)
    hand.press("Remix", hand.thread)
    remixed = f"{prompt}, and rain"
    hand.form("Remix", remixed)
    expect(videos).to_have_count(3, timeout=CLIP_MS)
    hand.press("1080P final", hand.thread)
    expect(videos).to_have_count(4, timeout=CLIP_MS)
    expect(videos.last).to_be_in_viewport()
    assert hand.made(remixed)["resolution"] == "1080P"
    hand.press("More", hand.thread)
    told = hand.thread.locator("article.ephemeral").last
    expect(told).to_be_in_viewport()
    hand.press("Show prompt", told)
    expect(hand.thread.locator("article.ephemeral").last).to_contain_text(remixed)
    hand.look("more")
    hand.press("Fresh link", hand.thread)
    expect(hand.thread.locator("article.ephemeral", has_text="A fresh link")).to_be_in_viewport()
    hand.press("Delete", hand.thread)
    hand.press("Delete it", hand.thread)
    expect(videos).to_have_count(3, timeout=CLIP_MS)
    hand.look("deleted")


def test_a_mistake_is_told_at_once_and_mended_in_a_form(hand, bot):
    wrong = f"character1 dances {next(numbers)}"
    hand.choose("/video text")
    hand.page.keyboard.type(wrong)
    hand.option("seed")
    hand.page.keyboard.type("99999999999")
    hand.page.keyboard.press("Enter")
    told = hand.messages.locator("article.ephemeral").last
    expect(told).to_contain_text("One thing to change")
    expect(told).to_be_in_viewport()
    hand.look("mistake")
    hand.press("Edit and try again", told)
    expect(hand.modal.get_by_role("textbox").first).to_have_value(wrong)
    right = f"Somebody dances {next(numbers)}"
    hand.modal.get_by_label("Seed").fill("8")
    hand.form("Edit and try again", right)
    hand.made(right)


def test_a_clip_under_way_is_cancelled_with_a_second_thought(hand, bot):
    bot.provider(clip_seconds=LONG)
    prompt = f"A slow river {next(numbers)}"
    hand.choose("/video text")
    hand.page.keyboard.type(prompt)
    hand.send()
    hand.card(prompt).locator(".thread-card").click()
    hand.press("Cancel", hand.thread)
    expect(hand.thread.get_by_role("button", name="Throw it away")).to_be_in_viewport()
    hand.look("cancel")
    hand.press("Let it finish", hand.thread)
    bot.provider(clip_seconds=CLIP_SECONDS)
    bot.sandbox.post("/clock", advance_seconds=LONG)
    hand.made(prompt)
    expect(hand.thread.locator("video")).to_be_visible(timeout=CLIP_MS)


def test_jobs_quota_and_help_answer_in_sight_and_others_see_none_of_it(hand, bot):
    for command in ("/help", "/quota", "/jobs"):
        hand.choose(command)
        hand.page.keyboard.press("Enter")
        told = hand.messages.locator("article.ephemeral", has_text=command).last
        expect(told.locator(".container")).to_be_in_viewport()
        hand.look(command.removeprefix("/"))
    if hand.small:
        hand.page.get_by_role("button", name="Channels and members").click()
    hand.page.get_by_role("button", name="Change member").click()
    hand.page.get_by_role("menuitemradio", name="Bob").click()
    expect(hand.page.locator("#me strong")).to_have_text("Bob")
    expect(hand.messages.locator("article.ephemeral")).to_have_count(0)


def test_by_keyboard_alone_an_example_becomes_a_clip_that_plays(visit, bot, member, tmp_path):
    hand = Hand(visit, bot, member, DESKTOP, tmp_path)
    keys = hand.page.keyboard
    expect(hand.page.locator(".example").first).to_be_enabled(timeout=20_000)
    keys.press("Tab")
    keys.press("Enter")  # the skip link
    keys.type("/help")
    expect(hand.page.locator("#composer .suggest-item").first).to_contain_text("/help")
    keys.press("Enter")
    keys.press("Enter")
    told = hand.messages.locator("article.ephemeral").last
    expect(told.get_by_role("button").nth(2)).to_be_visible()

    hand.tab_to(told.locator("[data-custom-id]").first, "Shift+Tab")
    keys.press("Enter")
    expect(hand.modal).to_be_visible()
    prompt = hand.modal.get_by_role("textbox").first.input_value()
    hand.tab_to(hand.modal.get_by_role("button", name="Submit"))
    keys.press("Enter")
    expect(hand.modal).to_have_count(0)
    assert hand.made(prompt)
    hand.tab_to(hand.messages.locator(".thread-card").last)
    keys.press("Enter")
    hand.tab_to(hand.thread.get_by_role("button", name="Play the clip with sound"))
    keys.press("Enter")
    video = hand.thread.locator("video")
    until(hand.page, lambda: video.evaluate("one => one.currentTime > 0"), "the clip did not start")
    keys.press("Escape")
    expect(hand.thread).to_be_hidden()


@pytest.mark.parametrize(("outcome", "button"), [("failure", "Try again"), ("moderation", "Edit")])
def test_by_keyboard_alone_what_did_not_work_is_tried_again_or_edited(visit, bot, member, tmp_path, outcome, button):
    hand = Hand(visit, bot, member, DESKTOP, tmp_path)
    keys = hand.page.keyboard
    prompt = f"A lighthouse {next(numbers)}, a foghorn"
    bot.provider(outcome=outcome)
    hand.choose("/video text")
    keys.type(prompt)
    keys.press("Enter")
    hand.tab_to(hand.messages.locator(".thread-card").last, "Shift+Tab")
    keys.press("Enter")
    offered = hand.thread.get_by_role("button", name=button, exact=True).last
    expect(offered).to_be_in_viewport()
    bot.calm()
    hand.tab_to(offered)
    keys.press("Enter")
    if button == "Edit":
        expect(hand.modal.get_by_role("textbox").first).to_have_value(prompt)
        keys.press("End")
        keys.type(" far away")
        assert axe_finds(hand.page) == []
        hand.tab_to(hand.modal.get_by_role("button", name="Submit"))
        keys.press("Enter")
    expect(hand.thread.locator("video")).to_be_in_viewport(timeout=CLIP_MS)
    assert axe_finds(hand.page) == []
    hand.look(button)
