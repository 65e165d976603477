"""The open interactions of the simulated Discord: commands that members gave, and the tokens to answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.simulation.discord.places import Places
from tests.simulation.discord.records import Answer, Refusal
from tests.simulation.discord.uploads import Limits

if TYPE_CHECKING:
    from tests.simulation.world import World

TOKEN_MS: Final = 15 * 60 * 1000
_FIRST_MS: Final = 3000
"""How long Discord takes a first answer."""


class Answers:
    def __init__(self, world: World, places: Places, limits: Limits) -> None:
        self._world = world
        self._places = places
        self._limits = limits
        self.by_token: dict[str, Answer] = {}

    def ask(self, member: int, channel_id: int, *, private: bool) -> tuple[int, Answer]:
        """A command or a press that is not answered yet. Returns the same as `interact`."""
        interaction, answer = self.interact(member, channel_id, private=private)
        del self._places.channel(channel_id).messages[answer.message.id]
        answer.taken, answer.asks = False, True
        return interaction, answer

    def take(self, token: str, *, private: bool) -> Answer:
        """Discord takes the first answer: "thinking". Raises `Refusal` where it takes none any more."""
        answer = self.by_token[token]
        if answer.taken:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if self._world.now_ms >= answer.expires_ms - TOKEN_MS + _FIRST_MS:
            raise Refusal(404, 10062, "Unknown interaction")
        answer.taken = answer.message.loading = True
        answer.message.ephemeral = private
        self._places.channel(answer.message.channel_id).messages[answer.message.id] = answer.message
        return answer

    def interact(self, member: int, channel_id: int, *, private: bool) -> tuple[int, Answer]:
        """A command or a press whose first answer was taken already. Returns the interaction's id and its answer."""
        interaction = self._places.snowflake()
        channel = self._places.channel(channel_id)
        message = self._places.new_message(channel)
        message.ephemeral = private
        limit = self._limits.of_answer(member, direct=channel.member is not None)
        answer = Answer(interaction, f"token-{interaction}", message, self._world.now_ms + TOKEN_MS, limit)
        self.by_token[answer.token] = answer
        return interaction, answer

    def answer(self, token: str) -> Answer:
        """Raises `Refusal` for a token that has expired."""
        found = self.by_token.get(token)
        if found is None or self._world.now_ms >= found.expires_ms:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        if not found.taken:
            raise Refusal(404, 10015, "Unknown Webhook")
        return found

    def heard(self, method: str, parts: list[str], body: Any) -> None:
        """The sender of this request has heard that it worked, and what Discord shows now."""
        if method in {"POST", "PATCH"} and parts[0] == "webhooks":
            for each in self.by_token[parts[2]].shown:
                each.known = each.known or each.id == int(body["id"])
