"""Faults and records over real HTTP: the client is httpx, the connection a real loopback socket."""

import asyncio
import base64
import hashlib
import json

import httpx
import pytest
from aiohttp import web

from sandbox.faults import BadFault, Faults
from sandbox.records import Records


class Bench:
    """A server behind the middleware that counts what took effect, and a client of it."""

    def __init__(self, source):
        self.source, self.faults, self.records, self.effects = source, Faults(), Records(), []

    async def __aenter__(self):
        prefix = {"discord": "/api/v10", "scenario": "/scenario/v1"}[self.source]
        app = web.Application(middlewares=[self.faults.middleware(self.source, self.records)], client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", prefix + "/{rest:.*}", self.handle)
        # Not aiohttp's TestServer: it cancels handlers whose client left, and a served sandbox does not.
        self.runner = web.AppRunner(app, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.runner.addresses[0][1]}{prefix}", timeout=5)
        return self

    async def __aexit__(self, *_):
        self.faults.clear()
        await self.client.aclose()
        await self.runner.cleanup()

    async def handle(self, request):
        self.effects.append(request.path)
        if request.content_type == "multipart/form-data":
            form = await request.post()
            return web.json_response({"read": [getattr(v, "filename", v) for v in form.values()]})
        if request.content_type == "application/json":
            return web.json_response({"read": await request.json(), "token": "answer-secret"})
        return web.json_response({"ok": True})


@pytest.fixture
async def discord():
    async with Bench("discord") as bench:
        yield bench


@pytest.fixture
async def scenario():
    async with Bench("scenario") as bench:
        yield bench


async def test_a_status_fault_answers_in_the_vendors_shape_and_nothing_takes_effect(discord, scenario):
    for bench in (discord, scenario):
        bench.faults.add([{"at": bench.source, "what": "status", "status": 503}])
        assert (await bench.client.get("/x")).status_code == 503
        assert bench.effects == []
    assert discord.records.since(0)[0]["response"]["code"] == 0
    assert "reason" in scenario.records.since(0)[0]["response"]


async def test_a_fault_may_bring_its_own_body(scenario):
    scenario.faults.add([{"what": "status", "status": 400, "body": {"reason": "because"}}])
    assert (await scenario.client.get("/x")).json() == {"reason": "because"}


async def test_a_rate_limit_names_its_wait_where_each_vendor_does(discord, scenario):
    for bench in (discord, scenario):
        bench.faults.add([{"what": "rate_limit", "seconds": 1.5}])
        answer = await bench.client.get("/x")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1.5")
    assert discord.records.since(0)[0]["response"]["retry_after"] == 1.5


async def test_reset_cuts_before_the_effect_and_reset_after_cuts_after_it(discord):
    discord.faults.add([{"what": "reset", "times": 1}])
    with pytest.raises(httpx.ReadError) as cut:
        await discord.client.get("/x")
    chain = [cut.value]
    while nxt := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(nxt)
    assert any(isinstance(e, ConnectionResetError) for e in chain), "the client must see a reset, not an orderly end"
    assert discord.effects == []
    discord.faults.add([{"what": "reset_after", "times": 1}])
    with pytest.raises(httpx.ReadError):
        await discord.client.get("/x")
    assert len(discord.effects) == 1
    assert [r["status"] for r in discord.records.since(0)] == [0, 0]
    assert (await discord.client.get("/x")).status_code == 200


async def test_a_hold_stops_a_request_until_released(discord):
    discord.faults.add([{"what": "hold", "name": "p1", "path": "/slow"}])
    held = asyncio.create_task(discord.client.get("/slow"))
    assert await discord.faults.held("p1", 5)
    assert discord.effects == []
    assert discord.faults.snapshot()[0]["holding"] == 1
    assert discord.faults.release("p1") == 1
    assert (await held).status_code == 200
    assert not await discord.faults.held("p1", 0.01)
    assert (await discord.client.get("/slow")).status_code == 200


async def test_a_held_request_whose_client_died_never_takes_effect(discord):
    discord.faults.add([{"what": "hold", "name": "p1"}])
    held = asyncio.create_task(discord.client.get("/slow"))
    assert await discord.faults.held("p1", 5)
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    fault = discord.faults._faults[0]
    waiting = asyncio.create_task(discord.records.wait(lambda r: r["path"] == "/slow", 5))
    async with asyncio.timeout(5):
        while any(  # noqa: ASYNC110 - the server announces no end of a connection
            p.transport and not p.transport.is_closing() for p in discord.runner.server.connections
        ):
            await asyncio.sleep(0)
    fault.released.set()
    assert (await waiting)["status"] == 0
    assert discord.effects == []


async def test_clear_lets_everything_held_go_on(discord):
    discord.faults.add([{"what": "hold_after", "name": "p1"}])
    held = asyncio.create_task(discord.client.get("/x"))
    assert await discord.faults.held("p1", 5)
    assert len(discord.effects) == 1
    discord.faults.clear()
    assert (await held).status_code == 200


async def test_latency_delays_and_then_answers(discord):
    discord.faults.add([{"what": "latency", "seconds": 0.05}])
    begun = asyncio.get_running_loop().time()
    assert (await discord.client.get("/x")).status_code == 200
    assert asyncio.get_running_loop().time() - begun >= 0.05


@pytest.mark.parametrize(
    ("pattern", "path", "strikes"),
    [
        ("/channels/*/messages", "/channels/1/messages", True),
        ("/channels/*/messages", "/channels/1/messages/2", False),
        ("/channels/*", "/channels/1/messages", False),
        ("/channels/**", "/channels/1/messages", True),
        ("*", "/anything/at/all", True),
        ("/a.b", "/aXb", False),
    ],
)
async def test_a_star_is_one_segment_and_two_are_many(discord, pattern, path, strikes):
    discord.faults.add([{"what": "status", "status": 500, "path": pattern}])
    assert ((await discord.client.get(path)).status_code == 500) is strikes


async def test_a_fault_strikes_only_its_api_method_and_times(discord):
    discord.faults.add(
        [
            {"at": "scenario", "what": "status", "status": 500},
            {"method": "post", "what": "status", "status": 501},
            {"what": "status", "status": 502, "times": 2},
        ]
    )
    assert [(await discord.client.get("/x")).status_code for _ in range(3)] == [502, 502, 200]
    assert (await discord.client.post("/x")).status_code == 501
    assert [f["struck"] for f in discord.faults.snapshot()] == [0, 1, 2]


async def test_odds_fall_the_same_way_for_the_same_seed(discord):
    async def run():
        discord.faults.clear()
        discord.faults.add([{"what": "status", "status": 500, "odds": 0.5}])
        return [(await discord.client.get("/x")).status_code for _ in range(20)]

    first = await run()
    assert set(first) == {200, 500}
    assert await run() == first


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"what": "flood"},
        {"what": "status", "at": "mars"},
        {"what": "status", "odds": 2},
        {"what": "status", "status": 200},
        {"what": "hold"},
        {"what": "status", "times": "many"},
        {"what": "status", "tiems": 1},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_and_none_is_added(spec):
    faults = Faults()
    with pytest.raises(BadFault):
        faults.add([{"what": "reset"}, spec])
    assert faults.snapshot() == []


