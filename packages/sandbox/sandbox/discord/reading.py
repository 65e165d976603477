"""Messages as they are read: with links that still work, and for the bot only what its intents show it.

`posting.py` holds it for all who read.
"""

from typing import Any

from sandbox.discord import references as quoting
from sandbox.discord import session as intents
from sandbox.discord.channels import Message
from sandbox.discord.components import medias, walk
from sandbox.discord.state import State

RESIGN_AFTER_MS = 12 * 3600_000


class Reading:
    def __init__(self, state: State) -> None:
        self._state = state

    def fresh(self, message: Message) -> dict[str, Any]:
        """The message's data, with links signed anew when they are getting old."""
        now = self._state.clock.now_ms()
        if now - message.signed_ms > RESIGN_AFTER_MS:
            message.signed_ms = now
            for part in quoting.contents(message.data):
                self._sign(part, message)
        return message.data

    def _sign(self, part: dict[str, Any], message: Message) -> None:
        part["attachments"] = self._payloads([one["id"] for one in part["attachments"]], message)
        for component in walk(part["components"]):
            for holder, key in medias(component):
                media = holder[key] or {}
                file = self._state.files.get(str(media.get("id")))
                if file and media["url"].startswith(self._state.files.base):
                    holder[key] = media | self._state.files.media(file)

    def for_bot(self, message: Message, *, event: bool = False) -> dict[str, Any]:
        """The message as the bot reads it, on a route or in an `event`, with the one that it replies to."""
        data = self._readable(message, event=event)
        reference = data.get("message_reference")
        if data["type"] not in quoting.RESOLVED or not reference:
            return data
        replied = self._state.world.find_message(reference["message_id"])
        if replied is not None and replied.ephemeral_to is not None:
            return data
        return data | {"referenced_message": self._readable(replied, event=event) if replied else None}

    def may_read(self, message: Message, *, event: bool = False) -> bool:
        """Whether the bot gets the message's words: without the content intent others' words are blank unless they address it.

        For an event the intents count that its sessions asked for, for an answer those that the application was granted.
        """
        gateway = self._state.gateway
        granted = gateway.wants_content() if event else bool(gateway.privileged & intents.MESSAGE_CONTENT)
        mine = quoting.addresses_bot(message.data, self._state.application.id)
        return granted or mine or message.channel.recipient is not None

    def _readable(self, message: Message, *, event: bool) -> dict[str, Any]:
        data = self.fresh(message)
        return data if self.may_read(message, event=event) else quoting.without_content(data)

    def attached(self, message: Message) -> list[dict[str, Any]]:
        """The files that neither a component nor an embed names. A named one is shown only where it is named, as on Discord."""
        named: set[str] = set().union(*message.named.values())
        return self._payloads([one for one in message.files if one not in named], message)

    def _payloads(self, file_ids: list[str], message: Message) -> list[dict[str, Any]]:
        hidden = message.ephemeral_to is not None
        stored = [self._state.files.get(one) for one in file_ids]
        return [self._state.files.payload(one, ephemeral=hidden) for one in stored if one]
