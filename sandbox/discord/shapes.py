"""Which types the fields of a bot's request have: checked first, so that everything behind reads them without asking.

Only fields that the sandbox reads are named, others pass. `null` counts as absent in an object, never in a list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.discord.errors import Problems
from sandbox.payload import Json

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """One plain value: whether it fits, and how Discord refuses it."""

    fits: Callable[[Json], bool]
    code: str
    message: str


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _digits(value: Json) -> bool:
    return (_whole(value) and value >= 0) or (
        isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20
    )


TEXT = Leaf(lambda value: isinstance(value, str), "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
WHOLE = Leaf(_whole, "NUMBER_TYPE_COERCE", "Value is not int.")
NUMBER = Leaf(lambda value: _whole(value) or isinstance(value, float), "NUMBER_TYPE_COERCE", "Value is not float.")
FLAG = Leaf(lambda value: isinstance(value, bool), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
SNOWFLAKE = Leaf(_digits, "NUMBER_TYPE_COERCE", "Value is not snowflake.")
BITS = Leaf(_digits, "NUMBER_TYPE_COERCE", "Value is not a permission set.")
SCALAR = Leaf(lambda value: isinstance(value, str | int | float), "BASE_TYPE_CONVERT", "Must be text or a number.")
OBJECT: dict[str, Any] = {}

Shape = Any
"""A `Leaf`, a list of one shape for every item, or a dict of shapes by field."""

EMOJI = {"id": SNOWFLAKE, "name": TEXT}
MEDIA = {"url": TEXT}
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
} | dict.fromkeys(("min_values", "max_values", "min_length", "max_length"), WHOLE)
COMPONENT |= dict.fromkeys(("disabled", "divider", "spoiler", "required", "default"), FLAG)
COMPONENT |= {"components": [COMPONENT], "component": COMPONENT, "accessory": COMPONENT}

EMBED = {
    "title": TEXT,
    "description": TEXT,
    "url": TEXT,
    "color": WHOLE,
    "timestamp": TEXT,
    "footer": {"text": TEXT},
    "author": {"name": TEXT},
    "image": MEDIA,
    "thumbnail": MEDIA,
    "fields": [{"name": TEXT, "value": TEXT, "inline": FLAG}],
}
MESSAGE: Shape = {
    "content": TEXT,
    "nonce": SCALAR,
    "enforce_nonce": FLAG,
    "tts": FLAG,
    "flags": WHOLE,
    "embeds": [EMBED],
    "components": [COMPONENT],
    "attachments": [{"id": SNOWFLAKE, "filename": TEXT, "description": TEXT}],
    "allowed_mentions": {"parse": [TEXT], "users": [SNOWFLAKE], "roles": [SNOWFLAKE], "replied_user": FLAG},
    "message_reference": {"type": WHOLE, "message_id": SNOWFLAKE, "channel_id": SNOWFLAKE, "fail_if_not_exists": FLAG},
    "sticker_ids": [SNOWFLAKE],
}
MODAL: Shape = {"custom_id": TEXT, "title": TEXT, "components": [COMPONENT]}
CHOICES: Shape = {"choices": [{"name": TEXT, "value": SCALAR}]}
CALLBACK: Shape = {"type": WHOLE, "data": OBJECT}
DEFERRAL: Shape = {"flags": WHOLE}

OPTION: dict[str, Shape] = {
    "type": WHOLE,
    "name": TEXT,
    "description": TEXT,
    "required": FLAG,
    "autocomplete": FLAG,
    "choices": [{"name": TEXT, "value": SCALAR}],
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
    "name_localizations": OBJECT,
    "description_localizations": OBJECT,
    "default_member_permissions": BITS,
    "dm_permission": FLAG,
    "nsfw": FLAG,
    "contexts": [WHOLE],
    "integration_types": [WHOLE],
    "options": [OPTION],
}
CHANNEL: Shape = {
    "name": TEXT,
    "type": WHOLE,
    "nsfw": FLAG,
    "archived": FLAG,
    "locked": FLAG,
    "invitable": FLAG,
    "auto_archive_duration": WHOLE,
    "rate_limit_per_user": WHOLE,
    "applied_tags": [SNOWFLAKE],
}
POST: Shape = CHANNEL | {"message": MESSAGE}
DIRECT: Shape = {"recipient_id": SNOWFLAKE}
BULK: Shape = {"messages": [SNOWFLAKE]}

FRAME: Shape = {"op": WHOLE}
IDENTIFY: Shape = {"token": TEXT, "intents": WHOLE, "shard": [WHOLE], "properties": OBJECT, "compress": FLAG}
RESUME: Shape = {"token": TEXT, "session_id": TEXT, "seq": WHOLE}
REQUEST_MEMBERS: Shape = {"query": TEXT, "limit": WHOLE, "nonce": TEXT}


def check(problems: Problems, path: Path, value: Json, shape: Shape) -> None:
    """Add a problem for each field of another type."""
    if isinstance(shape, Leaf):
        if not shape.fits(value):
            problems.add(path, shape.code, shape.message)
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


def checked(value: Json, shape: Shape) -> Json:
    """The value, once all of it fits. Raises ApiError with every misfit."""
    problems = Problems()
    check(problems, (), value, shape)
    problems.raise_any()
    return value


def fits(value: Json, shape: Shape) -> bool:
    problems = Problems()
    check(problems, (), value, shape)
    return not problems
