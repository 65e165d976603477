"""`happyhorse doctor` against a running sandbox: what it finds, and which remedies it names."""

import os
import subprocess
import sys

import pytest

from tests.sandbox_process import sandbox_process


@pytest.fixture(scope="module")
def sandbox():
    with sandbox_process() as client:
        yield client


def doctor(sandbox, tmp_path, **changes):
    url = sandbox.url
    environment = {
        "DISCORD__TOKEN": "sandbox-token",
        "DISCORD__API_BASE": f"{url}/api/v10",
        "DISCORD__CDN_BASE": f"{url}/cdn",
        "PROVIDER__NAME": "scenario",
        "SCENARIO__BASE_URL": f"{url}/scenario/v1",
        "SCENARIO__API_KEY": "sandbox-key",
        "SCENARIO__API_SECRET": "sandbox-secret",
        "STORAGE__PATH": str(tmp_path / "happyhorse.db"),
        **changes,
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HAPPYHORSE_")}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        env={**clean, **{f"HAPPYHORSE_{name}": value for name, value in environment.items()}},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    assert "sandbox-secret" not in ran.stdout + ran.stderr
    return ran


def test_a_healthy_set_up_is_told_so_and_spends_nothing(sandbox, tmp_path):
    ran = doctor(sandbox, tmp_path)
    assert ran.returncode == 0, ran.stdout
    for said in ("Discord token: this is", "all permissions", "Scenario key: accepted", "as this bot knows them", "ffmpeg"):
        assert said in ran.stdout
    assert sandbox.get("/bill")["entries"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DISCORD__TOKEN": "wrong"}, "Reset Token"),
        ({"DISCORD__API_BASE": "http://127.0.0.1:1/api/v10"}, "not reachable"),
        ({"SCENARIO__API_SECRET": "wrong"}, "Scenario key"),
        ({"SCENARIO__BASE_URL": "http://127.0.0.1:1/v1"}, "Check the base URL"),
        ({"DISCORD__OPERATOR_CHANNEL": "42"}, "Operator's channel"),
    ],
)
def test_every_fault_is_named_with_its_remedy(sandbox, tmp_path, changes, said):
    ran = doctor(sandbox, tmp_path, **changes)
    assert ran.returncode == 1
    assert said in ran.stdout


def test_a_channel_that_shuts_the_bot_out_is_named(sandbox, tmp_path):
    state = sandbox.get("/state")
    everyone = next(role for role in state["roles"] if role["name"] == "@everyone")
    deny = {"id": everyone["id"], "type": 0, "allow": "0", "deny": str(1 << 10)}
    channel = sandbox.post("/channels", name="closed-doors", type=0, overwrites=[deny])
    ran = doctor(sandbox, tmp_path)
    sandbox.delete(f"/channels/{channel['id']}")
    assert ran.returncode == 0
    assert "shut out of #closed-doors" in ran.stdout
