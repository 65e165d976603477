"""The kinds of values that settings hold, each checked with what is allowed in its sentence. For `bot.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr

_QUOTES: Final = frozenset({'"', "'", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019"})


def known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        msg = "is no time zone; write it like Europe/Berlin or UTC"
        raise ValueError(msg) from error
    return name


def web_address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        msg = "must begin with https:// (or http:// for a sandbox on this machine)"
        raise ValueError(msg)
    return url.rstrip("/")


def socket_address(url: str) -> str:
    if not url.startswith(("wss://", "ws://")):
        msg = "must begin with wss:// (or ws:// for a sandbox on this machine)"
        raise ValueError(msg)
    return url


def clean(text: str) -> str:
    """Keys come from terminals, forms and files of other systems, with what nobody sees around them."""
    if not text.isprintable() or any(character.isspace() for character in text):
        msg = "has a blank, a line break or another character that can't be seen at an end or in it: leave that out"
        raise ValueError(msg)
    return text


def clean_secret(secret: SecretStr) -> SecretStr:
    text = clean(secret.get_secret_value())
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        # Docker's env files keep them.
        msg = "is in quotation marks: leave them out"
        raise ValueError(msg)
    return secret


def bot_token(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value().startswith("Bot "):
        msg = 'is more than the token: leave out "Bot "'
        raise ValueError(msg)
    return secret


def file_name(path: Path) -> Path:
    if len(path.parts) > 1 and path.parts[0].startswith("~"):
        msg = "begins with ~, which only a shell reads as your home: write the path in full"
        raise ValueError(msg)
    if not path.name:
        msg = "is a folder: name a file in it, like data/happyhorse.db"
        raise ValueError(msg)
    if not str(path).isprintable():
        msg = "holds a tab or another control character: between double quotes \\ begins an escape, so write / or single quotes"
        raise ValueError(msg)
    return path


TimeZone = Annotated[str, AfterValidator(known_zone)]
SocketAddress = Annotated[str, AfterValidator(socket_address)]
DatabaseFile = Annotated[Path, AfterValidator(file_name)]
Token = Annotated[SecretStr, AfterValidator(bot_token), AfterValidator(clean_secret)]
Secret = Annotated[SecretStr, AfterValidator(clean_secret)]
Word = Annotated[str, AfterValidator(clean)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Credits = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""More than anyone can spend; sums of it still fit into the database."""
Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
"""An id of Discord's."""
