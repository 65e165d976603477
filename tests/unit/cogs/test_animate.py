"""The command "Animate this image": its form, the choice among several pictures, and a form that is sent late."""

from bot.domain.clip import Kind
from tests.fixtures.simcord_bot import picture, text
from tests.fixtures.simcord_scenes import asked


async def test_animate_this_image_takes_the_picture_of_a_message(server):
    message = await server.bob.send(server.channel, "look", attachments=[("cat.png", picture(1200, 800))])
    form = await server.alice.context_menu(server.channel, "Animate this image", message)
    result = await server.alice.submit_modal(
        form, {"prompt": "The cat blinks, purring", "duration": ["5"], "switches": [], "seed": ""}
    )
    assert result.deferred
    job = await server.backend.latest()
    assert (job.request.kind, job.member_id) == (Kind.IMAGE, server.alice.id)
    assert (job.request.references[0].width, job.request.references[0].height) == (1200, 800)


async def test_animate_this_image_asks_which_of_several_pictures_it_shall_be(server):
    given = [("notes.txt", b"hello"), ("cat.png", picture(1200, 800)), ("dog.png", picture(900, 900))]
    message = await server.bob.send(server.channel, "look", attachments=given)
    form = await server.alice.context_menu(server.channel, "Animate this image", message)
    fields = {each["component"]["custom_id"]: each["component"] for each in form.modal["components"]}
    assert [each["label"] for each in fields["still"]["options"]] == ["1. cat.png", "2. dog.png"]
    words = {"prompt": "The dog barks", "duration": ["5"], "seed": "77", "switches": ["private"]}
    await server.env.restart_bot(server.backend.client())
    await server.alice.submit_modal(form, {**words, "still": ["1"]})
    job = await server.backend.latest()
    assert (job.request.references[0].width, job.address.private) == (900, True)
    assert (job.request.resolution, job.seed) == ("720P", 77)


async def test_animate_this_image_takes_the_picture_of_the_bots_own_card(server):
    given = {"prompt": "The cat looks up", "resolution": "720P", "image": ("cat.png", picture())}
    result, _ = await asked(server, command="video image", **given)
    form = await server.bob.context_menu(server.channel, "Animate this image", result.response)
    words = {"prompt": "The cat sleeps", "duration": ["5"], "switches": [], "seed": ""}
    await server.bob.submit_modal(form, words)
    job = await server.backend.latest()
    assert (job.member_id, len(job.request.references)) == (server.bob.id, 1)


async def test_a_form_that_was_left_open_for_a_day_gives_back_what_was_typed(server):
    message = await server.bob.send(server.channel, "look", attachments=[("cat.png", picture())])
    form = await server.alice.context_menu(server.channel, "Animate this image", message)
    await server.env.advance_time(25 * 3600)
    await server.backend.storage.drafts.prune(server.backend.clock.now_ms())
    late = await server.alice.submit_modal(form, {"prompt": "The cat blinks", "duration": ["5"], "switches": [], "seed": "7"})
    assert "**No longer here**" in text(late.response)
    assert "What you typed is kept. Pictures may have to be attached again." in text(late.response)
    back = await server.alice.click(late.response, label="Edit and try again")
    typed = {each["component"]["custom_id"]: each["component"] for each in back.modal["components"]}
    assert (typed["prompt"]["value"], typed["seed"]["value"]) == ("The cat blinks", "7")
    assert typed["pictures"]["required"]


async def test_animate_this_image_says_when_there_is_no_picture(server):
    message = await server.bob.send(server.channel, "just words")
    result = await server.alice.context_menu(server.channel, "Animate this image", message)
    assert result.ephemeral
    assert "No picture in this message" in text(result.response)
