"""Cancel on the board of an order of several clips: which one, or all."""

from bot.domain.job import State
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, brought, several, thread_of, through


async def states(server, jobs):
    return [each.state for each in await server.backend.storage.jobs.of_order(jobs[0].order_id)]


async def test_cancel_asks_which_one_in_private_and_cancels_that_one_alone(server):
    result, jobs = await several(server, 3)
    asks = await server.alice.click(result.response, label="Cancel")
    assert asks.ephemeral
    assert "**Take 1** · In line\n**Take 2** · In line\n**Take 3** · In line" in text(asks.response)
    assert labels(asks.response) == ["Take 1", "Take 2", "Take 3", "All of them"]
    told = await server.alice.click(asks.response, label="Take 2")
    assert "Nothing was charged" in text(told.response)
    assert await states(server, jobs) == [State.QUEUED, State.CANCELLED, State.QUEUED]
    again = await server.alice.click(asks.response, label="Take 2")
    assert text(again.response) == text(told.response)
    asks = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert labels(asks.response) == ["Take 1", "Take 3", "All of them"]


async def test_all_of_them_tells_the_truth_of_each_and_says_the_same_when_pressed_again(server, delivery):
    result, jobs = await several(server, 4)
    await brought(server, delivery, jobs[0])
    await through(server, jobs[1], *MADE[:3], provider_reference="run-1")
    await through(server, jobs[2], *MADE)
    asks = await server.alice.click(result.response, label="Cancel")
    assert labels(asks.response) == ["Take 2", "Take 4", "All of them"]
    told = await server.alice.click(asks.response, label="All of them")
    assert text(told.response) == (
        "**Cancelled, as far as that goes**\n"
        "**Take 2** · Too late to stop it: it is paid for (70 credits).\n"
        "**Take 3** · Too late to stop it: it is paid for (70 credits).\n"
        "**Take 4** · Cancelled, nothing was charged."
    )
    assert labels(told.response) == ["Throw away: Take 2", "Throw away: Take 3"]
    assert await states(server, jobs) == [State.DONE, State.GENERATING, State.DELIVERING, State.CANCELLED]
    again = await server.alice.click(asks.response, label="All of them")
    assert text(again.response) == text(told.response)
    await server.alice.click(told.response, label="Throw away: Take 2")
    assert (await server.backend.storage.jobs.get(jobs[1].id)).discard


async def test_someone_elses_board_is_not_theirs_to_cancel_but_a_moderators(server):
    result, jobs = await several(server, 2)
    asks = await server.bob.click(result.response, label="Cancel")
    assert "Only they, and those who moderate here" in text(asks.response)
    asks = await server.mod.click(result.response, label="Cancel")
    await server.mod.click(asks.response, label="All of them")
    assert await states(server, jobs) == [State.CANCELLED] * 2


async def test_a_board_on_which_nothing_is_left_says_so(server):
    result, _ = await several(server, 2)
    asks = await server.alice.click(result.response, label="Cancel")
    await server.alice.click(asks.response, label="All of them")
    late = await server.alice.click(result.response, label="Cancel")
    assert "**Nothing left to cancel**" in text(late.response)
