"""The button "Use this one": marks one clip of an order as the one in use. `button_handlers` calls it."""

from __future__ import annotations

from bot.domain.job import Job
from bot.presentation.interactions import permissions
from bot.presentation.interactions.responses import HorseInteraction, say, wait
from bot.presentation.views import layout
from bot.presentation.views.clip_names import clip_name
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.translations import _


async def use_this_one(interaction: HorseInteraction, pressed: Job) -> None:
    client = interaction.client
    await wait(interaction, in_private=True)
    changed, job = await client.use_cases.use.use(
        pressed.id, interaction.user.id, moderator=permissions.is_moderator(interaction)
    )
    await say(interaction, _answer(job, changed=changed))
    if changed:
        await client.notifier.posted_clips.show(job)


def _answer(job: Job, *, changed: bool) -> Page:
    if job.order_size == 1:
        return note_page(_("Nothing to choose from"), _("It was made alone, so there are no others."))
    if changed or job.id == job.used_job_id:
        title = _("In use") if changed else _("In use already")
        # Translators: {clip} is such as "Take 2". The card is the message that shows all clips of an order.
        text = _("The card shows {clip} large and first. The others stay where they are, and you may change it.")
        return note_page(title, text.format(clip=bold(clip_name(job))), layout.GREEN)
    if not job.ended:
        # It is posted, and that is being written down.
        return note_page(_("Not now"), _("Please press again in a moment."), layout.AMBER)
    return note_page(_("Already gone"), _("There is no message of this clip any more."))
