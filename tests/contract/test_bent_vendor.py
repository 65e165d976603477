"""What a vendor's odd answers lead to: the member's message, the ledger and the vendor's bill.

The whole bot runs against a sandbox that changes ("bends") the vendor's answers. All kinds of odd answer are tried at the same
time, each on the clip of its own member, with odd jobs of others in every listing. The bot uses the sandbox's clock, which
jumps to the next moment that a job waits for, so that no real minutes pass.
"""

import asyncio
import json
import logging
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import partial

import pytest

from bot.domain.job import State
from bot.ops.clock import SystemClock
from bot.providers.scenario import Pace
from bot.providers.scenario import provider as scenario
from sandbox.control.outcome import outcome
from tests.fixtures import running_bot as fixture
from tests.fixtures.running_bot import ask, booked, running_bot, text_of
from tests.sandbox_process import sandbox_here
from tests.unit.media.clips import make_clip, recoded

pytestmark = pytest.mark.timeout(600)
"""Seconds. Enough for thirty clips on a busy machine."""

BASIC = b64encode(b"sandbox-key:sandbox-secret").decode()
SECRETS = ("sandbox-key", "sandbox-secret", BASIC, "Signature=zzz")
ECHO = f"sandbox-key, sandbox-secret, Basic {BASIC}, https://a.example/b?Signature=zzz @everyone **x** "
STEPS = 2000
"""The most steps of the loop: each is 0.1 s of real time, after which the clock may jump to the next moment of a wait."""

AT_PROVIDER = {State.SUBMITTING, State.GENERATING}
"""States in which a job waits for the provider, not for a time."""

READY = "Your clip is ready."
FAILED = "The video service could not make this clip."
MODERATED = "safety check did not let this one through"
OURS = "Trouble on the bot's side"


@dataclass(frozen=True)
class Kind:
    """One kind of odd answer: `bends` change the vendor's answers about its clip. The rest is what is expected.

    `says` is in the member's message, `billed` are the vendor's entries, `charged` is what the member pays. `waits` is the most
    minutes that the job waits in all. `operator` is in the operator's message, "" for no message, None where that depends on
    the other clips.
    """

    bends: tuple[dict, ...]
    says: tuple[str, ...] = (READY,)
    billed: tuple[float, ...] = (42,)
    charged: int = 42
    waits: float = 0
    operator: str | None = ""


def fine(*bends, says=(), operator=""):
    """The clip comes and is charged."""
    return Kind(bends, (READY, *says), operator=operator)


def failed(*bends, waits, operator="can't be fetched from scenario", says=FAILED):
    """The clip is made and billed but does not come: the member is not charged, and the operator is told."""
    return Kind(bends, (says, "You were not charged."), charged=0, waits=waits, operator=operator)


def refused(*bends, says=OURS):
    """No clip is started, and nothing is billed."""
    return Kind(bends, (says, "You were not charged."), billed=(), charged=0, operator=None)


def job(state=None, raw=None, **fields):
    values = {f"job.{name}": value for name, value in fields.items()}
    return {"path": "/jobs**", "state": state, "set": values or None, "raw": raw}


def success(**fields):
    return job("success", **fields)


def asset(**answer):
    return {"path": "/assets/*", **answer}


def link(url):
    return asset(set={"asset.url": url})


def file(**answer):
    return {"path": "/files/*", **answer}


def submit(**answer):
    return {"path": "/generate/**", "method": "POST", "times": 1, **answer}


def moved(place):
    return file(status=302, text="", headers={"Location": place})


