"""Actions on the page while it redraws everything: no press, focus, selection or playing clip is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.page import (
    DESKTOP,
    a_clip,
    answer,
    await_command,
    box,
    latest,
    needs_chromium,
    sandbox_with_small_bot,
    until,
)

pytestmark = [needs_chromium]
CLIP_SECONDS = 30  # so that it still plays when the test looks

# JavaScript that makes the page redraw everything, by events like those of the sandbox: every message changes, more come below,
# so that all move, every channel gets another name, and the welcome names another provider.
STIR = """
async () => {
  const { world } = await import("/page/js/world.js");
  const author = { id: "1", username: "somebody" }; // who writes themselves is brought to what they wrote
  const bare = { interaction_metadata: null, components: [], attachments: [], flags: 0, thread: null };
  const plain = { ...bare, author, content: "stirred" };
  globalThis.stir = () => {
    const after = (id, n) => String(BigInt(id) + BigInt(n));
    for (const room of [...world.messages.values()]) {
      for (const message of [...room.values()]) world.put({ ...message, stirred: (message.stirred ?? 0) + 1 });
      const last = [...room.values()].at(-1);
      for (let n = 1; last && n <= 3; n += 1)
        world.put({ ...last, ...plain, id: after(last.id, n) }, false);
    }
    const channels = world.state.channels.map((one) => ({ ...one, name: `${one.name}s` }));
    world.state = { ...world.state, channels, provider: { name: "other", real: true } };
    world.tell("state");
  };
  return world.link === "live";
}
"""
ON_THE_NEXT = "(type) => addEventListener(type, stir, { once: true })"
SCROLL_UP = """
async (one) => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame(); // what was written last is in its place
  const scrolled = new Promise((done) => one.addEventListener("scroll", done, { once: true }));
  one.scrollTop = one.scrollHeight / 2;
  await scrolled;
  return one.scrollTop;
}
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with sandbox_with_small_bot(a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", CLIP_SECONDS)) as url:
        yield url


@pytest.fixture
def page(visit, studio):
    made = visit(studio, DESKTOP, has_touch=True)
    await_command(made, "/card")
    until(made, lambda: made.evaluate(STIR), "the page did not read the messages")
    return made


@pytest.fixture(params=[("click", "pointerdown"), ("tap", "pointerdown"), ("tap", "pointerup")], ids="-".join)
def press(request, page):
    """Press with the mouse or a finger; the page redraws everything after the press and before the click event."""
    pointer, moment = request.param

    def pressed(place):
        place.click(trial=True)
        page.evaluate(ON_THE_NEXT, moment)
        getattr(place, pointer)()

    return pressed


def stir(page):
    page.evaluate("stir()")
    expect(page.locator("#messages").get_by_text("stirred").last).to_be_visible()


def focused(page, place):
    return place.evaluate("one => one === document.activeElement")


def test_a_press_on_a_threads_card_opens_the_thread(page, press):
    card = answer(page, "clip", "Made for you").locator(".thread-card")
    expect(card.locator(".ping")).to_be_visible()
    press(card)
    expect(page.get_by_role("complementary", name="Thread")).to_contain_text("here it is")


def test_a_press_on_a_button_reaches_the_bot(page, press):
    press(answer(page, "card", "A card").get_by_role("button", name="Open form"))
    expect(page.get_by_role("dialog", name="A form of everything")).to_be_visible()


def test_a_press_on_a_link_into_another_channel_goes_there(page, press):
    there = page.locator("#channels").get_by_role("button", name="gallery").get_attribute("data-channel")
    box(page).fill(f"look into <#{there}>")
    box(page).press("Enter")
    press(latest(page, "look into").get_by_role("button", name="gallery"))
    expect(page.locator("#channel-title")).to_contain_text("gallery")


def test_a_press_on_an_example_of_the_welcome_runs_it(page, press):
    """The small bot has no such command; the page says so, which shows that the press was handled."""
    press(page.locator(".example", has_text="From words alone"))
    expect(page.locator(".examples-block .composer-note")).to_have_text("This bot has no /video text command.")


def test_a_press_on_a_channel_of_the_list_opens_it(page, press):
    press(page.locator("#channels").get_by_role("button", name="gallery"))
    expect(page.locator("#channel-title")).to_contain_text("gallery")


def test_a_press_on_oneself_offers_the_other_members(page, press):
    press(page.get_by_role("button", name="You are Alice"))
    expect(page.get_by_role("menuitemradio", name="Bob")).to_be_visible()


def test_changes_that_waited_for_a_press_to_end_are_shown_then(page, press):
    press(page.locator("#composer").get_by_role("button", name="Examples"))
    expect(page.locator("#messages").get_by_text("stirred").last).to_be_visible()
    expect(page.locator("#channels .channel-row").first).to_have_attribute("title", re.compile(r".+s$"))


def test_a_press_that_never_ends_holds_nothing_back_for_ever(page):
    page.mouse.move(700, 300)
    page.mouse.down()
    stir(page)
    page.mouse.up()


def test_the_space_bar_presses_a_button_that_is_drawn_anew_before_it_comes_up(page):
    button = answer(page, "card", "A card").get_by_role("button", name="Open form")
    button.evaluate("one => one.addEventListener('keydown', stir, { once: true })")
    button.press(" ")
    expect(page.get_by_role("dialog", name="A form of everything")).to_be_visible()


def test_a_button_keeps_the_focus_through_its_press_its_answer_and_a_redraw(page):
    card = answer(page, "card", "A card")
    button = card.get_by_role("button", name="Press me")
    button.press("Enter")
    expect(card).to_contain_text("It was pressed")
    stir(page)
    expect(button).not_to_have_attribute("aria-busy", "true")
    assert focused(page, button)


def test_who_dismisses_a_message_by_keyboard_stays_among_the_messages(page):
    said = answer(page, "whisper", "psst, @Alice")
    said.get_by_role("button", name="Dismiss message").press("Enter")
    expect(said).to_have_count(0)
    assert focused(page, page.get_by_role("region", name="Messages"))


def test_what_is_typed_stays_typed_and_the_focus_with_it(page):
    box(page).fill("half a sent")
    stir(page)
    page.keyboard.type("ence")
    expect(box(page)).to_have_value("half a sentence")


def test_who_reads_further_up_stays_there(page):
    messages = page.locator("#messages article")
    before = messages.count()
    for number in range(12):
        box(page).fill("\n".join(f"line {line}" for line in range(6)))
        box(page).press("Enter")
        expect(messages).to_have_count(before + number + 1)
    pane = page.get_by_role("region", name="Messages")
    place = pane.evaluate(SCROLL_UP)
    page.evaluate("stir()")
    expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert pane.evaluate("one => one.scrollTop") == place


def test_selected_words_stay_selected(page):
    words = answer(page, "prose", "quoted").locator("li").first
    words.evaluate("one => getSelection().selectAllChildren(one)")
    stir(page)
    assert page.evaluate("getSelection().toString()") == "one"


def test_an_open_list_stays_open_and_gives_the_focus_back_to_its_select(page):
    picker = answer(page, "card", "A card").get_by_role("combobox")
    picker.click()
    stir(page)
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert focused(page, picker)
    expect(latest(page, "chose animation")).to_be_visible()


def test_a_spoiler_that_was_shown_stays_shown(page):
    spoiler = answer(page, "prose", "quoted").locator(".spoiler")
    spoiler.click()
    stir(page)
    expect(spoiler).to_have_class(re.compile("shown"))


def test_a_clip_plays_on_without_a_stop_through_redraws_and_a_lost_connection(page):
    answer(page, "clip", "Made for you").locator(".thread-card").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_role("button", name="Play the clip with sound").click()
    video = thread.locator("video")
    video.evaluate(
        "one => { one.stops = 0; for (const type of ['pause', 'emptied']) one.addEventListener(type, () => one.stops++) }"
    )
    until(page, lambda: video.evaluate("one => one.currentTime > 0"), "the clip did not start")
    stir(page)
    page.evaluate("import('/page/js/live.js').then(({ connect }) => connect())")
    expect(page.locator("#messages").get_by_text("stirred")).to_have_count(0)  # the page has loaded everything again
    assert video.evaluate("one => [one.stops, one.paused, one.isConnected]") == [0, False, True]
    before = video.evaluate("one => one.currentTime")
    until(page, lambda: video.evaluate("one => one.currentTime") > before, "the clip stopped")
