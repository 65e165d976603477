"""Who may press what, where, and about which job: the one place that every button and every form passes before anything is
done. `presses` and `submissions` call it.

A custom id comes back from a member's client, so it is judged like anything from outside: its number may be none, and its job
may be somebody else's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from bot.domain.job import Job
from bot.errors import Gone, NotYours
from bot.presentation.interactions.booking import is_moderator
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.views.custom_ids import Action, FormKind, number_in
from bot.presentation.views.outcomes import hides_prompt

_log: Final = logging.getLogger(__name__)


class May(Enum):
    """Who may use a button or form. About a job, others than its owner count only where the job is shown to them."""

    ANYONE = auto()
    """No job is behind it: an example, an empty form, or a page of one's own list."""
    AUTHOR = auto()
    """A draft: the store hands it to nobody but whoever typed it."""
    WHO_SEES_IT = auto()
    """Its owner, and everybody who is where the job is shown."""
    WHO_MAY_READ_IT = auto()
    """The same; but what the safety check refused is its owner's alone to read and to repeat."""
    OWNER_OR_MODERATOR = auto()
    OWNER = auto()


BUTTONS: Final[Mapping[Action, May]] = {
    Action.DRAFT: May.AUTHOR,
    Action.EXAMPLE: May.ANYONE,
    Action.PAGE: May.ANYONE,
    Action.REMIX: May.WHO_MAY_READ_IT,
    Action.EDIT: May.WHO_MAY_READ_IT,
    Action.AGAIN: May.WHO_MAY_READ_IT,
    Action.FINAL: May.WHO_MAY_READ_IT,
    Action.RETRY: May.WHO_MAY_READ_IT,
    Action.PROMPT: May.WHO_MAY_READ_IT,
    Action.MORE: May.WHO_SEES_IT,
    Action.LINK: May.WHO_SEES_IT,
    Action.DELETE: May.OWNER_OR_MODERATOR,
    Action.ERASE: May.OWNER_OR_MODERATOR,
    Action.CANCEL: May.OWNER_OR_MODERATOR,
    Action.KEEP: May.OWNER_OR_MODERATOR,
    Action.DISCARD: May.OWNER_OR_MODERATOR,
    Action.POST: May.OWNER,
}
FORMS: Final[Mapping[FormKind, May]] = {
    FormKind.DRAFT: May.AUTHOR,
    FormKind.ANIMATE: May.AUTHOR,
    FormKind.REMIX: May.WHO_MAY_READ_IT,
    FormKind.EDIT: May.WHO_MAY_READ_IT,
    FormKind.EXAMPLE: May.ANYONE,
    FormKind.STUDIO: May.ANYONE,
}


async def admitted(interaction: HorseInteraction, may: May, subject: str) -> Job:
    """The job with this id, for whoever may do that with it, here. Raises `Gone` and `NotYours`.

    One that is not shown here is as good as gone: nobody learns from an id whose it is.
    """
    job = await interaction.client.use_cases.repeat.job(number_in(subject))
    member_id = interaction.user.id
    if member_id == job.member_id:
        return job
    if not _shown_here(interaction, job):
        _log.info("job %s is not shown where member %d asked for it", job.job_code, member_id)
        msg = f"job {job.id} is not shown in {interaction.channel_id}"
        raise Gone(msg)
    if may is May.WHO_SEES_IT or (may is May.WHO_MAY_READ_IT and not hides_prompt(job)):
        return job
    if may is May.OWNER_OR_MODERATOR and is_moderator(interaction):
        return job
    raise NotYours(job.member_id, moderated=may is May.OWNER_OR_MODERATOR)


def deletes(interaction: HorseInteraction, job: Job) -> bool:
    """Whether who is admitted to a job may also delete its clip: it is shown to nobody else."""
    return interaction.user.id == job.member_id or is_moderator(interaction)


def _shown_here(interaction: HorseInteraction, job: Job) -> bool:
    """Whether others than its owner see the job's messages in the channel or thread of this interaction."""
    address = job.address
    if address.private or address.guild_id is None or interaction.guild_id != address.guild_id:
        return False
    return (interaction.channel_id or 0) in {address.channel_id, address.thread_id}
