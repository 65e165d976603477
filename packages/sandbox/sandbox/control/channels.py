"""Control routes that make and change places: channels of every kind, members' own threads and posts."""

from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import NONE, WHO, AnyList, Asked, Bits, Emoji, Flag, Name, Names, Title, one_of, read, text, words
from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.control.messages import uploads_of
from sandbox.discord import permissions as may
from sandbox.discord.channels import CATEGORY, GUILD_TYPES, POSTS_ONLY, PRIVATE_THREAD, TEXT, THREAD_TYPES, Channel, Tag, Thread
from sandbox.discord.guild import Guild
from sandbox.discord.member_actions import Refused
from sandbox.discord.members import Member
from sandbox.discord.posting import Posting
from sandbox.discord.rest.channels import remove_channel
from sandbox.discord.state import State
from sandbox.discord.threads import Threads

MAX_TAGS = 20
MOST_IN_GROUP = 10  # as on Discord


_Topic = Annotated[str, text(4096)]


class _Overwrite(Asked):
    """`type` 0 is a role, 1 a member."""

    id: Name
    type: Annotated[int, one_of(0, 1)] | None = None
    allow: Bits = 0
    deny: Bits = 0


class _Tag(Asked):
    name: Annotated[str, text(20)]
    moderated: Flag = False
    emoji: Emoji | None = None


class _Posts(Asked):
    """Fields of new and changed channels. `tags` (names or objects) and `require_tag` are for channels of posts alone."""

    overwrites: list[_Overwrite] | None = None
    category: Name | None = None
    tags: AnyList | None = None
    require_tag: Flag | None = None


class _NewChannel(_Posts):
    name: Title | None = None
    type: Annotated[int, one_of(*GUILD_TYPES)] = TEXT
    nsfw: Flag = False
    topic: _Topic | None = None
    guild: Name | None = None
    dm_with: Name | None = None
    between: Names | None = None


class _ChannelChange(_Posts):
    name: Title | None = None
    nsfw: Flag | None = None
    topic: _Topic | None = None


class _ThreadChange(Asked):
    name: Title | None = None
    archived: Flag | None = None
    locked: Flag | None = None
    tags: Names | None = None


class _NewThread(Asked):
    who: Name = WHO
    channel: Name | None = None
    on: Name | None = None
    name: Title
    type: Annotated[int, one_of(*THREAD_TYPES)] | None = None
    invitable: Flag = True
    tags: Names = NONE
    content: Annotated[str, words()] = ""
    files: Names = NONE


class _Joining(Asked):
    who: Name = WHO
    member: Name | None = None


class ChannelRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting
        self._threads = Threads(state, posting)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/channels", self.add_channel),
            web.patch("/channels/{id}", self.change_channel),
            web.delete("/channels/{id}", self.delete_channel),
            web.post("/threads", self.open_thread),
            web.post("/threads/{id}/members", self.join),
            web.delete("/threads/{id}/members", self.leave),
        ]

    async def add_channel(self, request: web.Request) -> web.Response:
        body = await body_of(request, _NewChannel)
        if body.dm_with is not None:
            return answer(self.state.channel_view(self.state.world.direct.opened(self.member(body.dm_with).id)))
        if body.between is not None:
            return answer(self._group(body.name, body.between))
        if body.name is None:
            raise Refused("'name' is missing")
        kind = body.type
        category, tags, require_tag = (
            self._category(body.category, kind),
            self._tags(body, kind, []),
            self._requires(body, kind),
        )
        guild = (self.state.world.guild_of(category) if category else None) or self.guild(body.guild)
        inherited = list(category.overwrites) if category else []
        overwrites = inherited if body.overwrites is None else self._overwrites(body.overwrites, guild)
        channel = self.state.world.add_channel(body.name, kind, nsfw=body.nsfw, overwrites=overwrites, guild=guild)
        channel.topic, channel.category, channel.tags, channel.require_tag = body.topic, category, tags, require_tag
        self.state.tell_channel("CHANNEL_CREATE", channel)
        return answer(self.state.channel_view(channel))

    def _group(self, name: str | None, between: list[str]) -> dict[str, Any]:
        """A direct message between members, which the bot is not in."""
        people = [self.member(one) for one in between]
        if len({one.id for one in people}) != len(people) or not 2 <= len(people) <= MOST_IN_GROUP:
            raise Refused(f"'between' names 2 to {MOST_IN_GROUP} members, each once")
        channel = self.state.world.direct.add_group(name or ", ".join(one.name for one in people), people)
        self.state.tell_channel("CHANNEL_CREATE", channel)
        return self.state.channel_view(channel)

    def _category(self, name: str | None, kind: int) -> Channel | None:
        if name is None:
            return None
        found = self.channel(name)
        if found.type != CATEGORY or kind == CATEGORY:
            raise Refused("'category' names a channel of type 4, and no category stands in another")
        return found

    def _tags(self, body: _Posts, kind: int, before: list[Tag]) -> list[Tag]:
        """Tags by name, or as objects; one that is there already keeps its id."""
        if body.tags is None:
            return before
        if kind not in POSTS_ONLY:
            raise Refused("'tags' are for channels of posts (type 15 and 16)")
        given = [{"name": one} if isinstance(one, str) else one for one in body.tags]
        if len(given) > MAX_TAGS:
            raise Refused(f"a channel has at most {MAX_TAGS} tags")
        held = {tag.name: tag.id for tag in before}
        made: list[Tag] = []
        for index, one in enumerate(given):
            tag = read(_Tag, one, f"tags[{index}]")
            if any(tag.name == other.name for other in made):
                raise Refused(f"there are two tags {tag.name!r}")
            tag_id = held.get(tag.name) or self.state.ids.next()
            made.append(Tag(tag_id, tag.name, tag.moderated, tag.emoji))
        return made

    def _requires(self, body: _Posts, kind: int, default: bool = False) -> bool:  # noqa: FBT001, FBT002 - what is there already
        if body.require_tag is not None and kind not in POSTS_ONLY:
            raise Refused("'require_tag' is for channels of posts (type 15 and 16)")
        return default if body.require_tag is None else body.require_tag

    def _overwrites(self, given: list[_Overwrite], guild: Guild) -> list[dict[str, Any]]:
        """Overwrites for roles and members named by id or name (`@everyone` too)."""
        made: list[dict[str, Any]] = []
        for one in given:
            kind = one.type
            if kind is None:
                kind = int(any(one.id in {member.id, member.name} for member in guild.members.values()))
            target = self._overwritten(one.id) if kind == 1 else self.role(one.id, guild).id
            made.append({"id": target, "type": kind, "allow": str(one.allow), "deny": str(one.deny)})
        return made

    def _overwritten(self, name: str) -> str:
        bot = self.state.world.bot_member
        return bot.id if name in {bot.id, bot.name, "bot"} else self.member(name).id

    async def change_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        if channel.thread:
            return await self._change_thread(request, channel, channel.thread)
        body = await body_of(request, _ChannelChange)
        guild = self.state.world.guild_of(channel) or self.state.world.home
        category = self._category(body.category, channel.type) if body.sent("category") else channel.category
        tags, required = self._tags(body, channel.type, channel.tags), self._requires(body, channel.type, channel.require_tag)
        if body.overwrites is not None:
            channel.overwrites = self._overwrites(body.overwrites, guild)
        channel.name, channel.topic = body.name or channel.name, body.topic or channel.topic
        channel.nsfw = channel.nsfw if body.nsfw is None else body.nsfw
        channel.category, channel.tags, channel.require_tag = category, tags, required
        self.state.tell_channel("CHANNEL_UPDATE", channel)
        return answer(self.state.channel_view(channel))

    async def _change_thread(self, request: web.Request, channel: Channel, thread: Thread) -> web.Response:
        body = await body_of(request, _ThreadChange)
        if body.tags is not None and channel.parent:
            thread.tags = self._named_tags(channel.parent, body.tags)
        thread.archived = thread.archived if body.archived is None else body.archived
        thread.locked = thread.locked if body.locked is None else body.locked
        channel.name = body.name or channel.name
        thread.active_ms = thread.archive_ms = self.state.clock.now_ms()
        self._posting.archiving.tell_thread(channel)
        return answer(self.state.channel_view(channel))

    async def delete_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        remove_channel(self.state, channel)
        return answer({"removed": channel.id})

    def _named_tags(self, parent: Channel, names: list[str]) -> list[str]:
        known = {tag.name: tag.id for tag in parent.tags} | {tag.id: tag.id for tag in parent.tags}
        if strange := [one for one in names if one not in known]:
            there = ", ".join(tag.name for tag in parent.tags)
            raise Refused(f"there is no tag {strange[0]!r} in {parent.name}; there are: {there or 'none'}")
        return [known[one] for one in names]

    async def open_thread(self, request: web.Request) -> web.Response:
        """A member opens a thread, on a message or alone, or writes a post."""
        body = await body_of(request, _NewThread)
        owner = self.member(body.who)
        if body.on is not None:
            message = self.message(body.on)
            self._need(owner, message.channel, may.CREATE_PUBLIC_THREADS)
            return answer(self.state.channel_view(self._threads.on_message(message, owner, {"name": body.name})))
        if body.channel is None:
            raise Refused("'channel' is missing")
        parent = self.channel(body.channel, owner)
        if parent.type in POSTS_ONLY:
            return answer(self._post(body, parent, owner))
        if body.type is None:
            raise Refused("'type' is missing")
        private = body.type == PRIVATE_THREAD
        self._need(owner, parent, may.CREATE_PRIVATE_THREADS if private else may.CREATE_PUBLIC_THREADS)
        form = {"name": body.name, "type": body.type, "invitable": body.invitable}
        return answer(self.state.channel_view(self._threads.alone(parent, owner, form)))

    def _post(self, body: _NewThread, parent: Channel, owner: Member) -> dict[str, Any]:
        self._need(owner, parent, may.SEND_MESSAGES)
        form = {"name": body.name, "applied_tags": self._named_tags(parent, body.tags)}
        channel = self._threads.made_post(parent, owner, form)
        uploads = uploads_of(self.state, body.files)
        limit = self.state.world.sight.upload_limit(channel, owner)
        draft = self._posting.draft({"content": body.content}, uploads, channel, limit, owner)
        message = self._threads.begin_post(channel, owner, draft)
        return self.state.channel_view(channel) | {"message": self.state.shown(message)}

    def _need(self, member: Member, channel: Channel, wanted: int) -> None:
        if not self.state.world.sight.permissions(member, channel) & wanted:
            raise Refused(f"{member.name} may not do that in {channel.name}", 403)

    def _thread(self, request: web.Request) -> tuple[Channel, Thread]:
        channel = self.channel(request.match_info["id"])
        if channel.thread is None:
            raise Refused(f"{channel.name} is no thread")
        return channel, channel.thread

    async def join(self, request: web.Request) -> web.Response:
        """A member joins a thread, or brings another one or the bot into it."""
        channel, thread = self._thread(request)
        body = await body_of(request, _Joining)
        actor = self.member(body.who)
        joining = self._overwritten(body.member or actor.id)
        self._need(actor, channel, may.VIEW_CHANNEL)
        manages = self.state.world.sight.permissions(actor, channel) & may.MANAGE_THREADS
        if joining != actor.id and not thread.invitable and not manages:
            raise Refused(f"{channel.name} takes in nobody but by those who manage threads", 403)
        if joining not in thread.members:
            self._threads.join(channel, joining)
        return answer(self.state.channel_view(channel))

    async def leave(self, request: web.Request) -> web.Response:
        """A member leaves a thread, or one who manages threads takes another one or the bot out."""
        channel, thread = self._thread(request)
        body = await body_of(request, _Joining)
        actor = self.member(body.who)
        leaving = self._overwritten(body.member or actor.id)
        if leaving != actor.id:
            self._need(actor, channel, may.MANAGE_THREADS)
        if leaving in thread.members:
            self._threads.leave(channel, leaving)
        return answer(self.state.channel_view(channel))
