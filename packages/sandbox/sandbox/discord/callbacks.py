"""The bot's answers to an interaction: callbacks, the original response, follow-ups, with Discord's rules on each.

Three seconds for the first answer, one first answer only, fifteen minutes for the rest. `rest/interactions.py` calls it.
"""

from typing import Any

from sandbox.discord import message_form
from sandbox.discord import permissions as may
from sandbox.discord.bodies.messages import Choices, Deferral, MessageAnswer, MessageEdit, Modal, UpdateDeferral
from sandbox.discord.bodies.reading import checked
from sandbox.discord.channels import Message
from sandbox.discord.errors import ApiError, Problems, unknown
from sandbox.discord.installation import is_guest
from sandbox.discord.interaction import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from sandbox.discord.message_form import Upload
from sandbox.discord.modals import check_modal
from sandbox.discord.posting import Posting
from sandbox.discord.references import CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, REPLY, reference
from sandbox.discord.state import State

PONG, SEND, DEFER, DEFER_UPDATE, UPDATE, COMPLETE, MODAL = 1, 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {SEND, DEFER, MODAL},
    COMPONENT: {SEND, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {COMPLETE},
    MODAL_SUBMIT: {SEND, DEFER, DEFER_UPDATE, UPDATE},
}
GUEST_FOLLOW_UPS = 5  # where only the member has the application
Body = dict[str, Any]
Uploads = dict[int, Upload]


