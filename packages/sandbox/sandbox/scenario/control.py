"""Control routes over Scenario's double: how it behaves, its bill, bends of its answers, jobs of others in its listings."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.control.asked import AnyList, Asked, known_object
from sandbox.control.base import ControlRoutes, answer, body_of, json_of
from sandbox.discord.member_actions import Refused
from sandbox.discord.state import State
from sandbox.scenario.bends import FIELDS, BadBend
from sandbox.scenario.service import Scenario
from sandbox.scenario.settings import NAMES, BadSetting

MOST_FOREIGN = 1_000
MOST_RECORD_BYTES = 100_000


class _ForeignJobs(Asked):
    jobs: AnyList


class ScenarioRoutes(ControlRoutes):
    def __init__(self, state: State, scenario: Scenario) -> None:
        super().__init__(state)
        self._scenario = scenario

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/scenario", self.scenario),
            web.post("/scenario", self.change_scenario),
            web.get("/bill", self.bill),
            web.get("/bends", self.bends),
            web.post("/bends", self.add_bends),
            web.delete("/bends", self.clear_bends),
            web.get("/foreign_jobs", self.foreign),
            web.post("/foreign_jobs", self.add_foreign),
            web.delete("/foreign_jobs", self.clear_foreign),
        ]

    async def scenario(self, _: web.Request) -> web.Response:
        return answer({"settings": self._scenario.settings(), "jobs": self._scenario.jobs()})

    async def change_scenario(self, request: web.Request) -> web.Response:
        body = known_object(await json_of(request), NAMES)
        try:
            return answer({"settings": self._scenario.settings(body)})
        except BadSetting as bad:
            raise Refused(str(bad)) from bad

    async def bill(self, _: web.Request) -> web.Response:
        return answer(self._scenario.bill())

    async def bends(self, _: web.Request) -> web.Response:
        return answer({"bends": self._scenario.bends.shown()})

    async def add_bends(self, request: web.Request) -> web.Response:
        body = known_object(await json_of(request), ("bends", *FIELDS))
        listed = body.get("bends") is not None
        if listed and len(body) > 1:
            raise Refused("give one bend, or a list of them under 'bends', not both")
        given: Any = body["bends"] if listed else [body]
        if not isinstance(given, list) or not given:
            raise Refused("'bends' must be a list of bends")
        try:
            self._scenario.bends.add(given, self._file)
        except BadBend as bad:
            raise Refused(str(bad)) from bad
        return answer({"bends": self._scenario.bends.shown()})

    async def clear_bends(self, _: web.Request) -> web.Response:
        self._scenario.bends.clear()
        return answer({"bends": []})

    def _file(self, name: str) -> tuple[Path, str] | None:
        stored = self.state.files.get(self.state.aliases.get(name.removeprefix("@"), ""))
        return None if stored is None else (stored.path, stored.content_type or "application/octet-stream")

    async def foreign(self, _: web.Request) -> web.Response:
        return answer({"jobs": self._scenario.foreign})

    async def add_foreign(self, request: web.Request) -> web.Response:
        records = (await body_of(request, _ForeignJobs)).jobs
        if not records:
            raise Refused("'jobs' must be a list of records, as a listing shows them or odder")
        if len(self._scenario.foreign) + len(records) > MOST_FOREIGN:
            raise Refused(f"there may be {MOST_FOREIGN} jobs of others; DELETE /_sandbox/foreign_jobs takes them away")
        if any(len(json.dumps(record)) > MOST_RECORD_BYTES for record in records):
            raise Refused(f"a record may have up to {MOST_RECORD_BYTES} bytes")
        self._scenario.foreign += records
        return answer({"jobs": self._scenario.foreign})

    async def clear_foreign(self, _: web.Request) -> web.Response:
        self._scenario.foreign.clear()
        return answer({"jobs": []})
