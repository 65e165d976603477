"""Messages for all are always in the server's language, whoever presses; messages for one member are in theirs."""

import pytest

from bot.detail import said
from bot.notice import OutOfReach
from bot.presentation.delivery.progress_updater import Followed
from bot.presentation.views.custom_ids import Action
from tests.fixtures.simcord_bot import buttons, shown, text
from tests.fixtures.simcord_languages import ENGLISH, GERMAN, language, locales  # noqa: F401  a fixture
from tests.fixtures.simcord_scenes import MADE, asked, brought, clips_in, placed, thread_of, through
from tests.pseudo_locale import PSEUDO, pseudo
from tests.unit.presentation.delivery.test_delivery_again import closed
from tests.unit.presentation.interactions.test_post_here import posted, waiting

WORDS = {ENGLISH: str, GERMAN: pseudo}


@pytest.fixture(params=[(GERMAN, ENGLISH), (ENGLISH, GERMAN)], ids=["German server", "English server"])
def languages(request, server, locales):  # noqa: F811  a fixture
    """The server's language, and that of its members."""
    ours, theirs = request.param
    locales["server"] = ours
    locales.update(dict.fromkeys((each.id for each in (server.alice, server.bob, server.mod)), theirs))
    return ours, theirs


def button(message, action):
    """The label of the button with this action."""
    return next(each["label"] for each in buttons(message) if f":{action.value}:" in each.get("custom_id", ""))


async def press(who, message, action):
    return await who.click(message, label=button(message, action))


async def test_a_clip_is_told_in_one_language_from_first_to_last_across_a_restart(server, delivery, languages):
    ours, theirs = languages
    result, job = await asked(server)
    progress = thread_of(server).last_message
    assert (language(result.response), language(progress)) == (ours, ours)
    await server.env.restart_bot(server.backend.client())
    job = await through(server, job, *MADE[:3])
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert (language(result.response), language(thread_of(server).last_message)) == (ours, ours)
    job, _ = await brought(server, delivery, job, states=MADE[3:])
    [clip] = clips_in(thread_of(server))
    assert (language(clip), language(result.response)) == (ours, ours)
    more = await press(server.bob, clip, Action.MORE)
    assert language(more.response) == theirs
    again = await press(server.bob, clip, Action.AGAIN)
    job = await placed(server, await server.backend.notifier.announce(await server.backend.latest()))
    assert (language(again.response), job.address.locale, job.address.member_locale) == (ours, ours, theirs)


async def test_who_deletes_a_clip_reads_their_language_and_all_others_the_servers(server, delivery, languages):
    ours, theirs = languages
    result, job = await asked(server)
    await brought(server, delivery, job)
    [clip] = clips_in(thread_of(server))
    asks = await press(server.mod, (await press(server.mod, clip, Action.MORE)).response, Action.DELETE)
    assert language(asks.response) == theirs
    gone = await press(server.mod, asks.response, Action.ERASE)
    assert language(shown(gone)) == theirs
    assert clips_in(thread_of(server)) == []
    assert language(result.response) == ours


async def test_a_cancelled_clip_is_told_to_the_presser_in_theirs_and_to_all_in_the_servers(server, languages):
    ours, theirs = languages
    result, job = await asked(server)
    cancelled = await press(server.mod, thread_of(server).last_message, Action.CANCEL)
    assert (cancelled.ephemeral, language(cancelled.response)) == (True, theirs)
    await server.backend.notifier.ended(await server.backend.storage.jobs.get(job.id))
    assert (language(result.response), language(thread_of(server).last_message)) == (ours, ours)


async def test_a_refusal_goes_to_the_member_in_theirs_and_the_public_wait_closes_in_the_servers(server, languages):
    ours, theirs = languages
    await asked(server, duration=15, resolution="1080P")
    server.env.inject_error("DELETE", "/webhooks/**", status=404, code=10008, times=1)
    refused = await server.alice.slash(server.channel, "video text", prompt="A red kite", duration=15)
    assert language(refused.followups[-1]) == theirs
    assert text(refused.response).startswith(f"**{WORDS[ours]('Not started')}**")
    form = await press(server.alice, refused.followups[-1], Action.DRAFT)
    assert form.modal["title"] == WORDS[theirs]("Edit and try again")


