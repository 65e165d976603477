"""A member uses every command with every option, every button and every form on the page, at both sizes, with mistakes.

The bot is the real one; the clips come from the sandbox's provider. A new command or option fails the first test until it is
used here too. Each test leaves screenshots in its folder.
"""

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.e2e.bot_process import CLIP_SECONDS, LONG, RENDER_SECONDS, SETTINGS
from tests.e2e.member import photograph
from tests.e2e.page_member import COMMANDS, TYPED, PageMember
from tests.fixtures.page import DESKTOP, PHONE, assert_plays, axe_finds, needs_chromium, until

pytestmark = [needs_chromium, pytest.mark.timeout(3 * RENDER_SECONDS)]
CLIP_MS = RENDER_SECONDS * 1000
numbers = count(1)


@pytest.fixture(scope="module")
def settings():
    """Two providers, so that members have a choice."""
    return {**SETTINGS, "provider": {"names": ["scenario", "preview"], "watch_seconds": 0.2}}


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "portrait.jpg"
    path.write_bytes(photograph(3))
    return path


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def user(request, visit, bot, member, tmp_path):
    return PageMember(visit, bot, member, request.param, tmp_path)


def walked(bot):
    """Every command of the bot by its path, with its options except the prompt."""
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
def test_a_command_with_every_option_ends_in_a_clip(user, bot, picture, command):
    assert walked(bot) == COMMANDS
    prompt = f"A kite {next(numbers)}, wind" + (" over character1" if command == "/video characters" else "")
    user.fill_every_option(command, prompt, picture)
    user.look("filled")
    user.send()
    row = user.made(prompt)
    assert (row["resolution"], row["seed"], row["private"]) == ("720P", 7, 1)
    expect(user.card(prompt)).to_be_in_viewport()
    user.look("done")


def test_studio_and_animate_ask_in_forms(user, bot, picture):
    user.choose("/video studio")
    user.page.keyboard.press("Enter")
    expect(user.modal).to_be_visible()
    user.modal.locator("input[type=file]").set_input_files([picture])
    prompt = f"character1 whistles {next(numbers)}"
    user.form("Studio", prompt)
    user.made(prompt)
    user.page.locator("#composer").get_by_role("button", name="Add a file").click(trial=True)
    with user.page.expect_file_chooser() as chooser:
        user.page.locator("#composer").get_by_role("button", name="Add a file").click()
    chooser.value.set_files(picture)
    user.send()
    message = user.messages.get_by_role("article", name=user.member.name.capitalize()).last
    expect(message.locator(".picture")).to_be_in_viewport()
    message.hover()
    message.get_by_role("button", name="More actions").click()
    user.look("menu")
    user.page.get_by_role("menuitem", name="Animate this image").click()
    moved = f"The shapes drift {next(numbers)}, a hum"
    user.form("Animate this image", moved)
    user.made(moved)


def test_every_button_of_a_clip_does_its_work_in_sight(user, bot):
    prompt = f"A fox {next(numbers)} in the snow, steps"
    user.choose("/video text")
    user.page.keyboard.type(prompt)
    for name in ("duration", "resolution"):
        user.option(name)
        user.page.keyboard.type(TYPED[name])
        user.page.keyboard.press("Enter")
    user.send()
    user.made(prompt)
    expect(user.card(prompt)).to_be_in_viewport()
    user.open(prompt)
    user.look("clip")
    assert_plays(user.thread)
    videos = user.thread.locator("video")
    user.press("Again", user.thread)
    expect(videos).to_have_count(2, timeout=CLIP_MS)
    user.press("Remix", user.thread)
    remixed = f"{prompt}, and rain"
    user.form("Remix", remixed)
    expect(videos).to_have_count(3, timeout=CLIP_MS)
    user.press("1080P final", user.thread)
    expect(videos).to_have_count(4, timeout=CLIP_MS)
    expect(videos.last).to_be_in_viewport()
    assert user.made(remixed)["resolution"] == "1080P"
    user.press("More", user.thread)
    told = user.thread.locator("article.ephemeral").last
    expect(told).to_be_in_viewport()
    user.press("Show prompt", told)
    expect(user.thread.locator("article.ephemeral").last).to_contain_text(remixed)
    user.look("more")
    user.press("Fresh link", user.thread)
    expect(user.thread.locator("article.ephemeral", has_text="The clip once more")).to_be_in_viewport()
    expect(videos).to_have_count(5, timeout=CLIP_MS)
    user.press("Delete", user.thread)
    user.press("Delete it", user.thread)
    # Three clips, and the copy for the member alone.
    expect(videos).to_have_count(4, timeout=CLIP_MS)
    user.look("deleted")


def test_a_mistake_is_told_at_once_and_mended_in_a_form(user, bot):
    wrong = f"character1 dances {next(numbers)}"
    user.choose("/video text")
    user.page.keyboard.type(wrong)
    user.option("seed")
    user.page.keyboard.type("99999999999")
    user.page.keyboard.press("Enter")
    told = user.messages.locator("article.ephemeral").last
    expect(told).to_contain_text("One thing to change")
    expect(told).to_be_in_viewport()
    user.look("mistake")
    user.press("Edit and try again", told)
    expect(user.modal.get_by_role("textbox").first).to_have_value(wrong)
    right = f"Somebody dances {next(numbers)}"
    user.modal.get_by_label("Seed").fill("8")
    user.form("Edit and try again", right)
    user.made(right)


