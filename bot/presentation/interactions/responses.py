"""Answers interactions: the first answer, which Discord takes once, and what follows with the interaction's token.

All answers to commands, presses and forms go through it, except the clip that `fresh_link` uploads into its answer. Discord's
reply to a first answer can be lost. Then discord.py takes the answer for not sent, though it may have worked, and the member
may see a "thinking" that never ends. So Discord is asked whether the answer worked, and `interaction.extras` has the result.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import discord
from discord import ui

from bot.domain.backoff import Doubling
from bot.domain.job import Job
from bot.errors import FoundTooLate
from bot.presentation.discord_codes import ALREADY_ANSWERED, BAD_TOKEN, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE, WORDS_BLOCKED
from bot.presentation.discord_language import public_language
from bot.presentation.interactions.page_files import NO_FILES, uploads
from bot.presentation.interactions.tries import AGAIN_SECONDS, BROKEN, again, clear_away, in_open_thread, past_proxies
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import _, speaking
from bot.tasks import own_cancels_only

if TYPE_CHECKING:
    from bot.presentation.client import HappyHorseClient

_log: Final = logging.getLogger(__name__)
TOKEN_SECONDS: Final = 15 * 60
"""How long an interaction's token lives, Discord's rule."""
_CALLBACK_SECONDS: Final = 5.0
"""How long to wait for Discord's reply to a first answer. Discord takes no answer later than 3 s after the command."""
_NO_LATER_SECONDS: Final = 4.0
"""If the answer is not there after this time, it did not arrive: Discord takes none after 3 s, and 1 s is for the network."""
_GO_ON_SECONDS: Final = 60.0
"""If it takes longer to find out that a deferral worked, the member is told so and nothing is booked, as they may be gone."""
_CHECK_SECONDS: Final = 10.0
_LOOKS: Final = Doubling(first=0.5, longest=15)
"""Seconds between two looks."""
_ORIGINAL: Final = cast("int", "@original")
"""Discord's name for the first answer. discord.py's type hint says int."""
_ANSWERED: Final = "answered"
_IN_PLACE: Final = "in place"
"""Marks a press whose next answer edits the message of its button, once."""
_PUBLIC_WAIT: Final = "public wait"
"""Marks an interaction with a "thinking" that is still to be answered: everybody sees it (True) or the member alone (False)."""
_EARLIER: Final = "earlier"
"""Marks an interaction whose "thinking" was sent by an earlier process: the id of that message."""

HorseInteraction: TypeAlias = "discord.Interaction[HappyHorseClient]"


class NotAnswered(Exception):
    """The first answer did not take effect and no other will. The member can't be told anything, so nothing may be booked."""


class PerhapsAnswered(NotAnswered):
    """Nobody can say whether the first answer took effect: the member may see a "thinking" until Discord ends it."""


def answered(interaction: HorseInteraction) -> bool:
    """Whether Discord has taken our first answer, as far as we know."""
    return interaction.response.is_done() or _ANSWERED in interaction.extras


async def wait(interaction: HorseInteraction, *, in_private: bool) -> int | None:
    """Tells Discord that an answer will come ("thinking"). Returns the id of its message, None where Discord does not say it.

    Raises `NotAnswered` when it did not take effect, and `PerhapsAnswered` when Discord could not be asked while the token was
    valid. Raises `FoundTooLate` when it took effect but this was found out too late to go on; then the member can be told.
    """
    if _EARLIER in interaction.extras:
        return interaction.extras.pop(_EARLIER)
    started = asyncio.get_running_loop().time()

    async def defer() -> int | None:
        with interaction.client.first_answers.due():
            async with asyncio.timeout(_CALLBACK_SECONDS):
                response = await interaction.response.defer(ephemeral=in_private, thinking=True)
        return None if response is None else response.message_id

    try:
        message_id = await past_proxies(defer)
    except discord.HTTPException as error:
        if not _may_have_worked(error):
            raise
        message_id = None if error.code == ALREADY_ANSWERED else await _look_up_answer(interaction, error, started)
    except BROKEN as error:
        message_id = await _look_up_answer(interaction, error, started)
    interaction.extras[_ANSWERED] = True
    interaction.extras[_PUBLIC_WAIT] = not in_private
    if asyncio.get_running_loop().time() - started > _GO_ON_SECONDS:
        raise FoundTooLate(interaction.id)
    return message_id


