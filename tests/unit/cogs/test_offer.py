"""The choice between previews and real clips: shown where there is one, with the price of each."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.job import Failure, State
from bot.domain.price import FREE, Prices
from bot.presentation.interactions import booking
from bot.presentation.views.clip_message import clip_buttons
from bot.services.clip_input import ClipInput
from bot.services.offer import Offer
from tests.factories import a_job, a_request, jobs_of
from tests.fakes import InstantProvider
from tests.fixtures.simcord_bot import labels, picture, shown, text
from tests.fixtures.simcord_scenes import asked, clips_in, delivered, ended, thread_of

REAL = Offer({"scenario": Prices()})
BOTH = Offer({"scenario": Prices(), "preview": FREE})


def offering(client, offer):
    use_cases = client.use_cases
    providers = {name: InstantProvider(name) for name in offer.names}
    request, repeat = replace(use_cases.request, offer=offer, providers=providers), replace(use_cases.repeat, offer=offer)
    dependencies = replace(use_cases.dependencies, offer=offer)
    client.use_cases = replace(use_cases, dependencies=dependencies, request=request, repeat=repeat)
    return client


@pytest.fixture
async def both(backend, env):
    """The bot of the other tests, restarted with previews beside its provider."""
    client = offering(backend.client(), BOTH)
    await env.restart_bot(client)
    return client


def options(client):
    group = client.tree.get_command("video")
    return {each.name for command in group.commands for each in command.parameters}


async def test_with_one_provider_there_is_nothing_to_choose(server):
    assert "make" not in options(server.backend.now)


async def test_a_preview_is_chosen_by_an_option_and_costs_nothing(server, both):
    assert "make" in options(both)
    await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P", make="preview")
    job = await server.backend.latest()
    assert (job.provider, job.cost) == ("preview", 0)
    await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P")
    job = await server.backend.latest()
    assert (job.provider, job.cost) == ("scenario", 70)
    told = text((await server.alice.slash(server.channel, "help")).response)
    assert "A preview of 5 s, by the option `make`, is free." in told


@pytest.mark.parametrize(
    ("provider", "finals", "there"), [("preview", True, True), ("preview", False, False), ("scenario", True, False)]
)
def test_a_preview_at_1080p_leads_to_the_real_clip_where_there_is_one(provider, finals, there):
    job = a_job(provider=provider, request=a_request(resolution="1080P"))
    buttons = [each.item.label for each in clip_buttons(job, finals=finals)]
    assert ("1080P final" in buttons) is there


WORDS = {"prompt": "A blue kite", "duration": ["5"], "frame": ["720P 1:1"]}


def switches(form):
    """The switches of a form, each with whether it is on."""
    [group] = [each["component"] for each in form.modal["components"] if each["component"]["custom_id"] == "switches"]
    return {each["value"]: bool(each.get("default")) for each in group["options"]}


@pytest.mark.parametrize(("chosen", "made"), [(["preview"], ("preview", 0)), ([], ("scenario", 70))])
async def test_an_example_is_made_by_the_provider_that_its_form_names(server, both, chosen, made):
    told = await server.alice.slash(server.channel, "help")
    form = await server.alice.click(told.response, label=labels(told.response)[0])
    assert not switches(form)["preview"]
    await server.alice.submit_modal(form, {**WORDS, "seed": "", "switches": chosen})
    job = await server.backend.latest()
    assert (job.provider, job.cost) == made


async def test_studio_and_animate_this_image_may_make_a_preview(server, both):
    form = await server.alice.slash(server.channel, "video studio")
    given = {"prompt": "character1 waves", "pictures": [("a.png", picture())], "switches": ["preview", "private"]}
    await server.alice.submit_modal(form, {**WORDS, **given})
    job = await server.backend.latest()
    assert (job.provider, job.cost, job.address.private) == ("preview", 0, True)
    message = await server.bob.send(server.channel, "look", attachments=[("cat.png", picture())])
    form = await server.alice.context_menu(server.channel, "Animate this image", message)
    values = {"prompt": "The cat blinks", "duration": ["5"], "seed": "", "switches": ["preview", "1080P"]}
    await server.alice.submit_modal(form, values)
    job = await server.backend.latest()
    assert (job.provider, job.cost, job.request.resolution) == ("preview", 0, "1080P")


async def test_remix_and_edit_and_try_again_begin_with_what_was_chosen(server, both, delivery):
    await delivered(server, delivery, make="preview", seed=77)
    form = await server.alice.click(clips_in(thread_of(server))[0], label="Remix")
    assert switches(form) == {"seed": True, "private": False, "preview": True}
    await server.alice.submit_modal(form, {**WORDS, "seed": "", "switches": ["seed"]})
    job = await server.backend.latest()
    assert (job.provider, job.cost, job.seed) == ("scenario", 70, 77)
    refused = await server.alice.slash(server.channel, "video text", prompt=" ", make="preview")
    form = await server.alice.click(refused.response, label="Edit and try again")
    assert switches(form) == {"private": False, "preview": True}


@pytest.mark.parametrize(
    ("label", "costs", "seed"), [("Again", 70, 4242), ("1080P final", 90, 77), ("Try again", 70, 77)], ids=str
)
async def test_a_button_of_a_preview_asks_before_it_makes_a_real_clip(server, both, delivery, label, costs, seed):
    if label == "Try again":
        await ended(server, failure=Failure.PROVIDER, make="preview", seed=77)
    else:
        await delivered(server, delivery, make="preview", seed=77)
    await server.env.restart_bot(server.backend.client())
    where = (
        (await server.alice.slash(server.channel, "jobs")).response if label == "Try again" else clips_in(thread_of(server))[0]
    )
    asks = await server.alice.click(where, label=label)
    assert asks.ephemeral
    assert "**It would be a real clip now**" in text(asks.response)
    assert f"Previews are not made here any more. As a real clip it costs {costs} credits." in text(asks.response)
    assert "Nothing was sent and nothing was charged." in text(asks.response)
    assert await made_by(server, "scenario") == []
    form, twice = [await server.alice.click(asks.response, label="Edit and try again") for _ in range(2)]
    assert switches(form) == {"private": False}
    shape = f"{'1080P' if costs == 90 else '720P'} 16:9"
    typed = {"prompt": "A red kite", "duration": ["5"], "frame": [shape], "seed": "" if label == "Again" else "77"}
    await server.alice.submit_modal(form, typed)
    second = await server.alice.submit_modal(twice, typed)
    assert "**Already on its way**" in text(shown(second))
    [job] = await made_by(server, "scenario")
    assert (job.cost, job.seed) == (costs, seed)


async def made_by(server, provider):
    return [job for job in await jobs_of(server.backend.storage, server.alice.id) if job.provider == provider]


async def test_a_form_that_promised_a_preview_makes_no_clip_when_previews_are_not_offered_any_more(server, both):
    told = await server.alice.slash(server.channel, "help")
    form = await server.alice.click(told.response, label=labels(told.response)[0])
    await server.env.restart_bot(server.backend.client())
    asks = await server.alice.submit_modal(form, {**WORDS, "seed": "", "switches": ["preview", "private"]})
    assert "**It would be a real clip now**" in text(shown(asks))
    assert await made_by(server, "scenario") == []
    form = await server.alice.click(shown(asks), label="Edit and try again")
    assert form.modal["components"][0]["component"]["value"] == "A blue kite"
    assert switches(form) == {"private": True}


async def test_a_form_of_a_free_bot_charges_nothing_once_its_clips_are_real(server):
    await server.env.restart_bot(offering(server.backend.client(), Offer({"preview": FREE})))
    form = await server.alice.slash(server.channel, "video studio")
    await server.env.restart_bot(server.backend.client())
    given = {"prompt": "character1 waves", "pictures": [("a.png", picture(900, 900))]}
    asks = await server.alice.submit_modal(form, {**WORDS, **given})
    assert "As a real clip it costs 70 credits." in text(shown(asks))
    form = await server.alice.click(shown(asks), label="Edit and try again")
    await server.alice.submit_modal(form, {**WORDS, "prompt": "character1 waves"})
    [job] = await made_by(server, "scenario")
    assert [each.width for each in job.request.references] == [900]


async def test_an_option_from_an_outdated_client_is_not_ignored(server, both):
    offering(both, REAL)
    both.tree.get_command("video").get_command("text")._params.pop("make")
    asks = await server.alice.slash(server.channel, "video text", prompt="A red kite", make="preview")
    assert asks.ephemeral
    assert "As a real clip it costs 90 credits." in text(asks.response)
    assert await made_by(server, "scenario") == []


async def test_the_member_is_asked_before_a_repeat_of_a_real_clip_becomes_a_preview(server):
    _, job = await asked(server)
    await server.env.restart_bot(offering(server.backend.client(), Offer({"preview": FREE})))
    now = server.backend.clock.now_ms()
    await server.backend.storage.transitions.end(job, State.CANCELLED, now, charged=0)
    listed = await server.alice.slash(server.channel, "jobs")
    asks = await server.alice.click(listed.response, label="Try again")
    assert "**It would be a preview now**" in text(asks.response)
    assert "Real clips are not made here any more. As a preview it is free." in text(asks.response)
    assert await made_by(server, "preview") == []


async def test_too_many_previews_are_told_as_such_and_a_real_clip_still_goes(server, both):
    for _ in range(3):
        await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P", make="preview")
    fourth = await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P", make="preview")
    assert "Your 3 requests for previews are still running, and 3 at a time is the limit here." in text(shown(fourth))
    await server.alice.slash(server.channel, "video text", prompt="A red kite", resolution="720P")
    assert (await server.backend.latest()).provider == "scenario"


async def test_who_has_too_few_credits_reads_that_a_preview_is_free(server, both):
    for _ in range(2):
        await server.alice.slash(server.channel, "video text", prompt="A red kite")
    refused = await server.alice.slash(server.channel, "video text", prompt="A red kite", duration=15)
    assert "A shorter clip, or 720P, costs less. A preview is free." in text(shown(refused))
    server.backend.engine.woken.clear()
    given = {"prompt": "A red kite", "duration": 15, "make": "preview"}
    await server.alice.slash(server.channel, "video text", **given)
    assert (await server.backend.latest()).cost == 0


@pytest.mark.parametrize("duration", ["soon", 99, None])
def test_who_has_too_few_credits_is_told_so_whatever_their_client_sent_as_a_length(duration):
    clip_input = ClipInput(id=1, member_id=7, role_ids=None, raw=RawClip(Kind.IMAGE, "A red kite", duration))
    assert booking._cheaper(clip_input, Offer({"scenario": Prices()}), 100) == "A shorter clip, or 720P, costs less."


@pytest.mark.parametrize(("left", "said"), [(167, ""), (168, "Shorter clips, or 720P, cost less.")])
def test_what_costs_less_is_named_only_where_the_whole_order_would_fit(left, said):
    """The cheapest clip costs 42 credits."""
    raw = RawClip(Kind.TEXT, "A {red|blue} kite", 5, takes=2)
    clip_input = ClipInput(id=1, member_id=7, role_ids=None, raw=raw)
    assert booking._cheaper(clip_input, Offer({"scenario": Prices()}), left) == said
