"""What a member asks for, before it is checked, and the draft it becomes when something is wrong with it.

Values are as typed: limits are the domain's to judge. Knows no Discord objects, only ids and plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bot.domain import limits
from bot.domain.clip import Kind, RawClip, ReferenceImage, characters_in, problems_before_images
from bot.domain.job import Job
from bot.problem import Problem, ProblemCode

Pictures: TypeAlias = tuple[ReferenceImage | None, ...]
"""Checked images by place, the first being character1; None where there is none that will do."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a member attached, as Discord describes it; `field` is the option's name (`image`, `character2`)."""

    field: str
    url: str
    filename: str
    size: int

    @property
    def position(self) -> int:
        """Which of the request's pictures it is: `character2` is the second, a still the first."""
        return int(self.field.removeprefix("character")) if self.field.startswith("character") else 1


@dataclass(frozen=True, slots=True)
class ClipInput:
    """One request for a clip: what was typed, and by whom. `id` is the interaction's snowflake and becomes the job's id.

    `role_ids` are the member's roles in the server where it was asked, None in a direct message, which knows no roles.
    `kept` are images that were checked before (Again, Remix, a draft), each in its place, None where one was refused;
    `attached` go to the places that their fields name. `parent_id` is the job that a button belongs to; `once` that the button
    makes the same clip each time, so that it is made once. `provider` None is the operator's first.
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

    @property
    def pictures(self) -> tuple[ReferenceImage | Attached | None, ...]:
        """What stands in each place, up to the last one that is filled or that the prompt names.

        An empty place at the end that the prompt does not need is left out: that renumbers nobody.
        """
        if self.raw.kind is not Kind.CHARACTERS:
            return (*self.kept, *self.attached)
        placed: dict[int, ReferenceImage | Attached | None] = dict(enumerate(self.kept, 1))
        placed.update({each.position: each for each in self.attached})
        named = characters_in(self.raw.prompt)
        needed = (number for number, picture in placed.items() if picture or number in named)
        return tuple(placed.get(number) for number in range(1, max(needed, default=0) + 1))

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong as far as it shows before an image is read. Instant, so it can run before the first answer."""
        pictures = self.pictures
        # An empty place counts, so that a number in the prompt is not complained of beside the gap that explains it.
        count = len(pictures) if any(pictures) else 0
        return (*problems_before_images(self.raw, count), *self._gaps(pictures))

    def _gaps(self, pictures: tuple[ReferenceImage | Attached | None, ...]) -> tuple[Problem, ...]:
        """Closing up over an empty place would make the later pictures other characters than the member thinks."""
        if self.raw.kind is not Kind.CHARACTERS or not any(pictures):
            return ()
        return tuple(
            _gap(number, next((later for later, each in enumerate(pictures, 1) if later > number and each), None))
            for number, picture in enumerate(pictures, 1)
            if picture is None
        )

    def draft(self, kept: Pictures) -> dict[str, Any]:
        """What to keep so that nothing typed is lost; `kept` are the images that were fine, each in its place."""
        return {
            **self.raw.values(),
            "private": self.private,
            "parent_id": self.parent_id,
            "provider": self.provider,
            "references": [None if each is None else each.model_dump() for each in kept],
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that can be edited: from an error, from a clip's Remix, or a new one.

    Places of `references` whose picture was refused are None.
    """

    raw: RawClip
    private: bool = False
    references: Pictures = ()
    parent_id: int | None = None
    provider: str | None = None

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Draft:
        """From what `ClipInput.draft` returned, as it came back from storage."""
        return cls(
            raw=RawClip.of_values(values),
            private=bool(values.get("private")),
            references=tuple(
                None if each is None else ReferenceImage.model_validate(each) for each in values.get("references", ())
            ),
            parent_id=values.get("parent_id"),
            provider=None if values.get("provider") is None else str(values["provider"]),
        )

    @classmethod
    def of_job(cls, job: Job) -> Draft:
        """Everything that made the clip, its seed included."""
        return cls(
            raw=replace(job.request.raw, seed=job.seed),
            private=job.address.private,
            references=job.request.references,
            parent_id=job.id,
            provider=job.provider,
        )

    @property
    def known_seed(self) -> int | None:
        """Its seed, where that is one that a clip can have."""
        seed = self.raw.seed
        return seed if isinstance(seed, int) and 0 <= seed <= limits.SEED_MAX else None

    @property
    def kept(self) -> int:
        """How many pictures are there."""
        return sum(each is not None for each in self.references)

    @property
    def missing(self) -> tuple[int, ...]:
        """Places still to fill beside those that are kept: of refused pictures, and up to the last that the prompt names.

        None while nothing is kept: then the pictures that come are all there are.
        """
        if self.raw.kind is not Kind.CHARACTERS or not self.kept:
            return ()
        named = (number for number in characters_in(self.raw.prompt) if number <= limits.REFERENCES_MAX)
        last = max(len(self.references), *named, 0)
        return tuple(number for number in range(1, last + 1) if number not in self._filled)

    @property
    def _filled(self) -> frozenset[int]:
        return frozenset(number for number, each in enumerate(self.references, 1) if each is not None)

    def assign(self, attached: tuple[Attached, ...]) -> tuple[tuple[Attached, ...], Pictures]:
        """New pictures, named after the places that they take, and what is kept beside them.

        Missing ones come first, in order; where none is missing, new pictures replace all. So do more than a prompt names
        beside those that are kept without a gap.
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


def _gap(number: int, later: int | None) -> Problem:
    field = f"character{number}"
    return Problem(ProblemCode.GAP, field) if later is None else Problem(ProblemCode.GAP_BEFORE, field, (), (later,))