def waits_already(interaction: HorseInteraction, message_id: int, *, in_private: bool) -> None:
    """Marks an interaction that an earlier process has told that an answer will come, with the message of this id. Then `wait`
    asks Discord nothing."""
    interaction.extras.update({_ANSWERED: True, _PUBLIC_WAIT: not in_private, _EARLIER: message_id})


async def hold(interaction: HorseInteraction, job: Job | None = None) -> None:
    """Tells Discord that an answer will come. It replaces our private answer in which the button was pressed, so that no button
    without an effect stays. If the button is in a command's answer, such as a list, or on a message that shows its `job`, that
    message stays, and `hold` does the same as `wait` in private.

    Without a `job` the button turns a page, and a command's answer is replaced too. Raises `NotAnswered` as `wait` does.
    """
    if not _on_answer(interaction, job):
        await wait(interaction, in_private=True)
        return
    await _first(interaction, interaction.response.defer)
    interaction.extras[_IN_PLACE] = True


async def replace_page(interaction: HorseInteraction, job: Job | None, page: Page) -> None:
    """Answers with a page at once, in the place where `hold` would have it."""
    if _on_answer(interaction, job):
        await _first(interaction, lambda: interaction.response.edit_message(view=page))
    else:
        await say(interaction, page)


def _on_answer(interaction: HorseInteraction, job: Job | None) -> bool:
    """Whether the button is in our private answer to an earlier press, and that message does not show its job.

    The answer to a button or form that requested a private clip is the clip's message, and must stay.
    """
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        return False
    if job is None:
        return True
    address = job.address
    is_unknown = address.private and address.card_id is None
    shows_it = is_unknown or message.id in {address.card_id, address.progress_id, address.result_id}
    return not shows_it and message.type is not discord.MessageType.chat_input_command


async def say(
    interaction: HorseInteraction, page: Page, *, plain: Page | None = None, files: Mapping[str, bytes] = NO_FILES
) -> None:
    """Shows a page to this member alone, whatever was answered so far. Raises `NotAnswered` as `wait` does.

    `plain` is shown instead where the server's filters block the text of `page`. `files` are the pictures of the page, by the
    names that it has for them.
    """
    if interaction.extras.pop(_IN_PLACE, False):
        await _change(interaction, page, plain, files)
        return
    if not answered(interaction):

        async def first(shown: Page) -> None:
            send = interaction.response.send_message
            await _first(interaction, lambda: send(view=shown, ephemeral=True, files=uploads(files)))

        await _let_through(first, page, plain)
        return
    public = interaction.extras.get(_PUBLIC_WAIT)
    if public is None:
        await add(interaction, page, plain=plain, files=files)
        return
    # A follow-up to a public wait that is still open takes its place, so everybody would see it; and Discord has refused
    # follow-ups to one that was deleted while open (discord-api-docs 2739). So the wait is edited, the member answered in
    # private, and then the wait deleted.
    closing = _not_started(interaction) if public else page
    gone = False

    async def close(shown: Page) -> None:
        await _edit(interaction, shown, NO_FILES if public else files)

    try:
        await _let_through(close, closing, None if public else plain)
    except discord.NotFound as error:
        # A moderator deleted the waiting message; the member must still be told.
        if error.code != UNKNOWN_MESSAGE:
            raise
        gone = True
    del interaction.extras[_PUBLIC_WAIT]
    if public or gone:
        await add(interaction, page, plain=plain, files=files)
    if public and not gone:
        await clear_away(interaction)


def _not_started(interaction: HorseInteraction) -> Page:
    with speaking(public_language(interaction)):
        return note_page(_("Not started"), _("The reason went to the member alone."))


async def _change(interaction: HorseInteraction, page: Page, plain: Page | None, files: Mapping[str, bytes]) -> None:
    async def change(shown: Page) -> None:
        await _edit(interaction, shown, files)

    try:
        await _let_through(change, page, plain)
    except discord.NotFound:
        # The member dismissed it meanwhile.
        await add(interaction, page, plain=plain, files=files)


async def add(
    interaction: HorseInteraction, page: Page, *, plain: Page | None = None, files: Mapping[str, bytes] = NO_FILES
) -> None:
    """Shows one more page to this member alone, after the first answer. After a broken connection it may come twice.

    `plain` and `files` as in `say`.
    """

    async def follow(shown: Page) -> None:
        await again(lambda: interaction.followup.send(view=shown, ephemeral=True, files=uploads(files)))

    await _let_through(follow, page, plain)


