"""Opens the video providers of the configuration, and the database for shell commands. The application and
`bot.cli` call it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain

from bot import ports
from bot.domain.job import PREVIEW
from bot.errors import SettingsError
from bot.media.local import LocalMedia
from bot.ports import Clock, VideoProvider
from bot.providers.preview.provider import PreviewProvider
from bot.providers.scenario.account import Account
from bot.providers.scenario.provider import ScenarioProvider
from bot.settings import ENVIRONMENT_PREFIX, Settings, secret_keys
from bot.settings_problem import SettingsCode, SettingsProblem
from bot.storage import Storage, open_storage
from bot.storage.file import is_there
from bot.storage.lock import real_path


async def open_providers(
    stack: AsyncExitStack, settings: Settings, clock: Clock, media: LocalMedia, states: ports.ProviderStates | None = None
) -> dict[str, VideoProvider]:
    """Opens all providers that it can: the configured ones, and others, which may still have unfinished jobs. The preview can
    always be opened.

    They store how far their clocks are from ours in `states`. Raises `SettingsError` if a configured one has no key.
    """
    preview = PreviewProvider(media.previews(), settings.folder / "preview", parallel=settings.preview.parallel)
    providers: dict[str, VideoProvider] = {"preview": await stack.enter_async_context(preview)}
    providers.update(await open_vendors(stack, settings, clock, states))
    missing = without_key(settings, providers)
    if missing is not None:
        raise SettingsError(missing)
    return providers


def without_key(settings: Settings, opened: Collection[str]) -> SettingsProblem | None:
    """Which key is missing for a configured provider; None if all configured ones were opened."""
    missing = [name for name in settings.provider.offered if name != PREVIEW and name not in opened]
    if not missing:
        return None
    code = SettingsCode.NO_KEY_OF_ONE if settings.provider.names else SettingsCode.NO_KEY
    keys = [f"{section}.{key}" for section, key in secret_keys() if section == missing[0]]
    named = [(each, f"{ENVIRONMENT_PREFIX}{each.upper().replace('.', '__')}") for each in keys]
    return SettingsProblem(code, (missing[0], *chain.from_iterable(named)))


async def open_vendors(
    stack: AsyncExitStack, settings: Settings, clock: Clock, states: ports.ProviderStates | None = None
) -> dict[str, VideoProvider]:
    """Opens the external providers that have a key. Shell commands use only these, since they may run beside the bot: the
    preview's folder belongs to one process, and asking the preview for a clip's status makes it render."""
    vendors: dict[str, VideoProvider] = {}
    scenario = settings.scenario
    key, secret = scenario.api_key.get_secret_value(), scenario.api_secret.get_secret_value()
    if key and secret:
        account = Account(key, secret, scenario.base_url, scenario.project_id, scenario.team_id)
        vendors["scenario"] = await stack.enter_async_context(ScenarioProvider(account, clock, states=states))
    return vendors


@asynccontextmanager
async def bots_storage(settings: Settings) -> AsyncGenerator[Storage]:
    """The bot's database, for commands that may run beside the bot.

    Raises `SettingsError` if there is none (a new one in the operator's current folder would not be the bot's), and
    `StorageError` as `open_storage`.
    """
    path = settings.storage.path
    if not is_there(real_path(path)):
        named = () if settings.file is None else (str(settings.file),)
        code = SettingsCode.NO_DATABASE_NAMED if named else SettingsCode.NO_DATABASE
        raise SettingsError(SettingsProblem(code, (str(path), *named)))
    async with open_storage(path, exclusive=False) as storage:
        yield storage