FAST_HEVC = ("-preset", "ultrafast", "-x265-params", "log-level=none")
LIES = {"mimeType": None, "properties": None, "kind": "image", "status": "failure", "nsfw": ["x"]}
ODD_COURSE = {"progress": "45%", "status": "@everyone " + "z" * 5000, "metadata": None, "billing": "free", "createdAt": ""}
KINDS = {
    "nothing odd": fine(),
    "a course of nonsense": fine(job("running", **ODD_COURSE), job(updatedAt="9999-12-31T23:59:59Z")),
    "half an emoji": fine(job(raw={"job.metadata.input.prompt": r'"\ud83e"'})),
    "labels that lie": fine(asset(set={f"asset.{name}": value for name, value in LIES.items()})),
    "a packed clip": fine(file(coding="gzip")),
    # The message says what came.
    "hevc": fine(file(file="hevc"), says=("converted so that it plays everywhere",)),
    "moov at the end": fine(file(file="moov at the end"), says=("repacked so that it plays everywhere",)),
    "too short": fine(file(file="too short"), says=("1.0 s long instead of 3 s",), operator="1.0 s long instead of 3 s"),
    "silent": fine(file(file="silent"), says=("without sound",), operator="without sound"),
    "small": fine(file(file="small"), says=("smaller than 720P",), operator="96 x 54 instead of 720P"),
    # No clip.
    "sound only": failed(file(file="sound only"), waits=5),
    "half a file": failed(file(file="half a file"), waits=5),
    "a page": failed(file(text="<html>Please wait", headers={"Content-Type": "text/html"}), waits=5),
    "a success without a clip": failed(success(**{"metadata.assetIds": []}), waits=12),
    "an asset that is null": failed(asset(body={"asset": None}), waits=12),
    "an asset that nobody can read for half an hour": Kind(
        (asset(text="[" * 200_000, times=11),), (READY,), waits=90, operator="does not come from scenario"
    ),
    "a success that was moderated": failed(
        success(**{"metadata.assetIds": [], "metadata.error": "Content moderation: flagged"}),
        waits=0,
        says=MODERATED,
        operator="failed at scenario",
    ),
    "a failure full of secrets": Kind(
        (success(status="failure", **{"metadata.assetIds": [], "metadata.error": ECHO + "e" * 200_000}),), (FAILED,), charged=0
    ),
    # Links that the bot does not follow.
    "a link to a private address": failed(link("https://10.0.0.1/x"), waits=5),
    "a redirect to this machine": failed(moved("http://127.0.0.1:1/x"), waits=5),
    # Odd answers to a submit that worked: the clip is found, and billed once.
    "a bomb for a submit": fine(submit(coding="gzip", size=40_000_000)),
    "a deep answer to a submit": fine(submit(text='{"job":' + "[" * 200_000)),
    "an id that is a path": fine(submit(set={"job.jobId": "../../_sandbox/state?a=b#c"})),
    "an id that nobody can read": Kind(
        (submit(set={"job.jobId": ""}), job(jobId="projects/1/jobs/{2}")), ("Lost contact",), charged=0, operator="scenario"
    ),
    # Refusals.
    "a refusal full of secrets": refused(submit(effect=False, status=400, body={"reason": ECHO})),
    "a refusal that is too deep": refused(submit(effect=False, status=400, text="[" * 200_000)),
    "a moderated prompt": refused(submit(effect=False, status=400, body={"reason": "prohibited"}), says=MODERATED),
}
FOREIGN = [
    {"jobId": "job_theirs", "status": "failure", "metadata": {"error": {"code": "X"}}},
    {"jobId": "job_odd", "status": None, "metadata": [], "progress": "45%", "billing": 7, "createdAt": "", "updatedAt": {}},
    {"jobId": "x" * 5000, "status": {"a": 1}},
    {"jobId": None},
    "no object",
    None,
]


class SandboxTime(SystemClock):
    """The bot's clock in this test: it is the sandbox's, which the test moves forward."""

    def __init__(self, clock):
        self._clock = clock

    def now_ms(self):
        return self._clock.now_ms()

    async def sleep(self, seconds):
        await self._clock.sleep(seconds)

    def set_to(self, now_ms):
        pass

    def forward_to(self, now_ms):
        pass

    def ahead_ms(self):
        return 0


