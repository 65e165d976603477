"""Images that were handed in and clips that were made, and the signed links by which their bytes are fetched."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox.scenario.clips import Clips
from sandbox.scenario.errors import AUTHOR, OWNER, Refusal, iso, new_id
from sandbox.scenario.jobs import Job
from sandbox.scenario.models import Picture

_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "BMP": "image/bmp", "GIF": "image/gif"}


@dataclass(eq=False)
class Asset:
    """An image (`data`), or the clip of `job`, or a still of it (`still` is first or last)."""

    id: str
    made_ms: int
    name: str
    media_type: str
    data: bytes | None = None
    size: tuple[int, int] = (0, 0)
    job: Job | None = None
    still: str | None = None

    @property
    def is_clip(self) -> bool:
        return self.job is not None and self.still is None

    async def file(self, clips: Clips) -> Path:
        """Return where the bytes of a made asset are, making them first where nobody asked yet."""
        assert self.job is not None  # noqa: S101 - an uploaded asset has its bytes in `data`
        seconds = self.job.inputs["duration"]
        if self.still:
            return await clips.still(self.job.frame, seconds, last=self.still == "last")
        return await clips.clip(self.job.frame, seconds, self.job.pad_to)


@dataclass
class Links:
    """Signed, expiring links: a path, the second it ends, and a signature over both."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def query(self, what: str, expires_ms: float) -> dict[str, str]:
        ends = str(int(expires_ms / 1000))
        return {"Expires": ends, "Signature": self._signature(what, ends)}

    def check(self, what: str, query: Mapping[str, str], now_ms: float) -> None:
        """Refuse with 403 a link that is not ours or has expired."""
        ends = query.get("Expires", "")
        if not hmac.compare_digest(self._signature(what, ends).encode(), query.get("Signature", "").encode()):
            raise Refusal(403, "Access denied")
        if now_ms >= int(ends) * 1000:
            raise Refusal(403, "Access denied: the link has expired")

    def _signature(self, what: str, ends: str) -> str:
        return hmac.new(self.key, f"{what}|{ends}".encode(), hashlib.sha256).hexdigest()


class Assets:
    """Every asset of the team by id."""

    def __init__(self) -> None:
        self._all: dict[str, Asset] = {}

    def add_image(self, name: str, data: bytes, now_ms: int) -> Asset:
        """Keep an image. Refuses with 400 what is not one."""
        try:
            with Image.open(BytesIO(data)) as image:
                asset = Asset(new_id("asset"), now_ms, name, _MEDIA_TYPES[image.format or ""], data, image.size)
        except (UnidentifiedImageError, Image.DecompressionBombError, KeyError, OSError):
            raise Refusal(400, "The image cannot be read") from None
        self._all[asset.id] = asset
        return asset

    def add_clip(self, job: Job) -> None:
        """Give a job that succeeded its clip, with its first and its last frame."""
        clip = Asset(job.asset_id, int(job.ends_ms), f"{job.id}.mp4", "video/mp4", size=job.frame, job=job)
        self._all[clip.id] = clip
        for still in ("first", "last"):
            frame = Asset(
                f"{clip.id}_{still}", clip.made_ms, f"{still}.jpg", "image/jpeg", size=job.frame, job=job, still=still
            )
            self._all[frame.id] = frame

    def get(self, asset_id: str) -> Asset:
        """Refuses with 404 what does not exist."""
        asset = self._all.get(asset_id)
        if asset is None:
            raise Refusal(404, f"Asset {asset_id} not found")
        return asset

    def job_of(self, asset_id: str) -> Job | None:
        """The job that made it; None for what was handed in, and for what does not exist."""
        asset = self._all.get(asset_id)
        return None if asset is None else asset.job

    def picture(self, asset_id: str) -> Picture | None:
        """What a model asks about an image; None for what is none."""
        asset = self._all.get(asset_id)
        if asset is None or not asset.media_type.startswith("image/"):
            return None
        return Picture(*asset.size, asset.media_type, len(asset.data or b""))

    def known(self, asset_ids: list[str]) -> list[Asset]:
        return [self._all[asset_id] for asset_id in asset_ids if asset_id in self._all]


async def shown(asset: Asset, clips: Clips, url_of: Callable[[str], str]) -> dict[str, Any]:
    """Answer as the vendor writes an asset; `url_of(asset id)` makes a fresh signed link."""
    size = len(asset.data) if asset.data is not None else (await asset.file(clips)).stat().st_size
    width, height = asset.size
    kind = "video" if asset.is_clip else "image"
    body: dict[str, Any] = {
        "id": asset.id,
        "url": url_of(asset.id),
        "mimeType": asset.media_type,
        "kind": kind,
        "status": "success",
        "privacy": "private",
        "source": "uploaded",
        "metadata": {"kind": kind, "type": "uploaded", "name": asset.name, "width": width, "height": height},
        "properties": {"size": size, "width": width, "height": height},
        "nsfw": [],
        "tags": [],
        "collectionIds": [],
        "editCapabilities": [],
        "authorId": AUTHOR,
        "ownerId": OWNER,
        "createdAt": iso(asset.made_ms),
        "updatedAt": iso(asset.made_ms),
    }
    if asset.job is None:
        return body
    used = asset.job.inputs
    body["source"] = "img2video" if "image" in used or "referenceImages" in used else "txt2video"
    # What the run really used, a dropped input missing: the vendor echoes it here, the seed as text.
    body["metadata"] |= {"type": body["source"], "modelId": asset.job.model, **used, "seed": str(used.get("seed", ""))}
    if asset.is_clip:
        seconds = used["duration"]
        body["properties"] |= {
            "duration": seconds,
            "frameRate": 24,
            "nbFrames": 24 * seconds,
            "codecName": "h264",
            "format": "mp4",
        }
        for still in ("first", "last"):
            still_id = f"{asset.id}_{still}"
            body[f"{still}Frame"] = {"assetId": still_id, "url": url_of(still_id)}
    return body
