"""The page with every kind of place: channels in categories, forum posts, several guilds, groups, other applications."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.fixtures.page import box, call, latest, needs_chromium, sandbox

pytestmark = [needs_chromium]
CATEGORY, VOICE, ANNOUNCEMENT, STAGE, FORUM = 4, 2, 5, 13, 15


@pytest.fixture(scope="module")
def server():
    """A sandbox without a bot."""
    with sandbox() as url:
        yield url


def post(url, path, **body):
    return httpx.post(f"{url}/_sandbox/{path}", json=body, timeout=60).raise_for_status().json()


def row(page, name):
    return page.locator("#channels").get_by_role("button", name=name)


def test_channels_of_every_kind_stand_in_their_category_and_take_messages_where_discord_does(server, visit):
    studio = post(server, "channels", name="Studio", type=CATEGORY)["id"]
    for name, kind in (("talk", VOICE), ("news", ANNOUNCEMENT), ("podium", STAGE)):
        post(server, "channels", name=name, type=kind, category=studio)
    post(server, "channels", name="ideas", type=FORUM, category=studio, tags=["calm", "wild"])
    post(server, "threads", **{"as": "bob", "channel": "ideas", "name": "A boat", "tags": ["calm"], "content": "It sails."})

    page = visit(server)

    group = page.locator("#channels .channel-group", has_text="Studio")
    expect(group.locator("~ .channel-block")).to_have_count(4)
    for name, kind in (("talk", "voice channel"), ("news", "announcement channel"), ("podium", "stage channel")):
        row(page, f"{name}, {kind}").click()
        box(page).fill(f"here in {name}")
        box(page).press("Enter")
        expect(latest(page, f"here in {name}")).to_be_visible()
    row(page, "ideas, forum").click()
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator(".post")).to_contain_text("calm")
    page.locator(".post .thread-card").click()
    expect(page.get_by_role("complementary", name="Thread")).to_contain_text("It sails.")


def test_another_guild_has_its_own_channels_and_tells_on_the_rail_of_mentions_there(server, visit):
    page = visit(server)
    expect(row(page, "clips")).to_be_visible()
    there = post(server, "guilds", name="Harbour", members=["alice"], channels=["quay"])
    alice = next(one["id"] for one in call(server, "state")["members"] if one["name"] == "alice")
    rail = page.get_by_role("navigation", name="Servers")
    rail.get_by_role("button", name="Harbour").click()
    expect(row(page, "quay")).to_have_attribute("aria-current", "true")
    expect(row(page, "clips")).to_have_count(0)
    rail.get_by_role("button", name="Happy Horse").click()
    expect(row(page, "clips")).to_have_attribute("aria-current", "true")
    member = post(server, "applications", name="tug", guild=there["id"])["name"]
    post(server, "messages", **{"as": member, "channel": "Harbour/quay", "content": f"<@{alice}> a ship came in"})
    expect(rail.get_by_role("button", name="Harbour, 1 mention")).to_be_visible()
    page.locator(".toast-open").click()
    expect(page.locator("#messages")).to_contain_text("a ship came in")


def test_a_group_is_among_the_direct_messages_and_says_that_the_bot_is_not_in_it(server, visit):
    post(server, "channels", between=["alice", "bob", "mod"], name="Three painters")
    page = visit(server)
    page.get_by_role("navigation", name="Servers").get_by_role("button", name="Direct Messages").click()
    row(page, "Three painters").click()
    expect(page.locator("#messages")).to_contain_text("Happy Horse is not in this conversation.")


def test_another_applications_messages_have_its_own_letter_and_not_the_horse(server, visit):
    post(server, "applications", name="weather")
    post(server, "messages", **{"as": "weather", "channel": "clips", "content": "rain by noon"})
    message = latest(visit(server), "rain by noon")
    expect(message).to_contain_text("APP")
    expect(message.locator(".message-avatar")).to_have_text("W")
