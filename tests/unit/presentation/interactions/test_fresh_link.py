"""The button "Fresh link" where the clip's file was kept, and what Delete does to that file."""

from bot.ports import OutputKind
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from tests.factories import storage_error
from tests.fakes import failing_first
from tests.fixtures.simcord_bot import shown, text
from tests.fixtures.simcord_scenes import clips_in, delivered, thread_of

LINK = "https://example.test/clip.mp4"


async def press(server, job, who, action=Action.LINK):
    """Posts a message in the channel that has only this button, and presses it, as members press one under an old message."""
    await server.backend.notifier._messages.send(server.channel.id, Page().buttons(job_button(action, job.id)), nonce="1")
    return await who.click(server.channel.last_message, label=job_button(action, job.id).item.label)


def attached(result):
    return [each.filename for each in shown(result).attachments]


async def kept(server, job):
    return await server.backend.kept_clips.output(job.id, OutputKind.CLIP)


async def test_a_kept_clip_comes_as_a_file_for_the_member_alone(server, delivery):
    _, job, _ = await delivered(server, delivery, "run-1", kept=True)
    result = await press(server, job, server.bob)
    assert result.ephemeral
    assert attached(result) == [f"a-red-kite-5s-720p-{job.job_code[-5:]}.mp4"]
    assert "**The clip once more**" in text(shown(result))
    assert LINK not in text(shown(result))


async def test_a_clip_that_made_room_comes_as_the_providers_link(server, delivery):
    _, job, _ = await delivered(server, delivery, "run-1", kept=True)
    (await kept(server, job)).path.unlink()
    result = await press(server, job, server.alice)
    assert attached(result) == []
    assert LINK in text(shown(result))


async def test_a_file_that_is_too_large_here_comes_as_the_providers_link(server, delivery):
    delivery.path.write_bytes(bytes(26 * 1024 * 1024))
    _, job, _ = await delivered(server, delivery, "run-1", kept=True)
    result = await press(server, job, server.alice)
    assert attached(result) == []
    assert LINK in text(shown(result))


async def test_a_private_clips_file_is_handed_to_its_owner_alone(server, delivery):
    _, job, _ = await delivered(server, delivery, "run-1", kept=True, private=True)
    assert len(attached(await press(server, job, server.alice))) == 1
    for other in (server.bob, server.mod):
        refused = await press(server, job, other)
        assert refused.ephemeral
        assert (attached(refused), LINK in text(shown(refused))) == ([], False)


async def test_deleting_a_clip_deletes_its_file(server, delivery):
    _, job, _ = await delivered(server, delivery, "run-1", kept=True)
    path = (await kept(server, job)).path
    more = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    await server.alice.click(more.response, label="Delete")
    assert path.exists()
    await server.alice.click(more.response, label="Delete it")
    assert clips_in(thread_of(server)) == []
    assert (await kept(server, job), path.exists()) == (None, False)


async def test_equal_clips_of_two_members_deleted_by_one_the_other_still_gets_theirs(server, delivery):
    _, first, _ = await delivered(server, delivery, "run-1", kept=True)
    _, second, _ = await delivered(server, delivery, "run-2", kept=True, who=server.bob)
    await press(server, first, server.alice, Action.ERASE)
    assert await kept(server, first) is None
    assert len(attached(await press(server, second, server.bob))) == 1


async def test_while_the_file_cant_be_deleted_the_message_stays_and_the_member_may_press_again(server, delivery):
    _, job, _ = await delivered(server, delivery, "run-1", kept=True)
    files = server.backend.kept_clips
    files.erase = failing_first(files.erase, [storage_error("locked")])
    await press(server, job, server.alice, Action.ERASE)
    assert len(clips_in(thread_of(server))) == 1
    await press(server, job, server.alice, Action.ERASE)
    assert clips_in(thread_of(server)) == []
    assert await kept(server, job) is None
