"""Control routes that set what this Discord refuses for a while or for good: words, titles, links, threads, direct messages."""

from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import Asked, Flag, Names, number, one_of, whole, word_list
from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.discord.cooldowns import DMS, THREADS
from sandbox.discord.moderation import MOST_ACTIVE_THREADS, TOO_LARGE

MOST_SECONDS = 24 * 3600.0
MOST_WORDS, MOST_LETTERS = 1_000, 60  # AutoMod's own limits on keywords
_SECONDS = {"threads_seconds": THREADS, "dms_seconds": DMS}
_Words = Annotated[list[str], word_list(MOST_WORDS, MOST_LETTERS)]
_Count = Annotated[int, whole(high=MOST_ACTIVE_THREADS)]
_Rest = Annotated[float, number(high=MOST_SECONDS)]


class _Change(Asked):
    keywords: _Words | None = None
    banned_titles: _Words | None = None
    harmful_links: _Words | None = None
    exempt_roles: Names | None = None
    exempt_channels: Names | None = None
    explicit_to: Names | None = None
    unarchiving_fails: Names | None = None
    active_threads: _Count | None = None
    announcement_threads: _Count | None = None
    too_large: Annotated[str, one_of(*TOO_LARGE)] | None = None
    unlisted_files: Flag | None = None
    threads_seconds: _Rest | None = None
    dms_seconds: _Rest | None = None


NAMES = tuple(_Change.known())


class RefusalRoutes(ControlRoutes):
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/refusals", self.shown), web.post("/refusals", self.change)]

    async def shown(self, _: web.Request) -> web.Response:
        return answer(self._view())

    async def change(self, request: web.Request) -> web.Response:
        """Set what is named, each list whole; all of it is read before anything changes."""
        body = await body_of(request, _Change)
        given = {name: getattr(body, name) for name in NAMES if getattr(body, name) is not None}
        changed = {name: self._found(name, value) for name, value in given.items() if name not in _SECONDS}
        rests = {_SECONDS[name]: value for name, value in given.items() if name in _SECONDS}
        for name, value in changed.items():
            setattr(self.state.moderation, name, value)
        for what, seconds in rests.items():
            self.state.cooldowns.rest(what, seconds)
        return answer(self._view())

    def _found(self, name: str, value: Any) -> Any:  # noqa: ANN401 - whatever that refusal is set to
        """The ids of those that are named; other values as they are."""
        members = (name in {"explicit_to", "unarchiving_fails"} and self.member) or None
        found = {"exempt_roles": self.role, "exempt_channels": self.channel}.get(name, members)
        return [found(one).id for one in value] if found else value

    def _view(self) -> dict[str, Any]:
        left = {name: round(self.state.cooldowns.left(what), 3) for name, what in _SECONDS.items()}
        return vars(self.state.moderation) | left
