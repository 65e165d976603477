"""`happyhorse pause` and `happyhorse resume`: stop and allow new clips, everywhere or in one server. Running clips go on.

The pause is written into the database, which a running bot reads at each request. So it works at once, and over restarts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.domain.pause import Pause
from bot.errors import Mistake
from bot.ops.clock import SystemClock, known_ahead_ms
from bot.presentation.views.translations import N_, _
from bot.resources import bots_storage
from bot.settings import Settings

WHY_MOST: Final = 200
"""Characters of a reason: members read it in a private answer, also on phones."""
_DAYS_MOST: Final = 90
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}
# Each table has the texts by whether the pause is for one server, and whether it ends by itself.
MADE: Final = {
    (False, False): N_("New clips are paused everywhere until happyhorse resume"),
    (False, True): N_("New clips are paused everywhere until {moment}"),
    (True, False): N_("New clips are paused in server {server} until happyhorse resume"),
    (True, True): N_("New clips are paused in server {server} until {moment}"),
}
STILL: Final = {
    (False, False): N_("Still paused everywhere until happyhorse resume"),
    (False, True): N_("Still paused everywhere until {moment}"),
    (True, False): N_("Still paused in server {server} until happyhorse resume"),
    (True, True): N_("Still paused in server {server} until {moment}"),
}
IN_THE_REPORT: Final = {
    (False, False): N_("new clips are paused everywhere until happyhorse resume"),
    (False, True): N_("new clips are paused everywhere until {moment}"),
    (True, False): N_("new clips are paused in server {server} until happyhorse resume"),
    (True, True): N_("new clips are paused in server {server} until {moment}"),
}
_SPAN: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)


def seconds_of(text: str) -> int:
    """The seconds of a text such as `45m`, `2h`, `1h30m` or `3d`. Raises `ValueError` with a sentence for the operator."""
    found = _SPAN.fullmatch(text.strip().lower())
    parts = zip(found.groups(), "dhm", strict=True) if found else ()
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts if number)
    if not seconds:
        msg = _("{typed} is no length of time; write it like 45m, 2h, 1h30m or 3d").format(typed=text[:20])
        raise ValueError(msg)
    if seconds > _DAYS_MOST * _SECONDS["d"]:
        said = _("{typed} is longer than {most} days; leave --for out to pause until happyhorse resume")
        raise ValueError(said.format(typed=text[:20], most=_DAYS_MOST))
    return seconds


async def pause(settings: Settings, guild_id: int | None, seconds: int | None, why: str) -> int:
    """Pauses for so many `seconds`, None: until `resume`. Returns the exit code. Raises `Mistake` for a `why` that is too
    long or has control characters.
    """
    why = why.strip()
    if len(why) > WHY_MOST or not why.isprintable():
        said = _("--why is one line of at most {most} characters, since members read it")
        raise Mistake(said.format(most=WHY_MOST))
    async with bots_storage(settings) as storage:
        now_ms = SystemClock(await known_ahead_ms(storage.key_values)).now_ms()
        made = Pause(None if seconds is None else now_ms + seconds * 1000, why)
        await storage.pauses.change(guild_id, made, now_ms)
    consequence = _("What runs goes on. Members read this when they ask for one.")
    _say(f"{paused(MADE, guild_id, made, settings)} {consequence}")
    return 0


async def resume(settings: Settings, guild_id: int | None) -> int:
    """Ends one pause (`guild_id` None: the pause of all servers) and prints which others still hold. Returns the exit code."""
    async with bots_storage(settings) as storage:
        now_ms = SystemClock(await known_ahead_ms(storage.key_values)).now_ms()
        before = await storage.pauses.change(guild_id, None, now_ms)
        left = {place: each for place, each in (await storage.pauses.all()).items() if each.holds(now_ms)}
    if not (before and before.holds(now_ms)):
        _say(_("Nothing was paused there."))
    elif guild_id is None:
        _say(_("New clips are taken again everywhere."))
    else:
        _say(_("New clips are taken again in server {server}.").format(server=guild_id))
    for place, each in left.items():
        _say(paused(STILL, place, each, settings))
    return 0


def paused(texts: Mapping[tuple[bool, bool], str], guild_id: int | None, pause: Pause, settings: Settings) -> str:
    """Such as `Still paused in server 20 until 2026-11-26 18:00 UTC: new prices.`; `texts` is one of the tables above. It ends
    with one full stop, or with the reason's own punctuation mark.
    """
    moment = ""
    if pause.until_ms is not None:
        moment = f"{datetime.fromtimestamp(pause.until_ms / 1000, settings.policy().zone):%Y-%m-%d %H:%M %Z}"
    said = _(texts[guild_id is not None, pause.until_ms is not None]).format(server=guild_id, moment=moment)
    if pause.why:
        said = _("{paused}: {reason}").format(paused=said, reason=pause.why)
    return said if said.endswith((".", "?", "!", "…")) else _("{sentence}.").format(sentence=said)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
