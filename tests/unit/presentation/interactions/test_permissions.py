"""Each button and form, used by everybody who could get its custom id. One table; each button and form must have a row."""

from dataclasses import replace

import discord
import pytest

from bot.domain.examples import EXAMPLES
from bot.domain.job import State
from bot.domain.permissions import May
from bot.presentation.interactions import button_handlers, permissions
from bot.presentation.views import buttons
from bot.presentation.views.buttons import Press
from bot.presentation.views.custom_ids import Action, FormKind, found_page
from bot.presentation.views.layout import Page
from tests.fixtures.simcord_bot import labels, picture, shown, text
from tests.fixtures.simcord_scenes import asked

ROLES = ("author", "author by message", "other", "moderator", "moderator elsewhere", "other by message")
ALL = "does does does does does does"
READERS = "does does does does gone gone"
MODERATED = "does does not-yours does gone gone"
OWN = "does does not-yours not-yours gone gone"
TYPED = "does does gone gone gone gone"
BUTTONS = {
    "again": READERS,
    "remix": READERS,
    "remixall": READERS,
    "final": READERS,
    "use": MODERATED,
    "more": READERS,
    "retry": READERS,
    "edit": READERS,
    "prompt": READERS,
    "link": READERS,
    "delete": MODERATED,
    "erase": MODERATED,
    "cancel": MODERATED,
    "choose": MODERATED,
    "all": MODERATED,
    "keep": MODERATED,
    "discard": MODERATED,
    "post": OWN,
    "takes": READERS,
    "draft": TYPED,
    "confirm": TYPED,
    "example": ALL,
    "page": ALL,
    "order": OWN,
    "clips": ALL,
    "open": OWN,
    "mark": OWN,
    "unmark": OWN,
}
FORMS = {"remix": READERS, "edit": READERS, "draft": TYPED, "animate": TYPED, "example": ALL, "studio": ALL}
WITHOUT_JOB = {"draft", "confirm", "example", "page", "clips", "animate", "studio"}
REFUSALS = {"not-yours": "**Not yours to press**", "gone": "**No longer here**"}
TYPED_IN = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "seed": ""}


@pytest.fixture
def backend(backend):
    backend.policy = replace(backend.policy, allowance=100_000, running_per_member=0, running_jobs_per_member=0)
    return backend


@pytest.fixture
async def people(server):
    """By role: the member, and the channel where they press."""
    elsewhere = server.env.create_guild()
    moderators = elsewhere.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    carol = elsewhere.add_member(server.env.create_user("carol"), roles=[moderators])
    for each in (server.alice, server.bob):
        await server.backend.notifier._messages.dm(each.id)
    return {
        "author": (server.alice, server.channel),
        "author by message": (server.alice.user, server.alice.user.dm_channel),
        "other": (server.bob, server.channel),
        "moderator": (server.mod, server.channel),
        "moderator elsewhere": (carol, elsewhere.create_text_channel("theirs")),
        "other by message": (server.bob.user, server.bob.user.dm_channel),
    }


async def subject_of(server, name):
    """What alice's button or form has in its custom id: the id of a job, draft or message, an example's key, or a page."""
    if name == "example":
        return EXAMPLES[0].key
    if name == "page":
        return "1"
    if name == "clips":
        return found_page(0, 1)
    if name == "studio":
        return "0"
    if name == "draft":
        refused = await server.alice.slash(server.channel, "video text", prompt="  ")
        return str(refused._interaction.id)
    if name == "confirm":
        asked_first = await server.alice.slash(server.channel, "video text", prompt="A red kite", takes=2)
        return str(asked_first._interaction.id)
    if name == "animate":
        message = await server.alice.send(server.channel, "look", attachments=[("cat.png", picture())])
        return str((await server.alice.context_menu(server.channel, "Animate this image", message))._interaction.id)
    _, job = await asked(server)
    return str(job.id)


async def pressed(server, who, channel, custom_id):
    """Presses a button with this custom id, as if a message in that channel had it."""
    action, subject = custom_id.split(":")[1:]
    await server.backend.notifier._messages.send(
        channel.id, Page().buttons(Press(Action(action), subject, "Press")), nonce=custom_id[-25:]
    )
    return await who.click(channel.last_message, custom_id=custom_id)


async def sent(who, channel, custom_id):
    """Opens a form, and sends it with another custom id than it was opened with."""
    helped = await who.slash(*([channel] if isinstance(who.id, int) and hasattr(who, "guild") else []), "help")
    form = await who.click(helped.response, label=labels(helped.response)[0])
    form._interaction.modal["custom_id"] = custom_id
    return await who.submit_modal(form, TYPED_IN)


