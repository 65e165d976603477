"""Configuration: which source wins, and how mistakes are reported."""

import re
import sys

import pytest

from bot.domain.price import FREE, Prices
from bot.domain.quota import Window
from bot.errors import SettingsError
from bot.presentation.views.command_errors import sentence
from bot.settings import load
from tests.told import told


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
    return sentence(caught.value)


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


@pytest.mark.parametrize(
    ("written_as", "said"),
    [
        ("[quota]\ntime_zone = 'Mars/Olympus'", '"Mars/Olympus" is no time zone; write it like Europe/Berlin or UTC'),
        ("[quota]\nallowance = -1", "-1 is too small; 0 is the least"),
        ("[quota]\nwindow = 'year'", '"year" is not known here; write "day", "week" or "month"'),
        ("[quota]\nexempt = 5", "5 is no list; write it like [1, 2]"),
        ("[quota]\nexempt = ['a']", '"a" is no whole number'),
        ("[quota.roles]\nabc = 2", 'quota.roles.abc: "abc" is no whole number'),
        ("[prices]\n720P = 1.5", "1.5 is no whole number"),
        ("[quota]\nnot_as_asked = 'foo'", '"foo" is not known here; write "charge" or "free"'),
        ("[provider]\nwatch_seconds = 0", "0 is too small; it must be more than 0"),
        ("[preview]\ncharged = 'maybe'", '"maybe" is neither true nor false'),
        ("[preview]\nparallel = 99", "99 is too large; 16 is the most"),
        ("[provider]\nparallel = 100_001", "100001 is too large; 100,000 is the most"),
        ("[storage]\npath = 5", "5 is no path; put it in quotation marks"),
        ("[discord]\napi_base = 'ftp://x'", '"ftp://x" must begin with https://'),
        ("log = 'loud'", '"loud" is no section; write its name in [brackets] and its settings below'),
    ],
)
def test_a_wrong_value_stands_in_the_sentence_that_says_what_is_allowed(tmp_path, written_as, said):
    text = refused(written(tmp_path, written_as))
    assert said in text
    assert not re.search(r"Input should|valid|pydantic|unable to parse", text)


@pytest.mark.parametrize("name", ["HAPPYHORSE_QUOTA__EXEMPT", "HAPPYHORSE_QUOTA"])
def test_a_variable_that_should_hold_a_list_is_told_by_how_it_begins(monkeypatch, name):
    monkeypatch.setenv(name, "no json")
    with told(SettingsError, "a variable that begins with HAPPYHORSE_QUOTA must hold JSON, like"):
        load()


def test_a_secret_is_never_part_of_a_message(tmp_path):
    assert "hunter2" not in refused(written(tmp_path, "discord = 'hunter2'\n"))
    assert "hunter2" not in refused(written(tmp_path, "[discord]\ntoken = ['hunter2']\n"))
    assert "hunter2" not in repr(load(written(tmp_path, "[scenario]\napi_secret = 'hunter2'\n")))


def test_every_setting_that_is_a_secret_is_kept_out_of_the_log(tmp_path):
    read = load(written(tmp_path, "[discord]\ntoken = 'a'\n[scenario]\napi_key = 'b'\napi_secret = 'c'\nteam_id = 'd'\n"))
    assert set(read.secrets()) - {""} == {"a", "b", "c"}


def test_a_file_from_windows_is_read_with_the_mark_before_its_first_letter(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[quota]\r\nallowance = 5\r\n")
    assert (load(path).quota.allowance, load(path).file) == (5, path)


def test_another_encoding_is_told_with_what_to_do(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_bytes("[quota]\nallowance = 5\n".encode("utf-16"))
    assert refused(path) == f"{path}: this is not text in UTF-8. Save it in your editor with the encoding UTF-8."


@pytest.mark.parametrize("typed", [r'"C:\Users\me\bot.db"', r'"C:\temp\bot.db"'], ids=["no escape", "an escape"])
def test_a_windows_path_between_double_quotes_is_told_with_how_to_write_it(tmp_path, typed):
    text = refused(written(tmp_path, f"[storage]\npath = {typed}\n"))
    assert (str(tmp_path / "config.toml") in text, "single quotes" in text) == (True, True)
    load(written(tmp_path, f"[storage]\npath = {typed.replace(chr(34), chr(39))}\n"))


@pytest.mark.parametrize("around", ["{}\n", "{}\r", " {}", "{}\ufeff", "hunter\u200b{}"])
@pytest.mark.parametrize("key", ["discord.token", "scenario.api_key", "scenario.api_secret", "scenario.team_id"])
def test_invisible_characters_around_a_secret_are_told_without_the_secret(tmp_path, monkeypatch, key, around):
    monkeypatch.setenv(f"HAPPYHORSE_{key.upper().replace('.', '__')}", around.format("hunter2"))
    text = refused(written(tmp_path, ""))
    assert (f"{key}: has a blank, a line break" in text, "hunter" in text) == (True, False)
    assert str(tmp_path / "config.toml") not in text or "or the environment" in text


def test_a_blank_in_the_middle_of_a_secret_is_told_without_the_secret(monkeypatch):
    monkeypatch.setenv("HAPPYHORSE_SCENARIO__API_KEY", "hunter hunter2")
    text = refused()
    assert ("scenario.api_key: has a blank" in text, "hunter" in text) == (True, False)


def test_a_token_with_its_prefix_is_told_without_the_token(monkeypatch):
    monkeypatch.setenv("HAPPYHORSE_DISCORD__TOKEN", "Bot hunter2")
    text = refused()
    assert ('leave out "Bot "' in text, "hunter2" in text) == (True, False)


@pytest.mark.parametrize("quoted", ['"hunter2"', "'hunter2'", "\u201chunter2\u201d"])
@pytest.mark.parametrize("key", ["discord.token", "scenario.api_key", "scenario.api_secret"])
def test_quotation_marks_around_a_secret_are_told_without_the_secret(monkeypatch, key, quoted):
    monkeypatch.setenv(f"HAPPYHORSE_{key.upper().replace('.', '__')}", quoted)
    text = refused()
    assert (f"{key}: is in quotation marks" in text, "hunter" in text) == (True, False)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("HAPPYHORSE_DISCORD_TOKEN", "HAPPYHORSE_DISCORD__TOKEN"),
        ("HAPPYHORSE_QUOTA_RUNNING_PER_MEMBER", "HAPPYHORSE_QUOTA__RUNNING_PER_MEMBER"),
        ("HAPPYHORSE__PRICES__720P", "HAPPYHORSE_PRICES__720P"),
    ],
)
def test_a_variable_with_one_underscore_where_two_are_needed_is_told_instead_of_not_read(monkeypatch, name, right):
    monkeypatch.setenv(name, "1")
    text = refused()
    assert text.startswith(name)
    assert text.endswith(f"{right}.")


