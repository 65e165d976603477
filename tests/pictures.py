"""Makes the screenshots of README and docs: `python -m tests.pictures`. Look at each before you commit it."""

import io
import re
import sys

import httpx
from PIL import Image
from playwright.sync_api import expect

from tests.fixtures.page import DESKTOP, PHONE, ROOT, chromium, python, until, visitors
from tests.processes import line_of

FOLDER = ROOT / "docs" / "pictures"
CLIP_MS = 180_000
COLOURS = 200
"""Number of colours of a picture: letters stay sharp and files small."""
PROMPT = (
    "A red paper boat sails down a rain-wet cobbled street at dusk, lamplight rippling around it. Slow push-in. Rain patters,"
    " a tram bell rings far away, soft piano."
)
SEVERAL = "A small harbour at {dawn|noon|night}, a red kite above the quay. Slow push-in. Gulls, halyards clinking, soft wind."
"""Makes three clips. Together with the one of `PROMPT` they cost less than the credits that the demo's members have."""


def command(url, path, **options):
    body = {"as": "alice", "channel": "clips", "command": path, "options": options}
    httpx.post(f"{url}/_sandbox/invoke", json=body, timeout=60).raise_for_status()


def keep(page, name):
    """Save what the page shows now as `name-WIDTH.png`."""
    page.mouse.move(0, 0)
    page.evaluate("() => document.fonts.ready")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = FOLDER / f"{name}-{shot.width}.png"
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} KB\n")


def messages(page, text):
    return page.locator("#messages article.message", has_text=text)


def newest(page, text):
    found = messages(page, text).last
    found.scroll_into_view_if_needed()
    expect(found).to_be_visible()
    return found


def answered(page, url, text, path, **options):
    """Give a command, and wait for its answer with this text."""
    before = messages(page, text).count()
    command(url, path, **options)
    expect(messages(page, text)).to_have_count(before + 1)
    return newest(page, text)


def take(visit, url, size, **context):
    page = visit(url, size, **context)
    newest(page, "Watch the clip").locator(".thread-card").click()
    thread = page.get_by_role("complementary", name="Thread")
    video = thread.locator("video")
    expect(video).to_be_visible()
    video.evaluate("(one) => { one.currentTime = 1.5; }")
    until(page, lambda: video.evaluate("(one) => !one.seeking && one.readyState >= 2"), "the clip shows no picture")
    keep(page, "thread")
    page.locator("#thread-close").click()
    card = newest(page, "Watch the clip")
    keep(page, "card")
    card.get_by_role("button", name="Remix").click()
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    keep(page, "form")
    page.keyboard.press("Escape")
    answered(page, url, "3 to 15", "/video text", prompt=PROMPT, duration="30", seed=-4)
    keep(page, "error")
    answered(page, url, "left today", "/quota")
    keep(page, "quota")


def order_several(page, url):
    """Order three clips, confirm the price as a member does, and wait until all are there."""
    answered(page, url, "Make 3 clips?", "/video text", prompt=SEVERAL, duration="5", resolution="720P")
    page.get_by_role("button", name="Confirm").last.click()
    expect(page.get_by_text("All 3 clips are here").first).to_be_visible(timeout=3 * CLIP_MS)


def with_frames(page, message, count):
    """Wait until so many frames of clips are drawn in the message."""
    frames = message.locator("img[alt^='A frame of the finished clip']")
    expect(frames).to_have_count(count)
    drawn = "(all) => all.every((one) => one.complete && one.naturalWidth > 0)"
    until(page, lambda: frames.evaluate_all(drawn), "the frames of clips do not come")


def take_board(visit, url, size, **context):
    page = visit(url, size, **context)
    with_frames(page, newest(page, "Watch it"), 3)
    keep(page, "board")


def take_jobs(visit, url, size, **context):
    page = visit(url, size, **context)
    with_frames(page, answered(page, url, "Your clips", "/jobs"), 2)
    keep(page, "jobs")


def main():
    FOLDER.mkdir(exist_ok=True)
    with python("-m", "demo", "--port", "0", "--quota") as demo, chromium() as browser, visitors(browser) as visit:
        url = re.search(r"http://[\w.:]+", line_of(demo))[0]
        page = visit(url)
        command(url, "/video text", prompt=PROMPT, duration="5", resolution="720P")
        expect(page.get_by_text("Watch the clip").first).to_be_visible(timeout=CLIP_MS)
        take(visit, url, DESKTOP)
        take(visit, url, PHONE, has_touch=True, is_mobile=True)
        order_several(page, url)
        for take_one in (take_board, take_jobs):
            take_one(visit, url, DESKTOP)
            take_one(visit, url, PHONE, has_touch=True, is_mobile=True)


if __name__ == "__main__":
    main()
