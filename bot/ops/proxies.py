"""Refuses to start with a SOCKS proxy in the environment, which the bot can't use. Called at the start, and by the doctor."""

from __future__ import annotations

from typing import Final
from urllib.request import getproxies

from bot.errors import SettingsError
from bot.settings_problem import SettingsCode, SettingsProblem

_SCHEMES: Final = ("all", "https", "http")
"""For `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, which connections to the provider would use."""


def check_proxies() -> None:
    """Raises `SettingsError` for a SOCKS proxy.

    Connections to the provider would need another package for it, and those to Discord would not use it at all. The error does
    not contain the proxy's address, which may include a password.
    """
    proxies = getproxies()
    if proxies.get("no") == "*":
        return
    for scheme in _SCHEMES:
        if proxies.get(scheme, "").lower().startswith("socks"):
            name = f"{scheme.upper()}_PROXY"
            raise SettingsError(SettingsProblem(SettingsCode.SOCKS_PROXY, (name,)))
