"""How large a file each place takes: a file within the limit is uploaded, one that would be refused is not."""

from dataclasses import replace

import pytest

from bot.errors import UploadTooLarge
from bot.ports import ClipLink, Delivery, NoUpload
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, delivered, thread_of, through


def sized(delivery, megabytes):
    return replace(delivery, facts=replace(delivery.facts, size=megabytes * 1024 * 1024))


def uploads(server, since):
    return [each.path for each in server.env.http_requests[since:] if each.method == "POST" and each.path.endswith("/messages")]


async def test_a_public_clip_has_the_servers_limit_and_a_private_one_that_of_its_interaction(server):
    _, public = await asked(server)
    await server.env.advance_time(16)
    _, private = await asked(server, private=True)
    limit = 25 * 1024 * 1024
    public, private = (replace(job, address=replace(job.address, upload_limit=limit)) for job in (public, private))
    notifier, safe = server.backend.notifier, 10 * 1024 * 1024
    assert notifier.upload_limits(public) == (safe,)
    assert notifier.upload_limits(private) == (limit, safe)
    server.backend.now.get_guild(server.guild.id).premium_tier = 2
    assert notifier.upload_limits(public) == (50 * 1024 * 1024, safe)
    assert notifier.upload_limits(private) == (limit, safe)
    server.backend.now._connection._guilds.clear()
    # Before the gateway has named the server's tier, the larger limit is tried, so that no clip is made smaller in vain.
    assert notifier.upload_limits(public) == (limit, safe)
    await server.env.advance_time(16 * 60)
    assert notifier.upload_limits(private) == (safe,)


async def test_what_a_server_does_not_take_is_not_uploaded_to_it(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    before = len(server.env.http_requests)
    with pytest.raises(UploadTooLarge) as caught:
        await server.backend.notifier.deliver(job, sized(delivery, 11))
    assert caught.value.limit == 10 * 1024 * 1024
    assert uploads(server, before) == []


async def test_what_direct_messages_do_not_take_is_not_uploaded_to_them(server, delivery):
    _, job = await asked(server, private=True)
    await server.env.advance_time(16 * 60)
    job = await through(server, job, *MADE)
    before = len(server.env.http_requests)
    with pytest.raises(UploadTooLarge):
        await server.backend.notifier.deliver(job, sized(delivery, 11))
    assert uploads(server, before) == []
    await server.backend.notifier.deliver(job, sized(delivery, 10))
    assert len(clips_in(server.alice.user.dm_channel)) == 1


async def test_a_clip_too_large_for_any_upload_comes_as_a_link_with_the_reason(server):
    link = ClipLink("https://cdn.example/clip.mp4?sig=1", server.backend.clock.now_ms() + 900_000)
    delivery = Delivery(None, "clip.mp4", None, link=link, no_upload=NoUpload(10 * 2**20))
    await delivered(server, delivery)
    clip = thread_of(server).last_message
    assert "[Watch the clip](<https://cdn.example/clip.mp4?sig=1>)" in text(clip)
    assert "small enough" in text(clip)
    fresh = await server.bob.click(clip, label="Fresh link")
    assert fresh.ephemeral
