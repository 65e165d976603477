"""Posts, edits and deletes messages, whoever sends them, and tells everyone who should hear of it.

Callers decide permissions and visibility; mentions, pings, nonces and signatures are kept right here.
"""

from dataclasses import replace
from typing import Any

from sandbox.discord import permissions as may
from sandbox.discord import references as quoting
from sandbox.discord import session as intents
from sandbox.discord.archiving import Archiving
from sandbox.discord.channels import STARTER, Channel, Message
from sandbox.discord.components import medias, walk
from sandbox.discord.cooldowns import OLD_MS
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.ids import created_ms, iso
from sandbox.discord.interaction import Interaction
from sandbox.discord.members import Member
from sandbox.discord.mentions import Mentions
from sandbox.discord.message_form import EPHEMERAL, LOADING, Draft, MessageForm, Upload
from sandbox.discord.moderation import too_large
from sandbox.discord.reading import Reading
from sandbox.discord.references import DEFAULT
from sandbox.discord.state import State

NONCE_WINDOW_MS = 3 * 60_000


class Posting:
    def __init__(self, state: State) -> None:
        self._state = state
        self.reading = Reading(state)
        self.archiving = Archiving(state)

    def draft(
        self,
        body: dict[str, Any],
        uploads: dict[int, Upload],
        channel: Channel,
        limit: int,
        judged: Member,
        before: Message | None = None,
    ) -> Draft:
        """What a request makes of a message. `limit` is bytes per file; AutoMod takes the words for `judged`'s.

        Raises ApiError for a file over the limit, a bad form, or words that may not be shown.
        """
        moderation = self._state.moderation
        if any(upload.size > limit for upload in uploads.values()):
            raise too_large(moderation.too_large)
        draft = MessageForm(
            self._state.files, self._state.outside, body, uploads, channel.id, before, unlisted=moderation.unlisted_files
        ).read()
        try:
            moderation.check_message(draft.fields, channel, judged, self._state.world.sight.permissions(judged, channel))
        except ApiError:
            for stored in draft.added:
                self._state.files.remove(stored.id)
            raise
        return draft

    def known_nonce(self, author: Member, body: dict[str, Any]) -> Message | None:
        """The message that the same author posted with this nonce in the last minutes, if the bot asks to enforce it.

        A message that was deleted since then still counts; the answer is then 404.
        """
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        held = self._state.nonces.get((author.id, str(body["nonce"])))
        if held is None or self._state.clock.now_ms() - held[0] > NONCE_WINDOW_MS:
            return None
        gone = held[1].channel.id not in self._state.world.channels
        if gone or held[1].id not in held[1].channel.messages:
            raise unknown("message")
        return held[1]

    def post(
        self,
        channel: Channel,
        author: Member,
        draft: Draft,
        *,
        interaction: Interaction | None = None,
        ephemeral_to: str | None = None,
        kind: int = DEFAULT,
        extra: dict[str, Any] | None = None,
    ) -> Message:
        now = self._state.clock.now_ms()
        data: dict[str, Any] = {
            "id": self._state.ids.next(),
            "channel_id": channel.id,
            "type": kind,
            "author": author.user.payload(),
            "content": "",
            "timestamp": iso(now),
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "flags": 0,
            "embeds": [],
            "components": [],
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
        } | (extra or {})
        message = Message(data, channel, ephemeral_to, signed_ms=now)
        if interaction:
            message.interaction = interaction.id
            data |= {
                "application_id": self._state.application.id,
                "webhook_id": self._state.application.id,
                "interaction_metadata": interaction.metadata(),
            }
        self._apply(message, draft)
        if ephemeral_to is not None:
            data["flags"] |= EPHEMERAL
        channel.messages[message.id] = message
        if kind != STARTER:
            self.archiving.revive(channel)
        if data.get("nonce") is not None:
            self._state.nonces[author.id, str(data["nonce"])] = (now, message)
        if not data["flags"] & LOADING:
            self._ping(message)
        self._announce("MESSAGE_CREATE", "message", message)
        return message

    def reply(self, replied: Message, author: Member, draft: Draft, extra: dict[str, Any], *, pings: bool) -> Message:
        """Post an answer to a message beside it; `pings` mentions its author too, besides those whom the text mentions."""
        extra = extra | {"message_reference": quoting.reference(replied)}
        if pings:
            draft = replace(draft, mentions=draft.mentions.and_user(replied.author_id))
        return self.post(replied.channel, author, draft, kind=quoting.REPLY, extra=extra)

    def announce(self, channel: Channel, author: Member, kind: int, text: str, extra: dict[str, Any]) -> None:
        """Post one of Discord's own lines, such as that someone opened a thread."""
        self.post(channel, author, Draft({"content": text}, [], [], Mentions()), kind=kind, extra=extra)

    def forward(self, channel: Channel, author: Member, source: Message, extra: dict[str, Any]) -> Message:
        """Post a copy of a message as it is now."""
        for part in quoting.contents(source.data):
            shown = [holder[key] for one in walk(part["components"]) for holder, key in medias(one) if holder[key]]
            for file in (*part["attachments"], *shown):
                if stored := self._state.files.get(file["id"]):
                    stored.forwarded = True
        draft = Draft({"flags": quoting.HAS_SNAPSHOT}, [], [], Mentions())
        return self.post(channel, author, draft, extra=extra | quoting.forwarded(source))

    def edit(self, message: Message, draft: Draft, *, fills: bool = False) -> None:
        """`fills` completes a deferred answer's placeholder: readers do not see it as edited, and nobody is notified."""
        self._apply(message, draft)
        message.data["flags"] &= ~LOADING
        if not fills:
            message.data["edited_timestamp"] = iso(self._state.clock.now_ms())
        self.changed(message)

    def fill_with_post(self, message: Message, draft: Draft) -> None:
        """The first follow-up to a deferred answer takes the placeholder's place, and notifies like a new message."""
        self.edit(message, draft, fills=True)
        self._ping(message)

    def changed(self, message: Message) -> None:
        self._announce("MESSAGE_UPDATE", "message_update", message)

    def count_edit(self, message: Message) -> None:
        """Raises ApiError where too many old messages of its channel were edited just now."""
        if self._state.clock.now_ms() - created_ms(message.id) > OLD_MS:
            self._state.cooldowns.edit_old(message.channel.id)

    def delete(self, message: Message) -> None:
        self._remove(message)
        if message.ephemeral_to is None:
            data = {"id": message.id, "channel_id": message.channel.id}
            self._send("MESSAGE_DELETE", message.channel, data | _guild_of(message.channel))

    def delete_many(self, channel: Channel, messages: list[Message]) -> None:
        """Delete them with one event for the bot. They must be of this channel, and none of them ephemeral."""
        for message in messages:
            self._remove(message)
        if messages:
            data: dict[str, Any] = {"ids": [one.id for one in messages], "channel_id": channel.id}
            self._send("MESSAGE_DELETE_BULK", channel, data | _guild_of(channel))

    def _remove(self, message: Message) -> None:
        """Take it out of its channel, with its files, and tell the page."""
        channel = message.channel
        channel.messages.pop(message.id, None)
        if message.id in channel.pins:
            channel.pins.remove(message.id)
        for file_id in message.files:
            self._state.files.remove(file_id)
        data = {"id": message.id, "channel_id": channel.id}
        self._state.bus.publish("message_delete", lambda _: data, lambda one: self._state.world.sight.sees(one, message))

    def _apply(self, message: Message, draft: Draft) -> None:
        for file_id in draft.dropped:
            self._state.files.remove(file_id)
        data = message.data
        data |= draft.fields
        if message.ephemeral_to is not None:
            data["flags"] |= EPHEMERAL
        message.files = [stored.id for stored in draft.attachments]
        message.named |= draft.named
        message.offered |= {str(one["custom_id"]) for one in walk(data["components"]) if one.get("custom_id")}
        data["attachments"] = self.reading.attached(message)
        world = self._state.world
        people, guild = world.accounts.people_in(message.channel), world.guild_of(message.channel)
        data["mentions"] = [people[one].user.payload() for one in draft.mentions.users if one in people]
        data["mention_roles"] = [role for role in draft.mentions.roles if guild and role in guild.roles]
        data["mention_everyone"] = draft.mentions.everyone and self._may_ping_all(message)

    def _may_ping_all(self, message: Message) -> bool:
        author = self._state.world.accounts.person(message.author_id)
        return author is not None and bool(self._state.world.sight.permissions(author, message.channel) & may.MENTION_EVERYONE)

    def _ping(self, message: Message) -> None:
        data, world = message.data, self._state.world
        named = {user["id"] for user in data["mentions"]}
        for member in world.accounts.people_in(message.channel).values():
            reached = member.id in named or data["mention_everyone"] or set(member.roles) & set(data["mention_roles"])
            if reached and member.id != message.author_id and world.sight.sees(member, message):
                member.pings += 1

    def _announce(self, event: str, kind: str, message: Message) -> None:
        channel = message.channel
        if message.ephemeral_to is None:
            data = self.reading.for_bot(message, event=True)
            if channel.guild_id:
                author = self._state.world.accounts.member_in(channel, message.author_id)
                data = data | {"guild_id": channel.guild_id} | ({"member": author.partial()} if author else {})
            if self._state.world.sight.sees_channel(self._state.world.bot_member, channel):
                self._send(event, channel, data)
        self._state.bus.publish(
            kind, lambda _: self._state.shown(message), lambda one: self._state.world.sight.sees(one, message)
        )

    def _send(self, event: str, channel: Channel, data: dict[str, Any]) -> None:
        intent = intents.GUILD_MESSAGES if channel.guild_id else intents.DIRECT_MESSAGES
        self._state.gateway.dispatch(event, data, guild_id=channel.guild_id, intent=intent)


def _guild_of(channel: Channel) -> dict[str, Any]:
    return {"guild_id": channel.guild_id} if channel.guild_id else {}
