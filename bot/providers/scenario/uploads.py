"""Uploads images to the vendor: small ones in one call, larger ones in parts. Called by `ScenarioProvider`. A repeat only makes
a second asset.
"""

from __future__ import annotations

import base64
from typing import Final

from bot.detail import Detail, DetailCode, said
from bot.errors import ProviderRejected, ProviderUnavailable
from bot.ports import Clock
from bot.providers.scenario import errors
from bot.providers.scenario.client import Client, segment
from bot.providers.scenario.wire import AssetAnswer, Upload, UploadAnswer

INLINE_CHARACTERS: Final = 6_000_000
"""The vendor takes less than 6 MB in one call. We count base64 characters: there are more of them than bytes, so this is safe
if the vendor counts bytes."""
PART_BYTES: Final = 8 * 1024 * 1024
"""S3-like storage wants at least 5 MiB in every part but the last."""

_SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


async def upload(client: Client, clock: Clock, sha256: str, media_type: str, data: bytes) -> str:
    """The asset id. Raises `ProviderRejected` where the vendor can't import the image, or another `ProviderError`."""
    name = f"{sha256[:16]}.{_SUFFIXES.get(media_type, 'img')}"
    if -(-len(data) // 3) * 4 < INLINE_CHARACTERS:
        body = {"name": name, "image": base64.b64encode(data).decode()}
        asset = (await client.repeat(AssetAnswer, "POST", "/assets", body=body)).asset
        if asset is None or asset.id is None:
            raise ProviderUnavailable(Detail(DetailCode.UNNAMED_IMAGE))
        return asset.id
    return await _in_parts(client, clock, name, media_type, data)


async def _in_parts(client: Client, clock: Clock, name: str, media_type: str, data: bytes) -> str:
    count = -(-len(data) // PART_BYTES)
    body = {"fileName": name, "contentType": media_type, "fileSize": len(data), "parts": count, "kind": "image"}
    upload = (await client.repeat(UploadAnswer, "POST", "/uploads", body=body)).upload
    parts = sorted(upload.parts or (), key=lambda part: part.number)
    if len(parts) != count:
        raise ProviderUnavailable(Detail(DetailCode.WRONG_PARTS, (len(parts), count)))
    for index, part in enumerate(parts):
        await client.put(part.url, data[index * PART_BYTES : (index + 1) * PART_BYTES])
    if upload.id is None:
        raise ProviderUnavailable(Detail(DetailCode.UNNAMED_UPLOAD))
    path = f"/uploads/{segment(upload.id)}"
    upload = await _completed(client, path)
    give_up_ms = clock.now_ms() + client.pace.importing * 1000
    while (asset := _imported(client, upload)) is None:
        if clock.now_ms() >= give_up_ms:
            raise ProviderUnavailable(Detail(DetailCode.IMPORT_SLOW, (client.pace.importing,)))
        await clock.sleep(client.pace.import_poll)
        upload = (await client.repeat(UploadAnswer, "GET", path)).upload
    return asset


async def _completed(client: Client, path: str) -> Upload:
    try:
        return (await client.repeat(UploadAnswer, "POST", f"{path}/action", body={"action": "complete"})).upload
    except ProviderRejected:
        # Maybe an earlier try took effect and its answer was lost; then a repeat is refused. The upload's status tells.
        upload = (await client.repeat(UploadAnswer, "GET", path)).upload
        if upload.status == "pending":
            raise
        return upload


def _imported(client: Client, upload: Upload) -> str | None:
    """The asset id; None while it is being imported. Raises `ProviderRejected` where the import failed."""
    if upload.status == "failed":
        words = errors.clean(upload.error_message or "", client.account)
        why = said(words) if words else Detail(DetailCode.NO_REASON)
        raise ProviderRejected(Detail(DetailCode.IMPORT_FAILED, causes=(why,)), code=errors.REFERENCE_UNKNOWN)
    return upload.entity_id if upload.status == "imported" else None
