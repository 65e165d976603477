"""Answers `/jobs`: a member's clips, page by page, with the posters that are on their cards. Cog and page buttons call it."""

from __future__ import annotations

from bot.presentation.interactions.responses import HorseInteraction, hold, say, wait
from bot.presentation.views.custom_ids import PAGES_MOST, number_in
from bot.presentation.views.jobs_page import jobs_page


async def show(interaction: HorseInteraction) -> None:
    """The first page, as the answer to the command."""
    await wait(interaction, in_private=True)
    await _say(interaction, 1)


async def show_list_page(interaction: HorseInteraction, subject: str) -> None:
    """Another page, in place of the one whose button was pressed. Raises `Gone` for a subject that is no page."""
    number = number_in(subject, most=PAGES_MOST)
    await hold(interaction)
    await _say(interaction, number)


async def _say(interaction: HorseInteraction, number: int) -> None:
    client = interaction.client
    listed = await client.use_cases.find.of_member(interaction.user.id, number)
    posters = await client.notifier.posted_clips.posters([each.job for each in listed])
    page, plain = (jobs_page(listed, number, posters=posters, quoted=quoted) for quoted in (True, False))
    await say(interaction, page, plain=plain)
