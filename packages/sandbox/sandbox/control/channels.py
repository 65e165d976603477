"""Control routes that make and change places: channels of every kind, members' own threads and posts."""

from typing import Any

from aiohttp import web

from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.control.fields import Fields
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
_POSTS_OWN = ("tags", "require_tag")


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
        known = ("name", "type", "nsfw", "overwrites", "topic", "category", "guild", "dm_with", "between", *_POSTS_OWN)
        body = await body_of(request, *known)
        if "dm_with" in body:
            return answer(self.state.channel_view(self.state.world.dm(self.member(body.name("dm_with")).id)))
        if "between" in body:
            return answer(self._group(body))
        kind = body.choice("type", GUILD_TYPES, TEXT)
        name, nsfw, topic = body.text("name", most=100), body.flag("nsfw", default=False), body.text("topic", None, most=4096)
        category, tags, require_tag = self._category(body, kind), self._tags(body, kind, []), self._requires(body, kind)
        guild = (self.state.world.guild_of(category) if category else None) or self.guild(body.name("guild", None))
        inherited = list(category.overwrites) if category else []
        overwrites = self._overwrites(body, guild) if "overwrites" in body else inherited
        channel = self.state.world.add_channel(name, kind, nsfw=nsfw, overwrites=overwrites, guild=guild)
        channel.topic, channel.category, channel.tags, channel.require_tag = topic, category, tags, require_tag
        self.state.tell_channel("CHANNEL_CREATE", channel)
        return answer(self.state.channel_view(channel))

    def _group(self, body: Fields) -> dict[str, Any]:
        """A direct message between members, which the bot is not in."""
        people = [self.member(one) for one in body.names("between")]
        if len({one.id for one in people}) != len(people) or not 2 <= len(people) <= MOST_IN_GROUP:
            raise Refused(f"'between' names 2 to {MOST_IN_GROUP} members, each once")
        channel = self.state.world.add_group(body.text("name", ", ".join(one.name for one in people), most=100), people)
        self.state.tell_channel("CHANNEL_CREATE", channel)
        return self.state.channel_view(channel)

    def _category(self, body: Fields, kind: int) -> Channel | None:
        if "category" not in body:
            return None
        found = self.channel(body.name("category"))
        if found.type != CATEGORY or kind == CATEGORY:
            raise Refused("'category' names a channel of type 4, and no category stands in another")
        return found

    def _tags(self, body: Fields, kind: int, before: list[Tag]) -> list[Tag]:
        """Tags by name, or as objects; one that is there already keeps its id."""
        if "tags" not in body:
            return before
        if kind not in POSTS_ONLY:
            raise Refused("'tags' are for channels of posts (type 15 and 16)")
        given = [{"name": one} if isinstance(one, str) else one for one in body.any_list("tags")]
        if len(given) > MAX_TAGS:
            raise Refused(f"a channel has at most {MAX_TAGS} tags")
        held = {tag.name: tag.id for tag in before}
        made: list[Tag] = []
        for index, one in enumerate(given):
            tag = Fields(one, "name", "moderated", "emoji", what=f"tags[{index}]")
            name = tag.text("name", most=20)
            if any(name == other.name for other in made):
                raise Refused(f"there are two tags {name!r}")
            tag_id = held.get(name) or self.state.ids.next()
            made.append(Tag(tag_id, name, tag.flag("moderated", default=False), tag.text("emoji", None, most=32)))
        return made

    def _requires(self, body: Fields, kind: int, default: bool = False) -> bool:  # noqa: FBT001, FBT002 - what is there already
        if "require_tag" in body and kind not in POSTS_ONLY:
            raise Refused("'require_tag' is for channels of posts (type 15 and 16)")
        return bool(body.flag("require_tag", default))

    def _overwrites(self, body: Fields, guild: Guild) -> list[dict[str, Any]]:
        """Overwrites for roles and members named by id or name (`@everyone` too); `type` 0 is a role, 1 a member."""
        made: list[dict[str, Any]] = []
        for one in body.objects("overwrites", "id", "type", "allow", "deny", default=[]):
            name, kind = one.name("id"), one.choice("type", (0, 1), default=None)
            if kind is None:
                kind = int(any(name in {member.id, member.name} for member in guild.members.values()))
            target = self._overwritten(name) if kind == 1 else self.role(name, guild).id
            allow, deny = str(one.bits("allow", 0)), str(one.bits("deny", 0))
            made.append({"id": target, "type": kind, "allow": allow, "deny": deny})
        return made

    def _overwritten(self, name: str) -> str:
        bot = self.state.world.bot_member
        return bot.id if name in {bot.id, bot.name, "bot"} else self.member(name).id

    async def change_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        if channel.thread:
            return await self._change_thread(request, channel, channel.thread)
        body = await body_of(request, "name", "nsfw", "overwrites", "topic", "category", *_POSTS_OWN)
        guild = self.state.world.guild_of(channel) or self.state.world.home
        name, nsfw = body.text("name", channel.name, most=100), body.flag("nsfw", channel.nsfw)
        topic = body.text("topic", channel.topic, most=4096)
        category = self._category(body, channel.type) if body.sent("category") else channel.category
        tags, required = self._tags(body, channel.type, channel.tags), self._requires(body, channel.type, channel.require_tag)
        channel.overwrites = self._overwrites(body, guild) if "overwrites" in body else channel.overwrites
        channel.name, channel.nsfw, channel.topic, channel.category = name, nsfw, topic, category
        channel.tags, channel.require_tag = tags, required
        self.state.tell_channel("CHANNEL_UPDATE", channel)
        return answer(self.state.channel_view(channel))

    async def _change_thread(self, request: web.Request, channel: Channel, thread: Thread) -> web.Response:
        body = await body_of(request, "name", "archived", "locked", "tags")
        name = body.text("name", channel.name, most=100)
        archived, locked = body.flag("archived", thread.archived), body.flag("locked", thread.locked)
        if "tags" in body and channel.parent:
            thread.tags = self._named_tags(channel.parent, body.names("tags"))
        thread.archived, thread.locked, channel.name = archived, locked, name
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
        body = await body_of(request, "as", "channel", "on", "name", "type", "invitable", "tags", "content", "files")
        owner = self.member(body.name("as"))
        name = body.text("name", most=100)
        if "on" in body:
            message = self.message(body.name("on"))
            self._need(owner, message.channel, may.CREATE_PUBLIC_THREADS)
            return answer(self.state.channel_view(self._threads.on_message(message, owner, {"name": name})))
        parent = self.channel(body.name("channel"), owner)
        if parent.type in POSTS_ONLY:
            return answer(self._post(body, parent, owner, name))
        kind = body.choice("type", THREAD_TYPES)
        self._need(owner, parent, may.CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else may.CREATE_PUBLIC_THREADS)
        form = {"name": name, "type": kind, "invitable": body.flag("invitable", default=True)}
        return answer(self.state.channel_view(self._threads.alone(parent, owner, form)))

    def _post(self, body: Fields, parent: Channel, owner: Member, name: str) -> dict[str, Any]:
        self._need(owner, parent, may.SEND_MESSAGES)
        form = {"name": name, "applied_tags": self._named_tags(parent, body.names("tags"))}
        channel = self._threads.made_post(parent, owner, form)
        uploads = uploads_of(self.state, body.names("files"))
        limit = self.state.world.upload_limit(channel, owner)
        draft = self._posting.draft({"content": body.words("content")}, uploads, channel, limit, owner)
        message = self._threads.begin_post(channel, owner, draft)
        return self.state.channel_view(channel) | {"message": self.state.shown(message)}

    def _need(self, member: Member, channel: Channel, wanted: int) -> None:
        if not self.state.world.permissions(member, channel) & wanted:
            raise Refused(f"{member.name} may not do that in {channel.name}", 403)

    def _thread(self, request: web.Request) -> tuple[Channel, Thread]:
        channel = self.channel(request.match_info["id"])
        if channel.thread is None:
            raise Refused(f"{channel.name} is no thread")
        return channel, channel.thread

    async def join(self, request: web.Request) -> web.Response:
        """A member joins a thread, or brings another one or the bot into it."""
        channel, thread = self._thread(request)
        body = await body_of(request, "as", "member")
        actor = self.member(body.name("as"))
        joining = self._overwritten(body.name("member", actor.id))
        self._need(actor, channel, may.VIEW_CHANNEL)
        manages = self.state.world.permissions(actor, channel) & may.MANAGE_THREADS
        if joining != actor.id and not thread.invitable and not manages:
            raise Refused(f"{channel.name} takes in nobody but by those who manage threads", 403)
        if joining not in thread.members:
            self._threads.join(channel, joining)
        return answer(self.state.channel_view(channel))

    async def leave(self, request: web.Request) -> web.Response:
        """A member leaves a thread, or one who manages threads takes another one or the bot out."""
        channel, thread = self._thread(request)
        body = await body_of(request, "as", "member")
        actor = self.member(body.name("as"))
        leaving = self._overwritten(body.name("member", actor.id))
        if leaving != actor.id:
            self._need(actor, channel, may.MANAGE_THREADS)
        if leaving in thread.members:
            self._threads.leave(channel, leaving)
        return answer(self.state.channel_view(channel))
