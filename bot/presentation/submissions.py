"""What a submitted form does: it becomes a request for a clip, like a command. Works after a restart too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from bot.domain.clip import Kind
from bot.errors import Gone
from bot.presentation.answering import HorseInteraction, say
from bot.presentation.asking import roles_of
from bot.presentation.error_texts import note_page
from bot.presentation.forms import FormKind, Submitted, merged
from bot.presentation.presses import blank, spoken
from bot.services.ask import Ask, Attached, Draft
from bot.services.repeat_clip import ask_from

STILL: Final = "still"
"""Where the draft of "Animate this image" keeps the attachment that it is about."""


async def submit(interaction: HorseInteraction, form: Submitted) -> None:
    """Raises the use cases' errors; the caller words them."""
    repeat = interaction.client.desk.repeat
    key = int(form.subject) if form.subject.isdecimal() else 0
    if repeat.first_press(interaction.user.id, key, f"form {hash(form)}", interaction.id) is not None:
        await say(interaction, note_page("Already on its way", "This form came twice; one clip is being made."))
        return
    asked = None
    try:
        asked = await interaction.client.asking.ask(interaction, await _ask(interaction, form))
    finally:
        if asked is None:
            repeat.release_press(interaction.user.id, key, f"form {hash(form)}")


async def _ask(interaction: HorseInteraction, form: Submitted) -> Ask:
    draft, attached = await _base(interaction, form)
    changed = merged(draft, form)
    ask = ask_from(changed, id=interaction.id, member_id=interaction.user.id, role_ids=roles_of(interaction))
    placed, kept = draft.place(attached)
    return replace(ask, attached=placed, kept=kept)


async def _base(interaction: HorseInteraction, form: Submitted) -> tuple[Draft, tuple[Attached, ...]]:
    repeat = interaction.client.desk.repeat
    match form.kind:
        case FormKind.DRAFT:
            return await repeat.draft(int(form.subject), interaction.user.id), form.attached
        case FormKind.REMIX | FormKind.EDIT:
            return Draft.of_job(await spoken(interaction, int(form.subject))), form.attached
        case FormKind.ANIMATE:
            return blank(Kind.IMAGE), (await _still(interaction, int(form.subject)),)
        case FormKind.STUDIO:
            return blank(Kind.CHARACTERS), form.attached
        case FormKind.EXAMPLE:
            return blank(Kind.TEXT), form.attached


async def keep_still(interaction: HorseInteraction, still: Attached) -> None:
    """Remembers which picture a form is about; the form itself can only carry an id."""
    repeat = interaction.client.desk.repeat
    values = {"kind": Kind.IMAGE.value, "prompt": "", STILL: [still.field, still.url, still.filename, still.size]}
    await repeat.drafts.save(interaction.id, interaction.user.id, values, repeat.clock.now_ms())


async def _still(interaction: HorseInteraction, draft_id: int) -> Attached:
    values: dict[str, Any] | None = await interaction.client.desk.repeat.drafts.load(draft_id, interaction.user.id)
    try:
        return Attached(*(values or {})[STILL])
    except (KeyError, TypeError) as error:
        msg = f"no still in draft {draft_id}"
        raise Gone(msg) from error
