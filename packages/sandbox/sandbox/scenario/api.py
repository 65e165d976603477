"""The vendor's routes. Each parses, asks the service, and answers in the vendor's shape; anything unknown is a violation."""

import base64
import hmac
import logging
from email.utils import formatdate
from typing import Any

from aiohttp import BasicAuth, web
from aiohttp.typedefs import Handler, Middleware

from sandbox.faults import TRUNCATE
from sandbox.scenario import assets, bent_answers, listing, models, uploads
from sandbox.scenario.errors import Malformed, Refusal, iso
from sandbox.scenario.jobs import Job
from sandbox.scenario.service import Scenario
from sandbox.strict_json import parsed

_log = logging.getLogger(__name__)
KEY = "sandbox-key"
SECRET = "sandbox-secret"
DRY_RUN = 269
"""The vendor's own status for an answer that names a price and starts nothing."""
_BASE64_IMAGE_BYTES = 6_000_000
_BULK_MOST = 200
_BODY_MOST_BYTES = 64 * 1024 * 1024
_OPEN_ROUTES = ("file", "part")
_DAY_MS = 24 * 3600 * 1000


def application(scenario: Scenario) -> web.Application:
    """The application to mount under `/scenario/v1`; the account's records and faults are in it already."""
    api = _Api(scenario)
    app = web.Application(
        middlewares=[
            scenario.faults.middleware("scenario", scenario.records),
            bent_answers.middleware(scenario),
            api.gate,
        ],
        client_max_size=_BODY_MOST_BYTES,
    )
    app.on_response_prepare.append(api.dated)
    add = app.router.add_route
    add("POST", "/generate/custom/{model}", api.generate)
    add("GET", "/jobs", api.list_jobs)
    add("GET", "/jobs/{job}", api.get_job)
    add("POST", "/jobs/{job}/action", api.act_on_job)
    add("POST", "/assets", api.upload_image)
    add("POST", "/assets/get-bulk", api.get_assets)
    add("GET", "/assets/{asset}", api.get_asset)
    add("POST", "/uploads", api.create_upload)
    add("GET", "/uploads/{upload}", api.get_upload)
    add("POST", "/uploads/{upload}/action", api.complete_upload)
    add("PUT", "/uploads/{upload}/parts/{number:[0-9]{1,4}}", api.put_part, name="part")
    add("GET", "/files/{asset}", api.download, name="file")
    add("GET", "/models/{model}", api.get_model)
    add("GET", "/teams/{team}/limits", api.get_limits)
    add("*", "/{rest:.*}", api.unknown)
    return app


