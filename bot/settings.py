"""The bot's configuration: config.toml, overridden by environment variables HAPPYHORSE_*. The command line loads it once.

Errors name the wrong key or value and what is allowed, and never show a secret.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import config_file, settings_errors
from bot.domain.clip import Resolution
from bot.domain.job import PREVIEW
from bot.domain.price import FREE, LIST_CREDITS_PER_SECOND, Prices
from bot.domain.quota import Policy, Window
from bot.errors import SettingsError
from bot.services.offer import Offer
from bot.settings_problem import SettingsCode, SettingsProblem, ValueCode, ValueProblem
from bot.settings_values import (
    Credits,
    DatabaseFile,
    Secret,
    Snowflake,
    SocketAddress,
    TimeZone,
    Token,
    WebAddress,
    Word,
    WrongValue,
)

DEFAULT_CONFIG: Final = Path("config.toml")
ENVIRONMENT_PREFIX: Final = "HAPPYHORSE_"


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiscordSection(Section):
    """`api_base`, `gateway_url` and `cdn_base` are changed for a REST proxy or a sandbox."""

    token: Token = SecretStr("")
    api_base: WebAddress = "https://discord.com/api/v10"
    gateway_url: SocketAddress = "wss://gateway.discord.gg/"
    cdn_base: WebAddress = "https://cdn.discordapp.com"
    operator_channel: Snowflake | None = None


ProviderName = Literal["preview", "scenario"]


def _each_once(names: tuple[ProviderName, ...]) -> tuple[ProviderName, ...]:
    if len(set(names)) < len(names):
        raise WrongValue(ValueCode.TWICE)
    return names


class ProviderSection(Section):
    """`names` are the providers that members may choose, the first if they choose none; without `names` it is only `name`.

    `parallel` is the number of clips at a time; 0 means that the provider is asked. Times are seconds or minutes, as named."""

    name: ProviderName = "preview"
    names: Annotated[tuple[ProviderName, ...], AfterValidator(_each_once)] = ()
    # Twenty times what the benchmarks run.
    parallel: Annotated[int, Field(ge=0, le=100_000)] = 0
    watch_seconds: Annotated[float, Field(gt=0, le=60)] = 3.0
    give_up_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)] = 60
    lost_submit_seconds: Annotated[float, Field(gt=0, le=24 * 60 * 60)] = 90.0

    @property
    def offered(self) -> tuple[ProviderName, ...]:
        return self.names or (self.name,)


class ScenarioSection(Section):
    base_url: WebAddress = "https://api.cloud.scenario.com/v1"
    api_key: Secret = SecretStr("")
    api_secret: Secret = SecretStr("")
    project_id: Word | None = None
    team_id: Word | None = None


class PreviewSection(Section):
    """`charged` makes previews cost the list price in credits, so that quotas can be tried out."""

    charged: bool = False
    parallel: Annotated[int, Field(ge=1, le=16)] = 1


class StorageSection(Section):
    """The database file; working files, posted clips and previews live in folders beside it.

    `keep_clips_gb`: so many gigabytes (10**9 bytes) of posted clips are kept; 0 keeps none."""

    path: DatabaseFile = Path("data/happyhorse.db")
    keep_clips_gb: Annotated[float, Field(ge=0, le=100_000)] = 5.0

    @property
    def clips_limit(self) -> int:
        """How many bytes of posted clips are kept."""
        return int(self.keep_clips_gb * 10**9)


class QuotaSection(Section):
    """0 means no cap for `running_per_member`, `running_per_guild`, `running_jobs_per_member`, `running_jobs_per_guild` and
    `guild_allowance`. The first two count orders, the next two the clips of orders.

    `not_as_asked` is about clips that are shorter or smaller than asked for, or silent.
    """

    window: Window = Window.DAY
    time_zone: TimeZone = "UTC"
    allowance: Credits = 900
    running_per_member: Credits = 3
    running_per_guild: Credits = 0
    running_jobs_per_member: Credits = 12
    running_jobs_per_guild: Credits = 0
    guild_allowance: Credits = 0
    not_as_asked: Literal["charge", "free"] = "charge"
    exempt: tuple[Snowflake, ...] = ()
    roles: dict[Snowflake, Annotated[float, Field(ge=0, le=1000)]] = Field(default_factory=dict[int, float])


class PricesSection(Section):
    """Whole credits per second of finished clip."""

    p720: Annotated[Credits, Field(alias="720P")] = LIST_CREDITS_PER_SECOND[Resolution.P720]
    p1080: Annotated[Credits, Field(alias="1080P")] = LIST_CREDITS_PER_SECOND[Resolution.P1080]


class LogSection(Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(BaseSettings):
    """The whole configuration. Made by `load`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    discord: DiscordSection = DiscordSection()
    provider: ProviderSection = ProviderSection()
    scenario: ScenarioSection = ScenarioSection()
    preview: PreviewSection = PreviewSection()
    storage: StorageSection = StorageSection()
    quota: QuotaSection = QuotaSection()
    prices: PricesSection = PricesSection()
    log: LogSection = LogSection()
    _file: Path | None = PrivateAttr(default=None)
    _exposed: bool = PrivateAttr(default=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic-settings calls with this name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic-settings calls with this name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic-settings calls with this name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The file comes in as keyword arguments; the environment goes over it.
        return env_settings, init_settings

    def policy(self) -> Policy:
        quota = self.quota
        return Policy(
            window=quota.window,
            zone=ZoneInfo(quota.time_zone),
            allowance=quota.allowance,
            role_multipliers=dict(quota.roles),
            running_per_member=quota.running_per_member,
            running_per_guild=quota.running_per_guild,
            running_jobs_per_member=quota.running_jobs_per_member,
            running_jobs_per_guild=quota.running_jobs_per_guild,
            guild_allowance=quota.guild_allowance,
            exempt_members=frozenset(quota.exempt),
        )

    def prices_at(self, provider: str) -> Prices:
        """What clips of this provider cost a member; previews are free unless configured otherwise."""
        if provider == PREVIEW and not self.preview.charged:
            return FREE
        return Prices(self.prices.p720, self.prices.p1080)

    def secrets(self) -> list[str]:
        """The values of all secrets, to keep them out of the log. "" for one that is not set."""
        return [getattr(getattr(self, section), key).get_secret_value() for section, key in secret_keys()]

    def offer(self) -> Offer:
        """The providers that members may choose, with the prices of each."""
        return Offer({name: self.prices_at(name) for name in self.provider.offered})

    def read_from(self, file: Path, *, exposed: bool) -> None:
        """Remembers the file, so that errors can name it. `load` calls it."""
        self._file, self._exposed = file, exposed

    @property
    def file(self) -> Path | None:
        """The file that was read; None if there was none."""
        return self._file

    @property
    def exposed(self) -> bool:
        """True if the file has a secret and other users of this machine may read it."""
        return self._exposed

    @property
    def folder(self) -> Path:
        """The folder of the database and of the files beside it."""
        return self.storage.path.parent


def secret_keys() -> list[tuple[str, str]]:
    """Section and key of every secret: the settings of type `Secret` or `Token`."""
    sections = {name: cast("type[BaseModel]", field.annotation) for name, field in Settings.model_fields.items()}
    return [
        (name, key)
        for name, section in sections.items()
        for key, field in section.model_fields.items()
        if field.annotation is SecretStr
    ]


def load(path: Path | None = None) -> Settings:
    """Reads `path`, or ./config.toml if it exists. Without a file the environment and the defaults count.

    Raises `SettingsError` that names the file, every wrong key at once, and what is allowed.
    """
    file = path or DEFAULT_CONFIG
    found = config_file.read(file, secret_keys())
    if found is None and path is not None:
        raise SettingsError(SettingsProblem(SettingsCode.NO_FILE, (str(path),)))
    _check_names()
    try:
        settings = Settings(**(found.values if found else {}))
    except ValidationError as error:
        wrong = tuple(_wrong(detail) for detail in error.errors(include_url=False))
        if found is None:
            raise SettingsError(SettingsProblem(SettingsCode.VALUES_OF_ENVIRONMENT, values=wrong)) from None
        raise SettingsError(SettingsProblem(SettingsCode.VALUES, (str(file),), wrong)) from None
    except ValueError as error:
        # A value in the environment that is no JSON where a list or table is needed; pydantic-settings names the field.
        begins = settings_errors.unread(error, ENVIRONMENT_PREFIX)
        raise SettingsError(SettingsProblem(SettingsCode.NO_JSON, (begins,))) from None
    if found is not None:
        settings.read_from(file, exposed=found.exposed)
    return settings


def _check_names() -> None:
    """Raises `SettingsError` for a variable of ours with one underscore in place of two: it would be ignored."""
    known = {f"{ENVIRONMENT_PREFIX}{section}__{key}".upper() for section in Settings.model_fields for key in _keys((section,))}
    meant = {re.sub("_+", "_", name): name for name in known}
    for name, value in os.environ.items():
        right = meant.get(re.sub("_+", "_", name.upper()))
        if value and right is not None and name.upper() != right:
            raise SettingsError(SettingsProblem(SettingsCode.UNDERSCORES, (name, right)))


def _wrong(detail: ErrorDetails) -> ValueProblem:
    loc, kind = detail["loc"], detail["type"]
    key = ".".join(str(part) for part in loc if part != "[key]")
    if kind != "extra_forbidden":
        return settings_errors.wrong(key, kind, detail.get("ctx", {}), detail["input"], secret=_is_secret(loc))
    known = _keys(loc[:-1])
    near = difflib.get_close_matches(str(loc[-1]), known, n=1)
    code = ValueCode.UNKNOWN_NEAR if near else ValueCode.UNKNOWN
    return ValueProblem(code, key, figures=tuple(near or known))


def _is_secret(loc: tuple[int | str, ...]) -> bool:
    """Whether a setting is secret, or is a section with a secret: the secret may have been written in the section's place."""
    model: type[BaseModel] = Settings
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is None:
            return False
        kind = cast("Any", field.annotation)
        if not isinstance(kind, type) or not issubclass(kind, BaseModel):
            return kind is SecretStr
        model = kind
    return any(field.annotation is SecretStr for field in model.model_fields.values())


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return [field.alias or name for name, field in cast("Any", model.model_fields).items()]
