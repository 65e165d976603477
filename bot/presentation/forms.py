"""Forms (modals): one for every request that is written or changed. Made here, and read here when they come back.

A form's custom id holds its kind and an id, `hh:form:<kind>:<id>`, so that it can be submitted after a restart too: what
comes back is read from the interaction, never from a form kept in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, cast

import discord
from discord import ui

from bot.domain import limits
from bot.domain.clip import Aspect, Kind, Resolution
from bot.domain.price import Prices
from bot.presentation import words
from bot.presentation.pictures_in import Found
from bot.presentation.safe_text import clean, well_formed
from bot.services.ask import Attached, Draft

TEXT_CHARACTERS: Final = 4000
"""Most that a text field of a form takes, in code points. A field takes as much as a prompt may have, and this where it brings
back a longer one, so that nothing is lost. A command's option takes 6,000, so a prompt can be longer than this too."""
_PLACEHOLDER: Final = "What is seen, how the camera moves, what is heard"
_SEED_CHARACTERS: Final = 20
_HINT_CHARACTERS: Final = 100
"""Discord's limit for the line under a field's label."""
_PRIVATE: Final = "private"
_SAME_SEED: Final = "seed"
_FIELDS_MOST: Final = 5
"""Discord's limit for a form."""
_CUSTOM_ID: Final = re.compile(r"hh:form:([a-z]+):([a-z0-9]{1,20})")


class FormKind(StrEnum):
    """What a submitted form belongs to: a draft, a clip to remix or to edit, an example, a still, or nothing yet."""

    DRAFT = "draft"
    REMIX = "remix"
    EDIT = "edit"
    EXAMPLE = "example"
    ANIMATE = "animate"
    STUDIO = "studio"


