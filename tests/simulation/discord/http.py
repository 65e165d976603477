"""The connection to the simulated Discord, in place of discord.py's HTTP session; the rest of the library is real."""

from __future__ import annotations

import asyncio
import json
import math
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from tests.simulation.chance import http_date, travel
from tests.simulation.clip import MIB, read_clip
from tests.simulation.discord.bodies import EPHEMERAL, direct, shown, user
from tests.simulation.discord.places import GUILD, ME
from tests.simulation.discord.posts import custom_ids, jobs_of
from tests.simulation.discord.records import Message, Refusal
from tests.simulation.discord.uploads import Upload, Uploading

if TYPE_CHECKING:
    from tests.simulation.lives import Life

_MINUTES: Final = (60.0, 150.0, 400.0)
_HOURS: Final = 7_200.0
_THREADS_SECONDS: Final = (200.0, 280.0)
_OF_A_MESSAGE: Final = 4
"""Number of parts in the path of a message: `channels/ID/messages/ID`."""
_TOO_LARGE: Final = ((413, 40005), (400, 50045), (413, 0))
_SMALL_BYTES: Final = 8 * MIB // 3
"""After a refusal the bot tries three quarters of the refused size. Three quarters of this size are below the smallest one that
the bot tries, so after a refusal of a file of at most this size it may post a link."""
_SAID: Final = (4, 7)
"""The kinds of first answer that are a message: a new one, or in place of that with the button."""
_IN_PLACE: Final = 6
"""The kind of first answer that shows nothing yet: that the message with the button will be changed."""
_NAMED_SHARE: Final = 0.8
_JSON: Final = "application/json"


