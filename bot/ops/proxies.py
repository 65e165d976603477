"""Proxies that the environment names and that the bot can't use: told at the start, in one sentence."""

from __future__ import annotations

from typing import Final
from urllib.request import getproxies

from bot.errors import SettingsError

_SCHEMES: Final = ("all", "https", "http")
"""Of `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`: those that the provider's connections would go by."""


def check_proxies() -> None:
    """Raises `SettingsError` for a SOCKS proxy.

    The provider's connections could use one only with another package, and Discord's would pass it by: half a bot behind a
    proxy is not what anybody set it for. Its address is not repeated, since a password may stand in it.
    """
    proxies = getproxies()
    if proxies.get("no") == "*":
        return
    for scheme in _SCHEMES:
        if proxies.get(scheme, "").lower().startswith("socks"):
            name = f"{scheme.upper()}_PROXY"
            msg = f"{name} names a SOCKS proxy, which this bot can't use. Start it without: env -u {name} happyhorse run"
            raise SettingsError(msg)