class _Api:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @property
    def gate(self) -> Middleware:
        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                if request.match_info.route.name not in _OPEN_ROUTES:
                    _authenticate(request)
                return await handler(request)
            except Malformed as refusal:
                self.scenario.violated(request.method, request.path, refusal.reason)
                return refusal.response()
            except Refusal as refusal:
                return refusal.response()
            except (web.HTTPException, ConnectionError):
                raise
            except Exception as broken:  # noqa: BLE001 - the last resort: loud in the violations, the log has the traceback
                _log.exception("%s %s broke the sandbox", request.method, request.path)
                self.scenario.violated(request.method, request.path, f"the sandbox has a fault of its own here: {broken!r}")
                return Refusal(500, "The sandbox has a fault of its own here").response()

        return gate

    async def dated(self, request: web.Request, response: web.StreamResponse) -> None:
        """Each answer tells the time of this clock, as it does everywhere else, not the machine's; or a bend's."""
        off = request.get(bent_answers.DATE, 0)
        if isinstance(off, (int, float)):
            off = formatdate(self.scenario.clock.now_ms() / 1000 + off, usegmt=True)
        if off is None:
            del response.headers["Date"]
        else:
            response.headers["Date"] = str(off)

    async def generate(self, request: web.Request) -> web.Response:
        model, body = request.match_info["model"], await _json(request)
        if request.query.get("dryRun") in {"true", "api"}:
            _, cost = self.scenario.quote(model, body)
            return web.json_response({"creativeUnitsCost": cost, "creativeUnitsDiscount": 0}, status=DRY_RUN)
        job = await self.scenario.submit(model, body)
        return web.json_response({"job": self._shown(job), "creativeUnitsCost": job.cost, "creativeUnitsDiscount": 0})

    async def list_jobs(self, request: web.Request) -> web.Response:
        page, token = listing.page(self.scenario.book, request.query)
        foreign = listing.foreign(self.scenario.foreign, request.query)
        body: dict[str, Any] = {"jobs": [*foreign, *(self._shown(job) for job in page)]}
        if token:
            body["nextPaginationToken"] = token
        return web.json_response(body)

    async def get_job(self, request: web.Request) -> web.Response:
        name = request.match_info["job"]
        foreign = next((one for one in self.scenario.foreign if isinstance(one, dict) and one.get("jobId") == name), None)
        return web.json_response({"job": foreign or self._shown(self._job(request))})

    async def act_on_job(self, request: web.Request) -> web.Response:
        job = self._job(request)
        if _object(await _json(request)).get("action") != "cancel":
            raise Malformed("action must be cancel")
        self.scenario.cancel(job)
        return web.json_response({"job": self._shown(job)})

    async def upload_image(self, request: web.Request) -> web.Response:
        body = _object(await _json(request))
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
        ids = _object(await _json(request)).get("assetIds")
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
        upload = uploads.created(await _json(request), self.scenario.clock.now_ms())
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
        if _object(await _json(request)).get("action") != "complete":
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

    async def get_model(self, request: web.Request) -> web.Response:
        return web.json_response({"model": models.shown(request.match_info["model"])})

    async def get_limits(self, _: web.Request) -> web.Response:
        behaviour, now = self.scenario.behaviour, self.scenario.clock.now_ms()
        spent = self.scenario.ledger.total
        # The names that the vendor's answer holds beside the ones that matter here.
        others = (
            "apiKeys canvasAssetLayers canvasAssets collections defaultSeats downloadAssets downloadModel "
            "inferenceBatchSize maxCooldown maxTrainingDatasets minCooldown models OTPSessions parallelInferences "
            "parallelTraining parallelWorkflowRuns premiumGenerationSamples projects scalingFactor seats "
            "snapshotsRetention upload"
        )
        units = behaviour.credits if behaviour.credits is not None else 1_000_000
        used = "apiKeys canvasAssets collections projects seats"
        return web.json_response(
            {
                "plan": behaviour.plan,
                "limits": dict.fromkeys(others.split(), 10)
                | {"parallelCustomJobs": behaviour.parallel, "creativeUnits": units},
                "values": dict.fromkeys(used.split(), 1) | {"creativeUnits": spent},
                "period": {"start": iso(now - _DAY_MS), "end": iso(now + 29 * _DAY_MS)},
                "oneShotCreativeUnits": [],
            }
        )

    async def unknown(self, request: web.Request) -> web.Response:
        self.scenario.violated(request.method, request.path, "this sandbox has no such route")
        raise Refusal(501, f"The sandbox does not know {request.method} {request.path}")

    def _job(self, request: web.Request) -> Job:
        self.scenario.book.running()
        job = self.scenario.book.all.get(request.match_info["job"])
        if job is None:
            raise Refusal(404, f"Job {request.match_info['job']} not found")
        return job

    def _shown(self, job: Job) -> dict[str, Any]:
        return job.shown(self.scenario.clock.now_ms())

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


def _authenticate(request: web.Request) -> None:
    try:
        given = BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        raise Refusal(401, "Authentication is required") from None
    if not hmac.compare_digest(f"{given.login}:{given.password}".encode(), f"{KEY}:{SECRET}".encode()):
        raise Refusal(401, "The API key or secret is wrong")


async def _json(request: web.Request) -> object:
    try:
        return parsed(await request.read())
    except ValueError:
        raise Malformed("The body must be JSON") from None


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Malformed("The body must be an object")
    return body
