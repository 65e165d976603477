"""What members do: run commands, press buttons, choose, submit modals. Each becomes an interaction sent to the bot.

Refuses what Discord's client would not let a member do. The control routes call it.
"""

import secrets
import time
from typing import Any

from sandbox.discord import interaction as kinds
from sandbox.discord import options as line
from sandbox.discord import permissions as may
from sandbox.discord.channels import Channel, Message
from sandbox.discord.components import SELECTS, STRING_SELECT, walk
from sandbox.discord.installation import IN_GUILD, USER_INSTALL, Owners, context_of, is_guest, owners_for, owners_of
from sandbox.discord.interaction import Interaction
from sandbox.discord.members import Member
from sandbox.discord.modals import Unfit, chosen, inputs_of, submitted
from sandbox.discord.posting import Posting
from sandbox.discord.registry import CHAT_INPUT
from sandbox.discord.resolving import ENTITIES, Resolving
from sandbox.discord.state import State


class Refused(Exception):
    """A member cannot do this; the message says what to change. `status` is the control API's."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class MemberActions:
    def __init__(self, state: State, posting: Posting) -> None:
        self._state = state
        self._posting = posting

    def command(
        self,
        member: Member,
        channel: Channel,
        command: str,
        given: dict[str, Any],
        *,
        target: str | None = None,
        focused: str | None = None,
    ) -> Interaction:
        """Run a command, or ask for an option's completions where `focused` names it. Raises Refused."""
        self._need_no_outage(channel)
        words = command.removeprefix("/").split() if command.startswith("/") else [command]
        if not words:
            raise Refused("'command' is a slash and a name, such as /video text")
        definition = self._find(words[0], command, channel, slash=command.startswith("/"))
        self._may_run(member, channel, definition)
        self._open_again(member, channel)
        resolving = Resolving(self._state, self._posting, channel)
        data: dict[str, Any] = {"id": definition["id"], "name": definition["name"], "type": definition["type"]}
        if definition.get("guild_id"):
            data["guild_id"] = definition["guild_id"]
        try:
            if definition["type"] == CHAT_INPUT and target is not None:
                raise Refused(f"{command} takes no target; only the commands of a context menu do")
            if definition["type"] != CHAT_INPUT and given:
                raise Refused(f"{command!r} takes no options; it stands in a context menu")
            if definition["type"] == CHAT_INPUT:
                walked, wanted = line.find(definition, words[1:])
                filled = line.filled(wanted, given, resolving.option, focused=focused)
                data["options"] = _nested(walked, filled)
            else:
                data["target_id"] = resolving.target(definition["type"], target)
        except line.BadOption as bad:
            raise Refused(str(bad)) from bad
        if resolving.resolved:
            data["resolved"] = resolving.resolved
        kind = kinds.AUTOCOMPLETE if focused else kinds.COMMAND
        owners = owners_for(self._state.world, member, channel, definition["integration_types"])
        return self._send(kind, member, channel, data, owners, name=" ".join(words))

    def component(self, member: Member, message: Message, custom_id: str, values: list[str]) -> Interaction:
        """Press a button or choose in a select. Raises Refused."""
        self._need_no_outage(message.channel)
        if not self._state.world.sight.sees(member, message):
            raise Refused(f"{member.name} does not see that message", 404)
        found = [one for one in walk(message.data["components"]) if one.get("custom_id") == custom_id]
        if not found:
            known = [one["custom_id"] for one in walk(message.data["components"]) if one.get("custom_id")]
            raise Refused(f"the message has no component {custom_id!r}; it has: {', '.join(known) or 'none'}", 404)
        component = found[0]
        if component.get("disabled"):
            raise Refused(f"the component {custom_id!r} is disabled", 409)
        if message.channel.locked:
            raise Refused("nobody's client lets a component of a locked thread be pressed", 409)
        if values and component["type"] not in SELECTS:
            raise Refused(f"the component {custom_id!r} is a button; values are chosen in lists")
        self._open_again(member, message.channel)
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        if component["type"] in SELECTS:
            data["values"] = self._chosen(component, values)
            resolving = Resolving(self._state, self._posting, message.channel)
            if component["type"] != STRING_SELECT:
                data["values"] = self._resolved(resolving, component["type"], data["values"])
                data["resolved"] = resolving.resolved
        return self._send(kinds.COMPONENT, member, message.channel, data, owners_of(message), message=message)

    def _open_again(self, member: Member, channel: Channel) -> None:
        """A member's client opens an archived thread before it sends anything there, which fails for some."""
        if not self._state.world.refresh_thread(channel).archived:
            return
        granted = self._state.world.sight.permissions(member, channel)
        needed = may.MANAGE_THREADS if channel.locked else may.SEND_MESSAGES_IN_THREADS
        if not granted & needed or member.id in self._state.moderation.unarchiving_fails:
            raise Refused(
                f"the client of {member.name} could not open the archived thread again: the press does not arrive", 409
            )
        self._posting.archiving.open_again(channel)

    def modal(self, opened: Interaction, member: Member, values: dict[str, Any]) -> Interaction:
        """Submit a modal that an interaction opened; once. Raises Refused."""
        if opened.modal is None or opened.member.id != member.id:
            raise Refused(f"interaction {opened.id} has no open modal of {member.name}", 409)
        self._need_no_outage(opened.channel)
        modal = opened.modal
        resolving = Resolving(self._state, self._posting, opened.channel)
        values = dict(values)
        try:
            for custom_id, field in inputs_of(modal).items():
                if field["type"] in ENTITIES and values.get(custom_id) is not None:
                    names = chosen(values[custom_id], custom_id)
                    values[custom_id] = self._resolved(resolving, field["type"], names)
            components = submitted(modal, values)
        except Unfit as unfit:
            raise Refused(str(unfit)) from unfit
        data: dict[str, Any] = {"custom_id": modal["custom_id"], "components": components}
        if resolving.resolved:
            data["resolved"] = resolving.resolved
        opened.modal = None
        made = self._send(kinds.MODAL_SUBMIT, member, opened.channel, data, opened.owners, message=opened.message)
        self._state.tell_interaction(opened)
        return made

    def _resolved(self, resolving: Resolving, kind: int, names: list[str]) -> list[str]:
        try:
            return resolving.select(kind, names)
        except line.BadOption as bad:
            raise Refused(str(bad)) from bad

    def _find(self, name: str, asked: str, channel: Channel, *, slash: bool) -> dict[str, Any]:
        known = list(self._state.registry.everywhere(channel.guild_id or self._state.world.home.id))
        for definition in known:
            if definition["name"] == name and (definition["type"] == CHAT_INPUT) is slash:
                return definition
        names = ", ".join(("/" if one["type"] == CHAT_INPUT else "") + one["name"] for one in known)
        raise Refused(f"the bot registered no command {asked!r}; it has: {names or 'none yet'}", 404)

    def _need_no_outage(self, channel: Channel) -> None:
        guild = self._state.world.guild_of(channel)
        if guild and not guild.available:
            raise Refused(f"{guild.name} has an outage: nobody does anything there", 409)

    def _may_run(self, member: Member, channel: Channel, definition: dict[str, Any]) -> None:
        granted = self._state.world.sight.permissions(member, channel)
        if not granted & may.VIEW_CHANNEL:
            raise Refused(f"{member.name} does not see that channel", 403)
        if not channel.takes_messages:
            raise Refused(f"no commands run in {channel.name} itself, only in its posts or its channels")
        if not granted & may.USE_APPLICATION_COMMANDS:
            raise Refused(f"{member.name} may not use commands in #{channel.name}", 403)
        needed = definition["default_member_permissions"]
        if needed is not None and channel.guild_id and not _has(granted, int(needed)):
            raise Refused(f"{member.name} lacks the permissions that this command asks for ({needed})", 403)
        if not owners_for(self._state.world, member, channel, definition["integration_types"]):
            raise Refused(_nowhere_installed(member, definition), 403)
        contexts, context = definition["contexts"], context_of(channel)
        in_dm = definition["dm_permission"] or context == IN_GUILD
        if (contexts is not None and context not in contexts) or (contexts is None and not in_dm):
            raise Refused("the command is not offered in this kind of channel", 403)
        if definition["nsfw"] and channel.guild_id and not channel.is_nsfw:
            raise Refused("the command is offered in age-restricted channels only", 403)

    def _chosen(self, component: dict[str, Any], values: list[str]) -> list[str]:
        low, high = component["min_values"], component["max_values"]
        if not low <= len(values) <= high:
            raise Refused(f"choose {low} to {high} values, {len(values)} were given")
        if component["type"] == STRING_SELECT:
            known = {option["value"] for option in component["options"]}
            if strange := [value for value in values if value not in known]:
                raise Refused(f"there is no option {strange[0]!r}; there are: {', '.join(sorted(known))}")
        return values

    def _send(
        self,
        kind: int,
        member: Member,
        channel: Channel,
        data: dict[str, Any],
        owners: Owners,
        *,
        message: Message | None = None,
        name: str = "",
    ) -> Interaction:
        world = self._state.world
        member = world.accounts.member_in(channel, member.id) or member
        interaction_id = self._state.ids.next()
        token = secrets.token_urlsafe(48)
        limit = world.sight.upload_limit(channel, member)
        granted, guest = world.sight.permissions(member, channel), is_guest(owners)
        payload: dict[str, Any] = {
            "id": interaction_id,
            "application_id": self._state.application.id,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": channel.payload() | {"permissions": str(granted)},
            "locale": member.user.locale,
            "entitlements": [],
            "app_permissions": str(
                granted & may.AS_GUEST if is_guest(owners) else world.sight.permissions(world.bot_member, channel)
            ),
            "authorizing_integration_owners": owners,
            "context": context_of(channel),
            "attachment_size_limit": limit,
        }
        guild, here = world.guild_of(channel), world.accounts.member_in(channel, member.id)
        if guild and here:
            payload |= {
                "guild_id": guild.id,
                "guild": guild.partial(),
                "guild_locale": guild.preferred_locale,
                "member": here.payload() | {"permissions": str(granted)},
            }
        else:
            payload["user"] = member.user.payload()
        if message:
            payload["message"] = self._posting.reading.fresh(message)
        now = self._state.clock.now_ms()
        interaction = Interaction(
            interaction_id, token, kind, member, channel, payload, now, time.perf_counter(), name, message, limit
        )
        shows = may.USE_EXTERNAL_APPS | (may.SEND_MESSAGES_IN_THREADS if channel.thread else may.SEND_MESSAGES)
        interaction.must_be_ephemeral = bool(channel.guild_id) and guest and granted & shows != shows
        self._state.add_interaction(interaction)
        self._state.tell_interaction(interaction)
        interaction.sent_at = time.perf_counter()
        self._state.gateway.dispatch("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
        return interaction


def _nowhere_installed(member: Member, definition: dict[str, Any]) -> str:
    """What keeps a command from a place where no installation offers it."""
    if USER_INSTALL not in definition["integration_types"]:
        return "the bot is not there, and the command's 'integration_types' offer it where the bot is alone"
    if not member.user.installed:
        return f'the bot is not there, and {member.name} has not installed it: PATCH the member with "installed": true'
    return "the command's 'integration_types' do not name the installation that is there"


def _has(granted: int, needed: int) -> bool:
    return (needed != 0 and granted & needed == needed) or bool(granted & may.ADMINISTRATOR)


def _nested(walked: list[dict[str, Any]], filled: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for definition in reversed(walked):
        filled = [{"name": definition["name"], "type": definition["type"], "options": filled}]
    return filled
