"""Answers `/jobs`: a member's orders, page by page, and an order of several clips, clip by clip, each with the posters that
are on the cards. Cog and buttons call it.
"""

from __future__ import annotations

from bot.domain.job import Job
from bot.presentation.interactions.responses import HorseInteraction, hold, say, wait
from bot.presentation.views.custom_ids import PAGES_MOST, number_in
from bot.presentation.views.jobs_page import jobs_page, pictured
from bot.presentation.views.order_page import order_page


async def show(interaction: HorseInteraction) -> None:
    """The first page, as the answer to the command."""
    await wait(interaction, in_private=True)
    await _say(interaction, 1)


async def show_list_page(interaction: HorseInteraction, subject: str) -> None:
    """Another page, in place of the one whose button was pressed. Raises `Gone` for a subject that is no page."""
    number = number_in(subject, most=PAGES_MOST)
    await hold(interaction)
    await _say(interaction, number)


async def show_order(interaction: HorseInteraction, job: Job) -> None:
    """The order of this job, clip by clip. The list stays."""
    await wait(interaction, in_private=True)
    client = interaction.client
    order = await client.use_cases.find.order(job)
    posters = await client.notifier.posted_clips.posters(order.jobs)
    page, plain = (order_page(order, posters=posters, quoted=quoted) for quoted in (True, False))
    await say(interaction, page, plain=plain)


async def _say(interaction: HorseInteraction, number: int) -> None:
    client = interaction.client
    orders = await client.use_cases.find.of_member(interaction.user.id, number)
    posters = await client.notifier.posted_clips.posters([pictured(each.jobs) for each in orders])
    page, plain = (jobs_page(orders, number, posters=posters, quoted=quoted) for quoted in (True, False))
    await say(interaction, page, plain=plain)
