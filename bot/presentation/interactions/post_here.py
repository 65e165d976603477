"""A press of Post it here: a made clip that could not be posted is posted where its owner is now, and charged then."""

from __future__ import annotations

import discord

from bot.domain.job import Job, State
from bot.errors import DeliveryError
from bot.presentation.interactions.context import address_of
from bot.presentation.interactions.responses import HorseInteraction, say, wait
from bot.presentation.views import layout, wording
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page


async def post_here(interaction: HorseInteraction, pressed: Job) -> None:
    """For the job's owner alone, since it charges them."""
    use_cases, notifier = interaction.client.use_cases, interaction.client.notifier
    job = await use_cases.post.waiting(pressed.id, interaction.user.id)
    if job is None:
        await say(interaction, _over(await use_cases.find.job(pressed.id)))
        return
    private = _for_its_owner_alone(interaction, job)
    card_id = await wait(interaction, in_private=private)
    if job.may_be_posted:
        # What an earlier try has posted after all is not posted again.
        try:
            found = await notifier.find_post(job)
        except DeliveryError:
            await say(
                interaction, note_page("Not now", "Discord is in trouble. Please press again in some minutes.", layout.AMBER)
            )
            return
        if found is not None:
            await use_cases.post.found(job, found)
            await say(interaction, note_page("Posted already", f"It is here: {found.url}"))
            return
    posting = await use_cases.post.here(job, address_of(interaction, card_id, private=private))
    if posting is None:
        await say(interaction, _over(await use_cases.find.job(job.id)))
        return
    # Before the job runs: a progress edit that began later could overwrite the clip.
    notifier.follow(posting.id)
    use_cases.post.wake(posting)
    await notifier.posted_clips.posted_elsewhere(job, posting)


def _for_its_owner_alone(interaction: HorseInteraction, job: Job) -> bool:
    """A clip is shown to nobody who could not have seen it where it was asked for: private, in another server, or of age.

    Of a channel that is gone nobody knows any more whether it was one for adults, so it counts as one.
    """
    if job.address.private or interaction.guild_id != job.address.guild_id:
        return True
    asked_in = None if interaction.guild is None else interaction.guild.get_channel_or_thread(job.address.channel_id)
    return (asked_in is None or _of_age(asked_in)) and not _of_age(interaction.channel)


def _of_age(channel: object) -> bool:
    """Whether Discord lets adults alone into this channel."""
    if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel):
        return channel.is_nsfw()
    return isinstance(channel, discord.Thread) and channel.is_nsfw()


def _over(job: Job) -> Page:
    if job.discard:
        return note_page("Thrown away", "This clip is not posted any more.", layout.GREY)
    if not job.ended:
        return note_page("Already on its way", "You pressed this a moment ago; the clip is being posted.")
    if job.state is State.DONE:
        return note_page("Posted already", f"It is here: {job.address.result_url}" if job.address.result_url else "")
    return note_page("Too late", f"This clip has come to its end: {wording.state(job.state).lower()}.", layout.AMBER)
