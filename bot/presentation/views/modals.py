"""Forms (modals): one for every request that is written or changed. `filled_forms` reads them when they come back.

A form's custom id holds its kind, an id, and who makes the clip unless its switches say otherwise. So it can be submitted
after a restart too, and is made where its prices held: what comes back is read from the interaction, never from a form kept in
memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot.domain import limits
from bot.domain.clip import ASPECT_DEFAULT, RESOLUTION_DEFAULT, Kind, Resolution
from bot.domain.job import PREVIEW
from bot.presentation.message_pictures import Found
from bot.presentation.views import wording
from bot.presentation.views.custom_ids import FormKind, form_id
from bot.services.clip_input import Draft
from bot.services.offer import Offer

TEXT_CHARACTERS: Final = 4000
"""Most that a text field of a form takes, in code points. A field takes as much as a prompt may have, and this where it brings
back a longer one, so that nothing is lost. A command's option takes 6,000, so a prompt can be longer than this too."""
_PLACEHOLDER: Final = "What is seen, how the camera moves, what is heard"
SEED_CHARACTERS: Final = 20
_HINT_CHARACTERS: Final = 100
"""Discord's limit for the line under a field's label."""


class Switch(StrEnum):
    """What a form has on or off; the values come back from members' clients."""

    FULL = "1080P"
    """Of a still: its picture decides the shape, so that nothing but this is left of resolution and shape."""
    SAME_SEED = "seed"
    PRIVATE = "private"
    PREVIEW = "preview"


def clip_form(
    kind: FormKind, subject: str, draft: Draft, title: str, offer: Offer, *, stills: Sequence[Found] = ()
) -> ui.Modal:
    """Prefilled with the draft. Where `stills` are known already none is asked for, only which of several it shall be.

    Discord takes five fields. Characters have no room for a seed to type; where one is known a switch keeps it.
    """
    # Who makes it where the switch for previews is off, or not there.
    provider = (offer.real if offer.mixed else None) or offer.of(draft.provider)
    modal = ui.Modal(title=title, timeout=None, custom_id=form_id(kind, subject, provider))
    modal.add_item(_prompt(draft))
    if len(stills) > 1:
        modal.add_item(_stills(stills))
    modal.add_item(_durations(draft, offer))
    if draft.raw.kind is not Kind.IMAGE:
        modal.add_item(_frames(draft))
    if draft.raw.kind is not Kind.TEXT and not stills:
        modal.add_item(_pictures(draft))
    remix = kind is FormKind.REMIX
    if draft.raw.kind is not Kind.CHARACTERS:
        modal.add_item(_seed(draft, remix=remix))
    modal.add_item(_switches(draft, offer, seeded=remix or draft.raw.kind is Kind.CHARACTERS))
    # A form in the library's memory would wait there for members who never send it.
    modal.stop()
    return modal


def _prompt(draft: Draft) -> ui.Label[Any]:
    hint = "Name your pictures character1, character2, …" if draft.raw.kind is Kind.CHARACTERS else None
    longer = len(draft.raw.prompt) > limits.PROMPT_CHARACTERS
    field: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="prompt",
        default=_fitted(draft.raw.prompt) or None,
        placeholder=_PLACEHOLDER,
        required=True,
        max_length=TEXT_CHARACTERS if longer else limits.PROMPT_CHARACTERS,
    )
    return ui.Label(text=wording.FIELDS["prompt"], description=hint, component=field)


def _stills(stills: Sequence[Found]) -> ui.Label[Any]:
    options = [
        discord.SelectOption(label=f"{number}. {each.name}", value=str(number - 1), description=each.about or None)
        for number, each in enumerate(stills, 1)
    ]
    options[0].default = True
    return ui.Label(text=wording.FIELDS["image"], description="Which one starts to move.", component=_select("still", options))


def _fitted(prompt: str) -> str:
    return prompt if len(prompt) <= TEXT_CHARACTERS else f"{prompt[: TEXT_CHARACTERS - 1]}…"


def _durations(draft: Draft, offer: Offer) -> ui.Label[Any]:
    chosen = limits.DURATION_DEFAULT_SECONDS if draft.raw.duration is None else draft.raw.duration
    options = [
        discord.SelectOption(
            label=f"{seconds} s",
            value=str(seconds),
            description=_price_of(seconds, draft, offer),
            default=seconds == chosen,
        )
        for seconds in limits.DURATIONS
    ]
    other = None if offer.takes(draft.provider) else wording.made_elsewhere(offer.of(draft.provider))
    return ui.Label(text=wording.FIELDS["duration"], description=other, component=_select("duration", options))


