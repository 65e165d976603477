"""Control routes that set what this Discord refuses for a while or for good: words, titles, links, threads, direct messages."""

from typing import Any

from aiohttp import web

from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.control.fields import Fields
from sandbox.discord.cooldowns import DMS, THREADS
from sandbox.discord.member_actions import Refused
from sandbox.discord.moderation import MOST_ACTIVE_THREADS, TOO_LARGE
from sandbox.strict_json import Json

MOST_SECONDS = 24 * 3600.0
MOST_WORDS, MOST_LETTERS = 1_000, 60  # AutoMod's own limits on keywords
_WORDS = ("keywords", "banned_titles", "harmful_links")
_MEMBERS = ("explicit_to", "unarchiving_fails")
_COUNTS = ("active_threads", "announcement_threads")
_SECONDS = {"threads_seconds": THREADS, "dms_seconds": DMS}
NAMES = (*_WORDS, "exempt_roles", "exempt_channels", *_MEMBERS, *_COUNTS, "too_large", "unlisted_files", *_SECONDS)


class RefusalRoutes(ControlRoutes):
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/refusals", self.shown), web.post("/refusals", self.change)]

    async def shown(self, _: web.Request) -> web.Response:
        return answer(self._view())

    async def change(self, request: web.Request) -> web.Response:
        """Set what is named, each list whole; all of it is read before anything changes."""
        body = await body_of(request, *NAMES)
        changed = {name: self._read(body, name) for name in vars(self.state.moderation) if name in body}
        rests = {what: body.number(name, high=MOST_SECONDS) for name, what in _SECONDS.items() if name in body}
        for name, value in changed.items():
            setattr(self.state.moderation, name, value)
        for what, seconds in rests.items():
            self.state.cooldowns.rest(what, seconds)
        return answer(self._view())

    def _read(self, body: Fields, name: str) -> Json:
        if name in _WORDS:
            return _words(body, name)
        if name in _COUNTS:
            return body.whole(name, high=MOST_ACTIVE_THREADS)
        if name == "too_large":
            return body.choice(name, tuple(TOO_LARGE))
        if name == "unlisted_files":
            return body.flag(name)
        found = {"exempt_roles": self.role, "exempt_channels": self.channel}.get(name, self.member)
        return [found(one).id for one in body.names(name)]

    def _view(self) -> dict[str, Any]:
        left = {name: round(self.state.cooldowns.left(what), 3) for name, what in _SECONDS.items()}
        return vars(self.state.moderation) | left


def _words(body: Fields, name: str) -> list[str]:
    words = body.names(name)
    if len(words) > MOST_WORDS or not all(one.strip("*") and len(one) <= MOST_LETTERS for one in words):
        raise Refused(f"{name!r} takes up to {MOST_WORDS} words of 1 to {MOST_LETTERS} characters")
    return words