def came_of(result):
    if result.modal is not None:
        return "does"
    told = text(shown(result)) if shown(result) is not None else ""
    return next((name for name, words in REFUSALS.items() if words in told), "does")


def test_every_button_and_form_has_a_row_and_a_rule():
    assert set(BUTTONS) == {each.value for each in Action}
    assert set(FORMS) == {each.value for each in FormKind}
    assert set(buttons.BUTTONS) == set(Action)
    assert set(permissions.FORMS) == set(FormKind)


def test_every_button_has_one_handler_and_those_without_a_job_are_for_whoever_has_them():
    on_jobs, without = set(button_handlers._ON_JOBS), set(button_handlers._WITHOUT_JOB)
    assert on_jobs | without == set(Action)
    assert not on_jobs & without
    assert without == {each for each in Action if buttons.BUTTONS[each].may in {May.ANYONE, May.AUTHOR}}


async def test_nothing_else_is_registered_to_be_pressed(server):
    store = server.backend.now._connection._view_store
    assert set(store._dynamic_items.values()) == {Press}
    assert not server.backend.now.persistent_views


@pytest.mark.parametrize("action", BUTTONS)
async def test_a_button_does_for_each_what_its_row_says(server, people, action):
    custom_id = f"hh:{action}:{await subject_of(server, action)}"
    came = {}
    for role in reversed(ROLES):
        server.backend.engine.woken.clear()
        result = await pressed(server, *people[role], custom_id)
        came[role] = came_of(result)
        if came[role] != "does":
            assert result.ephemeral
            assert server.backend.engine.woken == []
    assert " ".join(came[role] for role in ROLES) == BUTTONS[action]


@pytest.mark.parametrize("action", sorted(set(BUTTONS) - WITHOUT_JOB))
async def test_of_a_private_clip_nobody_else_learns_that_there_is_one(server, people, action):
    _, job = await asked(server, private=True)
    for role in ("other", "moderator", "moderator elsewhere", "other by message"):
        assert came_of(await pressed(server, *people[role], f"hh:{action}:{job.id}")) == "gone"
    assert (await server.backend.storage.jobs.get(job.id)) == job


@pytest.mark.parametrize("kind", FORMS)
async def test_a_form_does_for_each_what_its_row_says(server, people, kind):
    custom_id = f"hh:form:{kind}:{await subject_of(server, kind)}"
    came = {}
    for role in reversed(ROLES):
        server.backend.engine.woken.clear()
        result = await sent(*people[role], custom_id)
        came[role] = came_of(result)
        if came[role] != "does":
            assert server.backend.engine.woken == []
            assert labels(shown(result)) == ["Edit and try again"]
    assert " ".join(came[role] for role in ROLES) == FORMS[kind]


@pytest.mark.parametrize("kind", ["remix", "edit"])
async def test_a_form_with_the_id_of_anothers_private_clip_gets_none_of_it(server, kind):
    _, job = await asked(server, private=True, command="video image", image=("cat.png", picture()))
    for who in (server.bob, server.mod):
        result = await sent(who, server.channel, f"hh:form:{kind}:{job.id}")
        assert came_of(result) == "gone"
        back = await who.click(shown(result), label="Edit and try again")
        assert back.modal["components"][0]["component"]["value"] == "A blue kite"
        assert await server.backend.storage.drafts.load(result._interaction.id, who.id) is not None
    assert (await server.backend.latest()).id == job.id


async def test_a_moderator_counts_only_where_the_clip_is(server):
    """A moderator of another channel, who can't see this one, can do nothing to its clip."""
    _, job = await asked(server)
    other = server.guild.create_text_channel("other")
    assert came_of(await pressed(server, server.mod, other, f"hh:cancel:{job.id}")) == "gone"
    assert (await server.backend.storage.jobs.get(job.id)).state is State.QUEUED


@pytest.mark.parametrize("subject", ["99999999999999999999", "9223372036854775808", "18446744073709551615", "kite", "0"])
@pytest.mark.parametrize("action", sorted(set(BUTTONS) - {"example"}))
async def test_an_id_that_can_be_nobodys_is_gone(server, action, subject):
    result = await pressed(server, server.alice, server.channel, f"hh:{action}:{subject}")
    assert came_of(result) == "gone"


CUSTOM_IDS = [
    "hh:form:remix:99999999999999999999",
    "hh:form:draft:kite",
    "hh:form:animate:9223372036854775808",
    "hh:form:poll:1",
    "hh:form:remix:1:2",
    "somebody's",
]


@pytest.mark.parametrize("custom_id", CUSTOM_IDS)
async def test_a_form_that_nobody_knows_is_told_so(server, custom_id):
    result = await sent(server.alice, server.channel, custom_id)
    assert came_of(result) == "gone"
    assert result.ephemeral
