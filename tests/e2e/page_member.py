"""A member who uses the sandbox's page: gives commands with options, fills forms, presses buttons, reads what is shown."""

import json
import re

from playwright.sync_api import expect

from tests.e2e.bot_process import RENDER_SECONDS
from tests.fixtures.page import PHONE, box, until

# What is typed for each option of a command. Enter takes the first entry of a list.
TYPED = {
    "duration": "3",
    "resolution": "720",
    "aspect": "9:16",
    "seed": "7",
    "takes": "1",
    "private": "True",
    "make": "real",
}
NUMBERS = {"seed", "takes"}
"""Options whose list has nothing to pick from."""
COMMANDS = {
    "/video text": set(TYPED),
    "/video image": {"image", *TYPED},
    "/video characters": {*(f"character{number}" for number in range(1, 10)), *TYPED},
    "/video studio": set(),
    "/jobs": set(),
    "/clips": {"search", "kind", "when", "favourites"},
    "/quota": set(),
    "/help": set(),
    "Animate this image": set(),
}


class PageMember:
    """A member who uses the page."""

    def __init__(self, visit, bot, member, size, folder):
        self.bot = bot
        self.member = member
        self.folder = folder
        self.small = size is PHONE
        address = f"{bot.sandbox.url}/?as={member.name}"
        self.page = visit(address, size, has_touch=self.small, is_mobile=self.small)
        self.thread = self.page.get_by_role("complementary", name="Thread")
        self.messages = self.page.get_by_role("region", name="Messages")
        self.modal = self.page.get_by_role("dialog")
        self.note = self.page.locator("#composer .composer-note")

    def look(self, name):
        self.page.screenshot(path=self.folder / f"{name}.png")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.page.viewport_size["width"], f"{name} is wider than the screen"

    def choose(self, command):
        """Type the command's name, and take the first entry of the list."""
        box(self.page).fill(command)
        expect(self.page.locator("#composer .suggest-item").first).to_contain_text(command, timeout=20_000)
        box(self.page).press("Enter")

    def option(self, name):
        """Add an optional option. The focus is in its field then."""
        self.page.locator("#composer .chip-more").click()
        self.page.get_by_role("menuitem", name=re.compile(rf"^{name}\b")).click()

    def attach(self, name, picture):
        self.page.set_input_files(f'#composer .attach-card[data-option="{name}"] input[type=file]', picture)

    def fill_every_option(self, command, prompt, picture):
        self.choose(command)
        self.page.keyboard.type(prompt)
        for name in sorted(COMMANDS[command]):
            card = self.page.locator(f'#composer .attach-card[data-option="{name}"]')
            chip = self.page.locator(f'#composer .chip[data-option="{name}"]')
            if not (card.count() or chip.count()):
                self.option(name)
            if card.count():
                self.attach(name, picture)
                continue
            self.page.keyboard.type(TYPED[name])
            if name not in NUMBERS:
                self.page.keyboard.press("Enter")

    def send(self):
        self.page.locator("#composer .send").click()

    def made(self, prompt):
        """Wait until the clip with this prompt is made and shown, and return its row."""

        def booked():
            jobs = map(self.bot.books.job, reversed(self.bot.books.jobs_of(self.member.id)))
            return next((job["id"] for job in jobs if json.loads(job["request"])["prompt"] == prompt), None)

        until(self.page, booked, f"nothing was booked: {prompt}")
        return self.bot.books.ended(booked(), seconds=RENDER_SECONDS)

    def card(self, prompt):
        return self.messages.locator("article.message", has_text=prompt).last

    def open(self, prompt):
        """Open the thread of the clip with this prompt."""
        self.card(prompt).locator(".thread-card").click()
        expect(self.thread.locator("video").last).to_be_visible()

    def press(self, label, place):
        place.get_by_role("button", name=label, exact=True).last.click()

    def tab_to(self, place, key="Tab"):
        """Move the focus there with the keyboard only."""
        for _ in range(60):
            if place.evaluate("one => one.contains(document.activeElement)"):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{place} was never reached by {key}")

    def form(self, title, prompt):
        """Send the open form with another prompt."""
        expect(self.modal).to_be_visible()
        expect(self.modal).to_contain_text(title)
        self.modal.get_by_role("textbox").first.fill(prompt)
        self.look(f"form {title}")
        self.modal.get_by_role("button", name="Submit").click()
        expect(self.modal).to_have_count(0)
