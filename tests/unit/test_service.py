"""systemd accepts the unit file in `deploy`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "deploy" / "happyhorse.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None and not os.environ.get("CI"), reason="there is no systemd here")
def test_systemd_takes_the_unit_as_it_is(tmp_path):
    # systemd also checks that the command exists, which is in another place here.
    command = tmp_path / ".venv" / "bin" / "happyhorse"
    command.parent.mkdir(parents=True)
    command.touch(mode=0o755)
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/srv/happyhorse", str(tmp_path)), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
