"""Scenario's JSON as pydantic models, with the fields that we use. `Client` reads every answer into one of them.

Source: the vendor's API and its client `scenario-sdk` 2.4. Unknown fields are ignored, unknown statuses kept as text. Only
fields without which nothing can be done are required, such as a job's id; every other one that is missing, null or of another
type is None.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from bot.providers.scenario.oddities import Lenient, is_id, kept, note

_TOKEN_CHARACTERS: Final = 4000
"""Longest token of a next page that is used. It is sent in the URL, and servers refuse URLs of more than about 8,000
characters.
"""
SANE_MS: Final = (1_577_836_800_000, 7_258_118_400_000)
"""The years 2020 and 2200, in milliseconds since the epoch. A time outside of these is a mistake, mostly a date never set."""
UNNAMED: Final = "unnamed"
_WORDS: Final = ("message", "reason", "error", "code")
"""Keys that may hold the text of an error that is an object, best first."""


def _has_form(text: str) -> str:
    if not is_id(text):
        raise ValueError("is no id")
    return text


def _words(value: object) -> object:
    """The text of an error that may be a text, an object or a list."""
    if isinstance(value, dict):
        said = cast("dict[str, object]", value)
        return next((each for name in _WORDS if isinstance(each := said.get(name), str)), None)
    if isinstance(value, list):
        return "; ".join(each for each in cast("list[object]", value) if isinstance(each, str))
    return value


def _ids(value: object, info: ValidationInfo) -> object:
    """The ids in a list; anything else in it is noted and left out."""
    if not isinstance(value, list):
        return value
    items = cast("list[object]", value)
    ids = [each for each in items if isinstance(each, str) and is_id(each)]
    if len(ids) < len(items):
        note(info, "an entry of asset_ids")
    return ids


Id = Annotated[str, AfterValidator(_has_form)]
Words = Annotated[str, BeforeValidator(_words)]


class Wire(BaseModel):
    # Inputs stay out of validation errors: they hold prompts and signed URLs, and errors are logged.
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True)


class JobMetadata(Wire):
    asset_ids: Lenient[Annotated[tuple[Id, ...], BeforeValidator(_ids)]] = None
    error: Lenient[Words] = None
    hint: Lenient[Words] = None
    input: Lenient[dict[str, Any]] = None


class Billing(Wire):
    cu_cost: Lenient[FiniteFloat] = None
    cu_discount: Lenient[FiniteFloat] = None
    disable_refund: Lenient[bool] = None


class Job(Wire):
    job_id: Id
    job_type: Lenient[str] = None
    status: Lenient[str] = None
    progress: Lenient[FiniteFloat] = None
    metadata: Lenient[JobMetadata] = None
    billing: Lenient[Billing] = None
    created_at: Lenient[datetime] = None
    updated_at: Lenient[datetime] = None

    @property
    def about(self) -> JobMetadata:
        return self.metadata or JobMetadata()

    @property
    def created_ms(self) -> float | None:
        """Milliseconds since the epoch; None without a time between the years 2020 and 2200."""
        return _ms(self.created_at)

    @property
    def updated_ms(self) -> float | None:
        return _ms(self.updated_at)


class JobAnswer(Wire):
    job: Job
    creative_units_cost: Lenient[FiniteFloat] = None


class JobsPage(Wire):
    jobs: tuple[Job, ...]
    unnamed: tuple[Job, ...] = ()
    """Jobs without a usable id, with `UNNAMED` as their id: they can't be watched, but they may be a billed clip of ours."""
    next_pagination_token: Lenient[str] = None
    cut: bool = False
    """Whether a next page exists that can't be asked for, because its token is no text or too long."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, page: object) -> object:
        if not isinstance(page, dict):
            return page
        fields = cast("dict[str, object]", page)
        token = fields.get("nextPaginationToken") or None
        usable = isinstance(token, str) and len(token) <= _TOKEN_CHARACTERS
        cut = token is not None and not usable
        return {**fields, "nextPaginationToken": token if usable else None, "cut": cut, "unnamed": _unnamed(fields.get("jobs"))}

    @field_validator("jobs", "unnamed", mode="before")
    @classmethod
    def _each(cls, jobs: object, info: ValidationInfo) -> object:
        return kept(jobs, Job, "jobId", info)


def _unnamed(jobs: object) -> list[object]:
    if not isinstance(jobs, list):
        return []
    records = [cast("dict[str, object]", each) for each in cast("list[object]", jobs) if isinstance(each, dict)]
    return [{**each, "jobId": UNNAMED} for each in records if not (isinstance(name := each.get("jobId"), str) and is_id(name))]


class Price(Wire):
    creative_units_cost: Lenient[FiniteFloat] = None


class Asset(Wire):
    id: Lenient[Id] = None
    url: Lenient[str] = Field(default=None, repr=False)


class AssetAnswer(Wire):
    asset: Lenient[Asset] = None


class UploadPart(Wire):
    number: int
    url: str = Field(repr=False)


class Upload(Wire):
    id: Lenient[Id] = None
    status: Lenient[str] = None
    parts: Lenient[tuple[UploadPart, ...]] = None
    entity_id: Lenient[Id] = None
    error_message: Lenient[Words] = None


class UploadAnswer(Wire):
    upload: Upload


class Limits(Wire):
    parallel_custom_jobs: Lenient[int] = None


class LimitsAnswer(Wire):
    limits: Lenient[Limits] = None
    plan: Lenient[str] = None


class ModelInput(Wire):
    name: str
    min: Lenient[FiniteFloat] = None
    max: Lenient[FiniteFloat] = None
    max_length: Lenient[FiniteFloat] = None
    allowed_values: Lenient[tuple[Any, ...]] = None


class Model(Wire):
    inputs: tuple[ModelInput, ...] | None = None

    @field_validator("inputs", mode="before")
    @classmethod
    def _each(cls, inputs: object, info: ValidationInfo) -> object:
        return kept(inputs, ModelInput, "name", info)


class ModelAnswer(Wire):
    model: Model


class RefusalDetails(Wire):
    action_name: Lenient[Id] = None
    action_limit: Lenient[int] = None
    model_id: Lenient[str] = None


class Refusal(Wire):
    """An error's body."""

    error: Lenient[Words] = None
    reason: Lenient[Words] = None
    message: Lenient[Words] = None
    details: Lenient[RefusalDetails] = None


def iso(at_ms: float) -> str:
    """Milliseconds since the epoch in the vendor's format, such as 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(moment: datetime | None) -> float | None:
    """Milliseconds since the epoch; None outside of `SANE_MS`. A time without a zone counts as UTC."""
    if moment is None:
        return None
    at_ms = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    return at_ms if SANE_MS[0] <= at_ms <= SANE_MS[1] else None
