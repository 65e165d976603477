"""Doubles of vendors beside Discord: none, the one that comes with the package, or a user's own."""

from aiohttp import web

from sandbox import server
from sandbox.control.asked import Name
from sandbox.control.base import ControlRoutes, answer
from sandbox.control.inspect import Wait, WaitQuery
from sandbox.testing.local import local_sandbox


class ForSky(WaitQuery):
    sky: Name


class Weather(ControlRoutes):
    """A vendor that says what a test told it to say."""

    prefix = "/weather"

    def __init__(self, around):
        super().__init__(around.state)
        self.sky = "blue"
        self.closed = False

    def app(self):
        app = web.Application()
        app.router.add_get("/sky", self.told)
        return app

    async def told(self, _):
        return web.json_response({"sky": self.sky})

    def control(self):
        return self

    def routes(self):
        return [web.post("/weather", self.change)]

    async def change(self, request):
        self.sky = (await request.json())["sky"]
        return answer({})

    def waits(self):
        return {"sky": Wait(ForSky, self.waited)}

    async def waited(self, query, seconds):
        return {"sky": self.sky} if query.sky == self.sky else None

    def reset(self):
        self.sky = "blue"

    def close(self):
        self.closed = True


async def test_a_double_of_ones_own_is_served_driven_awaited_and_reset():
    async with local_sandbox(openapi=False, doubles=[Weather]) as here:
        await here.post("/weather", sky="grey")
        async with here.http.get(f"{here.url}/weather/sky") as response:
            assert await response.json() == {"sky": "grey"}
        assert (await here.wait(sky="grey"))["sky"] == "grey"
        await here.post("/reset")
        assert (await here.wait(sky="blue"))["sky"] == "blue"
        [double] = here.sandbox.doubles
    assert double.closed


async def test_without_doubles_there_is_a_discord_alone():
    async with local_sandbox(openapi=False, doubles=[]) as here:
        await here.get("/bill", 404)
        async with here.http.get(f"{here.url}/scenario/v1/jobs") as response:
            assert response.status == 501
        await here.post("/reset")


def test_scenario_is_at_hand_where_its_packages_are(monkeypatch):
    assert [one.prefix for one in server.at_hand()] == ["/scenario/v1"]
    monkeypatch.setattr(server, "SCENARIO_NEEDS", ("imageio_ffmpeg", "a_package_that_nobody_has"))
    assert server.at_hand() == []
