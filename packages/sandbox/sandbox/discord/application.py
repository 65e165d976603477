"""The application whose bot is served: its id, its token, its name. The command line and the world's file name them."""

import base64
import binascii
from dataclasses import dataclass

from sandbox.discord.ids import APPLICATION_ID
from sandbox.discord.session import GUILD_MEMBERS, MESSAGE_CONTENT, PRESENCES

TOKEN = "sandbox-token"
NAME = "Sandbox Bot"
LIMITED_FLAGS = {PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
"""By privileged intent: the flag that an application in fewer than a hundred guilds has while the intent is on."""
_MOST_ID = 20
_MOST_TOKEN = 200


class BadApplication(ValueError):
    """An id or token that no bot could have; the message says what to change."""


@dataclass(frozen=True)
class Application:
    id: str = APPLICATION_ID
    token: str = TOKEN
    name: str = NAME

    def flags(self, privileged: int) -> int:
        """The flags that tell which privileged intents are on."""
        return sum(flag for intent, flag in LIMITED_FLAGS.items() if privileged & intent)


def named(app_id: str | None, token: str | None, name: str = NAME) -> Application:
    """The application that an operator names by id, by token or by both. Raises BadApplication.

    A token in Discord's own form is three parts with dots between, and its first part is the id in base64.
    """
    if app_id is not None and not (app_id.isascii() and app_id.isdecimal() and len(app_id) <= _MOST_ID and int(app_id)):
        raise BadApplication(f"{app_id!r} is no application's id; it is a number, such as {APPLICATION_ID}")
    if token is not None and not (token and token.isascii() and token.isprintable() and " " not in token):
        raise BadApplication("a token is printable text without blanks")
    if token is not None and len(token) > _MOST_TOKEN:
        raise BadApplication(f"a token has {_MOST_TOKEN} characters at most")
    told = _id_in(token or "")
    if app_id and told and told != app_id:
        raise BadApplication(f"the token is that of application {told}, not of {app_id}; leave one of the two away")
    return Application(app_id or told or APPLICATION_ID, token or TOKEN, name)


def _id_in(token: str) -> str | None:
    """The id in the first of a token's three parts; None for a token of another form."""
    first, *others = token.split(".")
    if len(others) != 2:
        return None
    try:
        text = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return text if text.isdecimal() and len(text) <= _MOST_ID else None
