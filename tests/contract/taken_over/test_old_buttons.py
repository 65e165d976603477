"""The buttons under messages of an older version's bot, pressed now: each does what it did.

The tests post each anew and all in one channel, wherever the old bot had them.
"""

from __future__ import annotations

import json

from bot.domain.examples import EXAMPLES
from bot.domain.job import State
from bot.presentation.views.buttons import Press
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from tests.fixtures.old_databases import ALICE, BOB, KILLED_MS, MOD
from tests.fixtures.simcord_bot import labels, shown, text

FORM = {"duration": ["3"], "frame": ["720P 1:1"], "switches": ["seed"]}


async def pressed(server, who, action, subject, channel=None):
    channel = channel or server.channel
    page = Page().buttons(Press(Action(action), str(subject), "Press"))
    await server.backend.notifier._messages.send(channel.id, page, nonce=f"{action}{subject}"[-25:])
    return await who.click(channel.last_message, custom_id=f"hh:{action}:{subject}")


async def booked(server, who, action, subject):
    """The job that a press makes; it is charged to whoever pressed."""
    before = len(server.backend.engine.woken)
    await pressed(server, who, action, subject)
    assert len(server.backend.engine.woken) == before + 1
    job = await server.backend.latest()
    assert job.member_id == who.id
    entries = await server.backend.storage.ledger.of_job(job.id)
    assert [entry.credits for entry in entries] == [-job.cost]
    return job


def thread_of(server, job):
    """Opens the job's thread, as the old bot did."""
    backend = server.env.backend
    server.pinned(job.address.thread_id, backend.create_thread, server.channel.id, "clip", backend.bot_user.id)
    return server.channel.threads[0]


def typed(result):
    """What stands in an open form, by the fields' names."""
    return {each["component"]["custom_id"]: each["component"] for each in result.modal["components"]}


async def test_under_a_clip_again_final_remix_and_try_again_make_the_same_clip_as_they_did(old, server):
    jobs = server.backend.storage.jobs
    done, failed = await jobs.get(old.id("done")), await jobs.get(old.id("failed at the provider"))
    again = await booked(server, server.bob, "again", done.id)
    assert (again.request, again.seed, again.parent_id) == (done.request, 4242, done.id)
    final = await booked(server, server.bob, "final", done.id)
    assert (final.request.resolution, final.seed, final.parent_id) == ("1080P", done.seed, done.id)
    remixed = await pressed(server, server.alice, "remix", done.id)
    assert typed(remixed)["prompt"]["value"] == done.request.prompt
    await server.alice.submit_modal(remixed, {"prompt": "A blue kite", **FORM})
    remix = await server.backend.latest()
    assert (remix.request.prompt, remix.seed, remix.parent_id) == ("A blue kite", done.seed, done.id)
    retry = await booked(server, server.alice, "retry", failed.id)
    assert (retry.request, retry.parent_id) == (failed.request.model_copy(update={"seed": failed.seed}), failed.id)
    pictures = await booked(server, server.alice, "again", old.id("done with characters"))
    assert pictures.request == (await jobs.get(old.id("done with characters"))).request


async def test_a_final_that_the_old_bot_made_is_not_made_again_for_its_member(old, server):
    result = await pressed(server, server.alice, "final", old.id("done"))
    assert "**Already made**" in text(shown(result))
    assert server.backend.engine.woken == []


async def test_under_a_clip_more_prompt_link_and_edit_show_what_they_showed(old, server):
    job = await server.backend.storage.jobs.get(old.id("done"))
    assert {"Delete", "Show prompt"} <= set(labels(shown(await pressed(server, server.alice, "more", job.id))))
    assert job.request.prompt in text(shown(await pressed(server, server.bob, "prompt", job.id)))
    assert "https://example.test/clip.mp4" in text(shown(await pressed(server, server.bob, "link", job.id)))
    refused = await server.backend.storage.jobs.get(old.id("failed by moderation"))
    edited = await pressed(server, server.alice, "edit", refused.id)
    assert typed(edited)["prompt"]["value"] == refused.request.prompt
    assert "**Not yours to press**" in text(shown(await pressed(server, server.bob, "edit", refused.id)))
    private = old.id("done in private")
    assert "**No longer here**" in text(shown(await pressed(server, server.alice, "remix", private)))


async def test_delete_takes_the_old_clips_message_away_and_nothing_else(old, server):
    job = await server.backend.storage.jobs.get(old.id("done"))
    thread = thread_of(server, job)
    page = Page().buttons(Press(Action.MORE, str(job.id), "More"))
    server.ids.append(job.address.result_id)
    sent = await server.backend.notifier._messages.send(thread.id, page, nonce="clip")
    assert sent == job.address.result_id
    refused = await pressed(server, server.bob, "delete", job.id)
    assert "**Not yours to press**" in text(shown(refused))
    asked = await pressed(server, server.alice, "delete", job.id)
    assert "**Delete this clip?**" in text(shown(asked))
    await server.alice.click(shown(asked), label="Delete it")
    assert sent not in [message.id for message in thread.history()]
    after = await server.backend.storage.jobs.get(job.id)
    assert (after.state, after.charged, after.address.result_id) == (State.DONE, job.charged, None)
    gone = await pressed(server, server.alice, "delete", old.id("done and deleted"))
    assert "**Already gone**" in text(shown(gone))


