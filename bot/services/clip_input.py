"""A member's request for a clip before it is checked, and the draft that is stored when something is wrong with it.

Cogs, buttons and forms make them; `RequestClip` takes them. Values are as typed; the domain checks the limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bot.domain import limits, takes
from bot.domain.clip import Kind, RawClip, ReferenceImage, characters_in
from bot.domain.job import Job
from bot.domain.order import by_confirmation, by_interaction
from bot.domain.request import CLIP, tag_of
from bot.problem import Problem, ProblemCode

Pictures: TypeAlias = tuple[ReferenceImage | None, ...]
"""Checked images in order, `character1` first; None where an image is missing or was refused."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a member attached, as Discord describes it; `field` is the option's name (`image`, `character2`)."""

    field: str
    url: str
    filename: str
    size: int

    @property
    def position(self) -> int:
        """The picture's number in the request, from 1: 2 for `character2`, 1 for a still."""
        return int(self.field.removeprefix("character")) if self.field.startswith("character") else 1


@dataclass(frozen=True, slots=True)
class ClipInput:
    """One request for a clip: what was typed, and by whom. `id` is the interaction's snowflake, by which its order and its
    draft are found.

    `role_ids` are the member's roles in the server of the request, None in a direct message, where there are no roles.
    `kept` are images that were checked before (Again, Remix, a draft), by number, None where one was refused; the fields of
    `attached` say which numbers they have. `parent_id` is the job whose button was pressed. `once`: the button always asks
    for the same clip, so the clip is made only once. `provider` None is the operator's first. `agreed` is the price
    of all its clips together that the member was told. If they then pressed Confirm, `confirms` is the id of the draft that was
    stored when they were told.
    """

    id: int
    member_id: int
    role_ids: frozenset[int] | None
    raw: RawClip
    private: bool = False
    attached: tuple[Attached, ...] = ()
    kept: Pictures = ()
    parent_id: int | None = None
    once: bool = False
    provider: str | None = None
    agreed: int | None = None
    confirms: int | None = None

    @property
    def source(self) -> str:
        """The key of its order."""
        return by_interaction(self.id) if self.confirms is None else by_confirmation(self.confirms)

    @property
    def pictures(self) -> tuple[ReferenceImage | Attached | None, ...]:
        """The picture for each number from 1, None for a missing one.

        The last number is the highest one that has a picture, or whose picture was refused before while the prompt still names
        it. Higher numbers have no picture and are left out; that changes no other number.
        """
        if self.raw.kind is not Kind.CHARACTERS:
            return (*self.kept, *self.attached)
        placed: dict[int, ReferenceImage | Attached | None] = dict(enumerate(self.kept, 1))
        placed.update({each.position: each for each in self.attached})
        named = _named_in(self.raw)
        needed = (number for number, picture in placed.items() if picture or number in named)
        return tuple(placed.get(number) for number in range(1, max(needed, default=0) + 1))

    def problems(self) -> tuple[Problem, ...]:
        """Every problem that can be found before an image is read. Fast enough to run before the interaction is answered."""
        pictures = self.pictures
        # A missing picture counts here, so that its number in the prompt is not reported as a second problem beside the gap.
        count = len(pictures) if any(pictures) else 0
        return (*takes.problems_in(self.raw, count), *self._gaps(pictures))

    def _gaps(self, pictures: tuple[ReferenceImage | Attached | None, ...]) -> tuple[Problem, ...]:
        """A problem for each missing picture: if it were skipped, later pictures would become other characters than meant."""
        if self.raw.kind is not Kind.CHARACTERS or not any(pictures):
            return ()
        return tuple(
            _gap(number, next((later for later, each in enumerate(pictures, 1) if later > number and each), None))
            for number, picture in enumerate(pictures, 1)
            if picture is None
        )

    def draft(self, kept: Pictures) -> dict[str, Any]:
        """Values to store so that nothing typed is lost. `kept` are the images that were fine, by number."""
        kind, version = CLIP
        return {
            "type": kind,
            "version": version,
            **self.raw.values(),
            "private": self.private,
            "parent_id": self.parent_id,
            "provider": self.provider,
            "agreed": self.agreed,
            "references": [None if each is None else each.model_dump() for each in kept],
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that can be edited: after an error, from a clip's Remix, or a new one.

    `references` has None for a picture that was refused. `agreed` is the price that its member was asked to confirm.
    """

    raw: RawClip
    private: bool = False
    references: Pictures = ()
    parent_id: int | None = None
    provider: str | None = None
    agreed: int | None = None

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Draft:
        """The draft from what `ClipInput.draft` returned, after storage.

        Raises `ValueError`, `TypeError` or `KeyError` for what this version can't read.
        """
        if tag_of(values) != CLIP:
            raise ValueError("no draft of a clip that this version knows")
        return cls(
            raw=RawClip.of_values(values),
            private=bool(values.get("private")),
            references=tuple(
                None if each is None else ReferenceImage.model_validate(each) for each in values.get("references", ())
            ),
            parent_id=values.get("parent_id"),
            provider=None if values.get("provider") is None else str(values["provider"]),
            agreed=None if values.get("agreed") is None else int(values["agreed"]),
        )

    @classmethod
    def of_job(cls, job: Job) -> Draft:
        """A draft that would make the job's clip again, seed included."""
        return cls(
            raw=replace(job.request.raw, seed=job.seed),
            private=job.address.private,
            references=job.request.references,
            parent_id=job.id,
            provider=job.provider,
        )

    @property
    def known_seed(self) -> int | None:
        """The seed if it is a valid one, else None."""
        seed = self.raw.seed
        return seed if isinstance(seed, int) and 0 <= seed <= limits.SEED_MAX else None

    @property
    def kept(self) -> int:
        """How many pictures were stored."""
        return sum(each is not None for each in self.references)

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers that need a picture: those of refused ones, and those without one up to the last number in the prompt.

        Empty if no picture is stored: then the new pictures are all there are, counted from 1.
        """
        if self.raw.kind is not Kind.CHARACTERS or not self.kept:
            return ()
        named = (number for number in _named_in(self.raw) if number <= limits.REFERENCES_MAX)
        last = max(len(self.references), *named, 0)
        return tuple(number for number in range(1, last + 1) if number not in self._filled)

    @property
    def _filled(self) -> frozenset[int]:
        return frozenset(number for number, each in enumerate(self.references, 1) if each is not None)

    def assign(self, attached: tuple[Attached, ...]) -> tuple[tuple[Attached, ...], Pictures]:
        """The new pictures with the field that each belongs to, and the stored pictures that stay.

        New pictures take the missing numbers first, in order. They replace all stored pictures when none is missing, or when no
        stored one was refused and there are more new ones than numbers without a picture.
        """
        if self.raw.kind is Kind.IMAGE:
            return tuple(replace(each, field="image") for each in attached), () if attached else self.references
        if not attached:
            return (), self.references
        missing = self.missing
        if all(self.references) and len(attached) > len(missing):
            missing = ()
        first_free = max(len(self.references), *missing) + 1 if missing else 1
        positions = (*missing, *range(first_free, first_free + len(attached)))
        named = tuple(replace(each, field=f"character{number}") for number, each in zip(positions, attached, strict=False))
        return named, self.references if missing else ()


def _named_in(raw: RawClip) -> frozenset[int]:
    """The numbers of all characters that any of its prompts names."""
    return frozenset(number for prompt in takes.prompts_in(raw) for number in characters_in(prompt))


def _gap(number: int, later: int | None) -> Problem:
    field = f"character{number}"
    return Problem(ProblemCode.GAP, field) if later is None else Problem(ProblemCode.GAP_BEFORE, field, (), (later,))
