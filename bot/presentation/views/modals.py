"""The forms (modals) in which members write or change a request. Buttons, `/video studio` and "Animate this image"
open them; `filled_forms` reads them when they come back.

A form's custom id has its kind, an id, and the provider that makes the clip unless the form's switches say otherwise. So a form
can be sent after a restart too, and its clip is made at the provider whose prices it showed. No form is kept in memory: all is
read from the interaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot.domain import limits, takes
from bot.domain.clip import ASPECT_DEFAULT, RESOLUTION_DEFAULT, Kind, Resolution
from bot.domain.job import PREVIEW
from bot.domain.takes import TAKES_MAX
from bot.presentation.message_pictures import Found
from bot.presentation.views import wording
from bot.presentation.views.custom_ids import FormKind, form_id
from bot.presentation.views.durations import seconds
from bot.presentation.views.escaping import cut
from bot.presentation.views.translations import _, ngettext, number
from bot.services.clip_input import Draft
from bot.services.offer import Offer

TEXT_CHARACTERS: Final = 4000
"""Discord's limit for a text field, in code points. The prompt field usually takes as many as a prompt may have. When it
brings back a longer prompt, it takes more, up to this number. An option of a command takes 6,000, so a prompt can
be even longer than this."""
SEED_CHARACTERS: Final = 20
_LABEL_CHARACTERS: Final = 45
"""Discord's limit for the label of a field, and for the title of a form."""
_LENGTHS_WITH_TAKES: Final = (5, 10, 15)
_LENGTHS_MOST: Final = 3
"""With 2, 3 and 4 takes of each of these, and every length with one take, a choice has 22 entries; Discord takes 25."""
_HINT_CHARACTERS: Final = 100
"""Discord's limit for the line below a field's label, a placeholder, and the label and description of a choice."""


class Switch(StrEnum):
    """The switches of a form. The values come back from members' clients."""

    FULL = "1080P"
    """For a clip from a still, whose picture decides the shape, so that only the resolution can be chosen."""
    SAME_SEED = "seed"
    PRIVATE = "private"
    PREVIEW = "preview"


def clip_form(
    kind: FormKind, subject: str, draft: Draft, title: str, offer: Offer, *, stills: Sequence[Found] = ()
) -> ui.Modal:
    """A form prefilled with the draft. With `stills` it has no field for a picture, only a choice among several.

    Discord takes five fields. A form with characters has no room for a seed field; a switch keeps a known seed.
    """
    # The provider when the switch for previews is off or missing.
    provider = (offer.real if offer.mixed else None) or offer.of(draft.provider)
    modal = ui.Modal(title=cut(title, _LABEL_CHARACTERS), timeout=None, custom_id=form_id(kind, subject, provider))
    modal.add_item(_prompt(draft))
    if len(stills) > 1:
        modal.add_item(_stills(stills))
    modal.add_item(_lengths(draft, offer))
    if draft.raw.kind is not Kind.IMAGE:
        modal.add_item(_frames(draft))
    if draft.raw.kind is not Kind.TEXT and not stills:
        modal.add_item(_pictures(draft))
    remix = kind is FormKind.REMIX
    if draft.raw.kind is not Kind.CHARACTERS:
        modal.add_item(_seed(draft, remix=remix))
    modal.add_item(_switches(draft, offer, seeded=remix or draft.raw.kind is Kind.CHARACTERS))
    # Otherwise discord.py would keep the form in memory until the member sends it, which many never do.
    modal.stop()
    return modal


def _prompt(draft: Draft) -> ui.Label[Any]:
    # Translators: below a field of a form, at most 100 characters. The names are what members type.
    names = _("Name your pictures character1, character2, …")
    # Translators: in an empty field of a form, at most 100 characters.
    placeholder = _("What is seen, how the camera moves, what is heard")
    longer = len(draft.raw.prompt) > limits.PROMPT_CHARACTERS
    field: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="prompt",
        default=_fitted(draft.raw.prompt) or None,
        placeholder=cut(placeholder, _HINT_CHARACTERS),
        required=True,
        max_length=TEXT_CHARACTERS if longer else limits.PROMPT_CHARACTERS,
    )
    return _labelled("prompt", names if draft.raw.kind is Kind.CHARACTERS else None, field)


def _stills(stills: Sequence[Found]) -> ui.Label[Any]:
    options = [
        discord.SelectOption(
            label=f"{place}. {each.name}", value=str(place - 1), description=cut(each.about, _HINT_CHARACTERS) or None
        )
        for place, each in enumerate(stills, 1)
    ]
    options[0].default = True
    # Translators: below a field of a form, at most 100 characters: which picture.
    return _labelled("image", _("Which one starts to move."), _select("still", options))