async def _edit(interaction: HorseInteraction, page: Page, files: Mapping[str, bytes]) -> None:
    await in_open_thread(interaction, lambda: interaction.edit_original_response(view=page, attachments=uploads(files)))


async def open_form(interaction: HorseInteraction, form: ui.Modal) -> None:
    """Opens a form as the first answer. Raises `NotAnswered`."""
    await _first(interaction, lambda: interaction.response.send_modal(form))


async def _let_through(send: Callable[[Page], Awaitable[None]], page: Page, plain: Page | None) -> None:
    """Sends `page`; where AutoMod blocks its text, `plain`. It blocks edits of a deferred answer too (Discord's change log of
    27 June 2024: a 400).
    """
    try:
        await send(page)
    except discord.HTTPException as error:
        if plain is None or error.code not in WORDS_BLOCKED:
            raise
        _log.info("the words of a page are not let through, it is shown without them: %s", error)
        await send(plain)


async def _first(interaction: HorseInteraction, send: Callable[[], Awaitable[object]]) -> None:
    """Sends a first answer, again where the connection broke: Discord takes one only and refuses a second."""
    for number, pause in enumerate((*AGAIN_SECONDS, None)):
        try:
            async with asyncio.timeout(_CALLBACK_SECONDS):
                await past_proxies(send)
            break
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                break
            if error.code != UNKNOWN_INTERACTION:
                raise
            if number and await _earlier_try_worked(interaction):
                break
            msg = f"the answer came too late: {error}"
            raise NotAnswered(msg) from error
        except BROKEN as error:
            if pause is None:
                msg = f"the answer did not get through: {type(error).__name__}: {error}"
                raise NotAnswered(msg) from error
            _log.info("interaction %d: the answer to its first answer was lost, sending it again", interaction.id)
            await asyncio.sleep(pause)
    interaction.extras[_ANSWERED] = True


async def _earlier_try_worked(interaction: HorseInteraction) -> bool:
    """Raises `PerhapsAnswered` where Discord can't be asked."""
    try:
        return await _original(interaction) is not None
    except (discord.HTTPException, *BROKEN) as error:
        msg = f"nobody said whether it was answered: {type(error).__name__}: {error}"
        raise PerhapsAnswered(msg) from error


async def _look_up_answer(interaction: HorseInteraction, lost: Exception, started: float) -> int:
    """The id of our deferral, if it took effect, else raises `NotAnswered`; `PerhapsAnswered` where Discord can't be asked."""
    now = asyncio.get_running_loop().time
    # Discord has answered, so our request is no longer on its way.
    refused = isinstance(lost, discord.HTTPException) and lost.code == UNKNOWN_INTERACTION
    pause = _LOOKS.first
    _log.info("interaction %d: was it deferred? %s: %s", interaction.id, type(lost).__name__, lost)
    while True:
        try:
            found = await _original(interaction)
        except (discord.HTTPException, *BROKEN) as error:
            if now() - started > TOKEN_SECONDS:
                msg = f"nobody said whether it was deferred, nothing was booked: {error}"
                raise PerhapsAnswered(msg) from lost
        else:
            if found is not None:
                return found
            if refused or now() - started > _NO_LATER_SECONDS:
                msg = f"its deferral never took effect, nothing was booked: {lost}"
                raise NotAnswered(msg) from lost
        await asyncio.sleep(pause)
        pause = _LOOKS.after(pause)


async def _original(interaction: HorseInteraction) -> int | None:
    message = await first_answer(interaction)
    return None if message is None else message.id


async def first_answer(interaction: HorseInteraction) -> discord.Message | None:
    """The message that is our first answer; None where there is none, and for a press that was answered by an edit of its own
    message. Raises errors of Discord and connection.
    """
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            with own_cancels_only():
                message = await interaction.followup.fetch_message(_ORIGINAL)
    except discord.NotFound:
        return None
    except discord.HTTPException as error:
        if error.code == BAD_TOKEN:
            return None
        raise
    # Before a press is answered, Discord may name the message with the button as its first answer.
    return None if interaction.message is not None and message.id == interaction.message.id else message


def _may_have_worked(error: discord.HTTPException) -> bool:
    """Whether the deferral may have worked: discord.py sends it again after a 5xx, and then the second one is refused."""
    return error.code in {ALREADY_ANSWERED, UNKNOWN_INTERACTION} or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
