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
"""Most that a text field of a form takes, in code points; longer than any prompt may be, so that the domain can say by
how much. A command's option takes 6,000, so a prompt can be longer than this."""
_PLACEHOLDER: Final = "What is seen, how the camera moves, what is heard"
_SEED_CHARACTERS: Final = 20
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
    still: int = 0
    """Which of the pictures it was about was chosen, counted from 0."""


def clip_form(
    kind: FormKind, subject: str, draft: Draft, title: str, prices: Prices, *, stills: Sequence[Found] = ()
) -> ui.Modal:
    """Prefilled with the draft. Where `stills` are known already none is asked for, only which of several it shall be."""
    modal = ui.Modal(title=title, timeout=None, custom_id=f"hh:form:{kind.value}:{subject}")
    modal.add_item(_prompt(draft))
    if len(stills) > 1:
        modal.add_item(_stills(stills))
    modal.add_item(_durations(draft, prices))
    modal.add_item(_resolutions(draft))
    if draft.kind is not Kind.IMAGE:
        modal.add_item(_aspects(draft))
    if draft.kind is not Kind.TEXT and not stills:
        modal.add_item(_pictures(draft))
    if draft.kind is not Kind.CHARACTERS:
        modal.add_item(_seed(draft))
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
    return Submitted(
        kind=_KINDS.get(match[1]),
        subject=match[2],
        prompt=_text(fields, "prompt"),
        duration=_number(duration) if duration else None,
        resolution=_chosen(fields, "resolution"),
        aspect=_chosen(fields, "aspect"),
        # What no field takes could not be shown in one again.
        seed_text=_text(fields, "seed")[:_SEED_CHARACTERS] if "seed" in fields else None,
        attached=tuple(_attached(each) for each in kept),
        still=int(still) if still.isascii() and still.isdecimal() else 0,
    )


def merged(draft: Draft, form: Submitted) -> Draft:
    """The draft with what the form says, but for its pictures: `Draft.place` says where they go."""
    seed = draft.seed
    if form.seed_text is not None:
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
    field: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        custom_id="prompt",
        default=_fitted(draft.prompt) or None,
        placeholder=_PLACEHOLDER,
        required=True,
        max_length=TEXT_CHARACTERS,
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


def _aspects(draft: Draft) -> ui.Label[Any]:
    chosen = draft.aspect or Aspect.WIDE.value
    options = [
        discord.SelectOption(label=label, value=each.value, default=each.value == chosen)
        for each, label in words.SHAPES.items()
    ]
    return ui.Label(text=words.FIELDS["aspect"], component=_select("aspect", options))


def _pictures(draft: Draft) -> ui.Label[Any]:
    most = 1 if draft.kind is Kind.IMAGE else len(draft.missing) or limits.REFERENCES_MAX
    kept = draft.kept
    field: ui.FileUpload[Any] = ui.FileUpload(
        custom_id="pictures", required=not kept, min_values=0 if kept else 1, max_values=most
    )
    if draft.missing:
        hint = _missing(draft.missing, kept)
    elif kept:
        hint = f"Keeps {words.count(kept, 'picture')} from before unless you add new ones."
    elif draft.kind is Kind.IMAGE:
        hint = "The still to start from."
    else:
        hint = "One for each character, in order: the first is character1."
    return ui.Label(text=words.FIELDS["image" if draft.kind is Kind.IMAGE else "images"], description=hint, component=field)


def _missing(places: tuple[int, ...], kept: int) -> str:
    *others, last = map(str, places)
    numbers = f"{', '.join(others)} and {last}" if others else last
    rest = "the one you gave is kept" if kept == 1 else f"the other {kept} are kept"
    return f"Add the picture{'s' if others else ''} for character{numbers}; {rest}."


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
