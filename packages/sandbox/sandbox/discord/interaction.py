"""One interaction: what was sent to the bot, and how far its answer has come.

`member_actions.py` starts it, `callbacks.py` answers it.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.channels import Channel, Message
from sandbox.discord.members import Member

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
FIRST_ANSWER_MS = 3_000
TOKEN_LIFE_MS = 15 * 60_000
STATES = ("pending", "deferred", "answered", "modal", "failed")


@dataclass(eq=False)
class Interaction:
    """Times ending in `_ms` are the sandbox's clock; `sent_at` and `received_at` are `perf_counter` seconds."""

    id: str
    token: str
    kind: int
    member: Member
    channel: Channel
    payload: dict[str, Any]
    dispatched_ms: int
    sent_at: float
    command_name: str = ""
    message: Message | None = None
    """The message whose component was used; for a modal, the one whose component opened it."""
    upload_limit: int = 0
    answer: int | None = None
    """The callback's type, once there is one."""
    received_at: float | None = None
    answered_ms: int | None = None
    original: Message | None = None
    original_deleted: bool = False
    ephemeral: bool = False
    must_be_ephemeral: bool = False
    """Whether answers are for the member alone: only they installed the application, and may not show it to others here."""
    follow_ups: int = 0
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    resolved: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def guild_id(self) -> str | None:
        return self.channel.guild_id

    def late(self, now_ms: int) -> bool:
        """Whether three seconds passed without a first answer: Discord has told the member that the bot did not respond."""
        return self.answer is None and now_ms - self.dispatched_ms > FIRST_ANSWER_MS

    def expired(self, now_ms: int) -> bool:
        return now_ms - self.dispatched_ms > TOKEN_LIFE_MS

    def state(self, now_ms: int) -> str:
        if self.answer is None:
            return "failed" if self.late(now_ms) else "pending"
        if self.modal is not None:
            return "modal"
        if self.answer == 5 and self.original and self.original.data["flags"] & (1 << 7):
            return "deferred"
        return "deferred" if self.answer == 6 and self.answered_ms is None else "answered"

    @property
    def ack_ms(self) -> float | None:
        """Milliseconds from the gateway's dispatch to the arrival of the first callback."""
        return None if self.received_at is None else round((self.received_at - self.sent_at) * 1000, 3)

    def summary(self, now_ms: int) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state(now_ms),
            "ephemeral": self.ephemeral,
            "dispatched_at_ms": self.dispatched_ms,
            "answered_at_ms": self.answered_ms,
            "ack_ms": self.ack_ms,
        }

    def _target(self, target: str) -> dict[str, Any]:
        """What a context menu was used on."""
        users = self.payload["data"]["resolved"].get("users", {})
        return {"target_user": users[target]} if target in users else {"target_message_id": target}

    @property
    def owners(self) -> dict[str, str]:
        """Whose installations let it happen, by kind."""
        return self.payload["authorizing_integration_owners"]

    def metadata(self) -> dict[str, Any]:
        """What messages that answer this carry."""
        owners = self.owners
        made: dict[str, Any] = {
            "id": self.id,
            "type": self.kind,
            "user": self.member.user.payload(),
            "authorizing_integration_owners": owners,
        }
        if self.command_name:
            made["name"] = self.command_name
        if target := self.payload["data"].get("target_id"):
            made |= self._target(target)
        if self.kind == COMPONENT and self.message:
            made["interacted_message_id"] = self.message.id
        if self.kind == MODAL_SUBMIT:
            made["triggering_interaction_metadata"] = {
                "id": self.id,
                "type": COMPONENT if self.message else COMMAND,
                "user": self.member.user.payload(),
                "authorizing_integration_owners": owners,
            } | ({"interacted_message_id": self.message.id} if self.message else {})
        return made
