"""Goes on with what members asked an earlier process for, and with what could not be answered. The application calls `go_on`.

Where Discord shows our "thinking", or takes it now, the work is done as the first time, through the interaction's token. Else
nothing is done: what was typed is kept as a draft, and the member is told with a message of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum, auto
from functools import partial
from typing import Final

import discord

from bot.domain.backoff import Doubling
from bot.errors import DeliveryError, Gone, Interrupted, StorageError
from bot.ports import Asked, AskedStore, Clock, Outcome
from bot.presentation.discord_language import member_language
from bot.presentation.interactions import error_handler
from bot.presentation.interactions.asked import Pressed, Wanted, again, read, settle
from bot.presentation.interactions.booking import book
from bot.presentation.interactions.button_handlers import press
from bot.presentation.interactions.responses import HorseInteraction, NotAnswered, first_answer, wait, waits_already
from bot.presentation.interactions.tries import BROKEN
from bot.presentation.interactions.unsettled import Unsettled
from bot.presentation.views.error_pages import late_page
from bot.presentation.views.translations import speak
from bot.services.clip_input import ClipInput
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_TOLD_WITHIN_MS: Final = 24 * 60 * 60 * 1000
"""As long as a draft is kept. Nobody waits for an answer longer than that."""
_LOOKS: Final = Doubling(first=0.5, longest=15)
"""Seconds between two questions to Discord, while the token lives."""
_TELLS: Final = Doubling(first=5, longest=600)
"""Seconds between two tries to tell a member."""


_EVERY_SECONDS: Final = 5 * 60.0
"""Between two looks for what could not be answered while this process lives."""
_OVER_MS: Final = 5 * 60 * 1000
"""When an interaction's token expired so long ago, nothing of this process works on that interaction any more."""


class _Shown(Enum):
    """What Discord shows as our first answer: nothing, that one will come, or one."""

    NOTHING = auto()
    WAIT = auto()
    ANSWER = auto()


async def go_on(client: discord.Client, store: AskedStore, clock: Clock, unsettled: Unsettled, left: Sequence[Asked]) -> None:
    """Goes on with `left`, which was read before anything new was asked, and then runs until it is cancelled.

    If Discord can't be reached for long, interactions of this process stay without an answer too. The loop looks for them every
    five minutes and tells their members, but not those in `unsettled`, who had their answer. Each is a task of its own: a
    member who can't be told for hours keeps nobody else waiting.
    """
    under_way: set[int] = set()
    async with asyncio.TaskGroup() as tasks:
        while True:
            for asked in left:
                task = tasks.create_task(_guarded(client, asked), name=f"going-on-{asked.id}")
                under_way.add(asked.id)
                task.add_done_callback(lambda _, asked_id=asked.id: under_way.discard(asked_id))
            await clock.sleep(_EVERY_SECONDS)
            # Before the rows are read: what is over by then is not among them.
            left = await _over(store, clock.now_ms(), unsettled.ids | under_way)


async def _over(store: AskedStore, now_ms: int, known: frozenset[int]) -> list[Asked]:
    """Those without an answer whose token is over, but for the `known` ones."""
    try:
        left = await store.left()
        return [asked for asked in left if asked.token_expires_at_ms + _OVER_MS < now_ms and asked.id not in known]
    except StorageError as error:
        _log.warning("what was left without an answer can't be read: %s", error)
        return []


async def _guarded(client: discord.Client, asked: Asked) -> None:
    """Goes on with one interaction. After an unexpected error the others go on, and the next start tries this one again."""
    try:
        with own_cancels_only():
            await _go_on(client, asked)
    except Exception:  # noqa: BLE001  whatever it is, the others go on
        _log.exception("interaction %d: what it asked for could not be gone on with", asked.id)


async def _go_on(client: discord.Client, asked: Asked) -> None:
    wanted = read(asked)
    interaction = again(client, asked)
    speak(member_language(interaction))
    if asked.outcome is None and _lives(interaction, asked):
        if isinstance(wanted, Pressed):
            # A press may need what the gateway says of servers and channels.
            await client.wait_until_ready()
        shown = await _shown(interaction, asked)
        if shown is _Shown.NOTHING and isinstance(wanted, ClipInput):
            shown = await _begun(interaction, asked)
        if shown is _Shown.ANSWER:
            await settle(interaction, Outcome.ANSWERED)
            return
        if shown is not None:
            _log.info("interaction %d: going on with what it asked for", asked.id)
            await _do(interaction, wanted)
            return
    await _give_back(interaction, asked, wanted)