def test_variables_of_other_programs_are_ignored(monkeypatch):
    monkeypatch.setenv("HAPPYHORSE_SANDBOX_URL", "http://127.0.0.1:8787")
    monkeypatch.setenv("HAPPYHORSE_DISCORD_TOKEN", "")
    assert load().quota.allowance == 900


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such bits")
@pytest.mark.parametrize(
    ("text", "mode", "exposed"),
    [
        ("[discord]\ntoken = 'x'\n", 0o644, True),
        ("[discord]\ntoken = 'x'\n", 0o640, False),
        ("[scenario]\napi_secret = 'x'\n", 0o604, True),
        ("[discord]\ntoken = ''\n", 0o644, False),
    ],
)
def test_a_file_with_a_secret_that_others_may_read_is_known(tmp_path, text, mode, exposed):
    path = written(tmp_path, text)
    path.chmod(mode)
    assert load(path).exposed is exposed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[discord]\ntoken = 'x'\ntoken = 'hunter2'\n", "The same setting stands there twice"),
        ("[quota]\n[quota]\n", "The same [section] stands there twice"),
        ("[discord]\ntoken = hunter2\n", "Text stands between quotation marks"),
        ("token: hunter2\n", "A line is a [section], or a setting like allowance = 900"),
    ],
)
def test_the_usual_slips_in_toml_are_told_with_what_to_write(tmp_path, text, said):
    told = refused(written(tmp_path, text))
    assert (said in told, "at line" in told, "hunter2" in told) == (True, True, False)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("~/happyhorse.db", "begins with ~, which only a shell reads as your home"),
        ("", "is a folder: name a file in it"),
        ("/", "is a folder: name a file in it"),
    ],
)
def test_a_database_path_that_no_file_can_have_is_refused(tmp_path, path, said):
    assert said in refused(written(tmp_path, f"[storage]\npath = '{path}'\n"))


@pytest.mark.parametrize(
    "line",
    [
        "quota.allowance = 99999999999999999999",
        "quota.exempt = [-1]",
        "quota.roles.99999999999999999999 = 2.0",
        "discord.operator_channel = 0",
        "provider.lost_submit_seconds = inf",
        "provider.lost_submit_seconds = nan",
        "provider.give_up_minutes = 99999999999999",
    ],
)
def test_a_figure_that_could_not_be_kept_or_counted_with_is_refused_at_the_start(tmp_path, line):
    assert line.split(" ")[0] in refused(written(tmp_path, f"{line}\n"))


def test_a_folder_in_the_files_place_is_told_as_one(tmp_path):
    (tmp_path / "config.toml").mkdir()
    text = refused(tmp_path / "config.toml")
    assert str(tmp_path / "config.toml") in text
    assert "name the file in that folder" in text


def test_broken_toml_says_where(tmp_path):
    assert "line 2" in refused(written(tmp_path, "[quota]\nallowance = = 3\n"))


def test_a_file_that_was_named_must_be_there(tmp_path):
    assert "config.example.toml" in refused(tmp_path / "nowhere.toml")


def test_roles_multiply_and_exempt_members_have_no_caps(tmp_path):
    policy = load(written(tmp_path, "[quota]\nallowance = 100\nexempt = [7]\n[quota.roles]\n11 = 2.5\n")).policy()
    assert policy.allowance_at(policy.multiplier_for([11])) == 250
    assert policy.is_exempt(7)


def test_one_provider_or_several_in_the_operators_order(tmp_path, monkeypatch):
    assert load().provider.offered == ("preview",)
    assert load(written(tmp_path, "[provider]\nname = 'scenario'\n")).provider.offered == ("scenario",)
    both = "[provider]\nname = 'preview'\nnames = ['scenario', 'preview']\n"
    assert load(written(tmp_path, both)).offer().prices == {"scenario": Prices(14, 18), "preview": FREE}
    monkeypatch.setenv("HAPPYHORSE_PROVIDER__NAMES", '["preview", "scenario"]')
    assert load().provider.offered == ("preview", "scenario")


@pytest.mark.parametrize("names", ["['preview', 'preview']", "['fal']", "'scenario'"])
def test_providers_that_are_none_or_named_twice_are_refused(tmp_path, names):
    assert "provider.names" in refused(written(tmp_path, f"[provider]\nnames = {names}\n"))


def test_previews_are_free_unless_charged(tmp_path):
    assert load().prices_at("preview") == FREE
    assert load(written(tmp_path, "[preview]\ncharged = true\n")).prices_at("preview") == Prices(14, 18)
