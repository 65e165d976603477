"""The button "Fresh link": hands a posted clip to the member once more, as our own file or as the provider's link.

`button_handlers` calls it. A file does not expire, so it comes first.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import aiohttp
import discord

from bot.domain.filename import clip_filename
from bot.domain.job import Job, State
from bot.errors import Interrupted
from bot.ports import KeptFile
from bot.presentation.discord_codes import WORDS_BLOCKED
from bot.presentation.interactions.responses import HorseInteraction, say, wait
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.clip_message import copy_page
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import _
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_UPLOAD_SECONDS: Final = 300.0
"""For 10 MB over a slow line; the interaction's token lives for three times as long."""


async def fresh_link(interaction: HorseInteraction, job: Job) -> None:
    if job.state is not State.DONE:
        await say(interaction, _no_link(job))
        return
    await wait(interaction, in_private=True)
    find = interaction.client.use_cases.find
    file = await find.kept(job)
    if file is not None and file.size <= interaction.filesize_limit and await _shown(interaction, job, file):
        return
    link = await find.link(job.id)
    if link is None:
        text = _("The video service does not hand this clip out any more.")
        await say(interaction, note_page(_("No link to give"), text))
        return
    until = ""
    if link.expires_at_ms is not None:
        # Translators: {time} is such as "16:20".
        until = _("It works until {time}.").format(time=wording.moment(link.expires_at_ms, "t"))
    watch = _("Watch the clip")
    await say(interaction, note_page(_("A fresh link"), f"[{watch}](<{link.url}>)\n{until}".strip(), layout.GREEN))


async def _shown(interaction: HorseInteraction, job: Job, file: KeptFile) -> bool:
    """Edits the private answer into the clip. False where that did not work; then a link is given in its place."""
    for quoted in (True, False):
        name = clip_filename(job, quoted=quoted)
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                with own_cancels_only(), file.path.open("rb") as opened:
                    attached = discord.File(opened, filename=name)
                    await interaction.edit_original_response(view=copy_page(job, name, quoted=quoted), attachments=[attached])
        except (discord.HTTPException, aiohttp.ClientError, OSError, Interrupted) as error:
            _log.info("job %s: its kept clip could not be handed out: %s: %s", job.job_code, type(error).__name__, error)
            if not quoted or not isinstance(error, discord.HTTPException) or error.code not in WORDS_BLOCKED:
                return False
        else:
            return True
    return False


def _no_link(job: Job) -> Page:
    """Says why there is no link. A clip has one only after it was posted, since it is charged then. The button may be on an
    older message."""
    if job.state is State.UNPOSTED:
        return unposted.page_of(job)
    if job.ended:
        return note_page(_("No link to give"), _("This clip was never posted, and was not charged."), layout.AMBER)
    return note_page(_("Not yet"), _("There is a link once the clip is posted."))
