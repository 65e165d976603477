"""A member's request for a clip: `RawClip` as typed, `ClipRequest` once every limit of the model was checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.domain import alternatives, limits
from bot.errors import RequestRefused
from bot.problem import Figures, Problem, ProblemCode

_UNITS: Final = (
    r"(?:s|secs?|seconds?|mins?|minutes?|hours?|days?|weeks?|months?|years?|times|"
    r"feet|foot|ft|met(?:re|er)s?|miles?|inch(?:es)?)"
)
CHARACTER: Final = re.compile(
    rf"(?<![a-z0-9_])character(?:[_-]?| (?!\d+[ -]?{_UNITS}(?![a-z0-9_])))(\d+)(?![\da-z_])", re.IGNORECASE
)
"""Finds `character1` and other spellings like "character 1" in a prompt; `ClipRequest.check` turns them into `character1`.

It does not match "the character 2 seconds later". Letters of other scripts may stand right beside it.
"""


TYPE: Final = "clip"
VERSION: Final = 1
"""The tag with which requests for clips are stored; see `bot.domain.request`."""


class Kind(StrEnum):
    """How a clip is made. The values stand in commands and in stored rows."""

    TEXT = "text"
    IMAGE = "image"
    CHARACTERS = "characters"


class Resolution(StrEnum):
    P720 = "720P"
    P1080 = "1080P"

    @property
    def short_side(self) -> int:
        """Pixels of the frame's short side."""
        return 720 if self is Resolution.P720 else 1080

    @classmethod
    def chosen(cls, typed: object) -> Resolution:
        """The resolution that a member typed; the default where they typed none or an unknown one."""
        return next((each for each in cls if each.value == typed), RESOLUTION_DEFAULT)


RESOLUTION_DEFAULT: Final = Resolution.P1080
"""The model's own default, and the resolution for which members are told prices and how many clips are left."""


class Aspect(StrEnum):
    """The model's nine presets, width to height."""

    WIDE = "16:9"
    CLASSIC = "4:3"
    SQUARE = "1:1"
    TALL = "9:16"
    PORTRAIT = "3:4"
    SOCIAL = "4:5"
    NEAR_SQUARE = "5:4"
    ULTRA_TALL = "9:21"
    ULTRA_WIDE = "21:9"

    @property
    def ratio(self) -> float:
        """Width over height."""
        width, height = self.value.split(":")
        return int(width) / int(height)


ASPECT_DEFAULT: Final = Aspect.WIDE


class ReferenceImage(BaseModel):
    """A checked and stored image. `sha256` names its bytes among the kept pictures; sizes are pixels as stored.

    `animated`: the attached file was an animation, of which the first frame was stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    animated: bool = False

    @property
    def ratio(self) -> float:
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class RawClip:
    """What a member typed or chose for a clip, not checked yet. None: the model's default.

    Commands and forms make it, drafts store it, `ClipRequest.check` checks it. A new option of a clip needs a field here and
    one of the same name in `ClipRequest`; the code between passes all fields on without naming them. `prompt` may have
    alternatives, and `takes` is how many clips are made of each prompt: `bot.domain.takes` makes from them a `RawClip` for each
    clip, and only that can be checked.
    """

    kind: Kind
    prompt: str = ""
    duration: int | str | None = None
    resolution: str | None = None
    aspect: str | None = None
    seed: int | str | None = None
    takes: int | str | None = None

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Self:
        """The clip from what `values` returned, after storage. Unknown names are ignored.

        Raises `KeyError` without a kind or a prompt, and `ValueError` for a kind that this version does not know.
        """
        known: dict[str, Any] = {field.name: values.get(field.name) for field in fields(cls)}
        known.update(kind=Kind(values["kind"]), prompt=str(values["prompt"]))
        return cls(**known)

    def values(self) -> dict[str, Any]:
        """The fields that are not None, by name, ready for JSON."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**{name: value for name, value in given.items() if value is not None}, "kind": self.kind.value}

    def with_text(self, changed: Callable[[str], str]) -> Self:
        """A copy in which `changed` was applied to every text."""
        texts = {name: changed(value) for name, value in self.values().items() if isinstance(value, str)}
        return replace(self, **{**texts, "kind": self.kind})

    def changed_to(self, other: RawClip) -> Self:
        """A copy with the fields of `other` that are not None, except the kind."""
        return replace(self, **{**other.values(), "kind": self.kind})


