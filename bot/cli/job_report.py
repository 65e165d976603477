"""Writes the lines of `happyhorse job show`. Texts from outside are shortened and made safe for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.cli.columns import columns, padded
from bot.domain.job import STARTS_TOGETHER, Address, Job, job_code
from bot.operator_answer import Report
from bot.ports import LedgerEntry
from bot.presentation.views import details
from bot.presentation.views.operator_answers import text_of_report
from bot.presentation.views.translations import _, ngettext, pgettext

_PROMPT_SHOWN: Final = 400
_VALUE_SHOWN: Final = 300
_LABEL: Final = 11
"""Columns of the labels at least; more where one of them is longer."""


def report(job: Job, said: Report, entries: Sequence[LedgerEntry], zone: ZoneInfo, now_ms: int) -> list[str]:
    """The lines, one for each fact; facts that do not apply are left out."""
    head = _("Job {job} ({id}): {state} since {moment}")
    since = _at(job.ended_at_ms or job.updated_at_ms, zone)
    facts = (
        *_about(job, zone),
        *_money(job, entries, zone),
        (pgettext("job report", "provider"), _provider(job)),
        # Translators: what the provider says of the job.
        (pgettext("job report", "it says"), inert(text_of_report(said))),
        *_state(job, zone, now_ms),
    )
    return [head.format(job=job.job_code, id=job.id, state=job.state, moment=since), *_lines(facts)]


def report_of_row(
    job_id: int, row: Mapping[str, object], why: str, entries: Sequence[LedgerEntry], zone: ZoneInfo
) -> list[str]:
    """The lines for a job that this version can't read: its row as it is stored."""
    head = _("Job {job} ({id}) can't be read by this version of the bot: {why}")
    facts = [(name, inert(value)) for name, value in row.items() if value is not None]
    facts += [(pgettext("job report", "ledger"), _entry(entry, zone)) for entry in entries]
    last = _("Nobody ends it by itself. Install the version that wrote it, or: happyhorse job end ID --yes")
    return [head.format(job=job_code(job_id), id=job_id, why=inert(why)), *_lines(facts), last]


def _lines(facts: Sequence[tuple[str, str]]) -> list[str]:
    """`facts` are labels with their texts; without a text they are left out."""
    wide = max(_LABEL, *(columns(label) for label, _text in facts))
    return [f"  {padded(label, wide)} {text}" for label, text in facts if text]


def inert(value: object, most: int = _VALUE_SHOWN) -> str:
    """A value as one line for a terminal, at most `most` characters. Unprintable ones, which could move the cursor or reverse
    the text, become dots.
    """
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    shown = "".join(each if each.isprintable() else "\N{MIDDLE DOT}" for each in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]}…"


def _about(job: Job, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield pgettext("job report", "member"), str(job.member_id)
    yield pgettext("job report", "where"), _where(job.address)
    times = (
        (_("asked for {moment}"), job.created_at_ms),
        (_("submitted {moment}"), job.submitted_at_ms),
        (_("generated {moment}"), job.generated_at_ms),
        (_("ended {moment}"), job.ended_at_ms),
    )
    passed = ", ".join(text.format(moment=_at(at_ms, zone)) for text, at_ms in times if at_ms is not None)
    yield pgettext("job report", "times"), passed
    yield pgettext("job report", "clip"), _clip(job)
    yield pgettext("job report", "prompt"), inert(job.request.prompt, _PROMPT_SHOWN)


def _clip(job: Job) -> str:
    request = job.request
    clip = _("{kind}, {seconds} s, {resolution}, {shape}, seed {seed}").format(
        kind=request.kind, seconds=request.duration, resolution=request.resolution, shape=request.aspect, seed=job.seed
    )
    pictures = len(request.references)
    if not pictures:
        return clip
    return ngettext("{clip}, {count} picture", "{clip}, {count} pictures", pictures).format(clip=clip, count=pictures)


def _money(job: Job, entries: Sequence[LedgerEntry], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    if job.charged is None:
        cost = ngettext("{cost} credit, nothing charged yet", "{cost} credits, nothing charged yet", job.cost)
    else:
        cost = ngettext("{cost} credit, {charged} charged", "{cost} credits, {charged} charged", job.cost)
    yield pgettext("job report", "cost"), cost.format(cost=job.cost, charged=job.charged)
    if not entries:
        yield pgettext("job report", "ledger"), _("no entry: its reserve is missing")
    for entry in entries:
        yield pgettext("job report", "ledger"), _entry(entry, zone)


def _state(job: Job, zone: ZoneInfo, now_ms: int) -> Iterator[tuple[str, str]]:
    if job.failure is not None or job.failure_detail:
        detail = job.failure_detail and details.text_of(job.failure_detail)
        yield pgettext("job report", "failure"), inert(": ".join(part for part in (job.failure, detail) if part))
    if job.discard:
        by = _("thrown away by {member}") if job.discarded_by else _("thrown away by its member")
        yield pgettext("job report", "unwanted"), by.format(member=job.discarded_by)
    if job.not_before_ms is not None and job.not_before_ms > now_ms:
        until = _("until {moment}, for trouble of its own (happyhorse job retry ends the wait)")
        yield pgettext("job report", "waits"), until.format(moment=_at(job.not_before_ms, zone))
    if job.starts >= STARTS_TOGETHER and not job.ended:
        broke_off = ngettext(
            "the bot broke off {count} time while it worked at it (happyhorse job retry counts anew)",
            "the bot broke off {count} times while it worked at it (happyhorse job retry counts anew)",
            job.starts,
        )
        yield pgettext("job report", "breaks"), broke_off.format(count=job.starts)
    if job.unposted_at_ms is not None and not job.ended:
        nowhere = _("made, and nowhere to post it since {moment}")
        yield pgettext("job report", "unposted"), nowhere.format(moment=_at(job.unposted_at_ms, zone))
    if job.parent_id is not None:
        yield pgettext("job report", "came from"), _("job {job}").format(job=job_code(job.parent_id))
    if job.address.result_url:
        yield pgettext("job report", "posted at"), inert(job.address.result_url)


def _provider(job: Job) -> str:
    text = _("{provider}, nothing there") if job.provider_reference is None else "{provider}, {reference}"
    known = text.format(provider=job.provider, reference=inert(job.provider_reference))
    if job.tries == 1:
        return known
    return ngettext("{known}; submitted {count} time", "{known}; submitted {count} times", job.tries).format(
        known=known, count=job.tries
    )


def _where(address: Address) -> str:
    places = (
        (_("server {id}"), address.guild_id),
        (_("channel {id}"), address.channel_id),
        (_("thread {id}"), address.thread_id),
        (_("card {id}"), address.card_id),
        (_("clip {id}"), address.result_id),
    )
    named = [text.format(id=place) for text, place in places if place is not None]
    return ", ".join([_("in private"), *named] if address.private else named)


def _entry(entry: LedgerEntry, zone: ZoneInfo) -> str:
    return f"{entry.credits:+d} {entry.entry}, {_at(entry.at_ms, zone)}"


def _at(at_ms: int, zone: ZoneInfo) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return _("at {milliseconds} ms, which is no date").format(milliseconds=at_ms)
