"""The vendor's routes for files: pictures handed in whole or in parts, assets, clips to download. `api.py` mounts them."""

import base64
from typing import Any

from aiohttp import web

from sandbox.faults import TRUNCATE
from sandbox.scenario import assets, bent_answers, uploads
from sandbox.scenario.bodies import json_of, object_of
from sandbox.scenario.errors import Malformed, Refusal
from sandbox.scenario.service import Scenario

_BASE64_IMAGE_BYTES = 6_000_000
_BULK_MOST = 200


class AssetRoutes:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    async def upload_image(self, request: web.Request) -> web.Response:
        body = object_of(await json_of(request))
        name, image = body.get("name"), body.get("image")
        if not isinstance(name, str) or not isinstance(image, str):
            raise Malformed("name and image are required")
        try:
            data = base64.b64decode(image.rpartition(",")[2], validate=True)
        except ValueError:
            raise Malformed("image must be base64") from None
        if len(data) >= _BASE64_IMAGE_BYTES:
            raise Malformed("The image is too large: use POST /uploads for 6 MB and more", 413)
        asset = self.scenario.assets.add_image(name, data, self.scenario.clock.now_ms())
        return web.json_response({"asset": await self._asset(request, asset)})

    async def get_assets(self, request: web.Request) -> web.Response:
        ids = object_of(await json_of(request)).get("assetIds")
        if not isinstance(ids, list) or not 1 <= len(ids) <= _BULK_MOST:
            raise Malformed(f"assetIds must have 1 to {_BULK_MOST} items")
        if not all(isinstance(one, str) for one in ids):
            raise Malformed("assetIds must be the ids of assets")
        self.scenario.book.running()
        found = self.scenario.assets.known(ids)
        return web.json_response({"assets": [await self._asset(request, asset) for asset in found]})

    async def get_asset(self, request: web.Request) -> web.Response:
        self.scenario.book.running()
        asset = self.scenario.assets.get(request.match_info["asset"])
        return web.json_response({"asset": await self._asset(request, asset)})

    async def create_upload(self, request: web.Request) -> web.Response:
        upload = uploads.created(await json_of(request), self.scenario.clock.now_ms())
        self.scenario.uploads[upload.id] = upload
        return self._upload_shown(request, upload)

    async def get_upload(self, request: web.Request) -> web.Response:
        return self._upload_shown(request, self._upload(request))

    async def put_part(self, request: web.Request) -> web.Response:
        upload, number = self._upload(request), int(request.match_info["number"])
        if not 1 <= number <= upload.part_count:
            raise Malformed(f"The upload has {upload.part_count} parts")
        self.scenario.links.check(f"{upload.id}/{number}", request.query, self.scenario.clock.now_ms())
        upload.parts[number] = await request.read()
        return web.Response(headers={"ETag": f'"{number}"'})

    async def complete_upload(self, request: web.Request) -> web.Response:
        upload = self._upload(request)
        if object_of(await json_of(request)).get("action") != "complete":
            raise Malformed("action must be complete")
        if upload.completed_ms is None:
            self._import(upload)
        return self._upload_shown(request, upload)

    def _import(self, upload: uploads.Upload) -> None:
        data = b"".join(part for _, part in sorted(upload.parts.items()))
        now = self.scenario.clock.now_ms()
        if len(upload.parts) != upload.part_count or len(data) != upload.file_size:
            raise Malformed("Parts are missing, or their sizes do not add up to fileSize")
        upload.completed_ms = now
        if self.scenario.behaviour.upload_fails:
            upload.error = "The file could not be validated"
            return
        try:
            upload.entity_id = self.scenario.assets.add_image(upload.file_name, data, now).id
        except Refusal as unreadable:
            upload.error = unreadable.reason

    async def download(self, request: web.Request) -> web.StreamResponse:
        asset_id = request.match_info["asset"]
        self.scenario.links.check(asset_id, request.query, self.scenario.clock.now_ms())
        asset = self.scenario.assets.get(asset_id)
        if asset.data is not None:
            return web.Response(body=asset.data, content_type=asset.media_type)
        path = request[bent_answers.FILE] = await asset.file(self.scenario.clips)
        if not request.get(TRUNCATE):
            return web.FileResponse(path, headers={"Content-Type": asset.media_type})
        half = web.StreamResponse(headers={"Content-Type": asset.media_type})
        half.content_length = path.stat().st_size
        await half.prepare(request)
        await half.write(path.read_bytes()[: path.stat().st_size // 2])
        # An orderly close after what was sent: a reset could overtake it, and the client would have got nothing at all.
        if request.transport is not None:
            request.transport.close()
        return half

    def _upload(self, request: web.Request) -> uploads.Upload:
        upload = self.scenario.uploads.get(request.match_info["upload"])
        if upload is None:
            raise Refusal(404, f"Upload {request.match_info['upload']} not found")
        return upload

    def _upload_shown(self, request: web.Request, upload: uploads.Upload) -> web.Response:
        def part_url(upload_id: str, number: int, ends_ms: float) -> str:
            signed = self.scenario.links.query(f"{upload_id}/{number}", ends_ms)
            return _absolute(request, "part", signed, upload=upload_id, number=str(number))

        return web.json_response({"upload": upload.shown(self.scenario.clock.now_ms(), part_url)})

    async def _asset(self, request: web.Request, asset: assets.Asset) -> dict[str, Any]:
        ends_ms = self.scenario.clock.now_ms() + self.scenario.behaviour.url_lifetime * 1000

        def url_of(asset_id: str) -> str:
            return _absolute(request, "file", self.scenario.links.query(asset_id, ends_ms), asset=asset_id)

        return await assets.shown(asset, self.scenario.clips, url_of)


def _absolute(request: web.Request, route: str, query: dict[str, str], **parts: str) -> str:
    return str(request.url.origin().join(request.app.router[route].url_for(**parts)).with_query(query))
