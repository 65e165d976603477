"""What became of a command, as the member who gave it sees it: a clip, a failure, a refusal, or nothing yet.

`GET /_sandbox/wait?clip=` asks. The bot's messages tell: a component's custom id holds the id of what the command made, and
beside it words that the world's file explains (`endings`). That id is the interaction's, or a new one of the bot's own that
the answer to the interaction shows in its components.
"""

import re
from typing import Any

from sandbox.discord.channels import Message
from sandbox.discord.components import walk
from sandbox.discord.interaction import Interaction
from sandbox.discord.members import Member
from sandbox.discord.shown_files import videos_shown
from sandbox.discord.state import NO_ANSWER, State

SETTLED_MS = 2_000  # an ephemeral answer without a job counts as a refusal once it has stood this long
SLOW_MS = 5_000  # by so much a bot's clock may be behind ours
TIME_BITS = 22  # the bits of a snowflake below its milliseconds
# As `SETTLED_MS`, for an answer that once had the job's buttons, such as a private card whose clip is being posted.
LEFT_MS = 30_000


def outcome(state: State, interaction: Interaction, viewer: Member) -> dict[str, Any] | None:
    """None while it is open; else `{"outcome": "clip" | "failed" | "refused" | "modal", "message": …}`."""
    how = interaction.state(state.clock.now_ms())
    if how == "failed":
        return {"outcome": "failed", "message": None, "reason": NO_ANSWER}
    if how == "modal":
        return {"outcome": "modal", "message": None, "modal": interaction.modal}
    made = _made(state, interaction)
    mine = list(_mentioning(state, interaction.id, made, viewer))
    for message in mine:
        if videos_shown(message.data):
            return {"outcome": "clip", "message": state.shown(message)}
    for message in mine:
        for word, meaning in state.world_file.endings.items():
            if _offers(message, word, made):
                return {"outcome": meaning, "message": state.shown(message)}
    original = interaction.original
    if how == "answered" and interaction.ephemeral and original and not mine:
        least = LEFT_MS if any(_names(one, made) for one in original.offered) else SETTLED_MS
        settled = state.clock.now_ms() - (interaction.answered_ms or 0) >= least
        return {"outcome": "refused", "message": state.shown(original)} if settled else None
    return None


def _made(state: State, interaction: Interaction) -> set[str]:
    """The ids of what the command made: the interaction's, and new ones of the bot's own.

    An id of the bot's own is a snowflake that was made after the command (or at most `SLOW_MS` before it). No message from
    before the command has it.
    """
    offered = interaction.original.offered if interaction.original else ()
    numbers = {number for custom_id in offered for number in _numbers(custom_id)}
    earliest = int(interaction.id) - (SLOW_MS << TIME_BITS)
    new = {number for number in numbers if int(number) > earliest}
    for channel in list(state.world.channels.values()) if new else ():
        for message in reversed(channel.messages.values()):
            if int(message.id) < earliest:
                break
            if int(message.id) < int(interaction.id) and message is not interaction.original:
                new.difference_update(number for one in _custom_ids(message) for number in _numbers(one))
    return {interaction.id, *new}


def _mentioning(state: State, command: str, made: set[str], viewer: Member) -> list[Message]:
    """Messages since the command that the viewer sees and that carry such an id in a component."""
    found: list[Message] = []
    for channel in list(state.world.channels.values()):
        for message in reversed(channel.messages.values()):
            if int(message.id) < int(command):
                break
            if state.world.sight.sees(viewer, message) and any(_names(one, made) for one in _custom_ids(message)):
                found.append(message)
    return found


def _custom_ids(message: Message) -> list[str]:
    return [str(one["custom_id"]) for one in walk(message.data["components"]) if one.get("custom_id")]


def _names(custom_id: str, made: set[str]) -> bool:
    return not made.isdisjoint(_numbers(custom_id))


def _numbers(custom_id: str) -> list[str]:
    return re.findall(r"[0-9]+", custom_id)


def _offers(message: Message, word: str, made: set[str]) -> bool:
    return any(word in one.split(":") and _names(one, made) for one in _custom_ids(message))
