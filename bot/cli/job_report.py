"""Writes the lines of `happyhorse job show`. Texts from outside are shortened and made safe for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.job import STARTS_TOGETHER, Address, Job, job_code
from bot.operator_answer import Report
from bot.ports import LedgerEntry
from bot.presentation.views import details
from bot.presentation.views.operator_answers import text_of_report

_PROMPT_SHOWN: Final = 400
_VALUE_SHOWN: Final = 300
_LABEL: Final = 11


def report(job: Job, said: Report, entries: Sequence[LedgerEntry], zone: ZoneInfo, now_ms: int) -> list[str]:
    """The lines, one for each fact; facts that do not apply are left out."""
    lines = [f"Job {job.job_code} ({job.id}): {job.state} since {_at(job.ended_at_ms or job.updated_at_ms, zone)}"]
    facts = (
        *_about(job, zone),
        *_money(job, entries, zone),
        ("provider", _provider(job)),
        ("it says", inert(text_of_report(said))),
    )
    lines += [_fact(label, text) for label, text in (*facts, *_state(job, zone, now_ms)) if text]
    return lines


def report_of_row(
    job_id: int, columns: Mapping[str, object], why: str, entries: Sequence[LedgerEntry], zone: ZoneInfo
) -> list[str]:
    """The lines for a job that this version can't read: its columns as they are stored."""
    lines = [f"Job {job_code(job_id)} ({job_id}) can't be read by this version of the bot: {inert(why)}"]
    lines += [_fact(name, inert(value)) for name, value in columns.items() if value is not None]
    lines += [_fact("ledger", _entry(entry, zone)) for entry in entries]
    lines.append("Nobody ends it by itself. Install the version that wrote it, or: happyhorse job end ID --yes")
    return lines


def inert(value: object, most: int = _VALUE_SHOWN) -> str:
    """A value as one line for a terminal, at most `most` characters. Unprintable ones, which could move the cursor or reverse
    the text, become dots.
    """
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    shown = "".join(each if each.isprintable() else "\N{MIDDLE DOT}" for each in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]}…"


def _about(job: Job, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    request = job.request
    yield "member", str(job.member_id)
    yield "where", _where(job.address)
    times = (
        ("asked for", job.created_at_ms),
        ("submitted", job.submitted_at_ms),
        ("generated", job.generated_at_ms),
        ("ended", job.ended_at_ms),
    )
    yield "times", ", ".join(f"{what} {_at(at_ms, zone)}" for what, at_ms in times if at_ms is not None)
    pictures = f", {len(request.references)} pictures" if request.references else ""
    clip = f"{request.kind}, {request.duration} s, {request.resolution}, {request.aspect}, seed {job.seed}{pictures}"
    yield "clip", clip
    yield "prompt", inert(request.prompt, _PROMPT_SHOWN)


def _money(job: Job, entries: Sequence[LedgerEntry], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    charged = "nothing charged yet" if job.charged is None else f"{job.charged} charged"
    yield "cost", f"{job.cost} credits, {charged}"
    if not entries:
        yield "ledger", "no entry: its reserve is missing"
    for entry in entries:
        yield "ledger", _entry(entry, zone)


def _state(job: Job, zone: ZoneInfo, now_ms: int) -> Iterator[tuple[str, str]]:
    if job.failure is not None or job.failure_detail:
        detail = job.failure_detail and details.text_of(job.failure_detail)
        yield "failure", inert(": ".join(part for part in (job.failure, detail) if part))
    if job.discard:
        yield "unwanted", f"thrown away by {job.discarded_by or 'its member'}"
    if job.not_before_ms is not None and job.not_before_ms > now_ms:
        yield "waits", f"until {_at(job.not_before_ms, zone)}, for trouble of its own (happyhorse job retry ends the wait)"
    if job.starts >= STARTS_TOGETHER and not job.ended:
        yield "breaks", f"the bot broke off {job.starts} times while it worked at it (happyhorse job retry counts anew)"
    if job.unposted_at_ms is not None and not job.ended:
        yield "unposted", f"made, and nowhere to post it since {_at(job.unposted_at_ms, zone)}"
    if job.parent_id is not None:
        yield "came from", f"job {job_code(job.parent_id)}"
    if job.address.result_url:
        yield "posted at", inert(job.address.result_url)


def _provider(job: Job) -> str:
    known_as = "nothing there" if job.provider_reference is None else inert(job.provider_reference)
    return f"{job.provider}, {known_as}; submitted {job.tries} times" if job.tries != 1 else f"{job.provider}, {known_as}"


def _where(address: Address) -> str:
    places = (
        ("server", address.guild_id),
        ("channel", address.channel_id),
        ("thread", address.thread_id),
        ("card", address.card_id),
        ("clip", address.result_id),
    )
    named = ", ".join(f"{what} {place}" for what, place in places if place is not None)
    return f"{'in private, ' if address.private else ''}{named}"


def _entry(entry: LedgerEntry, zone: ZoneInfo) -> str:
    return f"{entry.credits:+d} {entry.entry}, {_at(entry.at_ms, zone)}"


def _fact(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}} {text}"


def _at(at_ms: int, zone: ZoneInfo) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return f"at {at_ms} ms, which is no date"
