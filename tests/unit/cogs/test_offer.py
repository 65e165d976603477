"""The choice of who makes a clip: there where it leads somewhere, with what each costs."""

from dataclasses import replace

import pytest

from bot.domain.price import FREE, Prices
from bot.presentation.clip_message import clip_buttons
from bot.services.offer import Offer
from tests.factories import a_job, a_request
from tests.unit.cogs.conftest import text

BOTH = Offer({"scenario": Prices(), "preview": FREE})


@pytest.fixture
async def both(house, env):
    """The bot of every other test, started anew with previews beside its provider."""
    client = house.client()
    client.desk = replace(
        client.desk,
        offer=BOTH,
        request=replace(client.desk.request, offer=BOTH),
        repeat=replace(client.desk.repeat, offer=BOTH),
    )
    await env.restart_bot(client)
    return client


def options(client):
    group = client.tree.get_command("video")
    return {each.name for command in group.commands for each in command.parameters}


async def test_with_one_provider_there_is_nothing_to_choose(town):
    assert "make" not in options(town.house.now)


async def test_a_preview_is_chosen_by_an_option_and_costs_nothing(town, both):
    assert "make" in options(both)
    await town.alice.slash(town.channel, "video text", prompt="A red kite", resolution="720P", make="preview")
    job = await town.house.latest()
    assert (job.provider, job.cost) == ("preview", 0)
    await town.alice.slash(town.channel, "video text", prompt="A red kite", resolution="720P")
    job = await town.house.latest()
    assert (job.provider, job.cost) == ("scenario", 70)
    told = text((await town.alice.slash(town.channel, "help")).response)
    assert "A preview of 5 s, by the option `make`, is free." in told


@pytest.mark.parametrize(
    ("provider", "finals", "there"), [("preview", True, True), ("preview", False, False), ("scenario", True, False)]
)
def test_a_preview_at_1080p_leads_to_the_real_clip_where_there_is_one(provider, finals, there):
    job = a_job(provider=provider, request=a_request(resolution="1080P"))
    buttons = [each.item.label for each in clip_buttons(job, finals=finals)]
    assert ("1080P final" in buttons) is there
