"""`/jobs` with an order of several clips: one entry, whose buttons ask and act as those of its card."""

from bot.domain.job import State
from tests.fixtures.simcord_bot import labels, shown, text
from tests.fixtures.simcord_scenes import brought, several
from tests.unit.cogs.test_overviews import THUMBNAIL, types


async def entry(server, many=3):
    """The jobs of an order of so many clips, and `/jobs` with it. `several` also books an order of one, which is cancelled."""
    _, jobs = await several(server, many)
    one = await server.backend.latest()
    await server.backend.now.use_cases.cancel.cancel(one.id, server.alice.id, moderator=False)
    return jobs, (await server.alice.slash(server.channel, "jobs")).response


async def test_cancel_of_an_order_asks_the_same_question_as_its_card(server):
    jobs, listed = await entry(server)
    assert labels(listed)[:2] == ["Cancel", "Show 3 takes"]
    asks = await server.alice.click(listed, label="Cancel")
    assert labels(asks.response) == ["Take 1", "Take 2", "Take 3", "All of them"]
    await server.alice.click(asks.response, label="All of them")
    again = await server.alice.slash(server.channel, "jobs")
    assert "**None of the 3 takes is here**" in text(again.response)
    assert "Cancelled: 3" in text(again.response)
    assert [each.state for each in await server.backend.storage.jobs.of_order(jobs[0].order_id)] == [State.CANCELLED] * 3


async def test_an_order_is_opened_clip_by_clip_and_the_list_stays(server, delivery):
    jobs, listed = await entry(server, 2)
    for job in jobs:
        await brought(server, delivery, job)
    before = text(listed)
    await server.env.restart_bot(server.backend.client())
    count = len(server.env.http_requests)
    opened = await server.alice.click(listed, label="Show 2 takes")
    assert (opened.ephemeral, text(listed)) == (True, before)
    assert text(shown(opened)).startswith("**Both are here**")
    assert labels(shown(opened)) == ["Open", "Open"]
    assert types(shown(opened)).count(THUMBNAIL) == 2
    # Both posters are on one card, which is asked for once.
    looks = [each for each in server.env.http_requests[count:] if each.method == "GET" and "/messages/" in each.path]
    assert len(looks) == 1


async def test_a_page_of_orders_shows_each_once_with_the_poster_of_a_clip_that_is_here(server, delivery):
    jobs, _ = await entry(server, 2)
    await brought(server, delivery, jobs[1])
    listed = (await server.alice.slash(server.channel, "jobs")).response
    assert "**In line · 1 of 2 is here**" in text(listed)
    assert text(listed).count("> A red kite") == 2
    assert types(listed).count(THUMBNAIL) == 1
