"""SIGTERM and SIGINT at any moment: the bot ends in order within seconds, with exit code 0, and logs no error."""

import contextlib
import signal
import struct

import psutil
import pytest

from tests.e2e.bot_process import SETTINGS, RunningBot, a_bot, until
from tests.sandbox_process import sandbox_process

QUICK = {"duration": 3, "resolution": "720P"}
SECONDS = 15
"""Time limit for the end. An end takes much less even on a busy machine; waiting for the bot's work would take much longer."""
AT_THE_START = {
    "the log-in": ("GET", "/users/@me"),
    "the question who it is": ("GET", "/oauth2/applications/@me"),
    "the commands": ("PUT", "/applications/*/commands"),
}


@pytest.fixture(scope="module")
def sandbox():
    with sandbox_process() as client:
        client.post("/limits", identifies=False)
        yield client


@pytest.fixture
def bot(sandbox, tmp_path):
    bot = RunningBot(sandbox, tmp_path)
    yield bot
    sandbox.delete("/faults")
    bot.close()


def ends(bot, *signals):
    for number in signals:
        bot.process.send_signal(number)
    code = bot.process.wait(SECONDS)
    log = bot.log(100_000)
    assert (code, "Traceback" in log) == (0, False), log
    bot.process = None


@pytest.mark.parametrize("place", AT_THE_START)
def test_stopped_while_discord_does_not_answer(bot, place):
    method, path = AT_THE_START[place]
    name = bot.faults.hold("discord", method, path, times=9)
    bot.launch()
    bot.faults.held(name)
    ends(bot, signal.SIGTERM)


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM, signal.SIGTERM, signal.SIGINT]])
def test_stopped_while_discord_is_out_of_reach(bot, signals):
    bot.environment = {"HAPPYHORSE_DISCORD__API_BASE": "http://127.0.0.1:9/api/v10"}
    bot.launch()
    until(lambda: "Discord is out of reach" in bot.log(), bot.log)
    ends(bot, *signals)


def test_stopped_while_a_hostile_picture_is_decoded(tmp_path):
    with a_bot(tmp_path, SETTINGS) as bot:
        member = bot.member()
        image = member.sandbox_file("slow.jpg", slow_picture())
        member.ask("/video image", prompt="A picture that takes a minute to open", image=image, **QUICK)
        until(lambda: busiest_child(bot) > 1, bot.log)
        ends(bot, signal.SIGTERM)


def busiest_child(bot):
    """CPU seconds of the bot's busiest child process. Only decoding a picture takes much here."""
    taken = 0.0
    for each in psutil.Process(bot.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            taken = max(taken, each.cpu_times().user)
    return taken


def slow_picture(side=4000, scans=20_000):
    """A progressive JPEG of some 300 KB that takes a minute or more to decode, since each scan goes over all pixels."""

    def segment(mark, body):
        return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body

    def scan(high, low):
        components = b"".join(bytes([number, 0]) for number in (1, 2, 3))
        return segment(0xDA, bytes([3]) + components + bytes([0, 0, high << 4 | low])) + b"\0"

    one_code = bytes([1] + [0] * 15) + b"\0"
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xDB, b"\0" + b"\x10" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, side, side, 3) + b"".join(bytes([n, 0x11, 0]) for n in (1, 2, 3))),
            segment(0xC4, b"\x00" + one_code),
            segment(0xC4, b"\x10" + one_code),
            scan(0, 1),
            scan(1, 0) * scans,
            b"\xff\xd9",
        )
    )
