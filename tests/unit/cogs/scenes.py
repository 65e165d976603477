"""Jobs brought to where a test begins: asked for, delivered, ended. Everything they show is really in SimCord's Discord."""

from __future__ import annotations

from bot.domain.job import State
from bot.presentation.delivery.announcer import lacks_place
from bot.presentation.views.progress_text import first_text


async def asked(town, who=None, channel=None, command="video text", **options):
    """A job that was asked for and announced, with its thread as far as that comes."""
    given = {"prompt": "A red kite", "resolution": "720P", **options}
    result = await (who or town.alice).slash(channel or town.channel, command, **given)
    job = await town.house.notifier.announce(await town.house.latest())
    return result, await placed(town, job)


async def placed(town, job):
    """What the first look at a job asks for: its thread, and the progress message in it."""
    return await town.house.notifier._announcing.place(job, first_text(job)) if lacks_place(job) else job


async def through(town, job, *states, **changes):
    for state in states:
        job = await town.house.storage.jobs.advance(job, state, town.house.clock.now_ms(), **changes)
        changes = {}
    return job


MADE = (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING)


async def delivered(town, delivery, provider_reference=None, **options):
    """A job whose clip was posted and whose messages show it."""
    result, job = await asked(town, **options)
    return result, *await brought(town, delivery, job, provider_reference)


async def brought(town, delivery, job, provider_reference=None):
    """The clip of a job that is announced is posted, and its messages show it."""
    job = await through(town, job, *MADE, provider_reference=provider_reference)
    posted = await town.house.notifier.deliver(job, delivery)
    job = await town.house.storage.jobs.end(
        job,
        State.DONE,
        town.house.clock.now_ms(),
        charged=job.cost,
        result_id=posted.message_id,
        result_url=posted.url,
    )
    await town.house.notifier.ended(job)
    return job, posted


async def ended(town, state=State.FAILED, failure=None, charged=0, **options):
    result, job = await asked(town, **options)
    job = await through(town, job, *MADE[:3])
    job = await town.house.storage.jobs.end(job, state, town.house.clock.now_ms(), charged=charged, failure=failure)
    await town.house.notifier.ended(job)
    return result, job


def thread_of(town):
    return town.channel.threads[0]


def clips_in(place):
    return [each for each in place.history() if any(file.filename.endswith(".mp4") for file in each.attachments)]
