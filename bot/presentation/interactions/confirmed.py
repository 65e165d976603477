"""Has the private page with a pressed *Confirm* say what was booked, so that no button without an effect stays on it. `booking`
calls it.

The press itself is answered with the card, so the page is edited with the token of the interaction that it answers.
"""

from __future__ import annotations

import logging
from typing import Final

import discord

from bot.domain.job import Job
from bot.errors import StorageError
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.interactions.tries import BROKEN, again
from bot.presentation.views.confirm_page import booked_page

_log: Final = logging.getLogger(__name__)


async def show_booked(interaction: HorseInteraction, draft_id: int, job: Job) -> None:
    """`draft_id` is the draft that was confirmed, which has the id of the interaction whose answer the page is; `job` is of the
    order.

    Never raises: where the page can't be edited, another press of its *Confirm* is told that the order is there.
    """
    use_cases, question = interaction.client.use_cases, interaction.message
    if question is None:
        return
    try:
        asked = await use_cases.dependencies.asked.get(draft_id)
        if asked is None or not asked.token or asked.token_expires_at_ms <= use_cases.dependencies.clock.now_ms():
            return
        page = booked_page(await use_cases.find.of_order(job))
        webhook = discord.Webhook.partial(asked.application_id, asked.token, client=interaction.client)
        await again(lambda: webhook.edit_message(question.id, view=page))
    except (StorageError, discord.HTTPException, *BROKEN) as error:
        _log.info("order %d: the page that asked for its confirmation stays as it is: %s", job.order_id, error)