def _fitted(prompt: str) -> str:
    return prompt if len(prompt) <= TEXT_CHARACTERS else f"{prompt[: TEXT_CHARACTERS - 1]}…"


def _lengths(draft: Draft, offer: Offer) -> ui.Label[Any]:
    """One choice for length and takes: every length with one take, and the usual lengths and the draft's with several.

    Each has the price of all clips that the draft's prompt asks for with it.
    """
    length = limits.DURATION_DEFAULT_SECONDS if draft.raw.duration is None else draft.raw.duration
    chosen = (length, draft.raw.takes or 1)
    prompts = takes.priced(replace(draft.raw, takes=None))
    usual = [
        *dict.fromkeys(each for each in (length, *_LENGTHS_WITH_TAKES) if isinstance(each, int) and each in limits.DURATIONS)
    ]
    several = [(each, many) for each in usual[:_LENGTHS_MOST] for many in range(2, TAKES_MAX + 1)]
    options = [
        discord.SelectOption(
            label=_length_and_takes(each, many),
            value=str(each) if many == 1 else f"{each} {many}",
            description=cut(_price_of(each * many * prompts, draft, offer), _HINT_CHARACTERS),
            default=(each, many) == chosen,
        )
        for each, many in (*((each, 1) for each in limits.DURATIONS), *several)
    ]
    hint = _of_all(prompts) if prompts > 1 else None
    if not offer.takes(draft.provider):
        hint = wording.made_elsewhere(offer.of(draft.provider))
    return _labelled("lengths", hint, _select("duration", options))


def _of_all(prompts: int) -> str:
    # Translators: above the lengths in a form, each with its price; at most 100 characters. {count} is at least 2.
    text = ngettext("Each price is for {count} prompt together.", "Each price is for {count} prompts together.", prompts)
    return text.format(count=number(prompts))


def _length_and_takes(length: int, takes: int) -> str:
    if takes == 1:
        return seconds(length)
    # Translators: a choice in a form. {count} is at least 2, {length} such as "5 s". "Takes" are clips of the same prompt.
    several = ngettext("{length} · {count} take", "{length} · {count} takes", takes)
    return several.format(length=seconds(length), count=number(takes))


def _frames(draft: Draft) -> ui.Label[Any]:
    """One choice for resolution and shape, with those of the chosen resolution first."""
    resolution, aspect = draft.raw.resolution or RESOLUTION_DEFAULT.value, draft.raw.aspect or ASPECT_DEFAULT.value
    options = [
        discord.SelectOption(
            label=f"{each.value} · {wording.shape(shape)}",
            value=f"{each.value} {shape.value}",
            default=(each.value, shape.value) == (resolution, aspect),
        )
        for each in sorted(wording.RESOLUTIONS, key=lambda one: one.value != resolution)
        for shape in wording.SHAPES
    ]
    return _labelled("frame", wording.resolutions_hint(), _select("frame", options))


def _pictures(draft: Draft) -> ui.Label[Any]:
    most = 1 if draft.raw.kind is Kind.IMAGE else len(draft.missing) or limits.REFERENCES_MAX
    kept = draft.kept
    field: ui.FileUpload[Any] = ui.FileUpload(
        custom_id="pictures", required=not kept, min_values=0 if kept else 1, max_values=most
    )
    return _labelled("image" if draft.raw.kind is Kind.IMAGE else "images", _pictures_hint(draft), field)


def _pictures_hint(draft: Draft) -> str:
    """Says what happens to new pictures and to stored ones."""
    kept = draft.kept
    if draft.missing:
        return _missing(draft.missing, kept)
    if draft.raw.kind is Kind.IMAGE:
        # Translators: below a field for a picture, at most 100 characters.
        instead = _("A new one takes the place of the one from before.")
        # Translators: below a field for a picture, at most 100 characters.
        return instead if kept else _("The still to start from.")
    if not kept:
        # Translators: below a field for pictures, at most 100 characters.
        return _("In order: the first becomes character1, the second character2. Up to nine.")
    if kept == 1:
        # Translators: below a field for pictures, at most 100 characters.
        return _("New ones become character1 and on, and replace the one from before. Add none to keep.")
    # Translators: below a field for pictures, at most 100 characters. {count} is at least 2.
    return ngettext(
        "New ones become character1 and on, and replace the {count} from before. Add none to keep.",
        "New ones become character1 and on, and replace the {count} from before. Add none to keep.",
        kept,
    ).format(count=number(kept))