async def test_under_a_running_clip_cancel_keep_and_throw_away_do_what_they_did(old, server):
    storage = server.backend.storage
    refused = await pressed(server, server.bob, "cancel", old.id("queued"))
    assert "**Not yours to press**" in text(shown(refused))
    await pressed(server, server.alice, "cancel", old.id("queued"))
    cancelled = await storage.jobs.get(old.id("queued"))
    assert (cancelled.state, cancelled.charged) == (State.CANCELLED, 0)
    assert sum(entry.credits for entry in await storage.ledger.of_job(cancelled.id)) == 0
    generating = old.id("generating")
    asked = await pressed(server, server.alice, "cancel", generating)
    assert labels(shown(asked)) == ["Let it finish", "Throw it away"]
    await pressed(server, server.alice, "discard", generating)
    thrown = await storage.jobs.get(generating)
    assert (thrown.discard, thrown.discarded_by, thrown.moderated_away) == (True, ALICE, False)
    await pressed(server, server.alice, "keep", generating)
    assert not (await storage.jobs.get(generating)).discard


async def test_what_was_thrown_away_before_is_taken_back_by_its_owner_only(old, server):
    storage = server.backend.storage
    await pressed(server, server.bob, "keep", old.id("generating and thrown away"))
    assert not (await storage.jobs.get(old.id("generating and thrown away"))).discard
    moderated = old.jobs.get("generating and thrown away by a moderator")
    if moderated is not None:
        await pressed(server, server.bob, "keep", moderated)
        kept = await storage.jobs.get(moderated)
        assert (kept.discard, kept.discarded_by) == (True, MOD)
        await pressed(server, server.mod, "keep", moderated)
        assert not (await storage.jobs.get(moderated)).discard


async def test_every_draft_opens_its_form_and_its_pictures_come_with_it(old, server):
    people = {ALICE: server.alice, BOB: server.bob}
    drafts = old.rows("SELECT * FROM drafts WHERE content NOT LIKE '%still%' ORDER BY id")
    for row in drafts:
        form = await pressed(server, people[row["member_id"]], "draft", row["id"])
        assert typed(form)["prompt"]["value"] == json.loads(row["content"])["prompt"]
        stranger = server.mod if row["member_id"] == BOB else server.bob
        assert "**No longer here**" in text(shown(await pressed(server, stranger, "draft", row["id"])))
    with_picture = next(row for row in drafts if "draft with a picture" in row["content"])
    form = await pressed(server, server.alice, "draft", with_picture["id"])
    await server.alice.submit_modal(form, {"prompt": "It smiles", "duration": ["3"]})
    job = await server.backend.latest()
    (kept,) = json.loads(with_picture["content"])["references"]
    assert [each.sha256 for each in job.request.references] == [kept["sha256"]]


async def test_examples_lists_and_credits_show_what_they_showed(old, server):
    example = await pressed(server, server.bob, "example", EXAMPLES[0].key)
    assert typed(example)["prompt"]["value"] == EXAMPLES[0].raw.prompt
    listed = await server.alice.slash(server.channel, "jobs")
    assert "queued" in text(listed.response)
    turned = await pressed(server, server.alice, "page", 2)
    assert "a red kite" in text(shown(turned))
    entries = await server.backend.storage.ledger.entries(ALICE, 3)
    told = text((await server.alice.slash(server.channel, "quota")).response)
    assert all(str(abs(entry.credits)) in told for entry in entries)


async def test_a_clip_without_a_place_is_posted_where_its_owner_presses(old, server):
    waiting = {name for name in old.unfinished if name.startswith("unposted")} - {"unposted and thrown away"}
    assert len(waiting) == (4 if old.schema > 1 else 0)
    for name in waiting & {"unposted", "unposted and too large"}:
        refused = await pressed(server, server.bob, "post", old.id(name))
        assert "**Not yours to press**" in text(shown(refused))
        await pressed(server, server.alice, "post", old.id(name))
        job = await server.backend.storage.jobs.get(old.id(name))
        assert (job.state, job.address.channel_id, job.failure) == (State.FITTING, server.channel.id, None)
        assert job.id in server.backend.engine.woken


async def test_a_clip_that_the_old_bot_posted_before_it_was_killed_is_found_and_not_posted_again(old, server, delivery):
    storage, notifier = server.backend.storage, server.backend.notifier
    (job,) = [
        each
        for each in await storage.job_recovery.take_over(KILLED_MS, broke=True)
        if each.id == old.id("delivering and posted")
    ]
    thread = thread_of(server, job)
    page = Page().buttons(*(Press(action, str(job.id), "Press") for action in (Action.AGAIN, Action.MORE)))
    sent = await notifier._messages.send(thread.id, page, nonce="clip")
    messages = len(list(thread.history()))
    posted = await notifier.deliver(job, delivery)
    assert (posted.channel_id, posted.message_id) == (thread.id, sent)
    assert len(list(thread.history())) == messages
