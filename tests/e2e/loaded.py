"""Loads all code that the bot and the sandbox need at their start or soon after, the certificates that HTTP clients read, and
the formats of the bot's languages.

Imported only by the process from which each bot and each sandbox is forked (`loaded_bot.py`), so that none of them loads it
again.
"""

import gc
import ssl
from functools import cache
from importlib import import_module

import httpx

from bot.presentation.views.translations import load_languages

for late in (
    "anyio._backends._asyncio",
    "anyio.lowlevel",
    "anyio.to_thread",
    "bot.app",
    "bot.cli.main",
    "bot.presentation.interactions.filled_forms",
    "bot.presentation.interactions.modal_handlers",
    "bot.presentation.views.help_page",
    "bot.presentation.views.ledger_notes",
    "bot.presentation.views.quota_page",
    "bot.settings",
    "encodings.utf_8_sig",
    "h11",
    "httpcore",
    "sandbox.cli.main",
    "sniffio",
):
    import_module(late)

ssl.create_default_context = cache(ssl.create_default_context)
httpx.create_ssl_context()
load_languages()
# What is there now stays as long as the process: neither bot nor sandbox need look through it for garbage.
gc.freeze()
