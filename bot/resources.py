"""Opens the video providers that the configuration names; for the composition root and the doctor."""

from __future__ import annotations

from contextlib import AsyncExitStack

from bot import ports
from bot.errors import SettingsError
from bot.media.studio import Studio
from bot.ports import Clock, VideoProvider
from bot.providers.preview.provider import PreviewProvider
from bot.providers.scenario.account import Account
from bot.providers.scenario.provider import ScenarioProvider
from bot.settings import Settings


async def open_providers(
    stack: AsyncExitStack, settings: Settings, clock: Clock, studio: Studio, kept: ports.Settings | None = None
) -> dict[str, VideoProvider]:
    """The configured provider, and every other one that may still hold unfinished jobs: preview needs no account.

    In `kept` they remember small facts for the next process. Raises `SettingsError` when the configured one lacks its key.
    """
    preview = PreviewProvider(studio.previews(), settings.folder / "preview", parallel=settings.preview.parallel)
    providers: dict[str, VideoProvider] = {"preview": await stack.enter_async_context(preview)}
    scenario = settings.scenario
    key, secret = scenario.api_key.get_secret_value(), scenario.api_secret.get_secret_value()
    if key and secret:
        account = Account(key, secret, scenario.base_url, scenario.project_id, scenario.team_id)
        providers["scenario"] = await stack.enter_async_context(ScenarioProvider(account, clock, settings=kept))
    if settings.provider.name not in providers:
        msg = (
            f"provider.name is {settings.provider.name}, which needs scenario.api_key and scenario.api_secret"
            " (or HAPPYHORSE_SCENARIO__API_KEY and HAPPYHORSE_SCENARIO__API_SECRET)."
        )
        raise SettingsError(msg)
    return providers
