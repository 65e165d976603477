"""Control routes by which members react to messages, and take their reactions back."""

from aiohttp import web

from sandbox.control.asked import WHO, Asked, Emoji, Flag, Name
from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.discord import permissions as may
from sandbox.discord.channels import Message
from sandbox.discord.member_actions import Refused
from sandbox.discord.members import Member
from sandbox.discord.reactions import Reactions
from sandbox.discord.state import State


class _Reaction(Asked):
    who: Name = WHO
    message: Name
    emoji: Emoji


class _Removal(Asked):
    who: Name = WHO
    message: Name
    emoji: Emoji | None = None
    everyone: Flag = False


class ReactionRoutes(ControlRoutes):
    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._reactions = Reactions(state)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/reactions", self.add), web.delete("/reactions", self.remove)]

    def _read(self, body: _Reaction | _Removal) -> tuple[Member, Message]:
        member, message = self.member(body.who), self.message(body.message)
        if not self.state.world.sight.sees(member, message):
            raise Refused(f"{member.name} does not see that message", 404)
        if message.channel.thread and message.channel.thread.archived:
            raise Refused("nobody reacts in an archived thread", 409)
        return member, message

    async def add(self, request: web.Request) -> web.Response:
        body = await body_of(request, _Reaction)
        member, message = self._read(body)
        emoji = body.emoji
        granted = self.state.world.sight.permissions(member, message.channel)
        if not granted & may.READ_MESSAGE_HISTORY or not (emoji in message.reactors or granted & may.ADD_REACTIONS):
            raise Refused(f"{member.name} may not react in {message.channel.name}", 403)
        self._reactions.add(message, emoji, member)
        return answer(self.state.shown(message))

    async def remove(self, request: web.Request) -> web.Response:
        """A member's own reaction; with `everyone`, all of that emoji, or of the message, by who manages messages."""
        body = await body_of(request, _Removal)
        member, message = self._read(body)
        if not body.everyone:
            if body.emoji is None:
                raise Refused("'emoji' is missing")
            self._reactions.remove(message, body.emoji, member.id)
            return answer(self.state.shown(message))
        if not self.state.world.sight.permissions(member, message.channel) & may.MANAGE_MESSAGES:
            raise Refused(f"{member.name} may not take off others' reactions", 403)
        self._reactions.clear(message, body.emoji)
        return answer(self.state.shown(message))
