"""Configuration: what wins, and how a mistake is told."""

import pytest

from bot.domain.price import FREE, Prices
from bot.domain.quota import Window
from bot.errors import SettingsError
from bot.settings import load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path=None):
    with pytest.raises(SettingsError) as caught:
        load(path)
    return str(caught.value)


def test_without_a_file_the_defaults_hold():
    settings = load()
    assert (settings.provider.name, settings.quota.window, settings.prices_at("scenario")) == (
        "preview",
        Window.DAY,
        Prices(14, 18),
    )


def test_a_config_toml_where_one_stands_is_read_without_being_named(tmp_path):
    written(tmp_path, "[quota]\nallowance = 5\n")
    assert load().quota.allowance == 5


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    path = written(tmp_path, "[discord]\ntoken = 'file'\n[quota]\nallowance = 5\n")
    monkeypatch.setenv("HAPPYHORSE_DISCORD__TOKEN", "environment")
    settings = load(path)
    assert (settings.discord.token.get_secret_value(), settings.quota.allowance) == ("environment", 5)


def test_every_mistake_is_told_at_once_by_its_key(tmp_path):
    text = refused(
        written(
            tmp_path,
            "[discord]\ntokn = 'x'\napi_base = 'discord.com'\n"
            "[quota]\ntime_zone = 'Mars'\nallowance = -1\n[prices]\n720P = 1.5\n",
        )
    )
    said = ["discord.tokn", "did you mean token?", "discord.api_base", "https://", "time_zone", "allowance", "720P"]
    assert [each for each in said if each not in text] == []


def test_a_secret_is_never_part_of_a_message(tmp_path):
    assert "hunter2" not in refused(written(tmp_path, "[discord]\ntoken = ['hunter2']\n"))
    assert "hunter2" not in repr(load(written(tmp_path, "[scenario]\napi_secret = 'hunter2'\n")))


def test_broken_toml_says_where(tmp_path):
    assert "line 2" in refused(written(tmp_path, "[quota]\nallowance = = 3\n"))


def test_a_file_that_was_named_must_be_there(tmp_path):
    assert "config.example.toml" in refused(tmp_path / "nowhere.toml")


def test_roles_multiply_and_exempt_members_have_no_caps(tmp_path):
    policy = load(written(tmp_path, "[quota]\nallowance = 100\nexempt = [7]\n[quota.roles]\n11 = 2.5\n")).policy()
    assert policy.allowance_at(policy.multiplier_for([11])) == 250
    assert policy.is_exempt(7)


def test_previews_are_free_unless_charged(tmp_path):
    assert load().prices_at("preview") == FREE
    assert load(written(tmp_path, "[preview]\ncharged = true\n")).prices_at("preview") == Prices(14, 18)
