"""Which providers are opened for a configuration, and the error for a configured one without a key."""

from contextlib import AsyncExitStack
from typing import get_args

import pytest

from bot.errors import SettingsError
from bot.media.local import LocalMedia
from bot.ops.clock import SystemClock
from bot.presentation.views.command_errors import sentence
from bot.presentation.views.custom_ids import FormKind, form_id, read_form
from bot.presentation.views.wording import MAKES
from bot.resources import open_providers
from bot.settings import ProviderName, Settings
from tests.told import told

KEYS = {"api_key": "k", "api_secret": "s"}


@pytest.fixture
async def opened(tmp_path):
    async with AsyncExitStack() as stack:
        media = await stack.enter_async_context(LocalMedia())

        async def providers(**sections):
            settings = Settings(storage={"path": tmp_path / "happyhorse.db"}, **sections)
            return await open_providers(stack, settings, SystemClock(), media)

        yield providers


@pytest.mark.parametrize(
    ("sections", "names"),
    [
        ({}, {"preview"}),
        ({"scenario": KEYS}, {"preview", "scenario"}),
        ({"provider": {"name": "scenario"}, "scenario": KEYS}, {"preview", "scenario"}),
    ],
    ids=["no key", "previews now, clips before", "clips now, previews before"],
)
async def test_every_provider_that_may_hold_unfinished_jobs_is_opened(opened, sections, names):
    providers = await opened(**sections)
    assert providers.keys() == names
    assert {name: provider.name for name, provider in providers.items()} == {name: name for name in names}


async def test_a_provider_among_several_that_lacks_its_key_is_refused_by_the_settings_names(opened):
    with told(SettingsError, r"provider\.names has scenario, which needs scenario\.api_key"):
        await opened(provider={"names": ["preview", "scenario"]})
    both = await opened(provider={"names": ["preview", "scenario"]}, scenario=KEYS)
    assert set(both) == {"preview", "scenario"}


@pytest.mark.parametrize("half", [{}, {"api_key": "k"}, {"api_secret": "s"}], ids=["neither", "no secret", "no key"])
async def test_a_configured_provider_without_its_whole_key_is_refused_by_the_settings_names(opened, half):
    with pytest.raises(SettingsError) as refused:
        await opened(provider={"name": "scenario"}, scenario=half)
    for named in ("scenario.api_key", "scenario.api_secret", "HAPPYHORSE_SCENARIO__API_KEY"):
        assert named in sentence(refused.value)


async def test_the_operators_own_number_of_previews_at_a_time_is_used(opened):
    providers = await opened(preview={"parallel": 3})
    assert await providers["preview"].availability.capacity() == 3


@pytest.mark.parametrize("name", get_args(ProviderName))
def test_every_provider_can_be_chosen_and_its_name_fits_into_the_id_of_a_form(name):
    assert MAKES[name]
    assert read_form(form_id(FormKind.STUDIO, "0", name)).provider == name
