"""What became of a command, as the member who gave it sees it: a clip, a failure, a refusal, or nothing yet.

`GET /_sandbox/wait?clip=` asks. The bot's messages tell: a component's custom id holds the interaction's id, and beside
it words that the world's file explains (`endings`).
"""

from typing import Any

from sandbox.discord.channels import Message
from sandbox.discord.components import walk
from sandbox.discord.interaction import Interaction
from sandbox.discord.members import Member
from sandbox.discord.shown_files import videos_shown
from sandbox.discord.state import NO_ANSWER, State

SETTLED_MS = 2_000  # an ephemeral answer without a job counts as a refusal once it has stood this long
LEFT_MS = 30_000  # and one that had the job's buttons before, such as a private card whose clip is being posted


def outcome(state: State, interaction: Interaction, viewer: Member) -> dict[str, Any] | None:
    """None while it is open; else `{"outcome": "clip" | "failed" | "refused" | "modal", "message": …}`."""
    how = interaction.state(state.clock.now_ms())
    if how == "failed":
        return {"outcome": "failed", "message": None, "reason": NO_ANSWER}
    if how == "modal":
        return {"outcome": "modal", "message": None, "modal": interaction.modal}
    mine = list(_mentioning(state, interaction.id, viewer))
    for message in mine:
        if videos_shown(message.data):
            return {"outcome": "clip", "message": state.shown(message)}
    for message in mine:
        for word, meaning in state.world_file.endings.items():
            if _offers(message, word, interaction.id):
                return {"outcome": meaning, "message": state.shown(message)}
    original = interaction.original
    if how == "answered" and interaction.ephemeral and original and not mine:
        least = LEFT_MS if any(interaction.id in one for one in original.offered) else SETTLED_MS
        settled = state.clock.now_ms() - (interaction.answered_ms or 0) >= least
        return {"outcome": "refused", "message": state.shown(original)} if settled else None
    return None


def _mentioning(state: State, job: str, viewer: Member) -> list[Message]:
    """Messages since the command that the viewer sees and that carry the job's id in a component."""
    found: list[Message] = []
    for channel in list(state.world.channels.values()):
        for message in reversed(channel.messages.values()):
            if int(message.id) < int(job):
                break
            if state.world.sight.sees(viewer, message) and any(job in one for one in _custom_ids(message)):
                found.append(message)
    return found


def _custom_ids(message: Message) -> list[str]:
    return [str(one["custom_id"]) for one in walk(message.data["components"]) if one.get("custom_id")]


def _offers(message: Message, word: str, job: str) -> bool:
    return any(word in one.split(":") and job in one.split(":") for one in _custom_ids(message))