async def test_gateway_faults_never_touch_requests_and_are_announced(discord):
    announced = []
    discord.faults.on_gateway = announced.append
    discord.faults.add([{"what": "gateway_drop", "times": 1}])
    assert (await discord.client.get("/x")).status_code == 200
    assert announced == discord.faults.gateway()
    assert discord.faults.strike(announced[0])
    assert discord.faults.gateway() == []


async def test_the_record_holds_the_exchange_without_its_secrets(discord, scenario):
    await discord.client.post(
        "/interactions/77/aW50ZXJhY3Rpb24/callback",
        json={"a": 1, "token": "t0p"},
        headers={"Authorization": "Bot s3cr3t"},
    )
    await discord.client.patch("/webhooks/9/aW50ZXJhY3Rpb24/messages/@original", json={"content": "x"})
    image = b"\x89PNG" * 500
    await scenario.client.post("/assets", json={"name": "a.png", "image": base64.b64encode(image).decode()})
    await scenario.client.put("/parts/1?signature=s1gn", content=image)
    one, two = discord.records.since(0)
    three, four = scenario.records.since(0)
    text = json.dumps([one, two, three, four])
    for secret in ("s3cr3t", "t0p", "aW50ZXJhY3Rpb24", "answer-secret", "s1gn"):
        assert secret not in text
    assert one["path"].split("/")[3] == two["path"].split("/")[3], "one interaction's requests stay linked"
    assert (one["method"], one["status"], one["request"]["json"]["a"]) == ("POST", 200, 1)
    digest = hashlib.sha256(image).hexdigest()
    assert three["request"]["json"]["image"] == {"name": None, "size": 2000, "sha256": digest}
    assert four["request"]["file"]["sha256"] == digest


async def test_a_multipart_form_is_recorded_and_still_there_for_the_handler(discord):
    clip = b"\0clip" * 300_000
    answer = await discord.client.post(
        "/channels/1/messages",
        data={"payload_json": '{"content": "hi"}'},
        files={"files[0]": ("a.mp4", clip, "video/mp4")},
    )
    assert answer.json()["read"] == ['{"content": "hi"}', "a.mp4"]
    payload, file = discord.records.since(0)[0]["request"]["form"]
    assert payload["json"] == {"content": "hi"}
    assert (file["filename"], file["size"], file["sha256"]) == ("a.mp4", len(clip), hashlib.sha256(clip).hexdigest())