async def test_what_is_left_is_told_to_the_member_alone_in_theirs(server, languages):
    ours, theirs = languages
    await asked(server)
    last, _ = await asked(server, duration=15)
    assert (language(last.response), language(last.followups[-1])) == (ours, theirs)


@pytest.mark.parametrize("private", [True, False])
async def test_what_comes_by_direct_message_is_in_the_members_language(server, delivery, languages, private):
    _, theirs = languages
    _, job = await asked(server, private=private)
    await server.env.advance_time(20 * 60)
    if not private:
        await closed(server, job.address.thread_id, job.address.channel_id)
    await brought(server, delivery, job)
    [clip] = clips_in(server.alice.user.dm_channel)
    assert language(clip) == theirs


async def test_a_clip_that_is_posted_elsewhere_leaves_word_in_the_servers_language(server, delivery, languages):
    ours, theirs = languages
    result, job = await waiting(server)
    assert (language(result.response), language(thread_of(server).last_message)) == (ours, ours)
    other = server.guild.create_text_channel("elsewhere")
    listed = await server.alice.slash(other, "jobs")
    await press(server.alice, listed.response, Action.POST)
    assert (language(listed.response), language(result.response)) == (theirs, ours)
    assert text(result.response).startswith(f"**{WORDS[ours]('Posted elsewhere')}**")
    job = await server.backend.storage.jobs.get(job.id)
    await posted(server, job, delivery)
    [clip] = clips_in(other)
    assert language(clip) == ours


async def test_a_thread_that_hides_its_prompt_is_named_in_the_servers_language(server, languages):
    ours, _ = languages
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=200000, times=1)
    await asked(server)
    assert thread_of(server).name == WORDS[ours]("A clip")


async def test_lists_forms_lengths_and_errors_are_in_the_members_language(server, languages):
    _, theirs = languages
    await asked(server)
    for command in ("help", "jobs", "quota"):
        assert language(shown(await server.bob.slash(server.channel, command))) == theirs
    form = await server.bob.slash(server.channel, "video studio")
    assert form.modal["title"] == WORDS[theirs]("Studio")
    choices = await server.bob.autocomplete(server.channel, "video text", "duration", "5", prompt="x", resolution="720P")
    assert ("at" in choices[0]["name"].split()) == (theirs == ENGLISH)
    other = await press(server.bob, thread_of(server).last_message, Action.CANCEL)
    assert language(other.response) == theirs


@pytest.mark.parametrize("named", [None, 5, "\ud800", "x" * 100_000], ids=["nothing", "a number", "half a letter", "a book"])
async def test_where_discord_names_no_language_a_clip_is_made_and_told_in_english(server, locales, named):  # noqa: F811
    locales.update({"server": named, server.alice.id: named})
    result, job = await asked(server)
    assert (job.address.locale, job.address.member_locale) == (ENGLISH, ENGLISH)
    cancelled = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert (language(result.response), language(cancelled.response)) == (ENGLISH, ENGLISH)


async def test_in_a_direct_message_all_is_in_the_members_language(server, locales):  # noqa: F811  a fixture
    locales[server.alice.id] = GERMAN
    result = await server.alice.user.slash("video text", prompt="A red kite")
    job = await server.backend.notifier.announce(await server.backend.latest())
    assert (job.address.locale, language(result.response)) == (GERMAN, GERMAN)


async def test_the_operators_channel_reads_the_language_of_the_operator_and_the_log_english(server, caplog, monkeypatch):
    client = server.backend.client(operator_language=PSEUDO)
    board = server.guild.create_text_channel("board")
    monkeypatch.setattr(client.notifier.operators, "_channel_id", board.id)
    await server.env.restart_bot(client)
    await client.notifier.tell_operator(OutOfReach("scenario", said("timeout")))
    assert "for the operator: scenario is out of reach (timeout)." in caplog.text
    assert text(board.last_message).startswith(f"**{pseudo('For the operator')}**")
