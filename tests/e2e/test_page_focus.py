"""The answer to an action is scrolled into view, and the focus stays where it is, on a desktop and on a phone."""

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.fixtures.page import (
    DESKTOP,
    PHONE,
    a_clip,
    answer,
    await_command,
    box,
    call,
    latest,
    needs_chromium,
    run,
    sandbox_with_small_bot,
    until,
)

pytestmark = [needs_chromium]
LINES = "\n".join(f"line {number}" for number in range(24))
SCROLL_UP = """
async (one) => {
  const scrolled = new Promise((done) => one.addEventListener("scroll", done, { once: true }));
  one.scrollTop = 0;
  await scrolled;
}
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with sandbox_with_small_bot(a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 0.5)) as url:
        for channel in ("clips", "gallery"):
            post(url, "messages", **{"as": "bob", "channel": channel, "content": LINES})
        yield url


def post(url, path, **body):
    return httpx.post(f"{url}/_sandbox/{path}", json=body, timeout=60).raise_for_status().json()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request, visit, studio):
    small = request.param is PHONE
    made = visit(studio, request.param, has_touch=small, is_mobile=small)
    made.small = small
    await_command(made, "/card")
    return made


@pytest.fixture
def desktop(visit, studio):
    made = visit(studio, DESKTOP)
    await_command(made, "/card")
    return made


def drawer(page):
    """Open the drawer if the page has one."""
    if page.small:
        page.get_by_role("button", name="Channels and members").tap()


def become(page, name):
    drawer(page)
    page.get_by_role("button", name="Change member").click()
    page.get_by_role("menuitemradio", name=name).click()
    # On a phone the drawer is closed by then.
    expect(page.locator("#me strong")).to_have_text(name)


def scroll_up(page):
    pane = page.get_by_role("region", name="Messages")
    until(page, lambda: pane.evaluate("one => one.scrollTop > 0"), "nothing to scroll")
    pane.evaluate(SCROLL_UP)


def focused(place):
    return place.evaluate("one => one.contains(document.activeElement)")


def picture(path, colour="teal"):
    Image.new("RGB", (640, 480), colour).save(path)
    return path


def test_the_answer_to_a_members_action_is_in_sight_however_far_up_they_read(page, tmp_path):
    scroll_up(page)
    box(page).fill("my own words")
    box(page).press("Enter")
    expect(latest(page, "my own words")).to_be_in_viewport()
    scroll_up(page)
    with page.expect_file_chooser() as chooser:
        page.locator("#composer").get_by_role("button", name="Add a file").click()
    chooser.value.set_files(picture(tmp_path / "mine.png"))
    page.locator("#composer .send").click()
    expect(page.locator("#messages .picture").last).to_be_in_viewport()
    scroll_up(page)
    expect(answer(page, "whisper", "psst, @Alice")).to_be_in_viewport()
    scroll_up(page)
    expect(answer(page, "clip", "Made for you").locator(".thread-card")).to_be_in_viewport()
    scroll_up(page)
    run(page, "silence")
    expect(page.locator("article.local-failed")).to_be_in_viewport(timeout=8000)


def test_after_a_change_of_member_the_newest_is_in_sight_and_so_is_what_comes_then(page):
    scroll_up(page)
    become(page, "Bob")
    expect(page.locator("#messages article").last).to_be_in_viewport()
    assert not page.locator("body.menu-open").count()
    await_command(page, "/card")
    scroll_up(page)
    expect(answer(page, "whisper", "psst, @Bob")).to_be_in_viewport()
    become(page, "Alice")
    expect(latest(page, "psst, @Bob")).to_have_count(0)


def test_who_changes_the_member_stays_in_the_channel(desktop):
    desktop.locator("#channels").get_by_role("button", name="gallery").click()
    desktop.small = False
    become(desktop, "Mod")
    expect(desktop.locator("#channel-title")).to_contain_text("gallery")
    expect(desktop.locator("#messages article").last).to_be_in_viewport()


def test_a_press_in_a_thread_on_a_phone_tells_of_its_answer_elsewhere(visit, studio):
    phone = visit(studio, PHONE, has_touch=True, is_mobile=True)
    await_command(phone, "/card")
    answer(phone, "clip", "Made for you").locator(".thread-card").tap()
    thread = phone.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("here it is")
    alice = next(one["id"] for one in call(studio, "state")["members"] if one["name"] == "alice")
    post(studio, "invoke", **{"as": alice, "channel": "clips", "command": "/whisper", "options": {}})
    expect(phone.locator(".toast-open")).to_contain_text("clips")
    phone.locator(".toast-open").tap()
    expect(thread).to_be_hidden()
    expect(latest(phone, "psst, @Alice")).to_be_in_viewport()


def test_escape_closes_a_list_before_it_gives_up_the_command(desktop):
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.locator(".chip-more").click()
    desktop.get_by_role("menuitem", name="mood").click()
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#composer .suggest")).to_be_hidden()
    expect(desktop.locator("#composer .chip-command")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#composer .chip-command")).to_have_count(0)
    assert focused(box(desktop))


def test_the_focus_goes_into_a_thread_that_is_opened_and_back_to_what_opened_it(page):
    card = answer(page, "clip", "Made for you").locator(".thread-card")
    card.focus()
    page.keyboard.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("here it is")
    assert focused(thread)
    thread.get_by_role("button", name="Play the clip with sound").focus()
    page.keyboard.press("Enter")
    assert focused(thread.locator("video"))
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    assert focused(card)


def test_the_large_play_button_and_the_length_disappear_once_a_clip_is_played(desktop):
    answer(desktop, "clip", "Made for you").locator(".thread-card").click()
    thread = desktop.get_by_role("complementary", name="Thread")
    thread.get_by_role("button", name="Play the clip with sound").click()
    video = thread.locator("video")
    until(desktop, lambda: video.evaluate("one => one.ended"), "the clip did not end")
    expect(thread.locator(".play")).to_be_hidden()
    expect(thread.locator(".clip-length")).to_be_hidden()
    assert focused(video)


def test_a_thread_that_is_opened_again_shows_a_frame_of_its_clip_at_once(desktop):
    card = answer(desktop, "clip", "Made for you").locator(".thread-card")
    card.click()
    video = desktop.locator("#thread video")
    until(desktop, lambda: video.evaluate("one => one.readyState >= 2"), "the clip has no frame")
    desktop.locator("#thread-close").click()
    expect(desktop.locator("#thread")).to_be_hidden()
    assert focused(card)
    card.click()
    assert video.evaluate("one => one.readyState >= 2")


def test_the_rail_keeps_the_focus_and_leads_to_a_direct_message_with_the_bot(page):
    drawer(page)
    rail = page.get_by_role("navigation", name="Servers")
    rail.get_by_role("button", name="Direct Messages").press("Enter")
    there = page.locator("#channels").get_by_role("button", name="Happy Horse")
    expect(there).to_be_visible()
    assert focused(rail)
    if page.small:
        there.tap()
        assert focused(page.locator("#main"))
    expect(page.locator("#channel-title")).to_contain_text("Happy Horse")
    expect(answer(page, "whisper", "psst, @Alice")).to_be_in_viewport()


def test_escape_closes_the_drawer_and_what_is_under_it_is_out_of_reach(visit, studio):
    phone = visit(studio, PHONE, has_touch=True, is_mobile=True)
    opener = phone.get_by_role("button", name="Channels and members")
    opener.press("Enter")
    assert focused(phone.locator("#channels"))
    assert phone.locator("#main").evaluate("one => one.inert")
    phone.keyboard.press("Escape")
    assert focused(opener)


def test_the_skip_link_leads_into_the_message_box(desktop):
    desktop.locator(".skip").press("Enter")
    assert focused(box(desktop))


def test_boxes_grow_with_their_words_and_shrink_again(page):
    def height(place):
        return place.bounding_box()["height"]

    low = height(box(page))
    box(page).fill(LINES)
    assert height(box(page)) > 3 * low
    box(page).fill("")
    assert height(box(page)) == low
    box(page).fill("/echo")
    box(page).press("Enter")
    prompt = page.get_by_role("textbox", name="text, required")
    low = height(prompt)
    prompt.fill(LINES)
    assert height(prompt) > 3 * low
    prompt.fill("short")
    assert height(prompt) == low


def test_a_picture_that_this_browser_cannot_read_has_a_thumbnail_that_names_its_kind(desktop, tmp_path):
    heic = tmp_path / "phone.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic, and nothing more")
    box(desktop).fill("/echo")
    box(desktop).press("Enter")
    desktop.set_input_files(
        ".attach-card input[type=file]", {"name": "phone.heic", "mimeType": "image/heic", "buffer": heic.read_bytes()}
    )
    expect(desktop.locator(".attach-card .preview-face")).to_have_text("HEIC")
    expect(desktop.locator(".attach-card .preview-face img")).to_have_count(0)


def test_a_menu_under_the_pointer_gives_the_focus_to_its_message_at_the_end(desktop):
    said = answer(desktop, "whisper", "psst, @Alice")
    desktop.evaluate("document.activeElement.blur()")
    said.locator(".content").click(button="right")
    expect(desktop.get_by_role("menu")).to_be_visible()
    desktop.keyboard.press("Escape")
    assert focused(said)


def fits(place):
    """Whether all text in the box is visible."""
    return place.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 1")


def test_a_named_command_keeps_what_was_typed_and_attached_and_no_option_is_cut(page, tmp_path):
    words = "a child laughs far away, and the camera goes over the ridge"
    box(page).fill("</echo:1> or </card:2>")
    box(page).press("Enter")
    named = latest(page, "or /card")
    box(page).fill(words)
    page.locator("#composer").get_by_role("button", name="Add a file").click(trial=True)
    with page.expect_file_chooser() as chooser:
        page.locator("#composer").get_by_role("button", name="Add a file").click()
    chooser.value.set_files(picture(tmp_path / "kept.png"))
    named.get_by_role("button", name="/card").click()
    expect(page.locator("#composer .chip-command")).to_have_text("/card")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(words)
    named.get_by_role("button", name="/echo").click()
    prompt = page.get_by_role("textbox", name="text, required")
    expect(prompt).to_have_value(words)
    expect(page.locator("#composer .attach-card")).to_contain_text("kept.png")
    page.locator("#composer .chip-more").click()
    page.get_by_role("menuitem", name="mood").click()
    page.keyboard.press("Enter")
    chosen = page.get_by_role("combobox", name="mood")
    expect(chosen).to_have_value("Calm and slow, as long as a choice is")
    assert fits(prompt)
    assert fits(chosen)
    prompt.press("Escape")
    expect(box(page)).to_have_value(words)
    expect(page.locator("#composer .composer-top")).to_contain_text("kept.png")