class ClipRequest(BaseModel):
    """A clip that may be submitted, since it is within every limit of the model. Made by `check`, which says what is wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["clip"] = TYPE
    version: Literal[1] = VERSION
    kind: Kind
    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.PROMPT_CHARACTERS)]
    duration: Annotated[int, Field(strict=True, ge=limits.DURATION_MIN_SECONDS, le=limits.DURATION_MAX_SECONDS)] = (
        limits.DURATION_DEFAULT_SECONDS
    )
    resolution: Resolution = RESOLUTION_DEFAULT
    aspect: Aspect = ASPECT_DEFAULT
    seed: Annotated[int, Field(strict=True, ge=0, le=limits.SEED_MAX)] | None = None
    references: tuple[ReferenceImage, ...] = ()

    @model_validator(mode="after")
    def _references_fit_the_kind(self) -> Self:
        problem = reference_problem(self.kind, len(self.references)) or character_problem(
            self.kind, self.prompt, len(self.references)
        )
        if problem is not None:
            raise PydanticCustomError("references", "{problem}", {"problem": problem})
        return self

    @classmethod
    def check(cls, raw: RawClip, references: tuple[ReferenceImage, ...] = ()) -> Self:
        """The request for what a member typed. `references` are its pictures, `character1` first.

        Raises `RequestRefused` with every problem at once.
        """
        try:
            return cls.model_validate({**_spelled(raw).values(), "references": references})
        except ValidationError as error:
            details = error.errors(include_url=False)
        problems = [_problem(detail) for detail in details if detail["type"] != "references"]
        count = len(references)
        late = (reference_problem(raw.kind, count), character_problem(raw.kind, raw.prompt, count))
        raise RequestRefused((*problems, *(problem for problem in late if problem is not None)))

    @property
    def raw(self) -> RawClip:
        """What a member would type to get this request, and no other one."""
        typed = RawClip.of_values(self.model_dump(mode="json", exclude={"references"}))
        return replace(typed, prompt=alternatives.escaped(typed.prompt))

    @property
    def characters_used(self) -> frozenset[int]:
        """The number N of every `characterN` in the prompt."""
        return characters_in(self.prompt)

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height in pixels, both even. A clip from an image has the image's shape, every other its preset's."""
        ratio = self.references[0].ratio if self.kind is Kind.IMAGE else self.aspect.ratio
        return frame_size(self.resolution, ratio)


def frame_size(resolution: Resolution, ratio: float) -> tuple[int, int]:
    """Width and height in pixels, both even, for `ratio` = width / height and the short side of `resolution`."""
    short = resolution.short_side
    if ratio >= 1:
        return round(short * ratio / 2) * 2, short
    return short, round(short / ratio / 2) * 2


def characters_in(prompt: str) -> frozenset[int]:
    """Numbers of the characters that a prompt names (`character1` is 1)."""
    return frozenset(int(number[:6]) for number in CHARACTER.findall(prompt))


def reference_problem(kind: Kind, count: int) -> Problem | None:
    """What is wrong with the number of images for this kind, if anything."""
    match kind:
        case Kind.TEXT if count:
            return Problem(ProblemCode.NO_PICTURES_TAKEN, "images", (count,))
        case Kind.IMAGE if count != 1:
            return Problem(ProblemCode.ONE_STILL, "image", (count,), (1,))
        case Kind.CHARACTERS if not 1 <= count <= limits.REFERENCES_MAX:
            return Problem(ProblemCode.CHARACTER_PICTURES, "characters", (count,), (1, limits.REFERENCES_MAX))
        case _:
            return None


def character_problem(kind: Kind, prompt: str, count: int) -> Problem | None:
    """The problem of a prompt that names a `characterN` without an image. Only clips of kind `CHARACTERS` have characters."""
    if kind is not Kind.CHARACTERS:
        return None
    strangers = tuple(sorted(n for n in characters_in(prompt) if not 1 <= n <= count))
    return Problem(ProblemCode.STRANGERS, "prompt", strangers, (count, limits.REFERENCES_MAX)) if strangers else None


_STAND_IN: Final = ReferenceImage(sha256="0" * 64, width=1024, height=1024)
"""For a picture that is not read yet: one that has no problem."""


def problems_before_images(raw: RawClip, image_count: int) -> tuple[Problem, ...]:
    """Every problem that can be found before the images are read."""
    try:
        ClipRequest.check(raw, (_STAND_IN,) * image_count)
    except RequestRefused as error:
        return error.problems
    return ()


def _spelled(raw: RawClip) -> RawClip:
    """A copy with `characterN` in the model's spelling, and "" for a prompt in which nothing can be seen."""
    if not any(map(_is_seen, raw.prompt)):
        return replace(raw, prompt="")
    if raw.kind is not Kind.CHARACTERS:
        return raw
    return replace(raw, prompt=CHARACTER.sub(lambda match: f"character{int(match[1][:6])}", raw.prompt))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and character not in _BLANK


_UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"})
"""Unicode categories of characters that can't be seen by themselves: controls, zero-width and other format marks, spaces, and
accents, which need a letter."""
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that look like a space: Hangul fillers and the empty Braille pattern."""
_PROMPT_ALLOWED: Final = (1, limits.PROMPT_CHARACTERS)
_OPTIONS: Final[dict[str, tuple[ProblemCode, Figures]]] = {
    "duration": (ProblemCode.LENGTH, (limits.DURATION_MIN_SECONDS, limits.DURATION_MAX_SECONDS)),
    "resolution": (ProblemCode.RESOLUTION, tuple(each.value for each in Resolution)),
    "aspect": (ProblemCode.SHAPE, tuple(each.value for each in Aspect)),
    "seed": (ProblemCode.SEED, (0, limits.SEED_MAX)),
}
"""For each field the code for a value outside its limits, and the allowed values."""
_GIVEN_CHARACTERS: Final = 60


def _problem(detail: ErrorDetails) -> Problem:
    field = str(detail["loc"][0]) if detail["loc"] else "request"
    given: object = detail["input"]
    if field == "prompt" and isinstance(given, str):
        length = len(given.strip())
        if not length:
            return Problem(ProblemCode.PROMPT_MISSING, field, (), _PROMPT_ALLOWED)
        return Problem(ProblemCode.PROMPT_TOO_LONG, field, (length,), _PROMPT_ALLOWED)
    code, allowed = _OPTIONS.get(field, (ProblemCode.UNUSABLE, ()))
    return Problem(code, field, (str(given)[:_GIVEN_CHARACTERS],), allowed)