def test_a_clip_under_way_can_still_finish_after_cancel_is_pressed(user, bot):
    bot.provider(clip_seconds=LONG)
    prompt = f"A slow river {next(numbers)}"
    user.choose("/video text")
    user.page.keyboard.type(prompt)
    user.send()
    user.card(prompt).locator(".thread-card").click()
    user.press("Cancel", user.thread)
    expect(user.thread.get_by_role("button", name="Throw it away")).to_be_in_viewport()
    user.look("cancel")
    user.press("Let it finish", user.thread)
    bot.provider(clip_seconds=CLIP_SECONDS)
    bot.sandbox.post("/clock", advance_seconds=LONG)
    user.made(prompt)
    expect(user.thread.locator("video")).to_be_visible(timeout=CLIP_MS)


def test_a_search_with_every_option_finds_the_clip(user, bot):
    prompt = f"A lantern {next(numbers)} on a boat, waves"
    user.choose("/video text")
    user.page.keyboard.type(prompt)
    user.send()
    user.made(prompt)
    user.choose("/clips")
    for name, typed in {"search": "lantern", "kind": "text", "when": "7 days", "favourites": "False"}.items():
        user.option(name)
        user.page.keyboard.type(typed)
        if name != "search":
            user.page.keyboard.press("Enter")
    user.send()
    told = user.messages.locator("article.ephemeral", has_text="/clips").last
    expect(told.locator(".container").first).to_contain_text(prompt)
    user.look("found")


def test_jobs_quota_and_help_answer_in_sight_and_others_see_none_of_it(user, bot):
    for command in ("/help", "/quota", "/jobs", "/clips"):
        user.choose(command)
        user.page.keyboard.press("Enter")
        told = user.messages.locator("article.ephemeral", has_text=command).last
        expect(told.locator(".container")).to_be_in_viewport()
        user.look(command.removeprefix("/"))
    if user.small:
        user.page.get_by_role("button", name="Channels and members").click()
    user.page.get_by_role("button", name="Change member").click()
    user.page.get_by_role("menuitemradio", name="Bob").click()
    expect(user.page.locator("#me strong")).to_have_text("Bob")
    expect(user.messages.locator("article.ephemeral")).to_have_count(0)


def test_by_keyboard_alone_an_example_becomes_a_clip_that_plays(visit, bot, member, tmp_path):
    user = PageMember(visit, bot, member, DESKTOP, tmp_path)
    keys = user.page.keyboard
    expect(user.page.locator(".example").first).to_be_enabled(timeout=20_000)
    keys.press("Tab")
    keys.press("Enter")  # the skip link
    keys.type("/help")
    expect(user.page.locator("#composer .suggest-item").first).to_contain_text("/help")
    keys.press("Enter")
    keys.press("Enter")
    told = user.messages.locator("article.ephemeral").last
    expect(told.get_by_role("button").nth(2)).to_be_visible()

    user.tab_to(told.locator("[data-custom-id]").first, "Shift+Tab")
    keys.press("Enter")
    expect(user.modal).to_be_visible()
    prompt = user.modal.get_by_role("textbox").first.input_value()
    user.tab_to(user.modal.get_by_role("button", name="Submit"))
    keys.press("Enter")
    expect(user.modal).to_have_count(0)
    assert user.made(prompt)
    user.tab_to(user.card(prompt).locator(".thread-card"))
    keys.press("Enter")
    user.tab_to(user.thread.get_by_role("button", name="Play the clip with sound"))
    keys.press("Enter")
    video = user.thread.locator("video")
    until(user.page, lambda: video.evaluate("one => one.currentTime > 0"), "the clip did not start")
    keys.press("Escape")
    expect(user.thread).to_be_hidden()


@pytest.mark.parametrize(("outcome", "button"), [("failure", "Try again"), ("moderation", "Edit")])
def test_by_keyboard_alone_what_did_not_work_is_tried_again_or_edited(visit, bot, member, tmp_path, outcome, button):
    user = PageMember(visit, bot, member, DESKTOP, tmp_path)
    keys = user.page.keyboard
    prompt = f"A lighthouse {next(numbers)}, a foghorn"
    bot.provider(outcome=outcome)
    user.choose("/video text")
    keys.type(prompt)
    # Not found by the prompt, which a refusal takes off the card.
    threads = user.messages.locator(".thread-card")
    there = threads.count()
    keys.press("Enter")
    expect(threads).to_have_count(there + 1)
    user.tab_to(threads.last, "Shift+Tab")
    keys.press("Enter")
    offered = user.thread.get_by_role("button", name=button, exact=True).last
    expect(offered).to_be_in_viewport()
    bot.faults.calm()
    user.tab_to(offered)
    keys.press("Enter")
    if button == "Edit":
        expect(user.modal.get_by_role("textbox").first).to_have_value(prompt)
        keys.press("End")
        keys.type(" far away")
        assert axe_finds(user.page) == []
        user.tab_to(user.modal.get_by_role("button", name="Submit"))
        keys.press("Enter")
    expect(user.thread.locator("video")).to_be_in_viewport(timeout=CLIP_MS)
    assert axe_finds(user.page) == []
    user.look(button)
