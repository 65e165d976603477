"""The types of settings, each with its check. `bot.settings` uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr

from bot.settings_problem import ValueCode

_QUOTES: Final = frozenset({'"', "'", "\u201c", "\u201d", "\u201e", "\u2018", "\u2019"})


class WrongValue(ValueError):
    """Raised by the check of a setting. pydantic passes it on, and `settings_errors` reads its `code`."""

    def __init__(self, code: ValueCode) -> None:
        super().__init__(code)
        self.code = code


def known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongValue(ValueCode.TIME_ZONE) from error
    return name


def web_address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise WrongValue(ValueCode.WEB_ADDRESS)
    return url.rstrip("/")


def socket_address(url: str) -> str:
    if not url.startswith(("wss://", "ws://")):
        raise WrongValue(ValueCode.SOCKET_ADDRESS)
    return url


def clean(text: str) -> str:
    """The text, if it has no blanks and invisible characters; keys copied from terminals, forms or files may have some."""
    if not text.isprintable() or any(character.isspace() for character in text):
        raise WrongValue(ValueCode.UNSEEN)
    return text


def clean_secret(secret: SecretStr) -> SecretStr:
    text = clean(secret.get_secret_value())
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        # Docker keeps the quotation marks of an env file.
        raise WrongValue(ValueCode.QUOTED)
    return secret


def bot_token(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value().startswith("Bot "):
        raise WrongValue(ValueCode.MORE_THAN_TOKEN)
    return secret


def file_name(path: Path) -> Path:
    if len(path.parts) > 1 and path.parts[0].startswith("~"):
        raise WrongValue(ValueCode.HOME)
    if not path.name:
        raise WrongValue(ValueCode.FOLDER)
    if not str(path).isprintable():
        raise WrongValue(ValueCode.CONTROL)
    return path


TimeZone = Annotated[str, AfterValidator(known_zone)]
SocketAddress = Annotated[str, AfterValidator(socket_address)]
DatabaseFile = Annotated[Path, AfterValidator(file_name)]
Token = Annotated[SecretStr, AfterValidator(bot_token), AfterValidator(clean_secret)]
Secret = Annotated[SecretStr, AfterValidator(clean_secret)]
Word = Annotated[str, AfterValidator(clean)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Credits = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""The limit is more than anyone can spend, and sums of such numbers still fit into the database."""
Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
"""An id of Discord's."""
