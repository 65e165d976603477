"""Scenario as a part of a sandbox: what `server.py` mounts where the extra `scenario` is installed."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.control.base import ControlRoutes
from sandbox.control.fields import Fields
from sandbox.control.inspect import Wait
from sandbox.doubles import Around
from sandbox.scenario.api import application
from sandbox.scenario.control import ScenarioRoutes
from sandbox.scenario.service import Scenario
from sandbox.strict_json import Json


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
        return {"jobs": self._jobs}

    async def _jobs(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        there = await self.scenario.wait_for_jobs(query.whole("jobs"), timeout)
        return {"jobs": len(self.scenario.jobs())} if there else None

    def reset(self) -> None:
        self.scenario.reset()

    def close(self) -> None:
        self.scenario.bends.clear()