def _lives(interaction: HorseInteraction, asked: Asked) -> bool:
    """Whether its token can still be used."""
    return bool(asked.token) and interaction.client.use_cases.dependencies.clock.now_ms() < asked.token_expires_at_ms


async def _shown(interaction: HorseInteraction, asked: Asked) -> _Shown | None:
    """Asks Discord what it shows. None if it did not say so while the token was valid."""
    pause = _LOOKS.first
    while _lives(interaction, asked):
        try:
            message = await first_answer(interaction)
        except (discord.HTTPException, *BROKEN) as error:
            _log.info("interaction %d: Discord does not say what it shows, asking again: %s", asked.id, error)
            await asyncio.sleep(pause)
            pause = _LOOKS.after(pause)
            continue
        if message is None:
            return _Shown.NOTHING
        if not message.flags.loading:
            return _Shown.ANSWER
        waits_already(interaction, message.id, in_private=message.flags.ephemeral)
        return _Shown.WAIT
    return None


async def _begun(interaction: HorseInteraction, asked: Asked) -> _Shown | None:
    """Tells Discord that an answer will come, where it shows none. None if it takes none any more.

    If it was answered before and shows nothing, that answer was deleted: the member had it, or a moderator took it away.
    """
    try:
        await wait(interaction, in_private=asked.private)
        message = await first_answer(interaction)
    except (NotAnswered, discord.HTTPException, *BROKEN) as error:
        _log.info("interaction %d: Discord takes no answer any more: %s", asked.id, error)
        return None
    if message is None:
        return _Shown.ANSWER
    waits_already(interaction, message.id, in_private=asked.private)
    return _Shown.WAIT


async def _carry_out(interaction: HorseInteraction, wanted: Wanted | None) -> None:
    match wanted:
        case ClipInput():
            await book(interaction, wanted)
        case Pressed():
            await press(interaction, wanted.action, wanted.subject)
        case None:
            msg = "what another version of the bot was asked for"
            raise Gone(msg)


async def _do(interaction: HorseInteraction, wanted: Wanted | None) -> None:
    try:
        with own_cancels_only():
            await _carry_out(interaction, wanted)
    except Exception as error:  # noqa: BLE001  worded for the member and logged, in one place
        await error_handler.tell(interaction, error)


async def _give_back(interaction: HorseInteraction, asked: Asked, wanted: Wanted | None) -> None:
    """Keeps what was typed and tells the member once. Tries until both have worked."""
    store, tried = interaction.client.use_cases.dependencies.asked, 0
    while True:
        try:
            outcome = await _told(interaction, asked, wanted)
            if outcome is not None:
                await store.settle(asked.id, outcome)
                return
            _log.info("interaction %d: what was typed can't be kept yet", asked.id)
        except (StorageError, DeliveryError, Interrupted) as error:
            _log.info("interaction %d: its member can't be told yet: %s", asked.id, error)
        tried += 1
        await asyncio.sleep(_TELLS.pause(tried))


async def _told(interaction: HorseInteraction, asked: Asked, wanted: Wanted | None) -> Outcome | None:
    """What came of it; None where it must be tried again. A press that had no effect is told by Discord itself."""
    client = interaction.client
    needs = client.use_cases.dependencies
    if not isinstance(wanted, ClipInput) or needs.clock.now_ms() - asked.at_ms > _TOLD_WITHIN_MS:
        return Outcome.LOST
    if not await client.use_cases.request.keep(wanted):
        return None
    # Before it is sent, so that a later start looks for it instead of going on with the work.
    await needs.asked.settle(asked.id, Outcome.TELLING)
    page = partial(late_page, asked.id, bool(wanted.attached))
    return Outcome.TOLD if await client.notifier.late_answers.tell(asked, page) else Outcome.LOST
