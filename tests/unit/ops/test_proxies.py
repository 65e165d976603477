"""Proxies that the bot can't use are reported at the start, in one sentence."""

import pytest

from bot.cli import main
from bot.errors import SettingsError
from bot.ops.proxies import check_proxies
from bot.presentation.views.command_errors import sentence


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "SOCKS4", "socks"])
def test_a_socks_proxy_is_named_without_its_address(monkeypatch, name, scheme):
    monkeypatch.setenv(name, f"{scheme}://me:secret@127.0.0.1:1080")
    with pytest.raises(SettingsError) as refused:
        check_proxies()
    assert name.upper() in sentence(refused.value)
    assert "secret" not in sentence(refused.value)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:3128", "127.0.0.1:3128", ""])
def test_any_other_proxy_is_accepted(monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    check_proxies()


def test_a_proxy_that_is_not_used_is_accepted(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("NO_PROXY", "*")
    check_proxies()


def test_the_doctor_says_one_sentence_and_leaves(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(SystemExit) as left:
        main.main(["doctor"])
    assert left.value.code == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "ALL_PROXY names a SOCKS proxy" in said.err
