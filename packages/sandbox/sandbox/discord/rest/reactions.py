"""Reactions as the bot adds, reads and removes them."""

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord.channels import Message
from sandbox.discord.reactions import Reactions as Kept
from sandbox.discord.rest.queries import limit_of, whole
from sandbox.discord.rest.web import Routes, answer, empty
from sandbox.discord.state import State

MOST_USERS, DEFAULT_USERS = 100, 25


class ReactionRoutes(Routes):
    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._kept = Kept(state)

    def routes(self) -> list[web.RouteDef]:
        every = "/channels/{channel_id}/messages/{message_id}/reactions"
        one = every + "/{emoji}"
        return [
            web.delete(every, self.clear),
            web.get(one, self.users),
            web.delete(one, self.clear),
            web.put(one + "/@me", self.add),
            web.delete(one + "/@me", self.remove),
            web.delete(one + "/{user_id}", self.remove),
        ]

    def _open(self, request: web.Request) -> Message:
        message = self.message(request)
        self.need_open(message.channel)
        return message

    async def add(self, request: web.Request) -> web.Response:
        message, emoji = self._open(request), request.match_info["emoji"]
        self.need(message.channel, may.READ_MESSAGE_HISTORY)
        if emoji not in message.reactors:
            self.need(message.channel, may.ADD_REACTIONS)
        self._kept.add(message, emoji, self.state.world.bot_member)
        return empty()

    async def remove(self, request: web.Request) -> web.Response:
        message, user_id = self._open(request), request.match_info.get("user_id")
        if user_id is not None:
            self.need(message.channel, may.MANAGE_MESSAGES)
        self._kept.remove(message, request.match_info["emoji"], user_id or self.state.world.bot_user.id)
        return empty()

    async def clear(self, request: web.Request) -> web.Response:
        message = self._open(request)
        self.need(message.channel, may.MANAGE_MESSAGES)
        self._kept.clear(message, request.match_info.get("emoji"))
        return empty()

    async def users(self, request: web.Request) -> web.Response:
        message = self.message(request)
        self.need(message.channel, may.READ_MESSAGE_HISTORY)
        limit = limit_of(request, DEFAULT_USERS, MOST_USERS)
        return answer(self._kept.users(message, request.match_info["emoji"], whole(request, "after", 0), limit))
