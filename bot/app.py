"""Runs the bot: opens each resource once, lets `wiring` build the rest, starts everything, and closes in reverse order. Called
by `happyhorse run`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bot.disk import ROOM_LEAST, keep_private, private_folder, room
from bot.domain.job import HOLDS_A_SLOT
from bot.engines.local import LocalEngine
from bot.errors import ProviderError, ProviderMisconfigured, SettingsError, StorageError
from bot.first_answers import FirstAnswers
from bot.http.attachments import HttpAttachments
from bot.media.local import LocalMedia
from bot.notice import Part
from bot.ops import log
from bot.ops.clock import AheadKept, SystemClock, known_ahead_ms
from bot.ops.heartbeat import heartbeat
from bot.ops.ids import draw_fence, draw_ids
from bot.ops.proxies import check_proxies
from bot.ops.pruning import Pruning
from bot.ops.signals import stop_on_signals
from bot.pipeline import recovery
from bot.pipeline.capacity import learn_capacity
from bot.pipeline.held_jobs import HeldJobs
from bot.pipeline.late_ends import LateEnds
from bot.pipeline.operate_job import OperateJob
from bot.pipeline.operator_worker import OperatorWorker
from bot.pipeline.provider_report import ProviderReport
from bot.pipeline.provider_stages import Pace, ProviderStages
from bot.ports import Severity, VideoProvider
from bot.presentation.checkup import operators_channel
from bot.presentation.client import point_at
from bot.presentation.gateway import hold
from bot.presentation.interactions.going_on import go_on
from bot.presentation.login import log_in
from bot.presentation.views.translations import ENGLISH, Language, load_languages, speak
from bot.resources import open_providers
from bot.settings import DEFAULT_CONFIG, Settings
from bot.settings_problem import SettingsCode, SettingsProblem
from bot.storage import Storage, open_storage
from bot.storage.clip_files import CLIPS_FOLDER, ClipFiles
from bot.storage.copies import CopiesPruned
from bot.storage_problem import StorageCode, StorageProblem
from bot.tasks import kept, unless
from bot.wiring import Adapters, found_cogs, let_go, wire_client, wire_jobs, wire_use_cases

_log: Final = logging.getLogger(__name__)
_CLOSE_SECONDS: Final = 5.0
_SLOTS_UNTIL_TOLD: Final = 4
"""Clips at a time until the provider says how many it takes; most plans take at least this many."""


async def run(settings: Settings, operator_language: Language) -> int:
    """Runs the bot until SIGINT or SIGTERM, which also stop it while it starts. Returns the exit code.

    `operator_language` is that of the operator's channel. The log is in English, and all other posts are in their readers'
    languages. Raises `SettingsError` or `StorageError` at the start.
    """
    speak(ENGLISH)
    keep_private()
    check_proxies()
    log.set_up(settings.log.level, settings.secrets())
    token = settings.discord.token.get_secret_value()
    if not token:
        raise SettingsError(SettingsProblem(SettingsCode.NO_TOKEN, (str(settings.file or DEFAULT_CONFIG),)))
    if settings.exposed:
        _log.warning("%s holds a secret, and others on this machine may read it: chmod 600 %s", settings.file, settings.file)
    point_at(settings.discord.api_base, settings.discord.gateway_url, settings.discord.cdn_base)
    stopping = asyncio.Event()
    stop_on_signals(stopping)
    async with AsyncExitStack() as stack:
        application = await unless(stopping, _opened(stack, settings, stopping, operator_language))
        if application is None:
            return 0
        load_languages()
        # What was loaded until now stays as long as the process. Python need not look through it again each time it looks for
        # garbage, which stops everything else for tens of milliseconds.
        gc.collect()
        gc.freeze()
        return await application.live(token)


async def _opened(
    stack: AsyncExitStack, settings: Settings, stopping: asyncio.Event, operator_language: Language
) -> Application:
    storage = await stack.enter_async_context(open_storage(settings.storage.path, room=True))
    http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, follow_redirects=False))
    media = await stack.enter_async_context(LocalMedia())
    clock = SystemClock(await known_ahead_ms(storage.key_values))
    try:
        providers = await open_providers(stack, settings, clock, media, storage.provider_states)
        application = Application(
            settings,
            storage,
            media,
            providers,
            HttpAttachments(http, _own_hosts(settings)),
            clock,
            stopping,
            operator_language,
        )
    except OSError as error:
        where = str(error.filename or settings.folder)
        raise StorageError(StorageProblem(StorageCode.NOT_WRITTEN, where, str(error.strerror))) from error
    stack.push_async_callback(application.close)
    await stack.enter_async_context(
        heartbeat(application.client.connected, storage.key_values, application.notifier.tell_operator)
    )
    free = room(settings.folder)
    if free < ROOM_LEAST:
        _log.error("%.0f MiB are free at %s: make room there, clips wait until then", free / 1024**2, settings.folder)
    return application


class Application:
    """All parts of one process, connected; `live` runs them."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        media: LocalMedia,
        providers: Mapping[str, VideoProvider],
        attachments: HttpAttachments,
        clock: SystemClock,
        stopping: asyncio.Event | None = None,
        operator_language: Language = ENGLISH,
    ) -> None:
        """`stopping`, if given, ends `live` when it is set."""
        self.settings = settings
        self.storage = storage
        self.offered = [providers[name] for name in settings.provider.offered]
        self.clock = clock
        first_answers = FirstAnswers()
        self.engine = LocalEngine(self.clock, settings.provider.parallel or _SLOTS_UNTIL_TOLD, first_answers)
        self._tasks: list[asyncio.Task[None]] = []
        self._orderly = False
        self._stopping = stopping or asyncio.Event()
        folder = settings.folder / "work"
        private_folder(folder)
        kept_clips = ClipFiles(storage.database, settings.folder / CLIPS_FOLDER, settings.storage.clips_limit, clock)
        self._kept_clips = kept_clips
        held = HeldJobs(draw_fence())
        working = storage.giving_way(first_answers.go_first)
        adapters = Adapters(working, media, providers, self.engine, clock, kept_clips, first_answers, held)
        self.provider_stages: dict[str, ProviderStages] = {}
        use_cases = wire_use_cases(adapters, attachments, settings.policy(), settings.offer(), self.provider_stages)
        self.client = wire_client(
            adapters,
            use_cases,
            cogs=found_cogs(),
            operator_channel_id=settings.discord.operator_channel,
            operator_language=operator_language,
        )
        self.notifier = self.client.notifier
        pace = Pace(
            watch_seconds=settings.provider.watch_seconds,
            give_up_ms=settings.provider.give_up_minutes * 60_000,
            lost_ms=int(settings.provider.lost_submit_seconds * 1000),
        )
        free = settings.quota.not_as_asked == "free"
        self.runner = wire_jobs(adapters, self.notifier, folder, pace, self.provider_stages, lacking_is_free=free)
        operate = OperateJob(
            jobs=storage.jobs,
            bookings=storage.bookings,
            transitions=storage.transitions,
            job_recovery=storage.job_recovery,
            report=ProviderReport(providers, storage.provider_references, storage.kept_pictures),
            wake=self.engine.wake,
            let_go=partial(let_go, self.provider_stages),
            policy=use_cases.policy,
            multiplier=lambda member_id: use_cases.allowances.multiplier(member_id, None),
            prices=settings.prices_at,
            clock=self.clock,
            ids=draw_ids,
            fence=held.booking_fence,
        )
        self.operator_worker = OperatorWorker(storage.requests, operate, self.clock)

    async def live(self, token: str) -> int:
        """Logs in, takes over all unfinished jobs, and stays connected until `stop`. Returns the exit code."""
        await unless(self._stopping, self._live(token))
        return 0

    async def _live(self, token: str) -> None:
        await log_in(self.client, token, self.settings.discord.api_base, self.clock)
        self.client.discord_time.settle()
        self.notifier.start()
        await self._take_up()
        # What earlier processes left is read before the gateway brings anything new: that would count as left, too.
        asked, left, unsettled = self.storage.asked, await self.storage.asked.left(), self.client.unsettled
        self._keep(Part.ASKED, partial(go_on, self.client, asked, self.clock, unsettled, left))
        self._keep(Part.ASKED, partial(unsettled.run, asked, self.clock))
        for name, stages in self.provider_stages.items():
            self._keep(Part.STAGES, stages.run, name)
        for provider in self.offered:
            if not self.settings.provider.parallel or (provider.free and len(self.offered) > 1):
                asking = partial(learn_capacity, provider, self.engine.allow, self.clock)
                self._keep(Part.CAPACITY, asking, provider.name)
        self._keep(Part.CLOCK, AheadKept(self.clock, self.storage.key_values).run)
        self._keep(Part.PRUNING, Pruning(self.storage.kept_pictures, self.storage.drafts, self.storage.asked, self.clock).run)
        self._keep(Part.COPIES, CopiesPruned(self.settings.storage.path, self.clock).run)
        self._keep(Part.KEPT_CLIPS, partial(self._kept_clips.run, self.notifier.tell_operator))
        self._keep(Part.SHELL, self.operator_worker.run)
        late_ends = LateEnds(
            self.storage.posts, self.engine, self.runner.took_over, self.notifier.operators.tell_left, self.clock
        )
        self._keep(Part.LATE_ENDS, late_ends.run)
        self._keep(Part.FIRST_QUESTION, self._say_ready)
        await hold(self.client)

    def _keep(self, part: Part, work: Callable[[], Coroutine[Any, Any, None]], provider: str = "") -> None:
        """Runs `work` in a task until `close`. If it dies, the operator is told and it is started again."""
        keeping = kept(part, work, self.notifier.tell_operator, provider)
        self._tasks.append(asyncio.create_task(keeping, name=part.value))

    async def _take_up(self) -> None:
        storage = self.storage
        broke = await recovery.life_began(storage.key_values, self.clock)
        # After a crash, "ended in order" must not be written before its jobs are taken over.
        self._orderly = not broke
        found = await recovery.take_up(
            storage.job_recovery,
            storage.posts,
            storage.transitions,
            self.provider_stages,
            self.notifier,
            self.clock,
            broke=broke,
        )
        self._orderly = True
        self.runner.took_over(found.fences)
        self.engine.start(self.runner.run, found.unfinished, self.runner.park, found.turns)
        for job in found.apart:
            if job.state in HOLDS_A_SLOT:
                self.engine.state_changed(job)
                # This job may be the one that tries at a shut gate, and it may not run for minutes: so another one may try.
                self.engine.unclear(job)
        for job in found.unshown:
            self.engine.wake(job.id)
        _log.info("took up %d unfinished jobs, %d ended ones to show", len(found.unfinished), len(found.unshown))
        apart = recovery.Apart(
            found.apart, found.unfinished, storage.jobs, storage.job_recovery, self.engine, self.runner.park, self.clock
        )
        self._keep(Part.APART, apart.run)

    async def _say_ready(self) -> None:
        """Asks each provider once, so that a wrong key is known before a member needs it, and logs that the bot is ready."""
        said = [await self._greeted(provider) for provider in self.offered]
        await self.client.wait_until_ready()
        guilds = len(self.client.guilds)
        _log.info("ready: %d guild%s, %s", guilds, "" if guilds == 1 else "s", ", ".join(said))
        await self._check_operators_channel()

    async def _greeted(self, provider: VideoProvider) -> str:
        who = "provider" if len(self.offered) == 1 else provider.name
        try:
            await provider.availability.ping()
        except ProviderMisconfigured as error:
            _log.error("%s refuses our key, plan or balance (%s): see happyhorse doctor", provider.name, error)
            self.provider_stages[provider.name].holds.refused(error)
            return f"{who} refuses the key: {error}"
        except ProviderError as error:
            return f"{who} does not answer: {error}"
        return f"{who} ok"

    async def _check_operators_channel(self) -> None:
        """Checks that the operator's channel takes messages, and logs once why not."""
        channel_id = self.settings.discord.operator_channel
        if channel_id is not None:
            finding = await operators_channel(self.client, channel_id)
            if finding.severity is not Severity.OK:
                _log.error("discord.operator_channel: %s. %s", finding.found, finding.remedy)

    async def stop(self) -> None:
        """Ends `live`. Unfinished jobs resume at the next start."""
        self._stopping.set()

    async def close(self) -> None:
        """Stops everything in order: first what depends on other parts."""
        await self.engine.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSE_SECONDS)
        await self.notifier.stop()
        if self._orderly:
            with contextlib.suppress(StorageError):
                # If it can't be written, the next start is only more careful than needed.
                await recovery.life_ended(self.storage.key_values, self.clock)
        if not self.client.is_closed():
            # A gateway that does not answer must not delay the end.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self.client.close()


def _own_hosts(settings: Settings) -> frozenset[str]:
    """Hosts besides Discord's own from which attachments may be read: a REST proxy or a sandbox."""
    ours = {urlsplit(settings.discord.api_base).netloc, urlsplit(settings.discord.cdn_base).netloc}
    return frozenset(host for host in ours if not host.endswith(("discord.com", "discordapp.com", "discordapp.net")))
