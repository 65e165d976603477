"""Sets up the log on stderr, one line for each event, with secrets removed from every line. `app.run` calls it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Final

_INTERACTION_TOKEN: Final = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.-]{20,}")
_SIGNATURE: Final = re.compile(r"([?&](?:hm|Signature|X-Amz-[\w-]+|sig|token)=)[^&\s\"']+", re.IGNORECASE)
_HIDDEN: Final = "…"
_QUIET: Final = {"discord": logging.INFO, "httpx": logging.WARNING, "httpcore": logging.WARNING, "PIL": logging.INFO}


class Redaction(logging.Formatter):
    """Formats, then replaces the given secrets, interaction tokens in URLs and signatures of signed URLs."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _SIGNATURE.sub(rf"\1{_HIDDEN}", _INTERACTION_TOKEN.sub(rf"\1{_HIDDEN}", text))


def set_up(level: str, secrets: Iterable[str]) -> None:
    """Sends all events of `level` and above to stderr; of libraries only those of the level in `_QUIET` and above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redaction(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
