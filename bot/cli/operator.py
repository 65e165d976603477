"""`happyhorse migrate` and `happyhorse quota`. Both work beside a running bot, since SQLite serialises their writes."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from bot.cli.job_report import inert
from bot.domain.quota import Standing, Window, span_at
from bot.errors import DatabaseInUse, Mistake
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.ports import LedgerEntry
from bot.presentation.views import ledger_notes
from bot.presentation.views.translations import _, ngettext
from bot.resources import bots_storage
from bot.services.allowances import Allowances
from bot.services.show_quota import ShowQuota
from bot.settings import Settings
from bot.storage import open_storage
from bot.storage.copies import copies_of
from bot.storage.lock import real_path

_LEDGER_MOST = 1_000_000_000
"""Credits of one entry at most, so that sums stay far below what the database's integers hold."""
_NOTE_MOST = 200
"""Characters of a note. `/quota` shows it in one line."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


async def migrate(settings: Settings) -> int:
    """Makes a copy of the database, migrates it, and prints the paths of both. Returns the exit code.

    If a bot is running on the database, nothing is migrated. Raises `DatabaseOutdated` for an older file: stop that bot first.
    """
    path = settings.storage.path
    before = _copies(path)
    async with AsyncExitStack() as stack:
        try:
            storage = await stack.enter_async_context(open_storage(path))
        except DatabaseInUse:
            storage = await stack.enter_async_context(open_storage(path, exclusive=False))
        for copy in _copies(path) - before:
            _say(_("As it was before, it is kept as {copy}.").format(copy=copy))
        _say(_("{path}: up to date, schema {schema}.").format(path=path, schema=await storage.schema_version()))
    return 0


def _copies(path: Path) -> set[Path]:
    return {copy.path for copy in copies_of(real_path(path))}


async def quota(settings: Settings, action: str, member: int, roles: frozenset[int] | None, credit: int, note: str) -> int:
    """`action` is show, grant or set; `credit` is the number of credits for the latter two. Returns the exit code.

    If `roles` is None, the member has the multiplier that they had when the bot last saw them. Raises `Mistake` for invalid
    values, and as `bots_storage`.
    """
    _check_typed(action, member, credit, note)
    async with bots_storage(settings) as storage:
        clock, policy = SystemClock(await known_ahead_ms(storage.key_values)), settings.policy()
        allowances = Allowances(policy, storage.multipliers, clock)
        show_quota = ShowQuota(storage.ledger, clock, policy, allowances, settings.offer().real_prices)
        now_ms = clock.now_ms()
        if action != "show":
            _check(member, credit, (await show_quota.of_member(member, roles)).standing)
        if action == "grant":
            said = note or (ledger_notes.GRANTED if credit > 0 else ledger_notes.TAKEN)
            await storage.ledger.grant(member, None, credit, now_ms, said)
        elif action == "set":
            allowance = await allowances.credits(member, roles)
            span = span_at(policy.window, now_ms, policy.zone)
            said = note or ledger_notes.set_to(credit)
            await storage.ledger.set_left(member, credit, allowance, span, now_ms, said)
        shown = await show_quota.of_member(member, roles, entries=10)
        _say(_summary(member, shown.standing, settings))
        for entry in shown.entries:
            _say(_row(entry, settings))
    return 0


def _check_typed(action: str, member: int, credit: int, note: str) -> None:
    """Raises `Mistake` for values that are invalid for any member."""
    if abs(credit) > _LEDGER_MOST:
        said = _("{credits} credits is more than anyone can spend; give at most {most}.")
        raise Mistake(said.format(credits=credit, most=_LEDGER_MOST))
    if action == "set" and credit < 0:
        said = _("{credits} can't be what is left: give 0 or more. To take some: {command}")
        command = f"happyhorse quota grant {credit} --member {member}"
        raise Mistake(said.format(credits=credit, command=command))
    if action == "grant" and not credit:
        raise Mistake(_("0 credits change nothing: give more to add some, or a negative number to take some."))
    if len(note) > _NOTE_MOST:
        said = _("the note has {count} characters; give at most {most}.")
        raise Mistake(said.format(count=len(note), most=_NOTE_MOST))
    if not note.isprintable():
        raise Mistake(_("the note is one line without control characters, since its member reads it."))


def _check(member: int, credit: int, standing: Standing) -> None:
    """Raises `Mistake` where the member is exempt, or would have less than 0 credits left."""
    if standing.exempt:
        said = _("member {member} is exempt from quotas (quota.exempt), so credits mean nothing to them; nothing was changed.")
        raise Mistake(said.format(member=member))
    if -credit > standing.left:
        left = max(standing.left, 0)
        said = ngettext(
            "member {member} has {left} credit left, so {taken} can't be taken; take at most {left}, or set what is left.",
            "member {member} has {left} credits left, so {taken} can't be taken; take at most {left}, or set what is left.",
            left,
        )
        raise Mistake(said.format(member=member, left=left, taken=-credit))


def _summary(member: int, standing: Standing, settings: Settings) -> str:
    if standing.exempt:
        return _("Member {member} is exempt from quotas.").format(member=member)
    match settings.quota.window:
        case Window.DAY:
            said = ngettext(
                "Member {member}: {left} credit left, {allowance} per day, resets {moment}.",
                "Member {member}: {left} credits left, {allowance} per day, resets {moment}.",
                standing.left,
            )
        case Window.WEEK:
            said = ngettext(
                "Member {member}: {left} credit left, {allowance} per week, resets {moment}.",
                "Member {member}: {left} credits left, {allowance} per week, resets {moment}.",
                standing.left,
            )
        case Window.MONTH:
            said = ngettext(
                "Member {member}: {left} credit left, {allowance} per month, resets {moment}.",
                "Member {member}: {left} credits left, {allowance} per month, resets {moment}.",
                standing.left,
            )
    moment = datetime.fromtimestamp(standing.span.end_ms / 1000, settings.policy().zone).strftime("%Y-%m-%d %H:%M %Z")
    return said.format(member=member, left=standing.left, allowance=standing.allowance, moment=moment)


def _row(entry: LedgerEntry, settings: Settings) -> str:
    at = datetime.fromtimestamp(entry.at_ms / 1000, settings.policy().zone).strftime("%Y-%m-%d %H:%M")
    return f"  {at}  {entry.credits:+7d}  {entry.entry:<8}{inert(ledger_notes.worded(entry.note))}"
