"""The vendor's routes. Each parses, asks the service, and answers in the vendor's shape; anything unknown is a violation."""

import hmac
import logging
from email.utils import formatdate
from typing import Any

from aiohttp import BasicAuth, web
from aiohttp.typedefs import Handler, Middleware

from sandbox.scenario import bent_answers, listing, models
from sandbox.scenario.asset_routes import AssetRoutes
from sandbox.scenario.bodies import json_of, object_of
from sandbox.scenario.errors import Malformed, Refusal, iso
from sandbox.scenario.jobs import Job
from sandbox.scenario.service import Scenario

_log = logging.getLogger(__name__)
KEY = "sandbox-key"
SECRET = "sandbox-secret"
DRY_RUN = 269
"""The vendor's own status for an answer that names a price and starts nothing."""
_BODY_MOST_BYTES = 64 * 1024 * 1024
_OPEN_ROUTES = ("file", "part")
_DAY_MS = 24 * 3600 * 1000


def application(scenario: Scenario) -> web.Application:
    """The application to mount under `/scenario/v1`; the account's records and faults are in it already."""
    api, files = _Api(scenario), AssetRoutes(scenario)
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
    add("POST", "/assets", files.upload_image)
    add("POST", "/assets/get-bulk", files.get_assets)
    add("GET", "/assets/{asset}", files.get_asset)
    add("POST", "/uploads", files.create_upload)
    add("GET", "/uploads/{upload}", files.get_upload)
    add("POST", "/uploads/{upload}/action", files.complete_upload)
    add("PUT", "/uploads/{upload}/parts/{number:[0-9]{1,4}}", files.put_part, name="part")
    add("GET", "/files/{asset}", files.download, name="file")
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
        """Date each answer by the sandbox's clock, not the machine's, as all times here. A bend may change or drop the date."""
        off = request.get(bent_answers.DATE, 0)
        if isinstance(off, (int, float)):
            off = formatdate(self.scenario.clock.now_ms() / 1000 + off, usegmt=True)
        if off is None:
            del response.headers["Date"]
        else:
            response.headers["Date"] = str(off)

    async def generate(self, request: web.Request) -> web.Response:
        model, body = request.match_info["model"], await json_of(request)
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
        if object_of(await json_of(request)).get("action") != "cancel":
            raise Malformed("action must be cancel")
        self.scenario.cancel(job)
        return web.json_response({"job": self._shown(job)})

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


def _authenticate(request: web.Request) -> None:
    try:
        given = BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        raise Refusal(401, "Authentication is required") from None
    if not hmac.compare_digest(f"{given.login}:{given.password}".encode(), f"{KEY}:{SECRET}".encode()):
        raise Refusal(401, "The API key or secret is wrong")
