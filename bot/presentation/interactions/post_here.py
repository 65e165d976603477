"""The button "Post it here": posts a made clip, which could not be posted before, where its owner pressed. It is charged then.

`button_handlers` calls it.
"""

from __future__ import annotations

import discord

from bot.domain.job import Job, State
from bot.errors import DeliveryError
from bot.presentation.interactions.context import address_of
from bot.presentation.interactions.responses import HorseInteraction, say, wait
from bot.presentation.views import layout
from bot.presentation.views.cancel_pages import ending_of
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import _


async def post_here(interaction: HorseInteraction, pressed: Job) -> None:
    """Posts the job's clip here. Only for its owner, since it charges them."""
    use_cases, notifier = interaction.client.use_cases, interaction.client.notifier
    job = await use_cases.post.waiting(pressed.id, interaction.user.id)
    if job is None:
        await say(interaction, _over(await use_cases.find.job(pressed.id)))
        return
    private = _for_its_owner_alone(interaction, job)
    card_id = await wait(interaction, in_private=private)
    if job.may_be_posted:
        # An earlier try may have posted it after all: then it is not posted again.
        try:
            found = await notifier.find_post(job)
        except DeliveryError:
            text = _("Discord is in trouble. Please press again in some minutes.")
            await say(interaction, note_page(_("Not now"), text, layout.AMBER))
            return
        if found is not None:
            await use_cases.post.found(job, found)
            await say(interaction, _posted(found.url))
            return
    posting = await use_cases.post.here(job, address_of(interaction, card_id, private=private))
    if posting is None:
        await say(interaction, _over(await use_cases.find.job(job.id)))
        return
    # Before the job is woken, else the first progress edit could overwrite the clip.
    notifier.follow(posting.id)
    use_cases.post.wake(posting)
    await notifier.posted_clips.posted_elsewhere(job, posting)


def _for_its_owner_alone(interaction: HorseInteraction, job: Job) -> bool:
    """Whether to show the clip to its owner only: it was private, or asked for in another server, or it was asked for in a
    channel for adults and this channel is none.

    A channel that is gone counts as one for adults, since that can't be looked up any more.
    """
    if job.address.private or interaction.guild_id != job.address.guild_id:
        return True
    asked_in = None if interaction.guild is None else interaction.guild.get_channel_or_thread(job.address.channel_id)
    return (asked_in is None or _of_age(asked_in)) and not _of_age(interaction.channel)


def _of_age(channel: object) -> bool:
    """Whether the channel is for adults only."""
    if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel):
        return channel.is_nsfw()
    return isinstance(channel, discord.Thread) and channel.is_nsfw()


def _over(job: Job) -> Page:
    """Says why there is nothing to post any more."""
    if job.discard:
        return note_page(_("Thrown away"), _("This clip is not posted any more."), layout.GREY)
    if not job.ended:
        return note_page(_("Already on its way"), _("You pressed this a moment ago; the clip is being posted."))
    if job.state is State.DONE:
        return _posted(job.address.result_url)
    text = _("This clip has come to its end: {ending}.").format(ending=ending_of(job))
    return note_page(_("Too late"), text, layout.AMBER)


def _posted(url: str | None) -> Page:
    return note_page(_("Posted already"), _("It is here: {link}").format(link=url) if url else "")
