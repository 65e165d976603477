"""The stages, watcher and search for jobs of one provider. Built once per provider in `bot/wiring.py`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.notice import Part
from bot.pipeline.finishing import Finishing
from bot.pipeline.hitches import Hitches
from bot.pipeline.holds import Holds
from bot.pipeline.loop_backoff import RefusedKey
from bot.pipeline.lost_submits import LostSubmits
from bot.pipeline.pictures import Pictures
from bot.pipeline.submitting import Submitting
from bot.pipeline.watcher import Watcher
from bot.ports import (
    Clock,
    Engine,
    JobReader,
    JobTransitions,
    KeptClips,
    KeptPictures,
    Media,
    Notifier,
    ProviderReferences,
    ProviderStates,
    VideoProvider,
)
from bot.tasks import kept


@dataclass(frozen=True, slots=True)
class Pace:
    """`watch_seconds`: between two questions about running clips. `give_up_ms`: after which a running clip counts as stuck.
    `lost_ms`: how long a lost submit is searched before it counts as never arrived.
    """

    watch_seconds: float
    give_up_ms: int
    lost_ms: int


@dataclass(frozen=True, slots=True)
class ProviderStages:
    watcher: Watcher
    lost: LostSubmits
    holds: Holds
    submitting: Submitting
    finishing: Finishing
    hitches: Hitches
    notifier: Notifier

    @classmethod
    def of(
        cls,
        provider: VideoProvider,
        *,
        jobs: JobReader,
        transitions: JobTransitions,
        provider_references: ProviderReferences,
        kept_pictures: KeptPictures,
        media: Media,
        engine: Engine,
        notifier: Notifier,
        clock: Clock,
        folder: Path,
        pace: Pace,
        provider_states: ProviderStates,
        kept_clips: KeptClips,
        lacking_is_free: bool = False,
    ) -> Self:
        """`folder` holds the working files of clips; it must exist.

        `lacking_is_free`: a clip that is shorter or smaller than asked for, or silent, is posted and not charged.
        """
        key = RefusedKey()
        watcher = Watcher(provider, engine, notifier, key, clock, beat=pace.watch_seconds, give_up_ms=pace.give_up_ms)
        lost = LostSubmits(
            provider, provider_references, kept_pictures, notifier, key, clock, window_ms=pace.lost_ms, beat=pace.watch_seconds
        )
        holds = Holds(provider.name, provider_states, engine, notifier, key, clock)
        pictures = Pictures(provider, kept_pictures, clock)
        submitting = Submitting(provider, jobs, transitions, kept_pictures, pictures, holds, engine, notifier, lost, clock)
        hitches = Hitches()
        finishing = Finishing(
            provider, jobs, transitions, media, notifier, clock, folder, hitches, kept_clips, lacking_is_free=lacking_is_free
        )
        return cls(watcher, lost, holds, submitting, finishing, hitches, notifier)

    async def run(self) -> None:
        """Watches running clips, searches lost submits and writes refusals down, until cancelled. If one of the three loops
        dies, the others go on.
        """
        tell = self.notifier.tell_operator
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(Part.WATCHER, self.watcher.run, tell), name="watcher")
            group.create_task(kept(Part.LOST_SUBMITS, self.lost.run, tell), name="lost-submits")
            group.create_task(kept(Part.HOLDS, self.holds.run, tell), name="holds")
