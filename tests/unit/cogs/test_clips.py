"""`/clips`: a member's finished clips with their posters, searched, turned, opened and marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.presentation.views.buttons import Press
from bot.presentation.views.custom_ids import Action, found_page
from bot.presentation.views.layout import Page
from bot.services.browse_clips import CLIPS_SHOWN
from tests.fixtures.simcord_bot import _components, labels, shown, text
from tests.fixtures.simcord_scenes import clips_in, delivered, thread_of
from tests.unit.presentation.views.discord_rules import every

THUMBNAIL, GALLERY = 11, 12


def pictures(message, kind=THUMBNAIL):
    """The file names of the pictures that the message shows."""
    parts = [each for each in every(_components(message)) if each["type"] == kind]
    media = [item["media"] for part in parts for item in (part["items"] if kind == GALLERY else [part])]
    return [each["url"].split("?")[0].rpartition("/")[2] for each in media]


async def browse(server, who=None, **options):
    return (await (who or server.alice).slash(server.channel, "clips", **options)).response


async def made(server, delivery, *prompts, who=None, **options):
    jobs = []
    for prompt in prompts:
        _, job, _ = await delivered(server, delivery, kept=True, prompt=prompt, duration=3, resolution="720P", **options)
        await server.env.advance_time(1)
        jobs.append(job)
    return jobs


async def test_mine_are_listed_the_latest_first_with_the_posters_that_are_kept_and_nobody_elses(server, delivery):
    first, second = await made(server, delivery, "A red kite", "A green boat")
    await server.alice.slash(server.channel, "video text", prompt="Still running")
    listed = await browse(server)
    assert listed.flags.ephemeral
    told = text(listed)
    assert told.index("A green boat") < told.index("A red kite")
    assert "Still running" not in told
    assert pictures(listed) == [f"poster-{second.job_code}.jpg", f"poster-{first.job_code}.jpg"]
    assert labels(listed) == ["1", "2"]
    assert "**No clips yet**" in text(await browse(server, server.bob))


async def test_words_kind_time_and_marks_narrow_the_list_and_it_says_what_was_looked_for(server, delivery):
    await made(server, delivery, "A red KITE over the sea", "A green boat")
    found = await browse(server, search="sea kite", kind="text", when=7)
    assert ("A red KITE" in text(found), "green boat" in text(found)) == (True, False)
    assert "-# “sea kite” · Text to video · since <t:" in text(found)
    nothing = await browse(server, search="dragon")
    assert "**Nothing found**\n-# “dragon”\nNone of your clips is like that." in text(nothing)
    assert labels(nothing) == []
    assert "**Nothing found**" in text(await browse(server, kind="image"))


@pytest.mark.parametrize("between", ["nothing", "restart"])
async def test_pages_of_a_search_are_turned_in_place_after_a_restart_too(server, delivery, between):
    server.backend.policy = replace(server.backend.policy, allowance=100_000)
    await server.env.restart_bot(server.backend.client())
    await made(server, delivery, *(f"Kite {number}" for number in range(CLIPS_SHOWN + 1)))
    await made(server, delivery, "A green boat")
    listed = await browse(server, search="kite")
    assert ("Kite 6" in text(listed), "Kite 0" in text(listed), len(pictures(listed))) == (True, False, CLIPS_SHOWN)
    if between == "restart":
        await server.env.restart_bot(server.backend.client())
    await server.alice.click(listed, label="Older")
    assert ("**Your clips**, page 2" in text(listed), "Kite 0" in text(listed), len(pictures(listed))) == (True, True, 1)
    assert ("boat" in text(listed), "Newer" in labels(listed), "Older" in labels(listed)) == (False, True, False)
    await server.alice.click(listed, label="Newer")
    assert "Kite 6" in text(listed)


async def test_a_search_is_its_members_alone_and_gone_after_a_day(server, delivery):
    await made(server, delivery, "A red kite")
    found = await server.alice.slash(server.channel, "clips", search="kite")
    subject = found_page(found._interaction.id, 1)
    await server.backend.notifier._messages.send(
        server.channel.id, Page().buttons(Press(Action.CLIPS, subject, "Press")), nonce="1"
    )
    message = server.channel.last_message
    assert "**No longer here**" in text(shown(await server.bob.click(message, label="Press")))
    assert "A red kite" in text(shown(await server.alice.click(message, label="Press")))
    await server.env.advance_time(25 * 3600)
    await server.alice.slash(server.channel, "clips", search="boat")
    assert "**No longer here**" in text(shown(await server.alice.click(message, label="Press")))


async def test_one_is_opened_large_and_the_list_stays(server, delivery):
    (job,) = await made(server, delivery, "A red kite")
    listed = await browse(server)
    opened = await server.alice.click(listed, label="1")
    assert opened.ephemeral
    assert "> A red kite" in text(shown(opened))
    assert pictures(shown(opened), GALLERY) == [f"poster-{job.job_code}.jpg"]
    assert labels(shown(opened)) == ["Open", "Again", "Remix", "More"]
    assert "**Your clips**" in text(listed)


async def test_a_clip_whose_poster_is_not_kept_is_listed_without_one(server, delivery):
    await delivered(server, delivery)
    listed = await browse(server)
    assert ("A red kite" in text(listed), pictures(listed)) == (True, [])
    assert pictures(shown(await server.alice.click(listed, label="1")), GALLERY) == []


async def test_a_favourite_is_marked_behind_more_found_and_unmarked_by_its_owner_alone(server, delivery):
    await made(server, delivery, "A red kite", "A green boat")
    clip = clips_in(thread_of(server))[0]
    assert "Favourite" not in labels((await server.bob.click(clip, label="More")).response)
    more = await server.alice.click(clip, label="More")
    await server.alice.click(more.response, label="Favourite")
    assert "Not a favourite" in labels(more.response)
    found = await browse(server, favourites=True)
    assert ("A red kite" in text(found), "green boat" in text(found)) == (True, False)
    assert "★" in text(found)
    await server.alice.click(more.response, label="Not a favourite")
    assert "**Nothing found**\n-# favourites\n" in text(await browse(server, favourites=True))


async def test_words_that_the_server_blocks_are_left_out(server, delivery):
    await made(server, delivery, "A red kite")
    server.env.inject_error("PATCH", "/webhooks/*", status=400, code=200000)
    listed = await browse(server, search="kite")
    assert ("kite" in text(listed), "Prompts are left out" in text(listed)) == (False, True)
    assert len(pictures(listed)) == 1
