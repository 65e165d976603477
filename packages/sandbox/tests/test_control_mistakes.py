"""What the control API is asked by mistake: one sentence that says what to change, and nothing changed."""

import pytest

from raw_bot import gateway
from sandbox.testing.local import local_sandbox

AS = {"as": "alice"}


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False) as made:
        yield made


async def sent(here, method, path, content):
    """Send this text as the body; the status, and the sentence that came back."""
    async with here.http.request(method, f"{here.url}/_sandbox{path}", data=content) as response:
        return response.status, (await response.json()).get("error", "")


@pytest.mark.parametrize(
    "seconds",
    ["NaN", "Infinity", "1e12", "1e999", "1" + "0" * 400, "-1", '"soon"', "true", "[]", "null", str(11 * 366 * 86400)],
)
async def test_a_clock_that_cannot_be_set_so_goes_on_as_before(here, seconds):
    before = here.state.clock.now_ms()
    status, why = await sent(here, "POST", "/clock", f'{{"advance_seconds": {seconds}}}')
    assert status == 400
    assert why
    assert here.state.clock.now_ms() - before < 60_000
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "time goes on"})


async def test_a_clock_moves_ten_years_at_once_and_fifty_in_all(here):
    year = 366 * 86400
    for _ in range(5):
        await here.post("/clock", advance_seconds=10 * year)
    assert "fifty years" in (await here.post("/clock", 400, advance_seconds=year))["error"]
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "far"})
    assert message["timestamp"].startswith("207")
    assert int(message["id"]) < 2**63


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("POST", "/faults", '{"faults": [5]}', "a fault is an object, not 5"),
        ("POST", "/faults", '{"faults": "x"}', "list of faults"),
        ("POST", "/faults", '{"faults": []}', "list of faults"),
        ("POST", "/faults", '{"what": "latency", "seconds": NaN}', "NaN is no JSON"),
        ("POST", "/faults", '{"what": "latency", "seconds": -3}', "'seconds' must lie"),
        ("POST", "/faults", '{"what": "status", "times": 0}', "'times' must be 1"),
        ("POST", "/faults", '{"what": "status", "colour": "red"}', "has no 'colour'"),
        ("POST", "/faults", '{"what": "gateway_close", "body": {"code": "abc"}}', "takes a 'code'"),
        ("POST", "/faults", '{"what": "gateway_close", "body": {"code": 1005}}', "takes a 'code'"),
        ("POST", "/invoke", '{"as": "alice", "command": "/"}', "such as /video text"),
        ("POST", "/invoke", '{"as": "alice", "command": ""}', "'command' must be text"),
        ("POST", "/invoke", '{"as": {"a": 1}, "command": "/make"}', "'as' must be an id or a name"),
        ("POST", "/invoke", '{"as": "alice", "command": "/make", "options": []}', "'options' must be an object"),
        ("POST", "/invoke", '{"as": "alice", "command": "/make", "optoins": {}}', "has no 'optoins'; it takes: as, channel"),
        ("POST", "/component", '{"as": "alice", "message": "1", "custom_id": "x", "values": ["a"]}', "no message"),
        ("POST", "/component", '{"as": "alice", "message": "1", "custom_id": "x", "values": "a"}', "'values' must be a list"),
        (
            "POST",
            "/channels",
            '{"name": "t", "overwrites": [{"id": "@everyone", "deny": "abc"}]}',
            "'deny' must be permission bits",
        ),
        ("POST", "/channels", '{"name": "t", "overwrites": [5]}', "overwrites[0] must be a JSON object"),
        ("POST", "/channels", '{"name": "t", "overwrites": [{"id": "@everyone", "type": 7}]}', "'type' must be one of"),
        ("POST", "/channels", '{"name": "t", "type": 14}', "must be one of: 0, 2, 4"),
        ("POST", "/roles", '{"name": "r", "permissions": "-1"}', "'permissions' must be permission bits"),
        ("POST", "/limits", '{"global_per_second": -5}', "'global_per_second' must be a whole number"),
        ("POST", "/limits", '{"per_route": "no"}', "'per_route' must be true or false"),
        ("POST", "/scenario", '{"clip_seconds": NaN}', "NaN is no JSON"),
        ("POST", "/scenario", '{"clip_seconds": 1e999}', "too large"),
        ("POST", "/scenario", '{"clip_seconds": 1e300}', "clip_seconds must be a number from 0"),
        ("POST", "/scenario", '{"clip_secs": 1}', "has no 'clip_secs'; it takes: clip_seconds"),
        ("PATCH", "/members/alice", '{"nick": {"a": 1}}', "'nick' must be text"),
        ("PATCH", "/members/alice", '{"dms": "false"}', "'dms' must be true or false, not 'false'"),
        ("PATCH", "/members/alice", '{"upload_limit": -1}', "'upload_limit' must be a whole number"),
        ("PATCH", "/members/alice", '{"roles": "Supporter"}', "'roles' must be a list"),
        ("PATCH", "/guild", '{"bot_permissions": "-1"}', "'bot_permissions' must be permission bits"),
        ("PATCH", "/guild", '{"premium_tier": true}', "'premium_tier' must be one of: 0, 1, 2, 3"),
        ("PATCH", "/guild", '{"privileged_intents": ["all"]}', "no privileged intent"),
        ("POST", "/clock", "[" * 100_000, "nests deeper"),
        ("POST", "/clock", '{"a":' * 200 + "1" + "}" * 200, "nests deeper"),
        ("POST", "/clock", "[]", "must be a JSON object"),
        ("POST", "/clock", b"\xff\xfe", "not JSON"),
        ("GET", "/wait?bot=maybe", "", "must be one of: online, offline"),
        ("GET", "/wait?bot=online&timeout=nan", "", "'timeout' must be a number"),
        ("GET", "/wait?bot=online&timeout=-1", "", "'timeout' must lie"),
        ("GET", "/wait?bot=online&jobs=1", "", "the query has no 'jobs'"),
        ("GET", "/wait?jobs=many", "", "'jobs' must be a number, not 'many'"),
        ("GET", "/wait?request=*&source=nobody", "", "'source' must be one of: discord, scenario"),
        ("GET", "/requests?since=first", "", "'since' must be a number"),
        ("GET", "/interactions?since=-1", "", "'since' must be a whole number"),
        ("GET", "/messages?who=alice", "", "the query has no 'who'; it takes: as, channel"),
    ],
)
async def test_a_mistake_is_refused_with_a_sentence_that_names_it(here, method, path, body, word):
    before = await here.get("/state"), await here.get("/scenario"), await here.get("/faults")
    status, why = await sent(here, method, path, body)
    assert status in {400, 404}
    assert word in why
    assert "Error" not in why
    assert (await here.get("/state"), await here.get("/scenario"), await here.get("/faults")) == before


