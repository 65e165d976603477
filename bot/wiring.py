"""Builds the parts and connects them: use cases and Discord client for members, stages and runner for their jobs.

The application, tests and benchmarks call these functions with adapters that they open and close themselves. Nothing is started
here.
"""

from __future__ import annotations

import importlib
import pkgutil
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.domain import limits
from bot.domain.job import Job
from bot.domain.quota import Policy
from bot.first_answers import FirstAnswers
from bot.ops.ids import draw_ids
from bot.pipeline.estimates import ClipEstimates
from bot.pipeline.held_jobs import HeldJobs, HeldProgress
from bot.pipeline.job_progress import JobProgressReader
from bot.pipeline.job_runner import JobRunner
from bot.pipeline.provider_stages import Pace, ProviderStages
from bot.ports import Attachments, Engine, KeptClips, Media, Notifier, SettableClock, VideoProvider
from bot.presentation.client import HappyHorseClient
from bot.presentation.delivery.notifier import DiscordNotifier
from bot.presentation.views.translations import Language
from bot.services.allowances import Allowances
from bot.services.browse_clips import BrowseClips
from bot.services.cancel_job import CancelJob
from bot.services.delete_clip import DeleteClip
from bot.services.dependencies import Dependencies
from bot.services.find_jobs import FindJobs
from bot.services.offer import Offer
from bot.services.post_clip import PostClip
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import BOOKING_SECONDS, RequestClip
from bot.services.show_quota import ShowQuota
from bot.services.use_cases import UseCases
from bot.services.use_clip import UseClip
from bot.storage import Storage


@dataclass(frozen=True, slots=True)
class Adapters:
    """The resources that everything is built with. `providers` by name. `kept_clips` are the posted clips in our own folder.
    `engine`, client and `storage` must have the same `first_answers`, or jobs do not let members' answers go first.
    `held` are the jobs of this process; the default is for one that has its store for itself.
    """

    storage: Storage
    media: Media
    providers: Mapping[str, VideoProvider]
    engine: Engine
    clock: SettableClock
    kept_clips: KeptClips
    first_answers: FirstAnswers = field(default_factory=FirstAnswers)
    held: HeldJobs = field(default_factory=HeldJobs)


def found_cogs(package: str = "cogs") -> list[str]:
    """The names of the modules of this package. `bot` imports no cog by name, so a new one only has to exist."""
    return sorted(f"{package}.{each.name}" for each in pkgutil.iter_modules(importlib.import_module(package).__path__))


def any_seed() -> int:
    """A random seed for a clip whose member chose none."""
    return secrets.randbelow(limits.SEED_MAX + 1)


