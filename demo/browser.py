"""Opens the demo's page for whoever sits at this machine."""

import os
import sys
import threading
import webbrowser
from collections.abc import Callable

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""Where none of these is set there is no desktop, and Python would open a text browser in this terminal."""


def open_page(url: str, say: Callable[[str], None]) -> None:
    """Opens `url` in the browser, without waiting. Where that fails, `say` gets one line about it.

    It uses a thread that nobody waits for, since a command in `BROWSER` may not return until that browser is closed.
    """
    threading.Thread(target=_open, args=(url, say), daemon=True).start()


def _open(url: str, say: Callable[[str], None]) -> None:
    somewhere = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in _SCREENS)
    if not (somewhere and webbrowser.open(url)):
        say("No browser could be opened here: open the address yourself.")
