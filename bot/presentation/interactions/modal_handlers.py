"""Makes a submitted form a request for a clip, as a command does. The cog `interactions` calls `submit`; "Animate this
image" calls `keep_stills` before it opens its form.

Nothing of an open form is kept in memory, so that it can be submitted after a restart too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.domain.clip import Kind, RawClip
from bot.errors import Gone, NotYours
from bot.presentation.interactions import permissions
from bot.presentation.interactions.booking import book, say_rest
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.filled_forms import Submitted, merged
from bot.presentation.interactions.responses import HorseInteraction, say
from bot.presentation.message_pictures import Found
from bot.presentation.views.custom_ids import FormKind, number_in
from bot.presentation.views.error_pages import error_page, failed_request_note
from bot.services.clip_input import Attached, ClipInput, Draft
from bot.services.repeat_clip import clip_input_from

_STILLS: Final = "stills"
"""The key in the draft of "Animate this image" for its pictures."""
_STILL: Final = "still"
"""The key that the previous version used for its only picture. A form may stay open for a day."""


async def submit(interaction: HorseInteraction, form: Submitted) -> None:
    """Raises the errors of permissions and use cases; `error_handler` words them.

    A form that is submitted twice makes one clip.
    """
    try:
        base, attached = await _base(interaction, form)
    except (Gone, NotYours) as error:
        await _give_back(interaction, form, error)
        return
    draft = merged(base, form)
    clip_input = _clip_input(interaction, draft)
    # New pictures get the numbers that the form named. If it named none, they get those that the prompt names.
    placed, kept = (base if base.missing else draft).assign(attached)
    await book(interaction, replace(clip_input, attached=placed, kept=kept), press=f"form:{form.digest}")


def _clip_input(interaction: HorseInteraction, draft: Draft) -> ClipInput:
    return clip_input_from(draft, id=interaction.id, member_id=interaction.user.id, role_ids=roles_of(interaction))


async def _base(interaction: HorseInteraction, form: Submitted) -> tuple[Draft, tuple[Attached, ...]]:
    """The draft that the form changes, and the pictures that come with the form. Raises `Gone` and `NotYours`."""
    repeat = interaction.client.use_cases.repeat
    match form.kind:
        case FormKind.DRAFT:
            return await repeat.draft(number_in(form.subject), interaction.user.id), form.attached
        case FormKind.REMIX | FormKind.EDIT:
            return Draft.of_job(
                await permissions.admitted(interaction, permissions.FORMS[form.kind], form.subject)
            ), form.attached
        case FormKind.ANIMATE:
            return Draft(RawClip(Kind.IMAGE)), (await _still(interaction, number_in(form.subject), form.still),)
        case FormKind.STUDIO:
            return Draft(RawClip(Kind.CHARACTERS)), form.attached
        case FormKind.EXAMPLE:
            return Draft(RawClip(Kind.TEXT)), form.attached
        case None:
            msg = "a form of another version"
            raise Gone(msg)


async def _give_back(interaction: HorseInteraction, form: Submitted, error: Gone | NotYours) -> None:
    """Tells the member that the form's clip or draft is gone or not theirs, and keeps what they typed as a draft of its own."""
    kind = form.raw.kind
    clip_input = _clip_input(interaction, merged(Draft(RawClip(kind)), form))
    kept = await interaction.client.use_cases.request.keep(clip_input)
    note = failed_request_note(kept=kept, sure=True, pictures=kind is not Kind.TEXT)
    await say(interaction, error_page(error, "", clip_input.id if kept else None, note))
    await say_rest(interaction, clip_input, kept=kept)


async def keep_stills(interaction: HorseInteraction, stills: Sequence[Found]) -> None:
    """Saves the pictures that a form is about as a draft, since a form's custom id has room for an id only."""
    repeat = interaction.client.use_cases.repeat
    kept = [["image", each.url, each.name, each.size] for each in stills]
    values = {**RawClip(Kind.IMAGE).values(), _STILLS: kept}
    await repeat.drafts.save(interaction.id, interaction.user.id, values, repeat.clock.now_ms())


async def _still(interaction: HorseInteraction, draft_id: int, number: int) -> Attached:
    values: dict[str, Any] = await interaction.client.use_cases.repeat.drafts.load(draft_id, interaction.user.id) or {}
    try:
        return Attached(*(values[_STILLS][number] if _STILLS in values else values[_STILL]))
    except (KeyError, IndexError, TypeError) as error:
        msg = f"no still in draft {draft_id}"
        raise Gone(msg) from error
