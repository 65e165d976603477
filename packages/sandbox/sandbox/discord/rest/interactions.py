"""Interaction endpoints: callbacks and the webhook routes of an interaction's token. No bot token is asked for here."""

from aiohttp import web

from sandbox.discord.bodies.messages import Callback, MessageAnswer, MessageEdit
from sandbox.discord.callbacks import Callbacks
from sandbox.discord.posting import Posting
from sandbox.discord.rest.queries import flag
from sandbox.discord.rest.web import Routes, answer, empty, form_of
from sandbox.discord.state import State

RECEIVED_AT = web.RequestKey("received_at", float)
"""`perf_counter` seconds at which the request arrived."""


class InteractionRoutes(Routes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting
        self._answering = Callbacks(state, posting)

    def routes(self) -> list[web.RouteDef]:
        message = "/webhooks/{application_id}/{token}/messages/{message_id}"
        return [
            web.post("/interactions/{interaction_id}/{token}/callback", self.callback),
            web.post("/webhooks/{application_id}/{token}", self.follow_up),
            web.get(message, self.get),
            web.patch(message, self.edit),
            web.delete(message, self.delete),
        ]

    async def callback(self, request: web.Request) -> web.Response:
        body, uploads = await form_of(request, Callback)
        made = self._answering.callback(
            request.match_info["interaction_id"], request.match_info["token"], body, uploads, request[RECEIVED_AT]
        )
        return answer(made) if flag(request, "with_response") else empty()

    async def follow_up(self, request: web.Request) -> web.Response:
        interaction = self._answering.by_token(request.match_info["application_id"], request.match_info["token"])
        body, uploads = await form_of(request, MessageAnswer)
        return answer(self._posting.reading.for_bot(self._answering.follow_up(interaction, body, uploads)))

    async def get(self, request: web.Request) -> web.Response:
        interaction = self._answering.by_token(request.match_info["application_id"], request.match_info["token"])
        message = self._answering.message(interaction, request.match_info["message_id"])
        return answer(self._posting.reading.for_bot(message))

    async def edit(self, request: web.Request) -> web.Response:
        interaction = self._answering.by_token(request.match_info["application_id"], request.match_info["token"])
        message = self._answering.message(interaction, request.match_info["message_id"])
        body, uploads = await form_of(request, MessageEdit)
        return answer(self._posting.reading.for_bot(self._answering.edit(interaction, message, body, uploads)))

    async def delete(self, request: web.Request) -> web.Response:
        interaction = self._answering.by_token(request.match_info["application_id"], request.match_info["token"])
        message = self._answering.message(interaction, request.match_info["message_id"])
        self._answering.delete(interaction, message)
        return empty()
