"""Checks whether a member may press a button or submit a form, for the job that it is about.

`button_handlers` and `modal_handlers` call it before anything else; the rules are in `domain/permissions.py`. A custom id comes
from a member's client, so it may hold anything: no number, or the id of somebody else's job.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from bot.domain.job import Job
from bot.domain.permissions import May, check, permits
from bot.errors import Gone
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.views.buttons import BUTTONS
from bot.presentation.views.custom_ids import Action, FormKind, number_in

_log: Final = logging.getLogger(__name__)


FORMS: Final[Mapping[FormKind, May]] = {
    FormKind.DRAFT: May.AUTHOR,
    FormKind.ANIMATE: May.AUTHOR,
    FormKind.REMIX: May.WHO_MAY_READ_IT,
    FormKind.EDIT: May.WHO_MAY_READ_IT,
    FormKind.EXAMPLE: May.ANYONE,
    FormKind.STUDIO: May.ANYONE,
}


async def admitted(interaction: HorseInteraction, may: May, subject: str) -> Job:
    """The job with this id, if the member may do this with it here. Raises `Gone` and `NotYours`."""
    job = await interaction.client.use_cases.find.job(number_in(subject))
    shown = _shown_here(interaction, job)
    try:
        check(may, job, interaction.user.id, moderator=is_moderator(interaction), shown=shown)
    except Gone:
        _log.info("job %s is not shown where member %d asked for it", job.job_code, interaction.user.id)
        raise
    return job


def may_delete(interaction: HorseInteraction, job: Job) -> bool:
    """Whether a member who was admitted to a job may delete its clip too. Others don't see that button."""
    return permits(BUTTONS[Action.ERASE].may, job, interaction.user.id, moderator=is_moderator(interaction))


def is_moderator(interaction: HorseInteraction) -> bool:
    return interaction.guild_id is not None and interaction.permissions.manage_messages


def _shown_here(interaction: HorseInteraction, job: Job) -> bool:
    """Whether others than its owner see the job's messages in the channel or thread of this interaction."""
    address = job.address
    if address.private or address.guild_id is None or interaction.guild_id != address.guild_id:
        return False
    return (interaction.channel_id or 0) in {address.channel_id, address.thread_id}
