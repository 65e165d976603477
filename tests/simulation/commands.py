"""A simulated member's command as Discord delivers it. The bot's own code writes it down, answers and books it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord

from bot.presentation.interactions import asked, error_handler
from bot.presentation.interactions.booking import book
from bot.presentation.interactions.button_handlers import press
from bot.presentation.views.custom_ids import Action
from bot.services.clip_input import ClipInput
from bot.tasks import own_cancels_only
from tests.simulation.discord.bodies import shown
from tests.simulation.discord.places import GUILD, THREAD

if TYPE_CHECKING:
    from bot.app import Application
    from bot.domain.job import Job
    from bot.presentation.interactions.asked import Wanted
    from tests.simulation.discord.records import Answer, Message
    from tests.simulation.plan import Wish

_COMMAND: Final = 2
_PRESS: Final = 3
CONFIRM: Final = f"hh:{Action.CONFIRM}:"
"""Beginning of the custom id of the button that confirms a price."""
_PERMISSIONS: Final = discord.Permissions(view_channel=True, send_messages=True)
_AND_THREADS: Final = discord.Permissions(
    view_channel=True, send_messages=True, create_public_threads=True, send_messages_in_threads=True
)


async def write_down(app: Application, wish: Wish, answer: Answer, interaction_id: int, wanted: Wanted) -> Any:
    """Writes down what a member asks for, as each command and button does first. Returns the interaction, for `settle`."""
    interaction: Any = discord.Interaction(data=_delivered(wish, answer, interaction_id), state=app.client._connection)
    await asked.write_down(interaction, wanted, private=wish.private)
    return interaction


async def give(app: Application, wish: Wish, answer: Answer, clip_input: ClipInput) -> Job | None:
    """As the cogs do: an error is told to the member."""
    interaction: Any = discord.Interaction(data=_delivered(wish, answer, clip_input.id), state=app.client._connection)
    try:
        with own_cancels_only():
            return await book(interaction, clip_input)
    except Exception as error:  # noqa: BLE001  worded for the member
        await error_handler.tell(interaction, error)
        return None


async def confirm(app: Application, wish: Wish, answer: Answer, interaction_id: int, page: Message, draft_id: int) -> None:
    """The member presses Confirm on `page`, with an interaction of its own."""
    button = {"custom_id": f"{CONFIRM}{draft_id}", "component_type": 2}
    data = {**_delivered(wish, answer, interaction_id), "type": _PRESS, "message": shown(page), "data": button}
    interaction: Any = discord.Interaction(data=data, state=app.client._connection)
    try:
        with own_cancels_only():
            await press(interaction, Action.CONFIRM, str(draft_id))
    except Exception as error:  # noqa: BLE001  worded for the member
        await error_handler.tell(interaction, error)


def _delivered(wish: Wish, answer: Answer, interaction_id: int) -> Any:
    user = {"id": str(wish.member), "username": "somebody", "discriminator": "0", "avatar": None}
    kind = discord.ChannelType.text if wish.guild else discord.ChannelType.private
    if wish.channel == THREAD:
        kind = discord.ChannelType.public_thread
    data: dict[str, Any] = {
        "id": str(interaction_id),
        "type": _COMMAND,
        "token": answer.token,
        "version": 1,
        "application_id": "1",
        "attachment_size_limit": answer.upload_limit,
        "locale": "en-US",
        "app_permissions": str((_AND_THREADS if wish.threaded else _PERMISSIONS).value),
        "channel": {
            "id": str(wish.channel),
            "type": kind.value,
            "name": "",
            "position": 0,
            "permission_overwrites": [],
            "parent_id": "0",
            "owner_id": "0",
            "message_count": 0,
            "member_count": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 60,
                "archive_timestamp": "2015-01-01T00:00:00+00:00",
            },
        },
        "user": user,
    }
    if wish.guild:
        data |= {
            "guild_id": str(GUILD),
            "guild_locale": "en-US",
            "member": {"user": user, "roles": [], "permissions": "0", "flags": 0},
        }
    return data
