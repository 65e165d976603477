"""From an interaction to a job: answer at once, check, book. Commands, buttons and forms all ask for clips through here.

Knows how an interaction is answered and where it happened; what a clip may be, the domain says.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, TypeAlias

import discord

from bot.domain.job import Address, Job
from bot.errors import AlreadyAsked, QuotaRefused, RequestRefused
from bot.presentation import words
from bot.presentation.endings import has_link
from bot.presentation.error_texts import note_page, quota_page, refused_page, twin_page
from bot.presentation.forms import TEXT_CHARACTERS
from bot.presentation.page import BLUE, Page
from bot.presentation.safe_text import blocks
from bot.services.ask import Ask
from bot.tasks import own_cancels_only

if TYPE_CHECKING:
    from bot.presentation.client import HappyHorseClient

_log: Final = logging.getLogger(__name__)
_TOKEN_MS: Final = 15 * 60 * 1000
"""How long an interaction's token lives, Discord's rule."""
_COMMANDS_AT_ONCE: Final = 8
"""Work behind the first answer: more at once would only make the next answers wait."""
_THREADED: Final = (discord.ChannelType.text, discord.ChannelType.news)
_PUBLIC_WAIT: Final = "public wait"
"""Marks an interaction whose "thinking" everybody sees, so that an error can take it back first."""
_UNBOOKED: Final = "unbooked"

HorseInteraction: TypeAlias = "discord.Interaction[HappyHorseClient]"


class Asking:
    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(_COMMANDS_AT_ONCE)

    async def ask(self, interaction: HorseInteraction, ask: Ask) -> Job | None:
        """Answers, then books the job; None when it was refused and the member knows why.

        A request that is wrong at first sight is answered in private; else the wait is public unless the job is private.
        After anything unexpected what was typed is kept, as far as that is still possible, and `unbooked` knows it.
        """
        try:
            with own_cancels_only():
                return await self._ask(interaction, ask)
        except Exception:
            await _keep(interaction, ask)
            raise

    async def _ask(self, interaction: HorseInteraction, ask: Ask) -> Job | None:
        desk = interaction.client.desk
        twin = await desk.repeat.twin(ask)
        if twin is not None:
            await say(interaction, twin_page(twin, provider_link=has_link(twin)))
            return None
        wrong = bool(ask.problems())
        card_id: int | None = None
        in_private = ask.private or wrong
        if not wrong or ask.attached:
            card_id = await wait(interaction, in_private=in_private)
        try:
            async with self._gate:
                return await desk.request.place(ask, address_of(interaction, card_id, private=ask.private))
        except RequestRefused as refused:
            newcomer = not await desk.list.of_member(ask.member_id)
            await say(interaction, refused_page(refused, ask.id, newcomer=newcomer, form_holds=_form_holds(ask)))
            await say_rest(interaction, ask)
            return None
        except QuotaRefused as refused:
            page = quota_page(refused, ask.id, words.WINDOWS[desk.policy.window])
        except AlreadyAsked as same:
            twin = await desk.repeat.job(same.job_id)
            page = twin_page(twin, provider_link=has_link(twin))
        await say(interaction, page)
        return None


async def _keep(interaction: HorseInteraction, ask: Ask) -> None:
    try:
        if await interaction.client.desk.request.keep(ask):
            interaction.extras[_UNBOOKED] = ask
    except Exception as error:  # noqa: BLE001  the member is told of the first error; this one must not hide it
        _log.warning("interaction %d: what was typed could not be kept: %s", interaction.id, error)


def unbooked(interaction: HorseInteraction) -> Ask | None:
    """The request that came to nothing by something unexpected and is kept as a draft under its id."""
    return interaction.extras.get(_UNBOOKED)


def _form_holds(ask: Ask) -> int | None:
    return TEXT_CHARACTERS if len(ask.prompt) > TEXT_CHARACTERS else None


async def say_rest(interaction: HorseInteraction, ask: Ask) -> None:
    """The whole prompt to copy, in private, where the form that brings it back can't hold it. Something was said before."""
    for block in blocks(ask.prompt) if _form_holds(ask) else ():
        await interaction.followup.send(view=Page(BLUE).text(block), ephemeral=True)


async def wait(interaction: HorseInteraction, *, in_private: bool) -> int | None:
    """Tells Discord that an answer will come; the id of the message that it will be, where Discord says it."""
    response = await interaction.response.defer(ephemeral=in_private, thinking=True)
    interaction.extras[_PUBLIC_WAIT] = not in_private
    return None if response is None else response.message_id


async def say(interaction: HorseInteraction, page: Page) -> None:
    """Shows a page to this member alone, whatever was answered so far."""
    if not interaction.response.is_done():
        await interaction.response.send_message(view=page, ephemeral=True)
        return
    public = interaction.extras.pop(_PUBLIC_WAIT, None)
    if public is False:
        await interaction.edit_original_response(view=page)
        return
    if not public:
        await interaction.followup.send(view=page, ephemeral=True)
        return
    # A follow-up to a wait that is still open takes its place, in public; and Discord has refused follow-ups to one that
    # was deleted while open (discord-api-docs 2739). So it is closed, answered in private, and then taken away.
    await interaction.edit_original_response(view=note_page("Not started", "The reason went to the member alone."))
    await interaction.followup.send(view=page, ephemeral=True)
    await interaction.delete_original_response()


def address_of(interaction: HorseInteraction, card_id: int | None, *, private: bool) -> Address:
    """Where the interaction happened, with everything a later process needs to answer there."""
    return Address(
        application_id=interaction.application_id,
        guild_id=interaction.guild_id,
        # A kind of channel that the library does not know is none to post in; the card goes by the token.
        channel_id=interaction.channel_id or 0,
        token=interaction.token,
        token_expires_at_ms=int(interaction.created_at.timestamp() * 1000) + _TOKEN_MS,
        upload_limit=interaction.filesize_limit,
        locale=interaction.locale.value,
        private=private,
        in_place=private or not _may_open_thread(interaction),
        card_id=card_id,
    )


def roles_of(interaction: HorseInteraction) -> frozenset[int] | None:
    """The member's roles in this server; None in a direct message, which knows no roles."""
    user = interaction.user
    if interaction.guild_id is None or not isinstance(user, discord.Member):
        return None
    # As the payload says them. The public `roles` leaves out what the cache does not know, and right after a start, or in a
    # server that the bot is no member of, that is all of them: a barred member would count as one without roles.
    listed = user._roles  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return frozenset({interaction.guild_id, *listed})


def is_moderator(interaction: HorseInteraction) -> bool:
    return interaction.guild_id is not None and interaction.permissions.manage_messages


def _may_open_thread(interaction: HorseInteraction) -> bool:
    channel = interaction.channel
    if interaction.guild_id is None or channel is None or channel.type not in _THREADED:
        return False
    may = interaction.app_permissions
    return may.create_public_threads and may.send_messages_in_threads and may.view_channel