def wire_use_cases(
    adapters: Adapters,
    attachments: Attachments,
    policy: Policy,
    offer: Offer,
    provider_stages: Mapping[str, ProviderStages],
    seed: Callable[[], int] = any_seed,
    ids: Callable[[int, int], tuple[int, ...]] = draw_ids,
) -> UseCases:
    """Builds what the cogs call. `provider_stages` may be empty until `wire_jobs` fills it."""
    storage, engine, clock = adapters.storage, adapters.engine, adapters.clock
    # An answer to a member can't wait for a locked database as long as the pipeline does.
    hurried = storage.hurried(BOOKING_SECONDS)
    # A clip is booked after its own first answer, and lets those of others go before.
    booking = hurried.giving_way(adapters.first_answers.go_first)
    estimates = ClipEstimates(storage.jobs, clock)
    needs = Dependencies(
        asked=hurried.asked,
        jobs=hurried.jobs,
        bookings=hurried.bookings,
        transitions=hurried.transitions,
        kept_pictures=hurried.kept_pictures,
        drafts=hurried.drafts,
        ledger=hurried.ledger,
        pauses=hurried.pauses,
        media=adapters.media,
        attachments=attachments,
        providers=adapters.providers,
        engine=engine,
        progress_reader=JobProgressReader(storage.jobs, storage.job_messages, engine, provider_stages, estimates, clock),
        clock=clock,
        policy=policy,
        allowances=Allowances(policy, hurried.multipliers, clock),
        offer=offer,
    )
    return UseCases(
        request=RequestClip(
            jobs=booking.jobs,
            bookings=booking.bookings,
            kept_pictures=booking.kept_pictures,
            drafts=booking.drafts,
            media=needs.media,
            attachments=needs.attachments,
            engine=engine,
            clock=clock,
            policy=policy,
            allowances=needs.allowances,
            pauses=booking.pauses,
            offer=offer,
            providers=needs.providers,
            seed=seed,
            ids=ids,
            fence=adapters.held.booking_fence,
        ),
        cancel=CancelJob(needs.jobs, needs.transitions, needs.providers, engine, clock, partial(let_go, provider_stages)),
        repeat=RepeatClip(needs.jobs, needs.bookings, needs.drafts, clock, offer),
        find=FindJobs(needs.jobs, needs.progress_reader, needs.providers, adapters.kept_clips),
        browse=BrowseClips(hurried.finished_clips, needs.drafts, adapters.kept_clips, clock),
        delete=DeleteClip(adapters.kept_clips),
        quota=ShowQuota(needs.ledger, clock, policy, needs.allowances, offer.real_prices),
        post=PostClip(needs.jobs, needs.transitions, engine, clock),
        use=UseClip(needs.jobs, needs.transitions),
        dependencies=needs,
    )


def wire_client(
    adapters: Adapters,
    use_cases: UseCases,
    *,
    cogs: Sequence[str],
    operator_channel_id: int | None,
    operator_language: Language,
) -> HappyHorseClient:
    """The client and its notifier, not logged in. `cogs` are the names of modules that it loads."""
    client = HappyHorseClient(adapters.storage.key_values, adapters.clock, cogs, adapters.first_answers)
    client.use_cases = use_cases
    client.notifier = DiscordNotifier(
        client,
        jobs=adapters.storage.jobs,
        posts=adapters.storage.posts,
        kept_pictures=adapters.storage.kept_pictures,
        kept_poster=use_cases.browse.poster,
        media=adapters.media,
        progress_reader=HeldProgress(use_cases.dependencies.progress_reader, adapters.held, adapters.engine),
        clock=adapters.clock,
        operator_channel_id=operator_channel_id,
        operator_language=operator_language,
        first_answers=adapters.first_answers,
        holds=adapters.held.holds,
        finals=use_cases.offer.mixed,
    )
    return client


def wire_jobs(
    adapters: Adapters,
    notifier: Notifier,
    folder: Path,
    pace: Pace,
    provider_stages: dict[str, ProviderStages],
    *,
    lacking_is_free: bool = False,
) -> JobRunner:
    """The runner of all jobs. Fills `provider_stages`, by the provider's name. Other arguments as in `ProviderStages.of`."""
    storage = adapters.storage
    for name, provider in adapters.providers.items():
        provider_stages[name] = ProviderStages.of(
            provider,
            jobs=storage.jobs,
            transitions=storage.transitions,
            provider_references=storage.provider_references,
            kept_pictures=storage.kept_pictures,
            media=adapters.media,
            engine=adapters.engine,
            notifier=notifier,
            clock=adapters.clock,
            folder=folder,
            pace=pace,
            provider_states=storage.provider_states,
            kept_clips=adapters.kept_clips,
            lacking_is_free=lacking_is_free,
        )
    return JobRunner(
        storage.jobs,
        storage.transitions,
        storage.posts,
        adapters.engine,
        notifier,
        provider_stages,
        adapters.clock,
        adapters.held,
    )


def let_go(provider_stages: Mapping[str, ProviderStages], job: Job) -> None:
    """Stops uploads and searches at the provider for a job that has ended or is not wanted any more."""
    stages = provider_stages.get(job.provider)
    if stages is not None:
        stages.submitting.drop(job.id)
