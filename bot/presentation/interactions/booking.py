"""Books a job for an interaction: answers it, checks the request, books. Commands, buttons and forms call `book`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

import discord

from bot.domain import limits, takes
from bot.domain.clip import Resolution
from bot.domain.job import Job
from bot.errors import (
    AlreadyBooked,
    HappyHorseError,
    KindClosed,
    NotConfirmed,
    NotOffered,
    Paused,
    QuotaRefused,
    RequestRefused,
)
from bot.ports import Outcome
from bot.presentation.interactions.asked import settle, write_down
from bot.presentation.interactions.confirmed import show_booked
from bot.presentation.interactions.context import address_of
from bot.presentation.interactions.responses import HorseInteraction, NotAnswered, add, say, wait
from bot.presentation.views import wording
from bot.presentation.views.confirm_page import confirm_page, confirmed_page
from bot.presentation.views.error_pages import blocked, copy_pages, note_page, pressed_twice_page, twin_page
from bot.presentation.views.layout import Page, paragraph
from bot.presentation.views.modals import TEXT_CHARACTERS
from bot.presentation.views.outcomes import has_link
from bot.presentation.views.prices import cheaper
from bot.presentation.views.quota_refusal import quota_page
from bot.presentation.views.refusal_pages import closed_page, not_offered_page, paused_page, refused_page
from bot.presentation.views.translations import _
from bot.services.clip_input import ClipInput
from bot.services.offer import Offer
from bot.services.request_clip import RequestClip
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_FAILED_REQUEST: Final = "failed request"
_REFUSALS: Final = (RequestRefused, QuotaRefused, NotConfirmed, KindClosed, NotOffered, Paused, AlreadyBooked)
"""Why nothing is booked, as the member is told by a page of its own."""


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """A request that failed by an unexpected error.

    `kept`: what was typed is a draft under the request's id; else the member gets it back to copy. `sure`: nothing was booked;
    False where the database could not be read.
    """

    clip_input: ClipInput
    kept: bool
    sure: bool


async def book(interaction: HorseInteraction, clip_input: ClipInput, *, press: str = "") -> Job | None:
    """Answers, then books the job; None when it was refused and the member has been told why.

    A request with a mistake that shows at once, for a provider that is not offered any more, or with a price that its member
    must confirm first, is answered in private. Else everybody sees the wait, unless the job is private. Before the wait the
    request is written down. After an unexpected error what was typed is kept if possible, and `failed_request` returns what
    became of it. `press` names the button or form, whose second press within seconds makes no second clip (`Asked.press`).
    """
    try:
        with own_cancels_only():
            job = await _book(interaction, clip_input, press)
    except NotAnswered:
        # The member can't be told, so a draft would be of no use.
        raise
    except Exception:
        # Raised on: `error_handler.tell` logs it with a reference and tells the member, with what was kept here.
        interaction.extras[_FAILED_REQUEST] = await _keep(interaction, clip_input)
        raise
    if job is None:
        await settle(interaction, Outcome.ANSWERED)
    elif clip_input.confirms is not None:
        await show_booked(interaction, clip_input.confirms, job)
    return job


async def _book(interaction: HorseInteraction, clip_input: ClipInput, press: str) -> Job | None:
    use_cases = interaction.client.use_cases
    twin = await use_cases.repeat.twin(clip_input)
    if twin is not None:
        await say(interaction, twin_page(twin, provider_link=has_link(twin)))
        return None
    wrong = bool(clip_input.problems()) or not use_cases.offer.takes(clip_input.provider)
    card_id: int | None = None
    in_private = clip_input.private or wrong or use_cases.request.asks(clip_input)
    if not wrong or clip_input.attached:
        # A request that is wrong and has no pictures is not written down: its first answer says what is wrong, and no work is
        # begun. If the bot is killed before that answer, Discord itself tells the member that the interaction failed.
        if not await _begin(interaction, clip_input, press, private=in_private):
            return None
        card_id = await wait(interaction, in_private=in_private)
    await interaction.client.first_answers.go_first()
    try:
        return await use_cases.request.book(clip_input, address_of(interaction, card_id, private=clip_input.private))
    except _REFUSALS as error:
        refused = error
    page, plain, kept = await _told(interaction, clip_input, refused)
    await say(interaction, page, plain=plain)
    await say_rest(interaction, clip_input, kept=kept)
    return None


async def _told(
    interaction: HorseInteraction, clip_input: ClipInput, refused: HappyHorseError
) -> tuple[Page, Page | None, bool]:
    """The page that says why nothing was booked, one without the member's words, and whether what was typed is kept."""
    use_cases = interaction.client.use_cases
    if isinstance(refused, AlreadyBooked):
        same = await use_cases.find.job(refused.job_id)
        confirmed = clip_input.confirms is not None
        return confirmed_page(same) if confirmed else twin_page(same, provider_link=has_link(same)), None, True
    window = wording.window(use_cases.policy.window)
    if isinstance(refused, NotConfirmed):
        clips = takes.clips_in(clip_input.raw)
        page, plain = (
            confirm_page(refused, clip_input.raw.prompt, clips, clip_input.id, window, quoted=quoted)
            for quoted in (True, False)
        )
        return page, plain, True
    kept = await use_cases.request.keep(clip_input)
    draft_id, plain = clip_input.id if kept else None, None
    match refused:
        case QuotaRefused():
            counted = wording.counted(use_cases.offer.of(clip_input.provider), mixed=use_cases.offer.mixed)
            less = _cheaper(clip_input, use_cases.offer, refused.left)
            costs = _costs(clip_input, use_cases.request)
            page = quota_page(refused, draft_id, window, cheaper=less, counted=counted, costs=costs)
        case KindClosed():
            page = closed_page(refused, draft_id, told=interaction.client.notifier.operators_told)
        case NotOffered():
            page = not_offered_page(refused, draft_id)
        case Paused():
            page = paused_page(refused, draft_id)
        case RequestRefused():
            newcomer = not await use_cases.find.of_member(clip_input.member_id)
            holds = _form_holds(clip_input)
            page, plain = (
                refused_page(refused, draft_id, newcomer=newcomer, form_holds=holds, quoted=quoted) for quoted in (True, False)
            )
        case _:
            raise refused
    return page, plain, kept


