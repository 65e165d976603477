"""The sandbox's README names what there is: faults, settings, waits, limits, and the status codes that occur."""

import re
from pathlib import Path

import pytest

import sandbox
from sandbox.control.refusals import NAMES as REFUSALS
from sandbox.discord import frames, session
from sandbox.discord.rest.queries import QUERIES
from sandbox.faults import GATEWAY_KINDS, HTTP_KINDS
from sandbox.scenario.bends import FIELDS
from sandbox.scenario.settings import NAMES
from sandbox.testing.local import local_sandbox

FOLDER = Path(sandbox.__file__).parent
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")


SERVED = ("/api/v10/", "/scenario/v1/", "/cdn/", "/gateway")
TABLE = README.partition("## What is served")[2].partition("\n## ")[0]


@pytest.fixture
async def routes():
    """Every route of a sandbox: its path and its method."""
    async with local_sandbox(openapi=False) as here:
        made = {
            (route.resource.canonical, route.method) for route in here.sandbox._runner.app.router.routes() if route.resource
        }
    return {one for one in made if one[1] not in {"*", "HEAD"}}


def row(call):
    return next(line for line in README.splitlines() if line.startswith(f"| `{call}"))


@pytest.mark.parametrize("kind", [*HTTP_KINDS, *GATEWAY_KINDS])
def test_every_fault_is_named(kind):
    assert f'"{kind}"' in row("POST /_sandbox/faults")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_of_the_provider_is_named(name):
    assert f'"{name}"' in row("POST /_sandbox/scenario")


@pytest.mark.parametrize("name", FIELDS)
def test_every_part_of_a_bend_is_named(name):
    assert re.search(rf'[`"]{name}[`"]', row("POST /_sandbox/bends"))


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_is_named(name):
    assert f'"{name}"' in row("POST /_sandbox/refusals")


async def test_every_wait_is_named_and_every_limit():
    async with local_sandbox(openapi=False) as here:
        asked = (await here.get("/wait", 400))["error"].partition(": ")[2].split(", ")
        assert len(asked) > 5
        assert all(f"`{name}=" in row("GET /_sandbox/wait") for name in asked)
        assert all(f'"{name}"' in row("POST /_sandbox/limits") for name in await here.post("/limits"))


def test_every_status_code_of_a_refusal_is_named():
    source = "".join(file.read_text(encoding="utf-8") for file in (FOLDER / "control").glob("*.py"))
    codes = set(re.findall(r"\b(4\d\d|5\d\d)\)", source))
    assert codes >= {"400", "403", "404", "408", "409", "500"}
    told = README.partition("## Control API")[2].partition("|")[0]
    assert not {code for code in codes if code not in told}


def test_the_table_names_every_route_that_is_served_with_its_methods_and_no_other(routes):
    told = {
        (path, method)
        for path, methods in re.findall(r"^\| `(/[^`]*)` \| (.*) \|$", TABLE, re.MULTILINE)
        for method in re.findall(r"[A-Z]+", methods)
    }
    assert told == {one for one in routes if one[0].startswith(SERVED) and one[0] != "/gateway/"}


def test_the_table_names_what_each_query_may_hold_and_each_of_these_routes_is_served():
    for (method, path), names in QUERIES.items():
        methods = re.search(rf"^\| `{re.escape('/api/v10' + path)}` \| (.*) \|$", TABLE, re.MULTILINE)
        assert methods, path
        assert f"{method} ({', '.join(f'`{name}`' for name in names)})" in methods[1]


def test_the_ops_and_events_of_the_gateway_are_named():
    taken = TABLE.partition("takes op")[2].partition(";")[0]
    assert tuple(map(int, re.findall(r"\d+", taken))) == frames.RECEIVED
    assert tuple(re.findall(r"`([A-Z_]+)`", TABLE.partition("Its events:")[2])) == session.EVENTS


def test_every_call_of_the_control_api_is_named(routes):
    calls = {path for path, _ in routes if path.startswith("/_sandbox")}
    assert not {path for path in calls if f"{path}`" not in README and f"{path}?" not in README}