def _missing(places: tuple[int, ...], kept: int) -> str:
    """Says which characters new pictures become, and which pictures stay. Names are written out as far as they fit."""
    if len(places) == 1 and kept == 1:
        # Translators: below a field for pictures, at most 100 characters; so the next three. {names} is such as "character2".
        said = _("A new one becomes {names}; the one from before stays.")
    elif len(places) == 1:
        said = ngettext(
            "A new one becomes {names}; the {count} from before stays.",
            "A new one becomes {names}; the {count} from before stay.",
            kept,
        )
    elif kept == 1:
        said = _("New ones become {names}; the one from before stays.")
    else:
        said = ngettext(
            "New ones become {names}; the {count} from before stays.",
            "New ones become {names}; the {count} from before stay.",
            kept,
        )
    whole = said.format(names=wording.characters(places), count=number(kept))
    if len(whole) <= _HINT_CHARACTERS:
        return whole
    return said.format(names=wording.characters(places, short=True), count=number(kept))


def _switches(draft: Draft, offer: Offer, *, seeded: bool) -> ui.Label[Any]:
    """The form's switches. `seeded`: one of them keeps the known seed."""
    options: list[discord.CheckboxGroupOption] = []

    def add(switch: Switch, label: str, description: str, *, on: bool) -> None:
        label, description = cut(label, _HINT_CHARACTERS), cut(description, _HINT_CHARACTERS)
        options.append(discord.CheckboxGroupOption(label=label, value=switch.value, description=description, default=on))

    if draft.raw.kind is Kind.IMAGE:
        full = draft.raw.resolution != Resolution.P720.value
        # Translators: beside a switch of a form, at most 100 characters.
        add(Switch.FULL, Resolution.P1080.value, _("For finals; off makes it at 720P, for trying ideas."), on=full)
    if seeded and draft.known_seed is not None:
        # Translators: beside the switch "Same seed", at most 100 characters.
        keeps = _("Keeps what chance decided; off takes a new seed.")
        # Translators: a switch of a form.
        add(Switch.SAME_SEED, _("Same seed"), keeps, on=True)
    # Translators: a switch of a form, and what stands beside it, at most 100 characters.
    add(Switch.PRIVATE, _("Private"), _("Only you see the clip."), on=draft.private)
    if offer.preview_prices is not None:
        on = offer.of(draft.provider) == PREVIEW
        # Translators: a switch of a form, which makes a preview instead of a clip.
        add(Switch.PREVIEW, _("Preview"), wording.preview_switch(offer.preview_prices), on=on)
    field: ui.CheckboxGroup[Any] = ui.CheckboxGroup(
        custom_id="switches", options=options, required=False, min_values=0, max_values=len(options)
    )
    return _labelled("switches", None, field)


def _seed(draft: Draft, *, remix: bool) -> ui.Label[Any]:
    """The field for a seed. In a remix a switch keeps the clip's seed, and the field is for another one."""
    known = draft.raw.seed is None or remix
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="seed", default=None if known else str(draft.raw.seed), required=False, max_length=SEED_CHARACTERS
    )
    # Translators: below the field "Seed", at most 100 characters.
    other = _("Only for another clip's seed.")
    # Translators: below the field "Seed", at most 100 characters.
    hint = other if remix else _("The same seed repeats a clip; empty makes a new one.")
    return _labelled("seed", hint, field)


def _labelled(name: str, hint: str | None, component: ui.Item[Any]) -> ui.Label[Any]:
    """A field with its label and the line below it. A translation too long for Discord is cut."""
    return ui.Label(
        text=cut(wording.label(name), _LABEL_CHARACTERS),
        description=None if hint is None else cut(hint, _HINT_CHARACTERS),
        component=component,
    )


def _select(custom_id: str, options: list[discord.SelectOption]) -> ui.Select[Any]:
    return ui.Select(custom_id=custom_id, options=options, required=True, min_values=1, max_values=1)


def _price_of(length: int, draft: Draft, offer: Offer) -> str:
    """The price of so many seconds of finished clips. In a form with a switch for previews it is the price of real clips; if
    previews are free, the text says so."""
    prices = offer.real_prices if offer.mixed else offer.prices_of(draft.provider)
    if prices.free:
        return wording.free()
    # Translators: beside a length in a form, at most 100 characters. {small} is a price such as "60 credits", {full} a number.
    alone = _("{small} at 720P, {full} at 1080P")
    # Translators: beside a length in a form, at most 100 characters. {small} is a price such as "60 credits", {full} a number.
    beside_free = _("{small} at 720P, {full} at 1080P; a preview is free")
    costs = beside_free if offer.free_previews else alone
    return costs.format(small=wording.credits_of(prices.p720 * length), full=number(prices.p1080 * length))
