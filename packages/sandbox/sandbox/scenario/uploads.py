"""Uploads in parts, for files of 6 MB and more: created, put part by part, completed, then imported a little later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.scenario.errors import AUTHOR, OWNER, Malformed, iso, new_id

IMPORT_MS = 300
"""How long after `complete` an upload stays "validating"."""
PART_LIFETIME_MS = 3600 * 1000
_PARTS_MOST = 100


@dataclass(eq=False)
class Upload:
    """`entity_id` is the image's asset id once it was imported; `error` says why it was not."""

    id: str
    made_ms: int
    file_name: str
    content_type: str
    file_size: int
    part_count: int
    parts: dict[int, bytes] = field(default_factory=dict)
    completed_ms: int | None = None
    entity_id: str | None = None
    error: str | None = None

    def status(self, now_ms: int) -> str:
        if self.completed_ms is None:
            return "pending"
        if now_ms < self.completed_ms + IMPORT_MS:
            return "validating"
        return "failed" if self.error else "imported"

    def shown(self, now_ms: int, part_url: Callable[[str, int, float], str]) -> dict[str, Any]:
        status = self.status(now_ms)
        body: dict[str, Any] = {
            "id": self.id,
            "authorId": AUTHOR,
            "ownerId": OWNER,
            "createdAt": iso(self.made_ms),
            "updatedAt": iso(self.completed_ms or self.made_ms),
            "fileName": self.file_name,
            "originalFileName": self.file_name,
            "contentType": self.content_type,
            "fileSize": self.file_size,
            "kind": "image",
            "source": "multipart",
            "status": status,
            "partsCount": self.part_count,
        }
        if status == "pending":
            ends = self.made_ms + PART_LIFETIME_MS
            body["parts"] = [
                {"number": number, "url": part_url(self.id, number, ends), "expires": iso(ends)}
                for number in range(1, self.part_count + 1)
            ]
        elif status == "imported":
            body["entityId"] = self.entity_id
        elif status == "failed":
            body["errorMessage"] = self.error
        return body


def created(body: object, now_ms: int) -> Upload:
    """Begin an upload from the body of `POST /uploads`. Refuses with 400 what cannot be uploaded in parts."""
    if not isinstance(body, dict):
        raise Malformed("The body must be an object")
    if body.get("kind") != "image":
        raise Malformed("kind must be image")
    name, content_type = body.get("fileName"), body.get("contentType")
    if not isinstance(name, str) or not name or not isinstance(content_type, str) or not content_type:
        raise Malformed("fileName and contentType are required")
    size, parts = body.get("fileSize"), body.get("parts")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise Malformed("fileSize must be the size in bytes")
    if not isinstance(parts, int) or isinstance(parts, bool) or not 1 <= parts <= _PARTS_MOST:
        raise Malformed(f"parts must be between 1 and {_PARTS_MOST}")
    return Upload(new_id("upload"), now_ms, name, content_type, size, parts)
