"""Answers `/clips`: a member's finished clips with their posters, page by page, and one of them. Cog and buttons call it."""

from __future__ import annotations

from bot.domain.clip_search import ClipSearch
from bot.domain.job import Job
from bot.presentation.interactions.responses import HorseInteraction, hold, say, wait
from bot.presentation.views.clips_page import clip_opened, clips_page, poster_file
from bot.presentation.views.custom_ids import read_found_page
from bot.services.browse_clips import CLIPS_SHOWN

_EVERYTHING = ClipSearch()


async def show(interaction: HorseInteraction, search: ClipSearch) -> None:
    """The first page, as the answer to the command."""
    await wait(interaction, in_private=True)
    search_id = 0
    if search != _EVERYTHING:
        search_id = interaction.id
        await interaction.client.use_cases.browse.keep(search_id, interaction.user.id, search)
    await _say(interaction, search, search_id, 1)


async def show_found_page(interaction: HorseInteraction, subject: str) -> None:
    """Another page, in place of the one whose button was pressed. Raises `Gone` for a search that is not kept any more."""
    search_id, page = read_found_page(subject)
    await hold(interaction)
    browse = interaction.client.use_cases.browse
    search = await browse.search(search_id, interaction.user.id) if search_id else _EVERYTHING
    await _say(interaction, search, search_id, page)


async def open_clip(interaction: HorseInteraction, job: Job) -> None:
    """Shows one clip, large."""
    await hold(interaction, job)
    poster = await interaction.client.use_cases.browse.poster(job)
    page, plain = (clip_opened(job, poster=poster is not None, quoted=quoted) for quoted in (True, False))
    await say(interaction, page, plain=plain, files={} if poster is None else {poster_file(job): poster})


async def _say(interaction: HorseInteraction, search: ClipSearch, search_id: int, number: int) -> None:
    browse = interaction.client.use_cases.browse
    clips = await browse.page(interaction.user.id, search, number)
    posters = await browse.posters(clips[:CLIPS_SHOWN])
    page, plain = (clips_page(clips, search, search_id, number, posters=posters, quoted=quoted) for quoted in (True, False))
    files = {poster_file(job): posters[job.id] for job in clips if job.id in posters}
    await say(interaction, page, plain=plain, files=files)
