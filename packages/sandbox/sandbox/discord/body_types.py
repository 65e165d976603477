"""Which types the fields of a bot's request have: checked first, so that everything behind reads them without asking.

A shape names every field that the sandbox keeps; others are refused by `kept`. `null` counts as absent in an object, never in
a list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.discord.errors import Problems
from sandbox.strict_json import Json

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """One plain value: whether it fits, and how Discord refuses it."""

    fits: Callable[[Json], bool]
    code: str
    message: str


@dataclass(frozen=True)
class Fixed:
    """A field that is not kept: it may hold what it is by default, and nothing else."""

    leaf: Leaf | list[Leaf]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Bits:
    """Bits of which these are kept."""

    known: int


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _digits(value: Json) -> bool:
    return (_whole(value) and value >= 0) or (
        isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20
    )


def _moment(value: Json) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _localized(value: Json) -> bool:
    return isinstance(value, dict) and all(_LOCALES.fullmatch(key) and isinstance(text, str) for key, text in value.items())


_LOCALES = re.compile(
    "ar|bg|cs|da|de|el|en-GB|en-US|es-419|es-ES|fi|fr|he|hi|hr|hu|id|it|ja|ko|lt|nl|no|pl|pt-BR|ro|ru|sv-SE|th|tr|uk|vi|"
    "zh-CN|zh-TW"
)
"""Those that Discord's OpenAPI file names."""
TEXT = Leaf(lambda value: isinstance(value, str), "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
WHOLE = Leaf(_whole, "NUMBER_TYPE_COERCE", "Value is not int.")
NUMBER = Leaf(lambda value: _whole(value) or isinstance(value, float), "NUMBER_TYPE_COERCE", "Value is not float.")
FLAG = Leaf(lambda value: isinstance(value, bool), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
SNOWFLAKE = Leaf(_digits, "NUMBER_TYPE_COERCE", "Value is not snowflake.")
BITS = Leaf(_digits, "NUMBER_TYPE_COERCE", "Value is not a permission set.")
SCALAR = Leaf(lambda value: isinstance(value, str | int | float), "BASE_TYPE_CONVERT", "Must be text or a number.")
MOMENT = Leaf(_moment, "DATE_TIME_TYPE_PARSE", "Could not parse it as ISO8601.")
SLOWMODE = Leaf(lambda value: _whole(value) and 0 <= value <= 21_600, "NUMBER_TYPE_MAX", "Must be 0 to 21600 seconds.")
CONTEXT = Leaf(lambda value: _whole(value) and value in (0, 1, 2), "BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}.")
INSTALLED = Leaf(lambda value: _whole(value) and value in (0, 1), "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
LOCALIZED = Leaf(_localized, "DICT_TYPE_CONVERT", "Must be texts by one of Discord's locales.")
ANYTHING = Leaf(lambda _: True, "", "")
"""What Discord sends and takes back without reading it, so that a bot may return what it was given."""
OBJECT: dict[str, Any] = {}
"""An object whose keys are the caller's own."""

Shape = Any
"""A `Leaf`, `Fixed`, `Bits`, a list of one shape for every item, or a dict of shapes by field."""

NEVER = Fixed(ANYTHING, ())
OFF = Fixed(FLAG, (False,))
EMOJI = {"id": SNOWFLAKE, "name": TEXT, "animated": FLAG}
_SEEN = dict.fromkeys(
    (
        "proxy_url",
        "width",
        "height",
        "content_type",
        "attachment_id",
        "loading_state",
        "flags",
        "id",
        "placeholder",
        "placeholder_version",
        "content_scan_version",
    ),
    ANYTHING,
)
MEDIA = {"url": TEXT} | _SEEN
COMPONENT: dict[str, Shape] = {
    "type": WHOLE,
    "id": WHOLE,
    "custom_id": TEXT,
    "style": WHOLE,
    "label": TEXT,
    "title": TEXT,
    "description": TEXT,
    "content": TEXT,
    "placeholder": TEXT,
    "url": TEXT,
    "emoji": EMOJI,
    "media": MEDIA,
    "file": MEDIA,
    "items": [{"media": MEDIA, "description": TEXT, "spoiler": FLAG}],
    "options": [{"label": TEXT, "value": TEXT, "description": TEXT, "default": FLAG, "emoji": EMOJI}],
    "default_values": [{"id": SNOWFLAKE, "type": TEXT}],
    "channel_types": [WHOLE],
    "accent_color": WHOLE,
    "spacing": WHOLE,
    "value": TEXT,
    "name": ANYTHING,
    "size": ANYTHING,
} | dict.fromkeys(("min_values", "max_values", "min_length", "max_length"), WHOLE)
COMPONENT |= dict.fromkeys(("disabled", "divider", "spoiler", "required", "default"), FLAG)
COMPONENT |= {"components": [COMPONENT], "component": COMPONENT, "accessory": COMPONENT}

EMBED = {
    "title": TEXT,
    "description": TEXT,
    "url": TEXT,
    "color": WHOLE,
    "timestamp": MOMENT,
    "footer": {"text": TEXT, "icon_url": TEXT, "proxy_icon_url": ANYTHING},
    "author": {"name": TEXT, "url": TEXT, "icon_url": TEXT, "proxy_icon_url": ANYTHING},
    "image": MEDIA,
    "thumbnail": MEDIA,
    "fields": [{"name": TEXT, "value": TEXT, "inline": FLAG}],
} | dict.fromkeys(("type", "provider", "video", "flags"), ANYTHING)
ATTACHMENT = {"id": SNOWFLAKE, "filename": TEXT, "description": TEXT, "is_spoiler": OFF, "is_remix": OFF} | dict.fromkeys(
    (
        "url",
        "proxy_url",
        "size",
        "content_type",
        "width",
        "height",
        "ephemeral",
        "flags",
        "spoiler",
        "placeholder",
        "placeholder_version",
        "content_scan_version",
        "original_content_type",
    ),
    ANYTHING,
)
SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 12, 1 << 15
EDIT: dict[str, Shape] = {
    "content": TEXT,
    "tts": OFF,
    "flags": WHOLE,
    "embeds": [EMBED],
    "components": [COMPONENT],
    "attachments": [ATTACHMENT],
    "allowed_mentions": {"parse": [TEXT], "users": [SNOWFLAKE], "roles": [SNOWFLAKE], "replied_user": FLAG},
    "sticker_ids": Fixed([SNOWFLAKE], ([],)),
    "enforce_nonce": OFF,
    "pass_self_into_delete": ANYTHING,
}
"""The flags of an edit may be all that the message has; two of them are taken from it. `pass_self_into_delete` is a word of
interactions.py's own that slips into its bodies; Discord passes it over."""
ANSWER: dict[str, Shape] = EDIT | {"flags": Bits(SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2)}
MESSAGE: dict[str, Shape] = ANSWER | {
    "nonce": SCALAR,
    "enforce_nonce": FLAG,
    "message_reference": {
        "type": WHOLE,
        "message_id": SNOWFLAKE,
        "channel_id": SNOWFLAKE,
        "guild_id": SNOWFLAKE,
        "fail_if_not_exists": FLAG,
    },
}
MODAL: Shape = {"custom_id": TEXT, "title": TEXT, "components": [COMPONENT]}
CHOICE: Shape = {"name": TEXT, "name_localizations": LOCALIZED, "value": SCALAR}
CHOICES: Shape = {"choices": [CHOICE]}
CALLBACK: Shape = {"type": WHOLE, "data": OBJECT}
_NONE = Fixed(ANYTHING, ([],))
DEFERRAL: dict[str, Shape] = {
    "flags": Bits(EPHEMERAL),
    "tts": OFF,
    "content": Fixed(TEXT, ("",)),
    "embeds": _NONE,
    "components": _NONE,
    "attachments": _NONE,
    "allowed_mentions": ANYTHING,
}
"""Some libraries send a whole message with nothing in it; that mentions nobody, whatever is allowed."""
NOTHING: Shape = DEFERRAL | {"flags": Bits(0)}

OPTION: dict[str, Shape] = {
    "type": WHOLE,
    "name": TEXT,
    "description": TEXT,
    "required": FLAG,
    "autocomplete": FLAG,
    "choices": [CHOICE],
    "name_localizations": LOCALIZED,
    "description_localizations": LOCALIZED,
    "min_value": NUMBER,
    "max_value": NUMBER,
    "min_length": WHOLE,
    "max_length": WHOLE,
    "channel_types": [WHOLE],
}
OPTION["options"] = [OPTION]
COMMAND: Shape = {
    "name": TEXT,
    "type": WHOLE,
    "description": TEXT,
    "name_localizations": LOCALIZED,
    "description_localizations": LOCALIZED,
    "default_member_permissions": BITS,
    "dm_permission": FLAG,
    "nsfw": FLAG,
    "contexts": [CONTEXT],
    "integration_types": [INSTALLED],
    "options": [OPTION],
    "default_permission": Fixed(FLAG, (True,)),
} | dict.fromkeys(("id", "application_id", "guild_id", "version"), ANYTHING)
CHANNEL: Shape = {"name": TEXT, "nsfw": FLAG}
THREAD_CHANGE: Shape = {
    "name": TEXT,
    "archived": FLAG,
    "locked": FLAG,
    "invitable": FLAG,
    "auto_archive_duration": WHOLE,
    "rate_limit_per_user": SLOWMODE,
    "applied_tags": [SNOWFLAKE],
}
THREAD_ON: Shape = {"name": TEXT, "auto_archive_duration": WHOLE, "rate_limit_per_user": SLOWMODE, "type": ANYTHING}
"""Of a thread on a message the channel decides the type, whatever is sent."""
THREAD: Shape = THREAD_ON | {"type": WHOLE, "invitable": FLAG}
POST: Shape = THREAD_ON | {"applied_tags": [SNOWFLAKE], "message": ANSWER}
DIRECT: Shape = {"recipient_id": SNOWFLAKE}
BULK: Shape = {"messages": [SNOWFLAKE]}

FRAME: Shape = {"op": WHOLE, "d": ANYTHING, "s": ANYTHING, "t": ANYTHING, "compress": ANYTHING}
"""`compress` is an identify's, inside `d`; a library puts it beside, where it says nothing."""
PRESENCE: Shape = {
    "since": NUMBER,
    "status": TEXT,
    "afk": FLAG,
    "activities": [OBJECT],
    "game": OBJECT,
}
IDENTIFY: Shape = {
    "token": TEXT,
    "intents": WHOLE,
    "shard": [WHOLE],
    "properties": OBJECT,
    "compress": FLAG,
    "large_threshold": WHOLE,
    "capabilities": Fixed(WHOLE, (0,)),
    "presence": PRESENCE,
}
RESUME: Shape = {"token": TEXT, "session_id": TEXT, "seq": WHOLE}
REQUEST_MEMBERS: Shape = {
    "guild_id": ANYTHING,
    "query": TEXT,
    "limit": WHOLE,
    "nonce": TEXT,
    "user_ids": ANYTHING,
    "presences": FLAG,
}
VOICE: Shape = {"guild_id": SNOWFLAKE, "channel_id": NEVER, "self_mute": FLAG, "self_deaf": FLAG}


def check(problems: Problems, path: Path, value: Json, shape: Shape) -> None:
    """Add a problem for each field of another type."""
    if isinstance(shape, Leaf):
        if not shape.fits(value):
            problems.add(path, shape.code, shape.message)
    elif isinstance(shape, Fixed | Bits):
        check(problems, path, value, shape.leaf if isinstance(shape, Fixed) else WHOLE)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            problems.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        for index, item in enumerate(value):
            check(problems, (*path, index), item, shape[0])
    elif not isinstance(value, dict):
        problems.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    else:
        for key, inner in shape.items():
            if value.get(key) is not None:
                check(problems, (*path, key), value[key], inner)


def fits(value: Json, shape: Shape) -> bool:
    problems = Problems()
    check(problems, (), value, shape)
    return not problems