def _frames(draft: Draft) -> ui.Label[Any]:
    """Resolution and shape in one, the shapes of the chosen resolution first."""
    resolution, aspect = draft.raw.resolution or RESOLUTION_DEFAULT.value, draft.raw.aspect or ASPECT_DEFAULT.value
    options = [
        discord.SelectOption(
            label=f"{each.value} · {label}",
            value=f"{each.value} {shape.value}",
            default=(each.value, shape.value) == (resolution, aspect),
        )
        for each in sorted(wording.RESOLUTIONS, key=lambda one: one.value != resolution)
        for shape, label in wording.SHAPES.items()
    ]
    return ui.Label(text=wording.FIELDS["frame"], description=wording.RESOLUTIONS_HINT, component=_select("frame", options))


def _pictures(draft: Draft) -> ui.Label[Any]:
    most = 1 if draft.raw.kind is Kind.IMAGE else len(draft.missing) or limits.REFERENCES_MAX
    kept = draft.kept
    field: ui.FileUpload[Any] = ui.FileUpload(
        custom_id="pictures", required=not kept, min_values=0 if kept else 1, max_values=most
    )
    if draft.missing:
        hint = _missing(draft.missing, kept)
    elif draft.raw.kind is Kind.IMAGE:
        hint = "A new one takes the place of the one from before." if kept else "The still to start from."
    elif kept:
        before = "the one" if kept == 1 else f"the {kept}"
        hint = f"New ones become character1 and on, and replace {before} from before. Add none to keep."
    else:
        hint = "In order: the first becomes character1, the second character2. Up to nine."
    return ui.Label(
        text=wording.FIELDS["image" if draft.raw.kind is Kind.IMAGE else "images"], description=hint, component=field
    )


def _missing(places: tuple[int, ...], kept: int) -> str:
    """What new pictures become, first, and what stays; with whole names as far as they fit."""
    rest = "the one from before stays" if kept == 1 else f"the {kept} from before stay"
    new = "A new one becomes" if len(places) == 1 else "New ones become"
    whole = f"{new} {wording.characters(places)}; {rest}."
    return whole if len(whole) <= _HINT_CHARACTERS else f"{new} {wording.characters(places, short=True)}; {rest}."


def _switches(draft: Draft, offer: Offer, *, seeded: bool) -> ui.Label[Any]:
    """What is on or off. `seeded`: a seed that is known is kept by one of them."""
    options: list[discord.CheckboxGroupOption] = []

    def add(switch: Switch, label: str, description: str, *, on: bool) -> None:
        options.append(discord.CheckboxGroupOption(label=label, value=switch.value, description=description, default=on))

    if draft.raw.kind is Kind.IMAGE:
        full = draft.raw.resolution != Resolution.P720.value
        add(Switch.FULL, Resolution.P1080.value, "For finals; off makes it at 720P, for trying ideas.", on=full)
    if seeded and draft.known_seed is not None:
        add(Switch.SAME_SEED, "Same seed", "Keeps what chance decided; off takes a new seed.", on=True)
    add(Switch.PRIVATE, "Private", "Only you see the clip.", on=draft.private)
    if offer.drafts is not None:
        on = offer.of(draft.provider) == PREVIEW
        add(Switch.PREVIEW, "Preview", wording.preview_switch(offer.drafts), on=on)
    field: ui.CheckboxGroup[Any] = ui.CheckboxGroup(
        custom_id="switches", options=options, required=False, min_values=0, max_values=len(options)
    )
    return ui.Label(text=wording.FIELDS["switches"], component=field)


def _seed(draft: Draft, *, remix: bool) -> ui.Label[Any]:
    """That of a clip that is remixed is kept by a switch; the field takes another one."""
    known = draft.raw.seed is None or remix
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="seed", default=None if known else str(draft.raw.seed), required=False, max_length=SEED_CHARACTERS
    )
    hint = "Only for another clip's seed." if remix else "The same seed repeats a clip; empty makes a new one."
    return ui.Label(text=wording.FIELDS["seed"], description=hint, component=field)


def _select(custom_id: str, options: list[discord.SelectOption]) -> ui.Select[Any]:
    return ui.Select(custom_id=custom_id, options=options, required=True, min_values=1, max_values=1)


def _price_of(seconds: int, draft: Draft, offer: Offer) -> str:
    """Where a switch makes it a preview, what a real clip costs, and that the preview is free."""
    prices = offer.real_prices if offer.mixed else offer.prices_of(draft.provider)
    if prices.free:
        return "free"
    free = "; a preview is free" if offer.free_drafts else ""
    return f"{wording.credits_of(prices.p720 * seconds)} at 720P, {prices.p1080 * seconds:,} at 1080P{free}"