class Callbacks:
    def __init__(self, state: State, posting: Posting) -> None:
        self._state = state
        self._posting = posting

    def callback(self, interaction_id: str, token: str, body: Body, uploads: Uploads, received_at: float) -> Body:
        """Take the first answer and return Discord's `with_response` body. Raises ApiError."""
        interaction = self._state.interactions.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise unknown("interaction")
        if interaction.answer is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.late(self._state.clock.now_ms()):
            raise unknown("interaction")
        kind = body.get("type")
        if not isinstance(kind, int) or kind not in ALLOWED[interaction.kind] or self._no_message(interaction, kind):
            problems = Problems()
            choices = ", ".join(map(str, sorted(ALLOWED[interaction.kind])))
            problems.add(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", f"Value must be one of ({choices}).")
            problems.raise_any()
        data = body.get("data") or {}
        checked(data, _MODELS[int(kind or 0)], ("data",))
        if kind != COMPLETE:
            self._check_place(interaction)
        if kind in {SEND, DEFER, UPDATE}:
            self._need_open(interaction, posts=kind != UPDATE)
        _TAKERS[int(kind or 0)](self, interaction, data, uploads)
        interaction.answer = int(kind or 0)
        interaction.received_at = received_at
        if kind != DEFER_UPDATE:
            interaction.answered_ms = self._state.clock.now_ms()
        self._state.tell_interaction(interaction)
        return self._callback_response(interaction)

    def _check_place(self, interaction: Interaction) -> None:
        if interaction.channel.id not in self._state.world.channels:
            raise unknown("channel")
        self._state.world.refresh_thread(interaction.channel)

    def _need_open(self, interaction: Interaction, *, posts: bool) -> None:
        """Raises ApiError in a thread that is locked for the bot, and for what is no new message in an archived one."""
        channel = interaction.channel
        if (
            channel.locked
            and not self._state.world.sight.permissions(self._state.world.bot_member, channel) & may.MANAGE_THREADS
        ):
            raise ApiError(403, 50083, "Thread is archived")  # the same words for both, as Discord answers
        if channel.archived and not posts:
            raise ApiError(400, 50083, "Thread is archived")

    def _draft(
        self, interaction: Interaction, body: Body, uploads: Uploads, before: Message | None = None
    ) -> message_form.Draft:
        limit, member = interaction.upload_limit, interaction.member
        return self._posting.draft(body, uploads, interaction.channel, limit, member, before)

    def _no_message(self, interaction: Interaction, kind: int) -> bool:
        return kind in {DEFER_UPDATE, UPDATE} and interaction.message is None

    def _callback_response(self, interaction: Interaction) -> Body:
        made: Body = {"id": interaction.id, "type": interaction.kind}
        response: Body = {"interaction": made}
        message = interaction.original
        if message and interaction.answer in {SEND, DEFER, UPDATE, DEFER_UPDATE}:
            made["response_message_id"] = message.id
            made["response_message_loading"] = bool(message.data["flags"] & message_form.LOADING)
            made["response_message_ephemeral"] = message.ephemeral_to is not None
            if interaction.answer in {SEND, DEFER, UPDATE}:
                kind = SEND if interaction.answer == DEFER else interaction.answer
                response["resource"] = {"type": kind, "message": self._posting.reading.for_bot(message)}
        return response

    def send(self, interaction: Interaction, data: Body, uploads: Uploads) -> None:
        draft = self._draft(interaction, data, uploads)
        interaction.ephemeral = interaction.must_be_ephemeral or bool(draft.fields["flags"] & message_form.EPHEMERAL)
        self._post_original(interaction, draft)

    def defer(self, interaction: Interaction, data: Body, _: Uploads) -> None:
        flags = int(data.get("flags") or 0)
        interaction.ephemeral = interaction.must_be_ephemeral or bool(flags & message_form.EPHEMERAL)
        draft = message_form.Draft({"flags": message_form.LOADING}, [], [], message_form.Mentions())
        self._post_original(interaction, draft)

    def _post_original(self, interaction: Interaction, draft: message_form.Draft) -> None:
        kind = CHAT_INPUT_COMMAND if interaction.command_name else DEFAULT_FOR_COMPONENT
        target = interaction.payload["data"].get("target_id")
        used_on = self._state.world.find_message(target) if target else None
        if target:
            kind = CONTEXT_MENU_COMMAND
        interaction.original = self._posting.post(
            interaction.channel,
            self._state.world.bot_member,
            draft,
            interaction=interaction,
            ephemeral_to=interaction.member.id if interaction.ephemeral else None,
            kind=kind,
            extra={"message_reference": reference(used_on)} if used_on else None,
        )

    def update(self, interaction: Interaction, data: Body, uploads: Uploads) -> None:
        message = self._source(interaction)
        draft = self._draft(interaction, data, uploads, message)
        self._posting.edit(message, draft)
        interaction.original = message
        interaction.ephemeral = message.ephemeral_to is not None

    def defer_update(self, interaction: Interaction, _data: Body, _uploads: Uploads) -> None:
        interaction.original = self._source(interaction)
        interaction.ephemeral = interaction.original.ephemeral_to is not None

    def _source(self, interaction: Interaction) -> Message:
        message = interaction.message
        if message is None or message.id not in message.channel.messages:
            raise unknown("message")
        return message

    def complete(self, interaction: Interaction, data: Body, _: Uploads) -> None:
        problems = Problems()
        choices = data.get("choices") or []
        problems.length(("data", "choices"), choices, 0, 25)
        for index, choice in enumerate(choices):
            problems.length(("data", "choices", index, "name"), choice.get("name"), 1, 100)
            if isinstance(choice.get("value"), str):
                problems.length(("data", "choices", index, "value"), choice["value"], 0, 100)
        problems.raise_any()
        interaction.choices = choices

    def open_modal(self, interaction: Interaction, data: Body, _: Uploads) -> None:
        interaction.modal = check_modal(data)

    def by_token(self, application_id: str, token: str) -> Interaction:
        """The answered interaction of a webhook URL. Raises ApiError as Discord does for a dead or unused token."""
        interaction = self._state.tokens.get(token)
        if interaction is None or interaction.payload["application_id"] != application_id:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction.expired(self._state.clock.now_ms()):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction.answer is None:
            raise unknown("webhook")
        self._check_place(interaction)
        return interaction

    def follow_up(self, interaction: Interaction, body: Body, uploads: Uploads) -> Message:
        """Post another message. After a deferral the first one takes the placeholder's place and visibility."""
        original = interaction.original
        there = original is not None and original.id in original.channel.messages
        if interaction.original_deleted:
            original = None
        loading = original is not None and bool(original.data["flags"] & message_form.LOADING)
        if loading and not there:
            raise unknown("message")  # someone else than the bot's webhook deleted the placeholder
        before = original if loading else None
        self._need_open(interaction, posts=True)
        if is_guest(interaction.owners) and interaction.follow_ups >= GUEST_FOLLOW_UPS:
            raise ApiError(400, 40094, "This interaction has hit the maximum number of follow up messages")
        draft = self._draft(interaction, body, uploads)
        interaction.follow_ups += 1
        if before is not None and interaction.answer == DEFER:
            self._posting.fill_with_post(before, draft)
            self._answered(interaction)
            return before
        self._answered(interaction)
        hidden = interaction.must_be_ephemeral or bool(draft.fields["flags"] & message_form.EPHEMERAL)
        extra: Body = {"message_reference": reference(original)} if original is not None and there else {}
        return self._posting.post(
            interaction.channel,
            self._state.world.bot_member,
            draft,
            interaction=interaction,
            ephemeral_to=interaction.member.id if hidden else None,
            kind=REPLY if extra else 0,
            extra=extra,
        )

    def message(self, interaction: Interaction, message_id: str) -> Message:
        """`@original`, or one of this interaction's messages by id."""
        if message_id == "@original":
            if interaction.original is None or interaction.original_deleted:
                raise unknown("message")
            message_id = interaction.original.id
        message = interaction.channel.messages.get(message_id)
        mine = message is not None and message.interaction == interaction.id
        source = message is not None and interaction.original is message
        if message is None or not (mine or source):
            raise unknown("message")
        return message

    def edit(self, interaction: Interaction, message: Message, body: Body, uploads: Uploads) -> Message:
        self._need_open(interaction, posts=False)
        draft = self._draft(interaction, body, uploads, message)
        self._posting.count_edit(message)
        self._posting.edit(message, draft, fills=bool(message.data["flags"] & message_form.LOADING))
        if message is interaction.original:
            self._answered(interaction)
        return message

    def delete(self, interaction: Interaction, message: Message) -> None:
        self._need_open(interaction, posts=False)
        if message is interaction.original:
            interaction.original_deleted = True
        self._posting.delete(message)
        self._answered(interaction)

    def _answered(self, interaction: Interaction) -> None:
        if interaction.answered_ms is None or interaction.answer == DEFER:
            interaction.answered_ms = self._state.clock.now_ms()
        self._state.tell_interaction(interaction)


DEFAULT_FOR_COMPONENT = REPLY
_MODELS = {
    SEND: MessageAnswer,
    DEFER: Deferral,
    DEFER_UPDATE: UpdateDeferral,
    UPDATE: MessageEdit,
    COMPLETE: Choices,
    MODAL: Modal,
}
_TAKERS = {
    SEND: Callbacks.send,
    DEFER: Callbacks.defer,
    DEFER_UPDATE: Callbacks.defer_update,
    UPDATE: Callbacks.update,
    COMPLETE: Callbacks.complete,
    MODAL: Callbacks.open_modal,
}
