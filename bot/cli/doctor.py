"""`happyhorse doctor`: checks everything that the bot needs to run, and says what to do about each finding.

Changes nothing, starts no clip, spends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from bot.cli.columns import columns, padded
from bot.cli.job_report import inert
from bot.cli.pause_command import IN_THE_REPORT, paused
from bot.disk import ROOM_LEAST, obstacle, room
from bot.domain import limits
from bot.domain.quota import Window
from bot.errors import MediaError, StorageError
from bot.media.ffmpeg import FFmpeg
from bot.ops.clock import SystemClock
from bot.ops.proxies import check_proxies
from bot.ports import Severity
from bot.presentation.checkup import inspect
from bot.presentation.client import point_at
from bot.presentation.views import details, settings_problems, storage_problems
from bot.presentation.views.findings import Finding, worded
from bot.presentation.views.translations import N_, _, ngettext, number
from bot.resources import open_vendors, without_key
from bot.settings import Settings
from bot.storage.clip_files import CLIPS_FOLDER
from bot.storage.condition import Condition, condition_of
from bot.storage.lock import real_path

_MARKS: Final = {
    Severity.OK: N_("ok"),
    Severity.ADVICE: N_("advice"),
    Severity.WARNING: N_("warning"),
    # Translators: the mark before a finding that keeps the bot from running; "Something must be mended first" names it too.
    Severity.ERROR: N_("ERROR"),
}
_DISK_WANTED: Final = 2 * 1024**3
"""Bytes. Room for a few dozen clips of 60 MB at once, while they are fitted for their upload."""
_FFMPEG_SECONDS: Final = 20.0
_NEEDED_ENCODERS: Final = ("libx264", "aac")


async def report(settings: Settings, write: Callable[[str], object]) -> int:
    """Writes a line for each finding, and its remedy below it. Returns 1 when something must be mended before the bot can run.

    Raises `SettingsError` for a proxy that the bot can't use.
    """
    check_proxies()
    worst = 0
    marks = {severity: _(mark) for severity, mark in _MARKS.items()}
    wide = max(map(columns, marks.values()))
    for look in (_configuration, _discord, _provider, _ffmpeg, _disk, _database):
        for finding in await look(settings):
            line = _("{subject}: {found}").format(subject=finding.subject, found=finding.found)
            write(f"{padded(marks[finding.severity], wide)} {line}\n")
            if finding.remedy:
                write(f"{' ' * wide} {finding.remedy}\n")
            worst = max(worst, int(finding.severity is Severity.ERROR))
    last = _("Something must be mended first, see ERROR above.") if worst else _("All set: happyhorse run")
    write(f"{last}\n")
    return worst


async def _configuration(settings: Settings) -> list[Finding]:
    names = settings.provider.offered
    said = _("{configuration}: {providers}; {allowance}").format(
        configuration=settings.file or _("the environment alone"),
        providers=ngettext("provider {names}", "providers {names}", len(names)).format(names=", ".join(names)),
        allowance=_allowance(settings),
    )
    found = [Finding(_("Configuration"), Severity.OK, said)]
    if settings.exposed:
        remedy = _("Make it yours alone: chmod 600 {file}").format(file=settings.file)
        said = _("{file} holds a secret, and others on this machine may read it").format(file=settings.file)
        found.append(Finding(_("Configuration"), Severity.WARNING, said, remedy))
    if settings.offer().real is None:
        remedy = _("For real clips set provider.name to scenario and fill in its key.")
        found.append(Finding(_("Provider"), Severity.ADVICE, _("clips are previews, rendered on this machine"), remedy))
    dearest = settings.offer().real_prices.p1080 * limits.DURATION_MAX_SECONDS
    if dearest > settings.quota.allowance > 0:
        remedy = _("Raise quota.allowance, or members can never make one.")
        said = _("a {seconds} s clip at 1080P costs {credits} credits")
        said = said.format(seconds=limits.DURATION_MAX_SECONDS, credits=dearest)
        found.append(Finding(_("Quota"), Severity.WARNING, said, remedy))
    return found


def _allowance(settings: Settings) -> str:
    quota = settings.quota
    each = quota.allowance
    match quota.window:
        case Window.DAY:
            said = ngettext(
                "{credits} credit a day for each member, {zone}", "{credits} credits a day for each member, {zone}", each
            )
        case Window.WEEK:
            said = ngettext(
                "{credits} credit a week for each member, {zone}", "{credits} credits a week for each member, {zone}", each
            )
        case Window.MONTH:
            said = ngettext(
                "{credits} credit a month for each member, {zone}", "{credits} credits a month for each member, {zone}", each
            )
    return said.format(credits=each, zone=quota.time_zone)


async def _discord(settings: Settings) -> list[Finding]:
    point_at(settings.discord.api_base, settings.discord.gateway_url, settings.discord.cdn_base)
    return await inspect(settings.discord.token.get_secret_value(), settings.discord.operator_channel, SystemClock())


async def _provider(settings: Settings) -> list[Finding]:
    """What the vendors say of key, price, limits and clips at a time. The preview is not asked, since that would make its
    folder; it needs what `_ffmpeg` and `_disk` check.
    """
    async with AsyncExitStack() as stack:
        vendors = await open_vendors(stack, settings, SystemClock())
        missing = without_key(settings, vendors)
        found = [] if missing is None else [Finding(_("Provider"), Severity.ERROR, settings_problems.sentence(missing))]
        return [*found, *[worded(finding) for vendor in vendors.values() for finding in await vendor.availability.check()]]


async def _ffmpeg(settings: Settings) -> list[Finding]:
    del settings
    try:
        ran = await FFmpeg().do("-encoders", time_limit=_FFMPEG_SECONDS)
    except MediaError as error:
        remedy = _("Install the pinned packages again, they bring it along.")
        return [Finding("ffmpeg", Severity.ERROR, details.text_of(error.reason), remedy)]
    listed = ran.stdout.decode(errors="replace")
    missing = [name for name in _NEEDED_ENCODERS if name not in listed]
    if missing:
        remedy = _("Unset IMAGEIO_FFMPEG_EXE, or point it at a full build.")
        said = _("cannot encode {encoders}").format(encoders=", ".join(missing))
        return [Finding("ffmpeg", Severity.ERROR, said, remedy)]
    return [Finding("ffmpeg", Severity.OK, _("encodes H.264 and AAC"))]


async def _disk(settings: Settings) -> list[Finding]:
    try:
        folder = real_path(settings.folder)
    except StorageError as error:
        return [Finding(_("Disk"), Severity.ERROR, storage_problems.sentence(error.problem))]
    blocked = next(
        filter(None, (obstacle(each) for each in (folder, folder / "work", folder / CLIPS_FOLDER, folder / "preview"))), None
    )
    if blocked is not None:
        remedy = _("Choose another storage.path, or give this user the right to write there.")
        return [Finding(_("Disk"), Severity.ERROR, storage_problems.sentence(blocked), remedy)]
    free = room(folder)
    if free < _DISK_WANTED:
        full = free < ROOM_LEAST
        remedy = _("Make room, {wanted} GiB is comfortable, or move storage.path.")
        said = _("{free} MiB free at {folder}, which is too little for any clip") if full else _("{free} MiB free at {folder}")
        return [
            Finding(
                _("Disk"),
                Severity.ERROR if full else Severity.WARNING,
                said.format(free=number(free / 1024**2), folder=folder),
                remedy.format(wanted=number(_DISK_WANTED / 1024**3)),
            )
        ]
    said = _("{free} GiB free at {folder}").format(free=number(free / 1024**3), folder=folder)
    return [Finding(_("Disk"), Severity.OK, said)]


async def _database(settings: Settings) -> list[Finding]:
    try:
        condition = await asyncio.to_thread(condition_of, settings.storage.path)
    except StorageError as error:
        return [Finding(_("Database"), Severity.ERROR, storage_problems.sentence(error.problem))]
    found = [_schema(condition)]
    if condition.commands_refused:
        said = _("Discord refused them at the last start: {words}").format(words=inert(condition.commands_refused))
        remedy = _("Members go on with the earlier ones. Bring the bot up to date, or tell its developers.")
        found.append(Finding(_("Commands"), Severity.ERROR, said, remedy))
    now_ms = SystemClock().now_ms()
    for place, each in condition.pauses.items():
        if each.holds(now_ms):
            command = "happyhorse resume" if place is None else f"happyhorse resume --server {place}"
            remedy = _("{command} takes new clips again.").format(command=command)
            said = inert(paused(IN_THE_REPORT, place, each, settings))
            found.append(Finding(_("Paused"), Severity.WARNING, said, remedy))
    if condition.copies:
        latest = condition.copies[0]
        made, count = latest.made_at.strftime("%Y-%m-%d %H:%M UTC"), len(condition.copies)
        said = ngettext("{name} of {moment}, {count} in all", "{name} of {moment}, {count} in all", count)
        said = said.format(name=latest.path.name, moment=made, count=number(count))
        found.append(Finding(_("Copies"), Severity.OK, said))
    return found


def _schema(condition: Condition) -> Finding:
    """Whether this bot works with the database as it is, and what happens to it otherwise."""
    subject, path, schema = _("Database"), condition.path, condition.schema
    if not schema:
        return Finding(subject, Severity.OK, _("{path} will be made by the first start").format(path=path))
    if schema == condition.known:
        said = _("{path}, schema {schema}, a bot is running on it") if condition.running else _("{path}, schema {schema}")
        return Finding(subject, Severity.OK, said.format(path=path, schema=schema))
    if condition.running:
        said = _("{path}, schema {schema}; this bot works with {known}, and an older bot is running on it")
        remedy = _("Stop it; then happyhorse run or happyhorse migrate makes a copy and brings the database up to date.")
        return Finding(subject, Severity.WARNING, said.format(path=path, schema=schema, known=condition.known), remedy)
    said = _("{path}, schema {schema}; this bot works with {known}").format(path=path, schema=schema, known=condition.known)
    if condition.no_copy is not None:
        return Finding(subject, Severity.ERROR, said, storage_problems.sentence(condition.no_copy))
    remedy = _("The next happyhorse run, or happyhorse migrate, makes a copy and brings it up to date.")
    return Finding(subject, Severity.ADVICE, said, remedy)
