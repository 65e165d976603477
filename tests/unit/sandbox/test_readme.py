"""The sandbox's README names what there is: faults, settings, waits, limits, and the status codes that occur."""

import re
from pathlib import Path

import pytest

import sandbox
from sandbox.control.refusals import NAMES as REFUSALS
from sandbox.faults import GATEWAY_KINDS, HTTP_KINDS
from sandbox.scenario.bends import FIELDS
from sandbox.scenario.settings import NAMES
from tests.sandbox_process import sandbox_here

FOLDER = Path(sandbox.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


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
    async with sandbox_here(openapi=False) as here:
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