class DiscordWire:
    """One life's `aiohttp.ClientSession`, as far as discord.py uses it."""

    def __init__(self, life: Life, trace: aiohttp.TraceConfig) -> None:
        """`trace` is called for every request and answer, as by aiohttp's own session."""
        trace.freeze()
        self._trace = trace
        self._life = life
        self._discord = life.world.discord
        self._places = life.world.discord.places
        self._faults = life.world.faults
        self._dice = life.world.chance.of("discord's pace")
        self._uploading = Uploading(life, life.world.discord.limits)
        self.closed = False

    def request(self, method: str, url: str, **kwargs: Any) -> _Exchange:
        return _Exchange(self, method, url, kwargs)

    async def close(self) -> None:
        self.closed = True

    async def send(self, method: str, url: str, kwargs: dict[str, Any]) -> _Reply:
        context, about = SimpleNamespace(), (method, URL(url), CIMultiDict[str]())
        await self._trace.on_request_start.send(self, context, aiohttp.TraceRequestStartParams(*about))
        reply = await self._sent(method, url, kwargs)
        reply.headers["Date"] = http_date(self._life.world.now_ms)
        await self._trace.on_request_end.send(self, context, aiohttp.TraceRequestEndParams(*about, reply))
        return reply

    async def _sent(self, method: str, url: str, kwargs: dict[str, Any]) -> _Reply:
        if self.closed:
            raise RuntimeError("Session is closed")
        path = urlsplit(url).path.partition("/v10/")[2]
        what = f"{method} {path.partition('/')[0]}"
        payload, files = _content(kwargs.get("data"))
        parts = path.split("/")
        upload = self._upload(parts, payload, files)
        about = " of a clip" if upload else ""
        await self._life.cross(f"discord before {what}{about}")
        with self._life.sending.leaving():
            refused = await self._before(what, path, upload)
            if refused is not None:
                return refused
            await asyncio.sleep(travel(self._dice))
            await self._life.alive()
            try:
                if upload is not None:
                    self._uploading.arrives(upload)
                body: Any = self._answer(method, parts, payload, files, kwargs.get("params") or {})
                status = 200
            except Refusal as refusal:
                status, body = refusal.status, {"code": refusal.code, "message": str(refusal)}
        self._life.world.note(f"discord {method} {path} {status}")
        await self._life.cross(f"discord after {what}{about}")
        await asyncio.sleep(travel(self._dice))
        if self._strikes("cancelled from inside after", what):
            raise asyncio.CancelledError
        if self._strikes("connection breaks after", what):
            raise aiohttp.ServerDisconnectedError
        if self._strikes("5xx after", what):
            return _Reply(503, {"message": "upstream"})
        if upload is not None and status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._too_large(upload)
        if status == HTTPStatus.OK:
            self._discord.answers.heard(method, parts, body)
        return _Reply(status, body)

    def _upload(self, parts: list[str], payload: dict[str, Any], files: dict[str, bytes]) -> Upload | None:
        """The clip in a request; None where there is none."""
        clips = [clip for name, data in files.items() if name.endswith(".mp4") and (clip := read_clip(data))]
        jobs = jobs_of(list(custom_ids(payload.get("components", []))))
        if not clips or not jobs:
            return None
        size, guild_id = sum(clip.size for clip in clips), None
        if parts[0] == "webhooks":
            limit = self._discord.answers.by_token[parts[2]].upload_limit
        else:
            direct = self._places.channel(int(parts[1])).member is not None
            limit, guild_id = self._discord.limits.of_channel(direct=direct), None if direct else GUILD
        upload = Upload(jobs[0], self._life.world.answered_by(jobs[0]), size, limit)
        self._uploading.begins(upload, guild_id)
        return upload

    def _too_large(self, upload: Upload) -> None:
        self._uploading.refused(upload)
        if upload.size <= _SMALL_BYTES:
            self._life.world.unfit.add(upload.job_id)

    async def _before(self, what: str, path: str, upload: Upload | None) -> _Reply | None:
        """Faults that keep a request from having any effect."""
        trouble = self._life.world.single_trouble
        if self._discord.is_the_ones(path.split("/")) and trouble.strikes("places are limited for hours", trouble.member):
            return limited_for(_HOURS)
        if self._strikes("cancelled from inside before", what):
            raise asyncio.CancelledError
        if self._strikes("connection breaks before", what):
            raise aiohttp.ServerDisconnectedError
        if self._strikes("5xx before", what):
            return _Reply(self._dice.choice((500, 502, 503, 504)), {"message": "internal"})
        if self._strikes("rate limit of minutes", what):
            return limited_for(self._dice.choice(_MINUTES))
        if limited := self._limited(what, path):
            return limited
        if what != "GET users" and self._strikes("blocked by its proxy", what):
            return _Reply(403, "<html>Access denied</html>", {"content-type": "text/html"})
        if upload and self._strikes("too large", what):
            status, code = self._dice.choice(_TOO_LARGE)
            self._too_large(upload)
            return _Reply(status, {"code": code, "message": "Request entity too large"})
        return None

    def _limited(self, what: str, path: str) -> _Reply | None:
        """The answer to a request of a limited kind, with Discord's code for it; None where no limit is met."""
        parts = path.split("/")
        if parts[-1] == "threads" and self._strikes("threads limited for minutes", what):
            return limited_for(self._dice.uniform(*_THREADS_SECONDS))
        if what == "POST users" and self._strikes("direct messages opened too fast", what):
            return _Reply(403, {"code": 40003, "message": "You are opening direct messages too fast"})
        edits = what == "PATCH channels" and len(parts) == _OF_A_MESSAGE
        if edits and self._discord.threads.may_be_archived(int(parts[1])) and self._strikes("thread is archived", what):
            # All edits in it are refused, until somebody opens it or posts there.
            self._places.channel(int(parts[1])).archived = True
        if what == "PATCH webhooks":
            self._close_under_an_answer(parts[2], what)
        if edits and self._places.is_edited_too_often(int(parts[1]), int(parts[3])):
            return _Reply(429, {"code": 30046, "message": "Maximum number of edits to messages older than 1 hour reached"})
        return None

    def _close_under_an_answer(self, token: str, what: str) -> None:
        """The thread in which a command was given is archived before its answer is edited."""
        answer = self._discord.answers.by_token.get(token)
        if answer is not None and self._discord.threads.may_be_archived(answer.message.channel_id):
            struck = self._strikes("thread of an answer is archived", what)
            channel = self._places.channel(answer.message.channel_id)
            channel.archived = channel.archived or struck

    def _strikes(self, name: str, what: str) -> bool:
        struck = self._faults.strikes(f"discord: {name}")
        if struck:
            self._faults.count(f"at Discord's {what}")
        return struck

    def _answer(
        self, method: str, parts: list[str], payload: dict[str, Any], files: dict[str, bytes], query: dict[str, Any]
    ) -> Any:
        places, posts, threads = self._places, self._discord.posts, self._discord.threads
        match method, parts:
            case "POST", ["channels", channel, "messages"]:
                return self._post(int(channel), payload, files)
            case "GET", ["channels", channel, "messages"]:
                before = int(query["before"]) if "before" in query else None
                return [shown(each) for each in posts.history(int(channel), before, int(query["limit"]))]
            case "PATCH", ["channels", channel, "messages", message]:
                found = posts.message(int(channel), int(message))
                places.need_open(int(channel))
                return self._dressed(found, payload, files)
            case "GET" | "DELETE", ["channels", channel, "messages", message]:
                found = posts.message(int(channel), int(message))
                found.deleted = method == "DELETE"
                return shown(found)
            case "POST", ["channels", channel, "messages", message, "threads"]:
                return {"id": str(threads.open(int(channel), int(message), payload["name"]).id), "type": 11}
            case "PATCH", ["channels", channel]:
                if "archived" not in payload:
                    places.need_open(int(channel))
                threads.reopen(int(channel))
                return {"id": channel, "type": 11}
            case _, ["users", "@me", *_]:
                member = payload.get("recipient_id")
                return user(ME) if member is None else direct(places.direct(int(member)), int(member))
            case _:
                return self._to_interaction(method, parts, payload, files)

    def _to_interaction(self, method: str, parts: list[str], payload: dict[str, Any], files: dict[str, bytes]) -> Any:
        match method, parts:
            case "POST", ["interactions", interaction, token, "callback"]:
                return self._first_answer(interaction, token, payload)
            case "POST", ["webhooks", _, token]:
                answer = self._discord.answers.answer(token)
                message = self._places.new_message(self._places.channel(answer.message.channel_id))
                answer.follow_ups.append(message)
                message.ephemeral = True
                return self._dressed(message, payload, files)
            case _, ["webhooks", _, token, "messages", _]:
                return self._on_answer(method, token, payload, files)
            case _:
                raise AssertionError(f"the simulated Discord has no {method} {'/'.join(parts)}")

    def _post(self, channel_id: int, payload: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        message, is_new = self._discord.posts.post(channel_id, payload.get("nonce"))
        if not is_new:
            return shown(message)
        try:
            return self._dressed(message, payload, files)
        except Refusal:
            self._discord.posts.take_back(message, payload.get("nonce"))
            raise

    def _first_answer(self, interaction: str, token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The response to a first answer. It does not always name the message that shows the answer."""
        data = payload.get("data") or {}
        message = self._discord.answers.take(token, private=bool(data.get("flags", 0) & EPHEMERAL)).message
        if payload["type"] in _SAID:
            self._dressed(message, data, {})
        if payload["type"] == _IN_PLACE:
            message.loading = False
        made: dict[str, Any] = {"id": interaction, "type": 2}
        if self._dice.random() < _NAMED_SHARE:
            made["response_message_id"] = str(message.id)
        return {"interaction": made}

    def _on_answer(self, method: str, token: str, payload: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        message = self._discord.answers.answer(token).message
        if message.deleted:
            raise Refusal(404, 10008, "Unknown Message")
        if method == "PATCH":
            self._places.need_open(message.channel_id, by_token=True)
        if method == "DELETE":
            message.deleted = True
        return self._dressed(message, payload, files) if method == "PATCH" else shown(message)

    def _dressed(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        self._discord.posts.dress(message, payload, files)
        message.by_one_of_two = self._life.is_one_of_two
        message.sender, message.known = self._life, False
        return shown(message)


class _Exchange:
    """The return value of `session.request`; the request is sent when it is entered."""

    def __init__(self, wire: DiscordWire, method: str, url: str, kwargs: dict[str, Any]) -> None:
        self._wire = wire
        self._asked = (method, url, kwargs)

    async def __aenter__(self) -> _Reply:
        return await self._wire.send(*self._asked)

    async def __aexit__(self, *_: object) -> None:
        """Does nothing: there is no connection to close."""


class _Reply:
    """What discord.py and the bot's own traces read of an answer."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.reason = "simulated"
        self.headers = {"content-type": _JSON, **(headers or {})}
        self._body = body

    async def text(self, encoding: str = "utf-8") -> str:
        return self._body if isinstance(self._body, str) else json.dumps(self._body)

    async def read(self) -> bytes:
        return (await self.text()).encode()


def limited_for(seconds: float) -> _Reply:
    """A 429 with the seconds to wait, in body and header as Discord sends them."""
    headers = {"Via": "1.1 google", "Retry-After": str(math.ceil(seconds))}
    return _Reply(429, {"message": "slow", "retry_after": seconds, "global": False}, headers)


def _content(data: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The JSON and the files of a request."""
    if isinstance(data, aiohttp.FormData):
        payload: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        for options, _, value in data._fields:
            if options["name"] == "payload_json":
                payload = json.loads(value)
            else:
                files[options["filename"]] = value.read()
        return payload, files
    return (json.loads(data) if data else {}), {}
