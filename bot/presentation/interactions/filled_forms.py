"""Reads submitted forms: what their fields and switches say, and the request that a draft becomes with them.

`modal_handlers` calls it. All of it comes from a member's client, so it may be anything. Forms of the previous version are read
too, since a form may stay open for a day.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import discord

from bot.domain.clip import Kind, RawClip, Resolution
from bot.domain.job import PREVIEW
from bot.presentation.views.custom_ids import FormKind, read_form
from bot.presentation.views.escaping import clean, well_formed
from bot.presentation.views.modals import SEED_CHARACTERS, Switch
from bot.services.clip_input import Attached, Draft


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted form. `kind` is None where this version has no such form.

    `raw` holds the values of its fields, None where it has no such field, and the kind of clip that such a form is for. A
    length or seed that is no number stays as it was typed: the domain refuses it.
    """

    kind: FormKind | None
    subject: str
    raw: RawClip
    attached: tuple[Attached, ...]
    seeded: bool = False
    """Whether the form has a field for a seed."""
    switched: frozenset[str] | None = None
    """The switches that are on; None where the form has none."""
    still: int = 0
    """The chosen picture, as its number among the pictures of the form's draft, counted from 0."""
    provider: str | None = None
    """The provider that makes the clip, as the form showed it; None for a form of the previous version, which did not say."""

    @property
    def digest(self) -> str:
        """Names what the form asks for, the same in every process. If a form comes twice, its pictures were uploaded twice and
        have other addresses, which are not compared.
        """
        values = {**asdict(self), "attached": [asdict(replace(each, url="")) for each in self.attached]}
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=sorted).encode()).hexdigest()


def submitted(interaction: discord.Interaction[Any]) -> Submitted | None:
    """What the form's fields hold; None for a form that is not ours."""
    data = cast("dict[str, Any]", interaction.data or {})
    form = read_form(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or form is None:
        return None
    fields = {str(field.get("custom_id")): field for field in _fields(data.get("components", ()))}
    resolved: dict[str, Any] = data.get("resolved") or {}
    files: dict[str, dict[str, Any]] = resolved.get("attachments") or {}
    kept = [files[each] for each in fields.get("pictures", {}).get("values") or () if each in files]
    # One choice holds the length and the number of takes, such as `5 3`; for one take the length alone, such as `5`.
    duration, _, takes = (_chosen(fields, "duration") or "").partition(" ")
    still = (_chosen(fields, "still") or "")[:2]
    values: list[object] = fields.get("switches", {}).get("values") or []
    switched = frozenset(map(str, values)) if "switches" in fields else None
    # Forms of the version before, which may still be open, have a field each for resolution and shape.
    resolution, _, aspect = (_chosen(fields, "frame") or "").partition(" ")
    resolution = resolution or _chosen(fields, "resolution")
    if resolution is None and switched is not None:
        resolution = (Resolution.P1080 if Switch.FULL in switched else Resolution.P720).value
    aspect = aspect or _chosen(fields, "aspect") or None
    # A form for a still has no field for the shape; of the others only one for characters has a field for pictures.
    kind = Kind.IMAGE if aspect is None else Kind.CHARACTERS if "pictures" in fields else Kind.TEXT
    # Cut to what the field takes, so that a form can show it again.
    seed = _number(_text(fields, "seed")[:SEED_CHARACTERS])
    return Submitted(
        kind=form.kind,
        subject=form.subject,
        raw=RawClip(kind, _text(fields, "prompt"), _number(duration), resolution, aspect, seed, _number(takes)),
        attached=tuple(_attached(each) for each in kept),
        seeded="seed" in fields,
        switched=switched,
        still=int(still) if still.isascii() and still.isdecimal() else 0,
        provider=PREVIEW if Switch.PREVIEW in (switched or ()) else form.provider,
    )


def merged(draft: Draft, form: Submitted) -> Draft:
    """The draft, changed as the form says. Its pictures are not in it: `Draft.assign` says where they go."""
    return replace(
        draft,
        raw=replace(draft.raw.changed_to(form.raw), seed=_seed(draft, form), takes=form.raw.takes),
        private=draft.private if form.switched is None else Switch.PRIVATE in form.switched,
        provider=form.provider or draft.provider,
    )


def _seed(draft: Draft, form: Submitted) -> int | str | None:
    """The seed that was typed. Without one it is the draft's seed, if the form's switch keeps that. A form without this switch
    keeps it unless it has a field for a seed."""
    if form.raw.seed is not None:
        return form.raw.seed
    # Forms of the previous version, which do not name a provider, have this switch only in a remix.
    switch = form.kind is FormKind.REMIX or (form.provider is not None and not form.seeded)
    stays = Switch.SAME_SEED in form.switched if switch and form.switched is not None else not form.seeded
    # A seed that is not valid is dropped: no field shows it, so the member could not correct it.
    return draft.known_seed if stays else None


def _number(text: str) -> int | str | None:
    """The number that was typed; None for an empty field. Text that is no number is returned: the domain refuses it.

    Invisible characters, which are often copied along, are left out.
    """
    seen = clean(text).strip()
    if not seen:
        return None
    return int(seen) if re.fullmatch(r"-?\d{1,19}", seen) else text.strip()


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
    # `Draft.assign` gives it the field that it belongs to.
    return Attached("image", str(payload["url"]), well_formed(str(payload["filename"])), int(payload["size"]))
