"""Control routes for what members and other applications write: files, messages, replies, forwards, embeds."""

import io
from typing import Annotated, Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import ConfigDict

from sandbox.control.asked import WHO, AnyList, Asked, Flag, Name, Names, Title, one_of, read, text, whole, words
from sandbox.control.base import ControlRoutes, answer, body_of, query_of
from sandbox.discord import permissions as may
from sandbox.discord.bodies.messages import Embed, MessageCreate
from sandbox.discord.bodies.reading import checked
from sandbox.discord.channels import THREAD_TYPES, Channel, Message
from sandbox.discord.interaction import COMMAND
from sandbox.discord.member_actions import Refused
from sandbox.discord.members import Member
from sandbox.discord.message_form import Upload
from sandbox.discord.posting import Posting
from sandbox.discord.references import CHAT_INPUT_COMMAND, DEFAULT, FORWARDABLE
from sandbox.discord.state import State

EMBED_TYPES = ("rich", "image", "video", "gifv", "article", "link")
_APPLICATIONS_OWN = ("components", "flags", "invoked_by", "command")


class _NewFile(Asked):
    filename: Annotated[str, text(255)] = "file"
    url: Annotated[str, text(2000)] | None = None


class _NewApplication(Asked):
    name: Annotated[str, text(32)]
    guild: Name | None = None


class _NewMessage(Asked):
    who: Name = WHO
    channel: Name
    content: Annotated[str, words()] | None = None
    files: Names | None = None
    embeds: AnyList | None = None
    reply_to: Name | None = None
    ping: Flag = True
    forward: Name | None = None
    components: AnyList | None = None
    flags: Annotated[int, whole()] | None = None
    invoked_by: Name | None = None
    command: Title | None = None

    def given(self, *names: str) -> list[str]:
        """Which of these fields were sent with a value."""
        return [name for name in names if getattr(self, name) is not None]


class _EmbedKind(Asked):
    """The type of an embed in a member's message."""

    model_config = ConfigDict(extra="ignore")
    type: Annotated[str, one_of(*EMBED_TYPES)] = "rich"


class MessageRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/files", self.add_file),
            web.post("/applications", self.add_application),
            web.post("/messages", self.post),
            web.delete("/messages/{id}", self.delete),
        ]

    async def add_file(self, request: web.Request) -> web.Response:
        """Store bytes, to be attached by name or to be the file at an address outside of Discord."""
        query = query_of(request, _NewFile)
        filename, url = query.filename, query.url
        if url is not None and urlsplit(url).scheme not in {"http", "https"}:
            raise Refused("'url' must be an http or https address")
        kind = request.headers.get("Content-Type")
        stored = self.state.files.add(filename, kind, io.BytesIO(await request.read()), None)
        name = f"f{len(self.state.aliases) + 1}"
        self.state.aliases[name] = stored.id
        made = {"file": name, "size": stored.size, "url": self.state.files.url(stored)}
        if url is not None:
            self.state.outside.put(url, stored)
            made |= {"url": url, "proxy_url": self.state.outside.proxied(url)}
        return answer(made)

    async def add_application(self, request: web.Request) -> web.Response:
        """Another application's bot joins the guild; the caller speaks for it."""
        body = await body_of(request, _NewApplication)
        name, guild = body.name, self.guild(body.guild)
        if any(one.name == name for one in guild.members.values()):
            raise Refused(f"there is a member {name!r} already", 409)
        member = self.state.world.accounts.add_member(name, [], guild=guild)
        member.user.bot = True
        return answer(self.member_view(member))

    async def post(self, request: web.Request) -> web.Response:
        body = await body_of(request, _NewMessage)
        author = self._author(body)
        channel = self.channel(body.channel, author)
        if not channel.takes_messages:
            raise Refused(f"no messages stand in {channel.name} itself; write in a post of it, or in another channel")
        speaks = may.SEND_MESSAGES_IN_THREADS if channel.type in THREAD_TYPES else may.SEND_MESSAGES
        if not self.state.world.sight.permissions(author, channel) & speaks:
            raise Refused(f"{author.name} may not write in {channel.name}", 403)
        if body.forward is not None:
            return answer(self.state.shown(self._forward(body, body.forward, channel, author)))
        replied = self._replied(body, channel)
        uploads = uploads_of(self.state, body.files or [])
        form: dict[str, Any] = {"content": body.content or "", "flags": body.flags or 0}
        form["components"] = body.components or []
        form["embeds"] = [checked(one, Embed) for one in body.embeds or []]
        limit = self.state.world.sight.upload_limit(channel, author)
        draft = self._posting.draft(checked(form, MessageCreate), uploads, channel, limit, author)
        for given, made in zip(form["embeds"], draft.fields["embeds"], strict=True):
            made["type"] = read(_EmbedKind, given, "an embed").type
        kind, extra = self._invoked(body, author, channel)
        if replied:
            return answer(self.state.shown(self._posting.reply(replied, author, draft, extra, pings=body.ping)))
        return answer(self.state.shown(self._posting.post(channel, author, draft, kind=kind, extra=extra)))

    def _author(self, body: _NewMessage) -> Member:
        """The member or the other application that writes. Raises Refused."""
        name = body.who
        found = next((one for one in self.state.world.accounts.people() if name in {one.id, one.name}), None)
        if found is None or not found.user.bot or found.id == self.state.application.id:
            found = self.member(name)
        if not found.user.bot and (strange := body.given(*_APPLICATIONS_OWN)):
            raise Refused(f"{strange[0]!r} is an application's; make one with POST /_sandbox/applications and write as it")
        return found

    def _replied(self, body: _NewMessage, channel: Channel) -> Message | None:
        if body.reply_to is None:
            return None
        replied = self.message(body.reply_to)
        if replied.channel is not channel:
            raise Refused(f"the message {replied.id} is in {replied.channel.name}; a reply stands beside it")
        return replied

    def _forward(self, body: _NewMessage, message_id: str, channel: Channel, author: Member) -> Message:
        if strange := body.given("content", "files", "embeds", "reply_to", *_APPLICATIONS_OWN):
            raise Refused(f"a forward carries nothing besides the message; leave {strange[0]!r} out")
        source = self.message(message_id)
        if not self.state.world.sight.sees(author, source) or source.ephemeral_to is not None:
            raise Refused(f"{author.name} cannot forward that message", 403)
        if source.data["type"] not in FORWARDABLE:
            raise Refused(f"Discord forwards no message of type {source.data['type']}")
        return self._posting.forward(channel, author, source, self._invoked(body, author, channel)[1])

    def _invoked(self, body: _NewMessage, author: Member, channel: Channel) -> tuple[int, dict[str, Any]]:
        """The type and the fields by which a message shows that an application wrote it, and who asked for it."""
        if not author.user.bot:
            return DEFAULT, {}
        extra: dict[str, Any] = {"application_id": author.id}
        if body.invoked_by is None:
            return DEFAULT, extra
        user = self.member(body.invoked_by).user.payload()
        asked = {"id": self.state.ids.next(), "type": COMMAND, "user": user, "name": body.command or "command"}
        owners = {"authorizing_integration_owners": {"0": channel.guild_id or "0"}}
        return CHAT_INPUT_COMMAND, extra | {"webhook_id": author.id, "interaction_metadata": asked | owners}

    async def delete(self, request: web.Request) -> web.Response:
        message = self.message(request.match_info["id"])
        self._posting.delete(message)
        return answer({"removed": message.id})


def uploads_of(state: State, names: list[str]) -> dict[int, Upload]:
    """Files by the names that `/files` gave them, ready to be attached. Raises Refused."""
    uploads: dict[int, Upload] = {}
    for number, name in enumerate(names):
        stored = state.files.get(state.aliases.get(name.removeprefix("@"), ""))
        if stored is None:
            raise Refused(f"there is no file {name!r}", 404)
        uploads[number] = Upload(stored.given_name, stored.content_type, stored.size, io.BytesIO(stored.path.read_bytes()))
    return uploads
