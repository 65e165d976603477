"""`happyhorse demo` as a newcomer runs it: one clip without a browser, the mistakes, and a clean end."""

import io
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psutil
import pytest
from PIL import Image

from bot.media.ffmpeg import FFmpeg
from bot.media.probe import probe
from sandbox.client import DEFAULT_PORT, DEFAULT_URL
from tests.processes import line_of

pytestmark = [pytest.mark.timeout(300)]


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("HAPPYHORSE_")}


def once(tmp_path, *words):
    return subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--once", "--out", str(tmp_path / "out"), *words],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env=clean_environment(),
    )


def portrait(path, side=512):
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(buffer, "JPEG")
    path.write_bytes(buffer.getvalue())
    return str(path)


@pytest.mark.parametrize("kind", ["text", "image", "characters"])
async def test_one_clip_without_a_browser_lands_in_the_folder_with_its_transcript(tmp_path, kind):
    words = {
        "text": ["--prompt=A red kite over the dunes, wind", "--aspect=1:1", "--quota"],
        "image": ["--prompt=The shapes drift, soft hum", "--image", portrait(tmp_path / "a.jpg")],
        "characters": [
            "--prompt=character1 hums to character2",
            "--aspect=1:1",
            "--characters",
            portrait(tmp_path / "b.jpg"),
            portrait(tmp_path / "c.jpg", 640),
        ],
    }[kind]
    ran = once(tmp_path, *words, "--duration=3", "--resolution=720P")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    clips = list((tmp_path / "out").glob("*.mp4"))
    assert len(clips) == 1
    facts = await probe(FFmpeg(), clips[0])
    assert (facts.width, facts.height, round(facts.duration), facts.frames_per_second) == (720, 720, 3, 24)
    assert facts.audio_codec == "aac"
    transcript = (tmp_path / "out" / "transcript.md").read_text(encoding="utf-8")
    assert clips[0].name in transcript
    assert "Again" in transcript
    # The default demo is free and says so; only the one with quotas has prices.
    assert ("free preview" in transcript, "42 credits" in transcript) == (kind != "text", kind == "text")


def test_a_request_that_is_refused_ends_with_what_the_member_read_and_no_clip(tmp_path):
    ran = once(tmp_path, "--prompt=x", "--duration=99")
    assert ran.returncode == 1
    assert "3 to 15" in ran.stdout + ran.stderr
    assert not list((tmp_path / "out").glob("*.mp4"))


@contextmanager
def demo(*words, **environment):
    """The demo in its own process group, which is ended completely after the test."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=clean_environment() | environment,
    ) as running:
        try:
            yield running
        finally:
            # Sandbox and bot have their own sessions, so a signal to the group does not reach them.
            with suppress(psutil.NoSuchProcess):
                for one in psutil.Process(running.pid).children(recursive=True):
                    one.kill()
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


@contextmanager
def taken(port):
    """Listens on this port, unless something else does already."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            one.bind(("127.0.0.1", port))
            one.listen()
        yield


def test_the_demo_takes_another_port_than_the_usual_one_where_that_is_taken_and_says_so():
    with taken(DEFAULT_PORT), demo() as running:
        line = line_of(running)
        assert f"(port {DEFAULT_PORT} is taken)" in line
        assert f"127.0.0.1:{DEFAULT_PORT}/" not in line


class Refusing(BaseHTTPRequestHandler):
    """A provider that refuses every key."""

    def do_GET(self):
        self.send_error(401)

    def log_message(self, *_):
        pass


def test_a_key_that_the_provider_refuses_is_told_in_the_terminal():
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as provider:
        Thread(target=provider.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{provider.server_port}"
        account = {"API_KEY": "mistyped", "API_SECRET": "mistyped-too", "BASE_URL": base}
        with demo("--port=0", **{f"HAPPYHORSE_SCENARIO__{name}": value for name, value in account.items()}) as running:
            assert "cost money" in line_of(running)
            assert "refuses the key" in line_of(running)
        provider.shutdown()


def test_a_key_without_its_secret_is_a_mistake_and_no_preview():
    with demo("--port=0", HAPPYHORSE_SCENARIO__API_KEY="k") as running:
        _, errors = running.communicate(timeout=30)
        assert running.returncode == 2
        assert "HAPPYHORSE_SCENARIO__API_SECRET is not set" in errors


@pytest.mark.parametrize("to_all", [True, False], ids=["from the terminal", "from a supervisor"])
def test_the_demo_prints_one_address_and_ctrl_c_ends_everything(to_all):
    with demo() as running:
        line = line_of(running)
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        assert address == f"{DEFAULT_URL}/" or f"(port {DEFAULT_PORT} is taken)" in line
        started = psutil.Process(running.pid).children(recursive=True)
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310  the demo's own loopback address
            assert page.status == 200
        (os.killpg if to_all else os.kill)(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=30)
        assert running.returncode == 0
        assert "Traceback" not in errors
        assert len(started) >= 2
        assert psutil.wait_procs(started, timeout=10)[1] == []