async def _begin(interaction: HorseInteraction, clip_input: ClipInput, press: str, *, private: bool) -> bool:
    """Writes the request down. False for a second press within seconds: then the member is told so."""
    if await write_down(interaction, clip_input, private=private, press=press):
        return True
    form, several = interaction.type is discord.InteractionType.modal_submit, takes.count(clip_input.raw) > 1
    await say(interaction, pressed_twice_page(form=form, several=several))
    return False


async def _keep(interaction: HorseInteraction, clip_input: ClipInput) -> FailedRequest | None:
    """What became of a failed request; None when the job was booked all the same."""
    request = interaction.client.use_cases.request
    try:
        if await request.booked(clip_input):
            return None
        return FailedRequest(clip_input, kept=await request.keep(clip_input), sure=True)
    except Exception as error:  # noqa: BLE001  the member is told of the first error; this one must not hide it
        _log.warning("interaction %d: what was typed could not be kept: %s", interaction.id, error)
        return FailedRequest(clip_input, kept=False, sure=False)


def failed_request(interaction: HorseInteraction) -> FailedRequest | None:
    """What became of a failed request; None if none failed."""
    return interaction.extras.get(_FAILED_REQUEST)


def _cheaper(clip_input: ClipInput, offer: Offer, left: int) -> str:
    """Says what would cost less, such as `720P costs less.`, if `left` credits pay for the cheapest clips; and that previews
    are free, if they are. "" if there is nothing to say.

    The request's length may still be invalid here, since credits are checked before it.
    """
    raw = clip_input.raw
    duration = raw.duration if isinstance(raw.duration, int) else limits.DURATION_DEFAULT_SECONDS
    resolution = Resolution.chosen(raw.resolution)
    clips = takes.priced(raw)
    payable = left >= offer.prices_of(clip_input.provider).least * clips
    less = cheaper(duration, resolution, clips) if payable else ""
    free = _("A preview is free.") if offer.free_previews else ""
    return paragraph(less, free)


def _costs(clip_input: ClipInput, request: RequestClip) -> list[int]:
    """The price of each clip; empty where the request is wrong too, since credits are checked before that."""
    try:
        return request.costs(clip_input)
    except RequestRefused:
        return []


def _form_holds(clip_input: ClipInput) -> int | None:
    return TEXT_CHARACTERS if len(clip_input.raw.prompt) > TEXT_CHARACTERS else None


async def say_rest(interaction: HorseInteraction, clip_input: ClipInput, *, kept: bool) -> None:
    """Shows the member, after another answer, what no button brings back, so that they can copy it: everything if it is not
    `kept`, else only a prompt that is too long for a form.
    """
    for page in copy_pages(clip_input, options=not kept) if not kept or _form_holds(clip_input) else ():
        await add(interaction, page, plain=note_page(_("Not shown here"), blocked()))
