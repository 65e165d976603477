"""`happyhorse doctor`: looks at everything that must hold before the bot runs, and says what to do about each finding.

Changes nothing, starts no clip, spends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from bot.cli.job_report import inert
from bot.cli.pause_command import told
from bot.disk import ROOM_LEAST, obstacle, room
from bot.domain import limits
from bot.errors import MediaError, StorageError
from bot.media.ffmpeg import FFmpeg
from bot.ops.clock import SystemClock
from bot.ops.proxies import check_proxies
from bot.ports import Severity
from bot.presentation.checkup import inspect
from bot.presentation.client import point_at
from bot.presentation.views import settings_problems, storage_problems
from bot.presentation.views.findings import Finding, worded
from bot.resources import open_vendors, without_key
from bot.settings import Settings
from bot.storage.condition import Condition, condition_of
from bot.storage.lock import real_path

_MARKS: Final = {Severity.OK: "ok     ", Severity.ADVICE: "advice ", Severity.WARNING: "warning", Severity.ERROR: "ERROR  "}
_DISK_WANTED: Final = 2 * 1024**3
"""Room for a few dozen clips of 60 MB under work at once."""
_FFMPEG_SECONDS: Final = 20.0
_NEEDED_ENCODERS: Final = ("libx264", "aac")


async def report(settings: Settings, write: Callable[[str], object]) -> int:
    """Writes one line a finding, and its remedy below it. Returns 1 when something must be mended before the bot can run.

    Raises `SettingsError` for a proxy that the bot can't use.
    """
    check_proxies()
    worst = 0
    for look in (_configuration, _discord, _provider, _ffmpeg, _disk, _database):
        for finding in await look(settings):
            write(f"{_MARKS[finding.severity]} {finding.subject}: {finding.found}\n")
            if finding.remedy:
                write(f"        {finding.remedy}\n")
            worst = max(worst, int(finding.severity is Severity.ERROR))
    write("Something must be mended first, see ERROR above.\n" if worst else "All set: happyhorse run\n")
    return worst


async def _configuration(settings: Settings) -> list[Finding]:
    quota = settings.quota
    allowance = f"{quota.allowance} credits a {quota.window} for each member, {quota.time_zone}"
    names = settings.provider.offered
    providers = f"provider{'s' if len(names) > 1 else ''} {', '.join(names)}"
    where = "the environment alone" if settings.file is None else settings.file
    found = [Finding("Configuration", Severity.OK, f"{where}: {providers}; {allowance}")]
    if settings.exposed:
        remedy = f"Make it yours alone: chmod 600 {settings.file}"
        text = f"{settings.file} holds a secret, and others on this machine may read it"
        found.append(Finding("Configuration", Severity.WARNING, text, remedy))
    if settings.offer().real is None:
        remedy = "For real clips set provider.name to scenario and fill in its key."
        found.append(Finding("Provider", Severity.ADVICE, "clips are previews, rendered on this machine", remedy))
    dearest = settings.offer().real_prices.p1080 * limits.DURATION_MAX_SECONDS
    if dearest > quota.allowance > 0:
        remedy = "Raise quota.allowance, or members can never make one."
        found.append(
            Finding(
                "Quota", Severity.WARNING, f"a {limits.DURATION_MAX_SECONDS} s clip at 1080P costs {dearest} credits", remedy
            )
        )
    return found


async def _discord(settings: Settings) -> list[Finding]:
    point_at(settings.discord.api_base, settings.discord.gateway_url, settings.discord.cdn_base)
    return await inspect(settings.discord.token.get_secret_value(), settings.discord.operator_channel, SystemClock())


async def _provider(settings: Settings) -> list[Finding]:
    """The preview is not asked: it makes its folder. What it needs is looked at as ffmpeg and disk."""
    async with AsyncExitStack() as stack:
        vendors = await open_vendors(stack, settings, SystemClock())
        missing = without_key(settings, vendors)
        found = [] if missing is None else [Finding("Provider", Severity.ERROR, settings_problems.sentence(missing))]
        return [*found, *[worded(finding) for vendor in vendors.values() for finding in await vendor.availability.check()]]


async def _ffmpeg(settings: Settings) -> list[Finding]:
    del settings
    try:
        ran = await FFmpeg().do("-encoders", time_limit=_FFMPEG_SECONDS)
    except MediaError as error:
        return [Finding("ffmpeg", Severity.ERROR, str(error), "Install the pinned packages again, they bring it along.")]
    listed = ran.stdout.decode(errors="replace")
    missing = [name for name in _NEEDED_ENCODERS if name not in listed]
    if missing:
        remedy = "Unset IMAGEIO_FFMPEG_EXE, or point it at a full build."
        return [Finding("ffmpeg", Severity.ERROR, f"cannot encode {', '.join(missing)}", remedy)]
    return [Finding("ffmpeg", Severity.OK, "encodes H.264 and AAC")]


async def _disk(settings: Settings) -> list[Finding]:
    try:
        folder = real_path(settings.folder)
    except StorageError as error:
        return [Finding("Disk", Severity.ERROR, storage_problems.sentence(error.problem))]
    blocked = next(filter(None, (obstacle(each) for each in (folder, folder / "work", folder / "preview"))), None)
    if blocked is not None:
        remedy = "Choose another storage.path, or give this user the right to write there."
        return [Finding("Disk", Severity.ERROR, storage_problems.sentence(blocked), remedy)]
    free = room(folder)
    if free < _DISK_WANTED:
        full = free < ROOM_LEAST
        remedy = f"Make room, {_DISK_WANTED / 1024**3:.0f} GiB is comfortable, or move storage.path."
        found = f"{free / 1024**2:,.0f} MiB free at {folder}{', which is too little for any clip' if full else ''}"
        return [Finding("Disk", Severity.ERROR if full else Severity.WARNING, found, remedy)]
    return [Finding("Disk", Severity.OK, f"{free / 1024**3:.0f} GiB free at {folder}")]


async def _database(settings: Settings) -> list[Finding]:
    try:
        condition = await asyncio.to_thread(condition_of, settings.storage.path)
    except StorageError as error:
        return [Finding("Database", Severity.ERROR, storage_problems.sentence(error.problem))]
    found = [_schema(condition)]
    if condition.commands_refused:
        refusal = f"Discord refused them at the last start: {inert(condition.commands_refused)}"
        remedy = "Members go on with the earlier ones. Bring the bot up to date, or tell its developers."
        found.append(Finding("Commands", Severity.ERROR, refusal, remedy))
    now_ms = SystemClock().now_ms()
    for place, each in condition.pauses.items():
        if each.holds(now_ms):
            remedy = f"happyhorse resume{'' if place is None else f' --server {place}'} takes new clips again."
            found.append(Finding("Paused", Severity.WARNING, f"new clips are {inert(told(place, each, settings))}", remedy))
    if condition.copies:
        latest = condition.copies[0]
        made = latest.made_at.strftime("%Y-%m-%d %H:%M UTC")
        found.append(Finding("Copies", Severity.OK, f"{latest.path.name} of {made}, {len(condition.copies)} in all"))
    return found


def _schema(condition: Condition) -> Finding:
    there = f"{condition.path}, schema {condition.schema}"
    if not condition.schema:
        return Finding("Database", Severity.OK, f"{condition.path} will be made by the first start")
    if condition.schema == condition.known:
        return Finding("Database", Severity.OK, f"{there}{', a bot is running on it' if condition.running else ''}")
    older = f"{there}; this bot works with {condition.known}"
    if condition.running:
        remedy = "Stop it; then happyhorse run or happyhorse migrate makes a copy and brings the database up to date."
        return Finding("Database", Severity.WARNING, f"{older}, and an older bot is running on it", remedy)
    if condition.no_copy is not None:
        return Finding("Database", Severity.ERROR, older, storage_problems.sentence(condition.no_copy))
    remedy = "The next happyhorse run, or happyhorse migrate, makes a copy and brings it up to date."
    return Finding("Database", Severity.ADVICE, older, remedy)
