"""Scenario's JSON as pydantic models, at the edge: raw dictionaries stop here. Only the fields that we use are named.

Source: the vendor's API and its client `scenario-sdk` 2.4. Unknown fields are ignored, unknown statuses kept as text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    # Inputs stay out of error texts: they hold prompts and signed URLs, and errors go to the log.
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True)


class JobMetadata(Wire):
    asset_ids: tuple[str, ...] | None = None
    error: str | None = None
    hint: str | None = None
    input: dict[str, Any] | None = None


class Billing(Wire):
    cu_cost: float | None = None
    disable_refund: bool | None = None


class Job(Wire):
    job_id: str
    status: str
    progress: float | None = None
    metadata: JobMetadata = JobMetadata()
    billing: Billing | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def updated_ms(self) -> float:
        """Milliseconds since the epoch, 0 where the vendor did not say."""
        return self.updated_at.timestamp() * 1000 if self.updated_at else 0.0


class JobAnswer(Wire):
    job: Job
    creative_units_cost: float | None = None


class JobsPage(Wire):
    jobs: tuple[Job, ...]
    next_pagination_token: str | None = None


class Price(Wire):
    creative_units_cost: float


class AssetProperties(Wire):
    size: int | None = None


class Asset(Wire):
    id: str
    url: str = Field(default="", repr=False)
    mime_type: str = ""
    properties: AssetProperties = AssetProperties()


class AssetAnswer(Wire):
    asset: Asset


class UploadPart(Wire):
    number: int
    url: str = Field(repr=False)


class Upload(Wire):
    id: str
    status: str
    parts: tuple[UploadPart, ...] | None = None
    entity_id: str | None = None
    error_message: str | None = None


class UploadAnswer(Wire):
    upload: Upload


class Limits(Wire):
    parallel_custom_jobs: int | None = None


class LimitsAnswer(Wire):
    limits: Limits
    plan: str | None = None


class ModelInput(Wire):
    name: str
    min: float | None = None
    max: float | None = None
    max_length: float | None = None
    allowed_values: tuple[Any, ...] | None = None


class Model(Wire):
    id: str
    inputs: tuple[ModelInput, ...] | None = None


class ModelAnswer(Wire):
    model: Model


class RefusalDetails(Wire):
    action_name: str | None = None
    action_limit: int | None = None


class Refusal(Wire):
    """An error's body; every field may be missing or of another shape, so it is read with `model_validate` and doubt."""

    error: str | None = None
    reason: str | None = None
    message: str | None = None
    details: RefusalDetails | None = None


def iso(at_ms: float) -> str:
    """Milliseconds since the epoch as the vendor writes a moment."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