def clips(folder):
    few = ("-r", "6", "-crf", "40")
    plain = make_clip(folder / "plain.mp4", 3, "1280x720", options=few)
    half = folder / "half.mp4"
    half.write_bytes(plain.read_bytes()[: plain.stat().st_size // 2])
    return {
        "plain": plain,
        "hevc": recoded(plain, folder / "hevc.mp4", "-c:v", "libx265", *FAST_HEVC, "-c:a", "copy"),
        "moov at the end": recoded(plain, folder / "moov.mp4", "-c", "copy", "-movflags", "0"),
        "too short": make_clip(folder / "short.mp4", 1, "1280x720", options=("-crf", "40")),
        "silent": make_clip(folder / "silent.mp4", 3, "1280x720", sound=False, options=few),
        "small": make_clip(folder / "small.mp4", 3, "96x54"),
        "sound only": recoded(plain, folder / "sound.mp4", "-vn", "-c:a", "copy"),
        "half a file": half,
    }


async def bent(here, folder):
    """Sets every bend for the clip whose prompt begins with the mark of its kind."""
    names = {name: await here.upload(path.name, path.read_bytes(), "video/mp4") for name, path in clips(folder).items()}
    bends = [file(file=names["plain"])]
    for mark, kind in zip(marks(), KINDS.values(), strict=True):
        bends += [{**each, "prompt": mark, "file": names.get(each.get("file"))} for each in kind.bends]
    await here.control("POST", "/bends", json={"bends": bends})
    await here.post("/foreign_jobs", jobs=FOREIGN)


def marks():
    return [f"Kind {number:02}:" for number in range(len(KINDS))]


async def asked(here):
    """Requests a clip for each kind, and returns the interactions' ids by the kind's name."""
    interactions = {}
    for mark, name in zip(marks(), KINDS, strict=True):
        await here.post("/members", name=mark)
        interactions[name] = await ask(here, who=mark, prompt=f"{mark} {name}")
    return interactions


async def over(here, app, interactions):
    """Moves the clock from one wait's end to the next until all their jobs have ended and show it. Returns their rows."""
    rows, due = dict.fromkeys(interactions), {}
    for _ in range(STEPS):
        # Between two questions the bot works in real time; there is no event for what all its jobs do.
        await asyncio.sleep(0.1)
        for name in [name for name, row in rows.items() if row is None or not row.ended]:
            rows[name] = await booked(app, interactions[name])
        left = [row for row in rows.values() if row is None or not row.ended]
        if not left and not await app.storage.posts.behind(app.clock.now_ms()):
            return rows
        timers = app.engine._timers
        if any(row is None or (row.state not in AT_PROVIDER and row.id not in timers) for row in left):
            continue
        now = here.state.clock.now_ms()
        waits = {timers[row.id]: row.id for row in left if row.id in timers}
        due = {timer: due.get(timer, now + _left_ms(timer)) for timer in waits}
        if len(waits) < len(left):
            here.state.clock.advance(1)
        elif due:
            here.state.clock.advance(max(min(due.values()) - now, 0) / 1000)
        for timer in [timer for timer, at_ms in due.items() if at_ms <= here.state.clock.now_ms()]:
            app.engine.wake(waits[timer])
    raise AssertionError({name: row and row.state for name, row in rows.items() if row is None or not row.ended})


def _left_ms(timer):
    return (timer.when() - asyncio.get_running_loop().time()) * 1000


def waited(log, row):
    """Minutes that the job waited between tries, by the log."""
    lines = (line for line in log if f"job {row.job_code} " in line)
    return sum(float(found[1]) for line in lines if (found := re.search(r"next try in ([\d.]+) s", line))) / 60


def seen(here, log, operators, mark, interaction, row):
    """What became of one clip: the message, the provider's bill, the member's charge, the wait, the operator's messages."""
    shown = outcome(here.state, here.state.interactions[interaction], here.member(mark))["message"]
    entries = here.sandbox.doubles[0].scenario.bill()["entries"]
    billed = tuple(one["cost"] - one["refunded"] for one in entries if one["prompt"].startswith(mark))
    told = [line for line in operators if row.job_code in line]
    return text_of(shown), billed, row.charged, waited(log, row), "\n".join(told)


def deviations(kind, message, billed, charged, waits, operator):
    """Everything that is not as `kind` says."""
    wrong = [f"the message lacks {each!r}: {message!r}" for each in kind.says if each not in message]
    if (billed, charged) != (kind.billed, kind.charged):
        wrong.append(f"billed {billed}, charged {charged}")
    if waits > kind.waits:
        wrong.append(f"waited {waits:.1f} minutes")
    if kind.operator is not None and (kind.operator not in operator or bool(kind.operator) is not bool(operator)):
        wrong.append(f"the operator read {operator!r}")
    return wrong


def everything_written(here, folder):
    """Everything that was posted, and the bytes of the database."""
    channels = here.state.world.channels.values()
    posted = json.dumps([message.data for channel in channels for message in channel.messages.values()])
    books = b"".join(path.read_bytes() for path in (folder / "data").iterdir() if path.is_file())
    return posted.encode() + books


async def test_whatever_a_vendor_answers_everybody_is_told_the_truth_and_pays_for_what_came(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "bot")
    async with sandbox_here(openapi=False, rate_limits=False) as here:
        monkeypatch.setattr(fixture, "SystemClock", lambda: SandboxTime(here.state.clock))
        monkeypatch.setattr(scenario, "Pace", partial(Pace, backoff=0))
        await here.post("/limits", global_per_second=0, identifies=False)
        await here.post("/scenario", clip_seconds=5, parallel=500)
        channel = await here.post("/channels", name="operators")
        await bent(here, tmp_path)
        provider = {"name": "scenario", "watch_seconds": 1, "parallel": 400, "lost_submit_seconds": 30}
        operators = {"operator_channel": int(channel["id"])}
        async with running_bot(here, tmp_path, monkeypatch, provider=provider, discord=operators) as app:
            interactions = await asked(here)
            rows = await over(here, app, interactions)
        told = [text_of(one.data) for one in here.state.world.channels[channel["id"]].messages.values()]
        log = [record.getMessage() for record in caplog.records]
        found = {
            name: wrong
            for mark, (name, kind) in zip(marks(), KINDS.items(), strict=True)
            if (wrong := deviations(kind, *seen(here, log, told, mark, interactions[name], rows[name])))
        }
        assert found == {}
        assert [record.exc_text for record in caplog.records if record.exc_info] == []
        written = everything_written(here, tmp_path) + "\n".join(log).encode()
        assert [secret for secret in SECRETS if secret.encode() in written] == []
        assert max(map(len, log)) < 1500
        requests = here.sandbox.records.since(0, "scenario")
        assert not [one["path"] for one in requests if one["status"] == 501]
