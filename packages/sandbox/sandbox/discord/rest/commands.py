"""REST routes over the application's commands, global ones and those of a guild."""

from aiohttp import web

from sandbox.discord.bodies.commands import Command
from sandbox.discord.errors import unknown
from sandbox.discord.rest.web import Routes, answer, body_of, empty

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


class CommandRoutes(Routes):
    def routes(self) -> list[web.RouteDef]:
        made: list[web.RouteDef] = []
        for path in (COMMANDS, GUILD_COMMANDS):
            made += [
                web.get(path, self.commands),
                web.put(path, self.replace),
                web.post(path, self.create),
                web.get(path + "/{command_id}", self.command),
                web.patch(path + "/{command_id}", self.patch),
                web.delete(path + "/{command_id}", self.delete),
            ]
        return made

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application_id"] != self.state.application.id:
            raise unknown("command")
        guild_id = request.match_info.get("guild_id")
        if guild_id is not None:
            self.guild_of(guild_id)
        return guild_id

    def _told(self) -> None:
        shown = list(self.state.registry.everywhere(self.state.world.home.id))
        self.state.bus.publish("commands", lambda _: {"commands": shown})

    async def commands(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.all(self._scope(request)))

    async def replace(self, request: web.Request) -> web.Response:
        made = self.state.registry.replace(self._scope(request), await body_of(request, list[Command]))
        self._told()
        return answer(made)

    async def create(self, request: web.Request) -> web.Response:
        made, new = self.state.registry.put(self._scope(request), await body_of(request, Command))
        self._told()
        return answer(made, 201 if new else 200)

    async def command(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.get(self._scope(request), request.match_info["command_id"]))

    async def patch(self, request: web.Request) -> web.Response:
        command_id = request.match_info["command_id"]
        made = self.state.registry.patch(self._scope(request), command_id, await body_of(request, Command))
        self._told()
        return answer(made)

    async def delete(self, request: web.Request) -> web.Response:
        self.state.registry.delete(self._scope(request), request.match_info["command_id"])
        self._told()
        return empty()
