"""What a member asks for, before it is checked, and the draft it becomes when something is wrong with it.

Values are as typed: limits are the domain's to judge. Knows no Discord objects, only ids and plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.clip import Kind, Reference, problems_before_images
from bot.domain.job import Job
from bot.errors import Problem


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a member attached, as Discord describes it; `field` is the option's name (`image`, `character2`)."""

    field: str
    url: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a clip. `id` is the interaction's snowflake and becomes the job's id.

    `kept` are images that were checked before (Again, Remix, a draft); `attached` come after them in order. None means
    that the model's default holds. `parent_id` is the job that a button belongs to.
    """

    id: int
    member_id: int
    role_ids: frozenset[int]
    kind: Kind
    prompt: str
    duration: int | None = None
    resolution: str | None = None
    aspect: str | None = None
    seed: int | str | None = None
    private: bool = False
    attached: tuple[Attached, ...] = ()
    kept: tuple[Reference, ...] = ()
    parent_id: int | None = None

    def values(self) -> dict[str, Any]:
        """Fields for the domain, those left empty left out."""
        chosen = {
            "kind": self.kind.value,
            "prompt": self.prompt,
            "duration": self.duration,
            "resolution": self.resolution,
            "aspect": self.aspect,
            "seed": self.seed,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong as far as it shows before an image is read. Instant, so it can run before the first answer."""
        found = problems_before_images(image_count=len(self.attached) + len(self.kept), **self.values())
        return (*found, *self._gaps())

    def _gaps(self) -> tuple[Problem, ...]:
        """An empty option before a filled one would make the picture another character than the member thinks."""
        if self.kind is not Kind.CHARACTERS:
            return ()
        for number, attached in enumerate(self.attached, len(self.kept) + 1):
            wanted = f"character{number}"
            if attached.field != wanted:
                given = f"nothing, while {attached.field} has a picture"
                remedy = f"Move the picture from {attached.field} to {wanted}; the prompt counts them in this order."
                return (Problem(wanted, given, "pictures without a gap", remedy),)
        return ()

    def draft(self, kept: tuple[Reference, ...]) -> dict[str, Any]:
        """What to keep so that nothing typed is lost; `kept` are the images that were fine."""
        return {
            **self.values(),
            "private": self.private,
            "parent_id": self.parent_id,
            "references": [reference.model_dump() for reference in kept],
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that can be edited: from an error, or from a clip's Remix. Unset fields are None."""

    kind: Kind
    prompt: str
    duration: int | None
    resolution: str | None
    aspect: str | None
    seed: int | str | None
    private: bool
    references: tuple[Reference, ...]
    parent_id: int | None

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Draft:
        """From what `Ask.draft` returned, as it came back from storage."""
        return cls(
            kind=Kind(values["kind"]),
            prompt=str(values["prompt"]),
            duration=values.get("duration"),
            resolution=values.get("resolution"),
            aspect=values.get("aspect"),
            seed=values.get("seed"),
            private=bool(values.get("private")),
            references=tuple(Reference.model_validate(each) for each in values.get("references", ())),
            parent_id=values.get("parent_id"),
        )

    @classmethod
    def of_job(cls, job: Job) -> Draft:
        """Everything that made the clip, its seed included."""
        request = job.request
        return cls(
            kind=request.kind,
            prompt=request.prompt,
            duration=request.duration,
            resolution=request.resolution.value,
            aspect=request.aspect.value,
            seed=job.seed,
            private=job.address.private,
            references=request.references,
            parent_id=job.id,
        )
