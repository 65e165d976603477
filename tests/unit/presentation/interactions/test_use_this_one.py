"""The button "Use this one" under the clips of an order of several."""

from dataclasses import replace

import pytest

from bot.domain.job import State
from bot.errors import DeliveryError
from tests.fixtures.simcord_bot import _components, labels, text
from tests.fixtures.simcord_scenes import brought, clips_in, delivered, several, thread_of
from tests.unit.presentation.views.discord_rules import every


@pytest.fixture
def backend(backend):
    backend.policy = replace(backend.policy, allowance=100_000)
    return backend


def clip_named(server, name):
    return next(each for each in clips_in(thread_of(server)) if text(each).startswith(f"**{name}**"))


def galleries(message):
    """The files of each gallery of a message."""
    shown = [each["items"] for each in every(_components(message)) if each["type"] == 12]
    return [[item["media"]["url"].rsplit("/", 1)[-1].partition("?")[0] for item in items] for items in shown]


async def test_the_card_shows_it_large_and_first_offers_its_final_and_keeps_the_others(server, delivery):
    result, jobs = await several(server, 3)
    for job in jobs:
        await brought(server, delivery, job)
    assert labels(clip_named(server, "Take 2")) == ["Again", "Remix", "Use this one", "1080P final", "More"]
    assert labels(result.response) == []
    told = await server.alice.click(clip_named(server, "Take 2"), label="Use this one")
    assert told.ephemeral
    assert "**In use**" in text(told.response)
    assert galleries(result.response) == [["poster2.jpg"], ["poster1.jpg", "poster3.jpg"]]
    card = text(result.response)
    assert card.count("[Watch it]") == 3
    assert card.count("the one in use") == 1
    await server.alice.click(result.response, label="1080P final")
    final = await server.backend.latest()
    assert (final.parent_id, final.request.resolution.value, final.seed) == (jobs[1].id, "1080P", jobs[1].seed)


async def test_pressed_again_it_says_so_and_it_may_be_changed_by_moderators_too(server, delivery):
    result, jobs = await several(server, 2)
    for job in jobs:
        await brought(server, delivery, job)
    await server.alice.click(clip_named(server, "Take 1"), label="Use this one")
    again = await server.alice.click(clip_named(server, "Take 1"), label="Use this one")
    assert "**In use already**" in text(again.response)
    refused = await server.bob.click(clip_named(server, "Take 2"), label="Use this one")
    assert "Only they, and those who moderate here" in text(refused.response)
    await server.mod.click(clip_named(server, "Take 2"), label="Use this one")
    assert galleries(result.response) == [["poster2.jpg"], ["poster1.jpg"]]
    assert (await server.backend.storage.jobs.order(jobs[0].order_id)).used_job_id == jobs[1].id


async def test_a_clip_is_in_use_while_others_are_still_made(server, delivery):
    result, jobs = await several(server, 2)
    await brought(server, delivery, jobs[0])
    await server.alice.click(clip_named(server, "Take 1"), label="Use this one")
    assert labels(result.response) == ["1080P final", "Cancel"]
    await brought(server, delivery, jobs[1])
    assert galleries(result.response) == [["poster1.jpg"], ["poster2.jpg"]]


async def test_a_single_clip_has_no_such_button(server, delivery):
    await delivered(server, delivery)
    [clip] = clips_in(thread_of(server))
    assert "Use this one" not in labels(clip)


@pytest.mark.parametrize("killed", [True, False])
async def test_what_the_card_could_not_show_it_shows_later(server, delivery, monkeypatch, killed):
    result, jobs = await several(server, 2)
    backend = server.backend
    for job in jobs:
        done, _ = await brought(server, delivery, job)
        await backend.storage.posts.shown(await backend.storage.jobs.get(done.id))
    if killed:
        # Between the write and the edit.
        assert await backend.storage.transitions.use(done)
        await server.env.restart_bot(backend.client())
    else:

        async def in_trouble(*_):
            raise DeliveryError("Discord is in trouble")

        monkeypatch.setattr(backend.notifier.posted_clips, "_ended", in_trouble)
        await server.alice.click(clip_named(server, "Take 2"), label="Use this one")
        monkeypatch.undo()
        assert await backend.storage.posts.behind(backend.clock.now_ms()) == []
        await server.env.advance_time(3700)
    behind = await backend.storage.posts.behind(backend.clock.now_ms())
    assert [each.state for each in behind] == [State.DONE] * 2
    for each in behind:
        await backend.notifier.ended(each)
        await backend.storage.posts.shown(each)
    assert galleries(result.response) == [["poster2.jpg"], ["poster1.jpg"]]
    assert await backend.storage.posts.behind(backend.clock.now_ms()) == []
