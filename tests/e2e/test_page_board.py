"""The board of an order of several clips on the page, as desktops and phones show it."""

import json
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import expect

from bot.domain.job import Failure, State
from bot.presentation.views.board import board
from bot.presentation.views.job_card import poster_file
from tests.fixtures.page import DESKTOP, PHONE, call, latest, needs_chromium, sandbox
from tests.fixtures.simcord_bot import picture
from tests.sandbox_process import TOKEN
from tests.unit.presentation.views.test_board import order

pytestmark = [needs_chromium]
FLAGS = 1 << 15
"""Discord's flag of a message that is made of components."""


@pytest.fixture(scope="module")
def server():
    """A sandbox without a bot."""
    with sandbox() as url:
        yield url


def shown(url, page, names=()):
    """Posts a page of the bot in the first channel, with pictures under these names."""
    channel = next(each["id"] for each in call(url, "state")["channels"] if each["name"] == "clips")
    files = {f"files[{number}]": (name, picture(640, 360), "image/jpeg") for number, name in enumerate(names)}
    attachments = [{"id": number, "filename": name} for number, name in enumerate(names)]
    body = {"flags": FLAGS, "components": page.to_components(), "attachments": attachments}
    httpx.post(
        f"{url}/api/v10/channels/{channel}/messages",
        headers={"Authorization": f"Bot {TOKEN}"},
        data={"payload_json": json.dumps(body)},
        files=files or {"none": ("", b"")},
        timeout=60,
    ).raise_for_status()


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_a_board_shows_every_clip_its_posters_and_what_can_be_done_and_fits_a_phone(server, visit, size):
    states = (State.DONE, State.FAILED, State.DONE, State.GENERATING)
    made = order(4, states, failures=(None, Failure.MODERATION, None, None))
    jobs = [replace(each, used_job_id=made[2].id) for each in made]
    there = [each for each in jobs if each.state is State.DONE]
    shown(server, board(jobs, posters={each.id for each in there}), [poster_file(each) for each in there])

    page = visit(server, size)

    card = latest(page, "2 of 4 are here")
    pictures = card.locator("img[alt^='A frame of the finished clip']")
    expect(pictures).to_have_count(2)
    expect(pictures.first).to_have_attribute("alt", "A frame of the finished clip: Take 3")
    large, small = (pictures.nth(number).bounding_box() for number in range(2))
    assert large["y"] < small["y"]
    expect(card).to_contain_text("Take 2 · Not this wording · not charged")
    expect(card.get_by_role("button", name="Edit: Take 2")).to_be_visible()
    expect(card.get_by_role("button", name="Cancel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
