"""Scenario as a part of a sandbox: what `server.py` mounts where the extra `scenario` is installed."""

from collections.abc import Mapping
from typing import Annotated

from aiohttp import web

from sandbox.control.asked import whole
from sandbox.control.base import ControlRoutes
from sandbox.control.inspect import Wait, WaitQuery
from sandbox.doubles import Around
from sandbox.scenario.api import application
from sandbox.scenario.control import ScenarioRoutes
from sandbox.scenario.service import Scenario
from sandbox.strict_json import Json


class _ForJobs(WaitQuery):
    jobs: Annotated[int, whole(query=True)]


class ScenarioDouble:
    prefix = "/scenario/v1"

    def __init__(self, around: Around) -> None:
        violated = around.state.violated
        self.scenario = Scenario(around.clock, around.records, around.faults, speed=around.speed, violated=violated)
        self._state = around.state

    def app(self) -> web.Application:
        return application(self.scenario)

    def control(self) -> ControlRoutes:
        return ScenarioRoutes(self._state, self.scenario)

    def waits(self) -> Mapping[str, Wait]:
        return {"jobs": Wait(_ForJobs, self._jobs)}

    async def _jobs(self, query: _ForJobs, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        there = await self.scenario.wait_for_jobs(query.jobs, timeout)
        return {"jobs": len(self.scenario.jobs())} if there else None

    def reset(self) -> None:
        self.scenario.reset()

    def close(self) -> None:
        self.scenario.bends.clear()
