"""Bodies that register commands."""

from typing import Annotated

from sandbox.discord.bodies.values import (
    ABSENT,
    Body,
    Context,
    Flag,
    Installed,
    Localized,
    Number,
    Only,
    Passed,
    Permissions,
    Scalar,
    Text,
    Whole,
)


class Choice(Body):
    name: Text = ABSENT
    name_localizations: Localized = ABSENT
    value: Scalar = ABSENT


class Option(Body):
    type: Whole = ABSENT
    name: Text = ABSENT
    description: Text = ABSENT
    required: Flag = ABSENT
    autocomplete: Flag = ABSENT
    choices: list[Choice] = ABSENT
    name_localizations: Localized = ABSENT
    description_localizations: Localized = ABSENT
    min_value: Number = ABSENT
    max_value: Number = ABSENT
    min_length: Whole = ABSENT
    max_length: Whole = ABSENT
    channel_types: list[Whole] = ABSENT
    options: "list[Option]" = ABSENT


class Command(Body):
    """Discord sets `id`, `application_id`, `guild_id` and `version`. A bot may send them back; they are ignored."""

    name: Text = ABSENT
    type: Whole = ABSENT
    description: Text = ABSENT
    name_localizations: Localized = ABSENT
    description_localizations: Localized = ABSENT
    default_member_permissions: Permissions = ABSENT
    dm_permission: Flag = ABSENT
    nsfw: Flag = ABSENT
    contexts: list[Context] = ABSENT
    integration_types: list[Installed] = ABSENT
    options: list[Option] = ABSENT
    default_permission: Annotated[Flag, Only((True,))] = ABSENT
    id: Passed = ABSENT
    application_id: Passed = ABSENT
    guild_id: Passed = ABSENT
    version: Passed = ABSENT