@pytest.mark.parametrize("who", [[], [{"a": 1}], 5.5, ""])
async def test_commands_of_nobody_are_refused(here, who):
    async with gateway(here) as line:
        await line.identify()
        error = (await here.post("/invoke_many", 400, command="/make", count=1, per_second=1, **{"as": who}))["error"]
    assert "'as'" in error


@pytest.mark.parametrize(("count", "rate"), [(0, 1), (1.5, 1), (1, 0), (1, -1), (10**9, 1)])
async def test_commands_at_no_pace_are_refused(here, count, rate):
    async with gateway(here) as line:
        await line.identify()
        error = (await here.post("/invoke_many", 400, command="/make", count=count, per_second=rate, **AS))["error"]
    assert "'count'" in error or "'per_second'" in error


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], 1e308, "nan", 10**30, True])
async def test_an_option_that_no_client_sends_is_refused(here, value):
    number = {"name": "n", "description": "A number", "type": 10}
    body = [{"name": "make", "description": "Make it", "options": [number]}]
    await here.rest("PUT", "/applications/1190000000000000001/commands", body=body)
    assert "option 'n'" in (await here.post("/invoke", 400, command="/make", options={"n": value}, **AS))["error"]


async def test_a_form_filled_with_nonsense_is_refused_and_stays_open(here):
    interaction = await here.command()
    upload = {"type": 18, "label": "Pictures", "component": {"type": 19, "custom_id": "p", "max_values": 2}}
    await here.callback(interaction, 9, {"custom_id": "m", "title": "T", "components": [upload]})
    for value in (5, {"a": 1}, [5], "@f99"):
        await here.post("/modal", 400, modal=interaction.id, values={"p": value}, **AS)
    file = await here.upload("a.png", b"x")
    await here.post("/modal", modal=interaction.id, values={"p": [file]}, **AS)


async def test_a_fault_of_the_sandbox_itself_is_told_as_json(here, monkeypatch):
    monkeypatch.setattr(here.sandbox.doubles[0].scenario, "bill", lambda: 1 / 0)
    assert "a fault of its own" in (await here.get("/bill", 500))["error"]


async def test_a_reset_undoes_switched_limits(here):
    await here.post("/limits", per_route=False, global_per_second=0)
    await here.post("/reset")
    assert await here.post("/limits") == {"per_route": True, "global_per_second": 50, "identifies": True}
