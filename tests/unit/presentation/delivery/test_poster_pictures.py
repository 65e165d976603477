"""The poster of a clip comes onto the card once, also if the process is killed between the clip's message and the card."""

import pytest

from bot.errors import StorageError
from bot.ports import OutputKind
from tests.factories import storage_error
from tests.fakes import failing_first
from tests.fixtures.simcord_bot import _components, text
from tests.fixtures.simcord_scenes import asked, brought, only_posted, several
from tests.unit.presentation.views.discord_rules import every

NEW_FILES_BELOW = 100
"""An edit numbers the files that come with it from 0; files that the message has already have Discord's ids."""


def uploads(server, name):
    """How often an edit brought a file of this name along."""
    edits = [each.json for each in server.env.http_requests if each.method == "PATCH" and each.json]
    listed = [file for each in edits for file in each.get("attachments", ())]
    return sum(file["filename"] == name and int(file["id"]) < NEW_FILES_BELOW for file in listed)


def files(result):
    return sorted(each.filename for each in result.response.attachments)


async def killed(server):
    """The process is killed, and the next one takes over what it left."""
    await server.env.restart_bot(server.backend.client())
    await server.backend.storage.job_recovery.take_over(server.backend.clock.now_ms(), broke=True)


async def caught_up(server):
    """Shows what no message shows yet, as a start does."""
    posts = server.backend.storage.posts
    for job in await posts.behind(server.backend.clock.now_ms()):
        assert not await server.backend.notifier.ended(job)
        await posts.shown(job)


@pytest.mark.parametrize("minutes", [1, 20], ids=["by the token", "by the bot's own route"])
async def test_a_process_killed_before_the_card_showed_the_poster_leaves_it_to_the_next_one(server, delivery, minutes):
    result, job = await asked(server)
    await only_posted(server, delivery, job, kept=True)
    await killed(server)
    await server.env.advance_time(minutes * 60)
    await caught_up(server)
    assert text(result.response).startswith("**Done**")
    assert files(result) == ["poster.jpg"]
    assert 12 in [each["type"] for each in every(_components(result.response))]
    assert uploads(server, "poster.jpg") == 1


async def test_a_process_killed_after_the_card_showed_the_poster_has_it_uploaded_no_second_time(server, delivery):
    result, job = await asked(server)
    await brought(server, delivery, job, kept=True)
    # It died before it could write that down.
    await killed(server)
    await caught_up(server)
    assert files(result) == ["poster.jpg"]
    assert uploads(server, "poster.jpg") == 1


async def test_a_poster_that_had_to_make_room_leaves_the_card_without_one(server, delivery):
    result, job = await asked(server)
    await only_posted(server, delivery, job, kept=True)
    (await server.backend.kept_clips.output(job.id, OutputKind.POSTER)).path.unlink()
    await killed(server)
    await caught_up(server)
    assert text(result.response).startswith("**Done**")
    assert files(result) == []


async def test_while_the_database_can_not_say_what_is_kept_the_end_waits_and_then_comes_with_its_poster(
    server, delivery, monkeypatch
):
    result, job = await asked(server)
    await only_posted(server, delivery, job, kept=True)
    await killed(server)
    kept = server.backend.kept_clips
    monkeypatch.setattr(kept, "output", failing_first(kept.output, [storage_error("locked")]))
    with pytest.raises(StorageError):
        await caught_up(server)
    await caught_up(server)
    assert files(result) == ["poster.jpg"]


@pytest.mark.parametrize("shown", [0, 1])
async def test_a_board_whose_process_was_killed_shows_the_posters_of_all_its_clips(server, delivery, shown):
    result, jobs = await several(server, 3)
    for number, job in enumerate(jobs[:2]):
        await (brought if number < shown else only_posted)(server, delivery, job, kept=True)
    await killed(server)
    await caught_up(server)
    assert files(result) == ["poster1.jpg", "poster2.jpg"]
    await brought(server, delivery, await server.backend.storage.jobs.get(jobs[2].id), kept=True)
    assert files(result) == ["poster1.jpg", "poster2.jpg", "poster3.jpg"]
    assert [uploads(server, f"poster{number}.jpg") for number in (1, 2, 3)] == [1, 1, 1]


async def test_a_board_that_is_announced_once_more_after_a_kill_keeps_its_posters(server, delivery):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=None)
    result, jobs = await several(server, 2)
    await brought(server, delivery, jobs[0], kept=True)
    await killed(server)
    await server.backend.notifier.announce(await server.backend.storage.jobs.get(jobs[1].id))
    assert files(result) == ["poster1.jpg"]
    assert uploads(server, "poster1.jpg") == 1


async def test_a_poster_of_a_board_that_had_to_make_room_leaves_its_line(server, delivery):
    result, jobs = await several(server, 2)
    await only_posted(server, delivery, jobs[0], kept=True)
    await only_posted(server, delivery, jobs[1])
    (await server.backend.kept_clips.output(jobs[0].id, OutputKind.POSTER)).path.unlink()
    await killed(server)
    await caught_up(server)
    assert text(result.response).count("[Watch it]") == 2
    assert files(result) == []
