"""How the demo opens its page: in the browser of the system or of the operator's choice, or a line says that there is none."""

import threading

import pytest

from demo.browser import open_page


@pytest.fixture
def said(monkeypatch):
    """The lines that were printed, and an event that is set when one is."""
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    lines, told = [], threading.Event()

    def say(line):
        lines.append(line)
        told.set()

    return lines, told, say


def test_without_a_desktop_nothing_is_opened_in_the_terminal_and_it_is_said(said):
    lines, told, say = said
    open_page("http://127.0.0.1:1/", say)
    assert told.wait(10)
    assert lines == ["No browser could be opened here: open the address yourself."]


def test_the_operators_browser_gets_the_address(said, monkeypatch, tmp_path):
    _, told, say = said
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\nexit 1\n', encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setattr("webbrowser._tryorder", None)  # browsers that it found before, in another environment
    open_page("http://127.0.0.1:1/", say)
    assert told.wait(10)  # the browser failed after it got the address
    assert (tmp_path / "opened").read_text(encoding="utf-8") == "http://127.0.0.1:1/"