_KINDS: Final = {each.value: each for each in FormKind}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form as it came back. `kind` is None where this version has no such form, and `seed_text` where the form has no such
    field. A `duration` that is no number stays as it came: the domain refuses it."""

    kind: FormKind | None
    subject: str
    prompt: str
    duration: int | str | None
    resolution: str | None
    aspect: str | None
    seed_text: str | None
    attached: tuple[Attached, ...]
    pictured: bool = False
    """Whether the form asks for pictures."""
    switched: frozenset[str] | None = None
    """The switches that are on; None where the form has none."""
    still: int = 0
    """Which of the pictures it was about was chosen, counted from 0."""


def clip_form(
    kind: FormKind, subject: str, draft: Draft, title: str, prices: Prices, *, stills: Sequence[Found] = ()
) -> ui.Modal:
    """Prefilled with the draft. Where `stills` are known already none is asked for, only which of several it shall be.

    Discord takes five fields, so those that are missed least give way: characters have no seed to type, and a still that
    comes back with an error keeps its privacy as it was.
    """
    modal = ui.Modal(title=title, timeout=None, custom_id=f"hh:form:{kind.value}:{subject}")
    modal.add_item(_prompt(draft))
    if len(stills) > 1:
        modal.add_item(_stills(stills))
    modal.add_item(_durations(draft, prices))
    modal.add_item(_resolutions(draft) if draft.kind is Kind.IMAGE else _frames(draft))
    if draft.kind is not Kind.TEXT and not stills:
        modal.add_item(_pictures(draft))
    remix = kind is FormKind.REMIX
    if draft.kind is not Kind.CHARACTERS and not remix and len(stills) < 2:
        modal.add_item(_seed(draft))
    if len(modal.children) < _FIELDS_MOST:
        modal.add_item(_switches(draft, remix=remix))
    # A form in the library's memory would wait there for members who never send it.
    modal.stop()
    return modal


def submitted(interaction: discord.Interaction[Any]) -> Submitted | None:
    """What a form holds, None when it is none of ours."""
    data = cast("dict[str, Any]", interaction.data or {})
    match = _CUSTOM_ID.fullmatch(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or match is None:
        return None
    fields = {str(field.get("custom_id")): field for field in _fields(data.get("components", ()))}
    resolved: dict[str, Any] = data.get("resolved") or {}
    files: dict[str, dict[str, Any]] = resolved.get("attachments") or {}
    kept = [files[each] for each in fields.get("pictures", {}).get("values") or () if each in files]
    duration, still = _chosen(fields, "duration"), (_chosen(fields, "still") or "")[:2]
    # Forms of the version before may be open still: they ask for resolution and shape each by itself.
    resolution, _, aspect = (_chosen(fields, "frame") or "").partition(" ")
    switches: list[object] = fields.get("switches", {}).get("values") or []
    return Submitted(
        kind=_KINDS.get(match[1]),
        subject=match[2],
        prompt=_text(fields, "prompt"),
        duration=_number(duration) if duration else None,
        resolution=resolution or _chosen(fields, "resolution"),
        aspect=aspect or _chosen(fields, "aspect"),
        # What no field takes could not be shown in one again.
        seed_text=_text(fields, "seed")[:_SEED_CHARACTERS] if "seed" in fields else None,
        attached=tuple(_attached(each) for each in kept),
        pictured="pictures" in fields,
        switched=frozenset(map(str, switches)) if "switches" in fields else None,
        still=int(still) if still.isascii() and still.isdecimal() else 0,
    )


def merged(draft: Draft, form: Submitted) -> Draft:
    """The draft with what the form says, but for its pictures: `Draft.place` says where they go."""
    seed, private = draft.seed, draft.private
    if form.switched is not None:
        private = _PRIVATE in form.switched
    if form.kind is FormKind.REMIX and form.switched is not None:
        seed = seed if _SAME_SEED in form.switched else None
    elif form.seed_text is not None:
        seed = _number(form.seed_text)
    elif not isinstance(seed, int) or not 0 <= seed <= limits.SEED_MAX:
        # There is no field to mend it in.
        seed = None
    return replace(
        draft,
        prompt=form.prompt,
        duration=form.duration,
        resolution=form.resolution,
        aspect=form.aspect or draft.aspect,
        seed=seed,
        private=private,
    )


def _number(text: str) -> int | str | None:
    """None for nothing. Text that is no number goes on as it is: the domain refuses it with everything else that is wrong.

    Digits are often copied together with marks that nobody sees: those are no part of a number.
    """
    seen = clean(text).strip()
    if not seen:
        return None
    return int(seen) if re.fullmatch(r"-?\d{1,19}", seen) else text.strip()


def _prompt(draft: Draft) -> ui.Label[Any]:
    hint = "Name your pictures character1, character2, …" if draft.kind is Kind.CHARACTERS else None
    longer = len(draft.prompt) > limits.PROMPT_CHARACTERS
    field: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="prompt",
        default=_fitted(draft.prompt) or None,
        placeholder=_PLACEHOLDER,
        required=True,
        max_length=TEXT_CHARACTERS if longer else limits.PROMPT_CHARACTERS,
    )
    return ui.Label(text=words.FIELDS["prompt"], description=hint, component=field)


def _stills(stills: Sequence[Found]) -> ui.Label[Any]:
    options = [
        discord.SelectOption(label=f"{number}. {each.name}", value=str(number - 1), description=each.about or None)
        for number, each in enumerate(stills, 1)
    ]
    options[0].default = True
    return ui.Label(text=words.FIELDS["image"], description="Which one starts to move.", component=_select("still", options))


def _fitted(prompt: str) -> str:
    return prompt if len(prompt) <= TEXT_CHARACTERS else f"{prompt[: TEXT_CHARACTERS - 1]}…"


def _durations(draft: Draft, prices: Prices) -> ui.Label[Any]:
    chosen = limits.DURATION_DEFAULT_SECONDS if draft.duration is None else draft.duration
    options = [
        discord.SelectOption(
            label=f"{seconds} s",
            value=str(seconds),
            description=_price_of(seconds, prices),
            default=seconds == chosen,
        )
        for seconds in range(limits.DURATION_MIN_SECONDS, limits.DURATION_MAX_SECONDS + 1)
    ]
    return ui.Label(text=words.FIELDS["duration"], component=_select("duration", options))


def _resolutions(draft: Draft) -> ui.Label[Any]:
    chosen = draft.resolution or Resolution.P1080.value
    options = [
        discord.SelectOption(label=label, value=each.value, default=each.value == chosen)
        for each, label in words.RESOLUTIONS.items()
    ]
    return ui.Label(text=words.FIELDS["resolution"], component=_select("resolution", options))


def _frames(draft: Draft) -> ui.Label[Any]:
    """Resolution and shape in one, the shapes of the chosen resolution first."""
    resolution, aspect = draft.resolution or Resolution.P1080.value, draft.aspect or Aspect.WIDE.value
    options = [
        discord.SelectOption(
            label=f"{each.value} · {label}",
            value=f"{each.value} {shape.value}",
            default=(each.value, shape.value) == (resolution, aspect),
        )
        for each in sorted(words.RESOLUTIONS, key=lambda one: one.value != resolution)
        for shape, label in words.SHAPES.items()
    ]
    return ui.Label(text=words.FIELDS["frame"], description=words.RESOLUTIONS_HINT, component=_select("frame", options))


def _pictures(draft: Draft) -> ui.Label[Any]:
    most = 1 if draft.kind is Kind.IMAGE else len(draft.missing) or limits.REFERENCES_MAX
    kept = draft.kept
    field: ui.FileUpload[Any] = ui.FileUpload(
        custom_id="pictures", required=not kept, min_values=0 if kept else 1, max_values=most
    )
    if draft.missing:
        hint = _missing(draft.missing, kept)
    elif draft.kind is Kind.IMAGE:
        hint = "A new one takes the place of the one from before." if kept else "The still to start from."
    elif kept:
        before = "the one" if kept == 1 else f"the {kept}"
        hint = f"New ones become character1 and on, and replace {before} from before. Add none to keep."
    else:
        hint = "In order: the first becomes character1, the second character2. Up to nine."
    return ui.Label(text=words.FIELDS["image" if draft.kind is Kind.IMAGE else "images"], description=hint, component=field)


def _missing(places: tuple[int, ...], kept: int) -> str:
    """What new pictures become, first, and what stays; with whole names as far as they fit."""
    rest = "the one from before stays" if kept == 1 else f"the {kept} from before stay"
    new = "A new one becomes" if len(places) == 1 else "New ones become"
    whole = f"{new} {words.characters(places)}; {rest}."
    return whole if len(whole) <= _HINT_CHARACTERS else f"{new} {words.characters(places, short=True)}; {rest}."


def _switches(draft: Draft, *, remix: bool) -> ui.Label[Any]:
    """What is on or off. The seed of a clip that is remixed is one of them: there it is known."""
    same = discord.CheckboxGroupOption(
        label="Same seed", value=_SAME_SEED, description="Keeps what chance decided; off takes a new seed.", default=True
    )
    private = discord.CheckboxGroupOption(
        label="Private", value=_PRIVATE, description="Only you see the clip.", default=draft.private
    )
    options = [same, private] if remix else [private]
    field: ui.CheckboxGroup[Any] = ui.CheckboxGroup(
        custom_id="switches", options=options, required=False, min_values=0, max_values=len(options)
    )
    return ui.Label(text=words.FIELDS["switches"], component=field)


def _seed(draft: Draft) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id="seed",
        default=None if draft.seed is None else str(draft.seed),
        required=False,
        max_length=_SEED_CHARACTERS,
    )
    return ui.Label(
        text=words.FIELDS["seed"], description="The same seed repeats a clip; empty makes a new one.", component=field
    )


def _select(custom_id: str, options: list[discord.SelectOption]) -> ui.Select[Any]:
    return ui.Select(custom_id=custom_id, options=options, required=True, min_values=1, max_values=1)


def _price_of(seconds: int, prices: Prices) -> str:
    if not prices.per_second(Resolution.P1080):
        return "free"
    return f"{words.credits_of(prices.p720 * seconds)} at 720P, {prices.p1080 * seconds:,} at 1080P"


def _fields(components: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for each in components:
        if "component" in each:
            yield each["component"]
        elif "components" in each:
            yield from _fields(each["components"])
        else:
            yield each


def _text(fields: dict[str, dict[str, Any]], name: str) -> str:
    return well_formed(str(fields.get(name, {}).get("value") or ""))


def _chosen(fields: dict[str, dict[str, Any]], name: str) -> str | None:
    values = fields.get(name, {}).get("values") or ()
    return well_formed(str(values[0])) if values else None


def _attached(payload: dict[str, Any]) -> Attached:
    # Which place it takes, the draft knows.
    return Attached("image", str(payload["url"]), well_formed(str(payload["filename"])), int(payload["size"]))
