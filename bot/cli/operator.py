"""`happyhorse migrate` and `happyhorse quota`. Both work beside a running bot, since SQLite serialises their writes."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from bot.cli.job_report import inert
from bot.domain.quota import Standing, span_at
from bot.errors import DatabaseInUse, Mistake
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.ports import LedgerEntry
from bot.resources import bots_storage
from bot.services.allowances import Allowances
from bot.services.show_quota import ShowQuota
from bot.settings import Settings
from bot.storage import open_storage
from bot.storage.copies import copies_of
from bot.storage.lock import real_path

_LEDGER_MOST = 1_000_000_000
_NOTE_MOST = 200
"""Characters of a note in the ledger; `/quota` shows it in one line."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


async def migrate(settings: Settings) -> int:
    """Makes a copy of the database, migrates it, and prints the paths of both. Returns the exit code.

    Beside a running bot the database is either up to date, or it raises `DatabaseOutdated`: stop that bot first.
    """
    path = settings.storage.path
    before = _copies(path)
    async with AsyncExitStack() as stack:
        try:
            storage = await stack.enter_async_context(open_storage(path))
        except DatabaseInUse:
            storage = await stack.enter_async_context(open_storage(path, exclusive=False))
        for copy in _copies(path) - before:
            _say(f"As it was before, it is kept as {copy}.")
        _say(f"{path}: up to date, schema {await storage.schema_version()}.")
    return 0


def _copies(path: Path) -> set[Path]:
    return {copy.path for copy in copies_of(real_path(path))}


async def quota(settings: Settings, action: str, member: int, roles: frozenset[int] | None, credit: int, note: str) -> int:
    """`action` is show, grant or set; `credit` is the number of credits for the latter two. Returns the exit code.

    `roles` None: the multiplier with which the bot last saw the member counts. Raises `Mistake` for invalid values, and
    as `bots_storage`.
    """
    if abs(credit) > _LEDGER_MOST:
        msg = f"{credit} credits is more than anyone can spend; give at most {_LEDGER_MOST}."
        raise Mistake(msg)
    if action == "set" and credit < 0:
        msg = f"{credit} can't be what is left: give 0 or more. To take some: happyhorse quota grant {credit} --member {member}"
        raise Mistake(msg)
    if action == "grant" and not credit:
        msg = "0 credits change nothing: give more to add some, or a negative number to take some."
        raise Mistake(msg)
    if len(note) > _NOTE_MOST:
        msg = f"the note has {len(note)} characters; give at most {_NOTE_MOST}."
        raise Mistake(msg)
    if not note.isprintable():
        msg = "the note is one line without control characters, since its member reads it."
        raise Mistake(msg)
    async with bots_storage(settings) as storage:
        clock, policy = SystemClock(await known_ahead_ms(storage.key_values)), settings.policy()
        allowances = Allowances(policy, storage.multipliers, clock)
        show_quota = ShowQuota(storage.ledger, clock, policy, allowances, settings.offer().real_prices)
        now_ms = clock.now_ms()
        if action != "show":
            _check(member, credit, (await show_quota.of_member(member, roles)).standing)
        if action == "grant":
            await storage.ledger.grant(
                member, None, credit, now_ms, note or f"{'granted' if credit > 0 else 'taken'} by the operator"
            )
        elif action == "set":
            allowance = await allowances.credits(member, roles)
            span = span_at(policy.window, now_ms, policy.zone)
            said = note or f"set to {credit} by the operator"
            await storage.ledger.set_left(member, credit, allowance, span, now_ms, said)
        shown = await show_quota.of_member(member, roles, entries=10)
        _say(_summary(member, shown.standing, settings))
        for entry in shown.entries:
            _say(_row(entry, settings))
    return 0


def _check(member: int, credit: int, standing: Standing) -> None:
    """Raises `Mistake` where the member is exempt, or would have less than 0 credits left."""
    if standing.exempt:
        msg = f"member {member} is exempt from quotas (quota.exempt), so credits mean nothing to them; nothing was changed."
        raise Mistake(msg)
    if -credit > standing.left:
        left = max(standing.left, 0)
        msg = f"member {member} has {left} credits left, so {-credit} can't be taken; take at most {left}, or set what is left."
        raise Mistake(msg)


def _summary(member: int, standing: Standing, settings: Settings) -> str:
    zone = settings.policy().zone
    resets = datetime.fromtimestamp(standing.span.end_ms / 1000, zone).strftime("%Y-%m-%d %H:%M %Z")
    if standing.exempt:
        return f"Member {member} is exempt from quotas."
    return f"Member {member}: {standing.left} credits left, {standing.allowance} per {settings.quota.window}, resets {resets}."


def _row(entry: LedgerEntry, settings: Settings) -> str:
    at = datetime.fromtimestamp(entry.at_ms / 1000, settings.policy().zone).strftime("%Y-%m-%d %H:%M")
    return f"  {at}  {entry.credits:+7d}  {entry.entry:<8}{inert(entry.note)}"
