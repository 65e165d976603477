"""What a job asks a provider to make: a union of models, each tagged with its `type` and the `version` of its fields.

A new type is a model of its own, with a line in `Request` and one in `_READERS`. A change after which stored requests would be
read wrongly is a new version: its reader turns the older fields into today's, so that older jobs go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from pydantic_core import from_json

from bot.domain.clip import TYPE, VERSION, ClipRequest

Request: TypeAlias = ClipRequest
"""A request that may be submitted. Storage keeps its JSON, which `request_of` reads."""

Tag: TypeAlias = tuple[str, int]
"""Type and version."""
UNTAGGED: Final[Tag] = ("clip", 1)
"""What JSON without a tag is: until there were tags, all jobs and drafts were clips."""
CLIP: Final[Tag] = (TYPE, VERSION)

_READERS: Final[Mapping[object, Callable[[Mapping[str, Any]], Request]]] = {CLIP: ClipRequest.model_validate}
_TAG_CHARACTERS: Final = 40


def request_of(text: str) -> Request:
    """The request that was stored as this JSON. Raises `ValueError` or `TypeError` for what this version can't read."""
    found: object = from_json(text)
    if not isinstance(found, dict):
        raise TypeError("the request is no object")
    values = cast("dict[str, Any]", found)
    tag = tag_of(values)
    reader = _READERS.get(tag)
    if reader is None:
        raise ValueError(f"the request is {tag[0]!r} in version {tag[1]}, which this version does not know")
    return reader(values)


def tag_of(values: Mapping[str, Any]) -> Tag:
    """The tag of a stored request or draft. It may be an unknown one. Raises `ValueError` where there is none to read."""
    kind, version = values.get("type", UNTAGGED[0]), values.get("version", UNTAGGED[1])
    if type(kind) is not str or type(version) is not int:
        raise ValueError("the tag of the request can't be read")
    return kind[:_TAG_CHARACTERS], version
