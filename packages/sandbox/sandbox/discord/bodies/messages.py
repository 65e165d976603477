"""Bodies that write messages, and answers to interactions: what each may hold."""

from typing import Annotated, Any, ClassVar

from sandbox.discord.bodies.commands import Choice
from sandbox.discord.bodies.values import (
    ABSENT,
    Bits,
    Body,
    Flag,
    Moment,
    NoList,
    Object,
    Off,
    Only,
    Passed,
    Scalar,
    Snowflake,
    Text,
    Whole,
)

SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 12, 1 << 15


class Emoji(Body):
    id: Snowflake = ABSENT
    name: Text = ABSENT
    animated: Flag = ABSENT


class Media(Body):
    """Only `url` is read. Discord adds the other fields, and ignores them when a bot sends them back."""

    url: Text = ABSENT
    proxy_url: Passed = ABSENT
    width: Passed = ABSENT
    height: Passed = ABSENT
    content_type: Passed = ABSENT
    attachment_id: Passed = ABSENT
    loading_state: Passed = ABSENT
    flags: Passed = ABSENT
    id: Passed = ABSENT
    placeholder: Passed = ABSENT
    placeholder_version: Passed = ABSENT
    content_scan_version: Passed = ABSENT


class MediaItem(Body):
    media: Media = ABSENT
    description: Text = ABSENT
    spoiler: Flag = ABSENT


class SelectOption(Body):
    label: Text = ABSENT
    value: Text = ABSENT
    description: Text = ABSENT
    default: Flag = ABSENT
    emoji: Emoji = ABSENT


class DefaultValue(Body):
    id: Snowflake = ABSENT
    type: Text = ABSENT


_CHOOSING = ("custom_id", "placeholder", "min_values", "max_values", "disabled", "required", "default_values")
_CHOICES = ("custom_id", "min_values", "max_values", "required", "options")


class Component(Body):
    """A component of any type: the types of all their fields in one. Which of them are kept depends on the type."""

    KEPT: ClassVar[dict[int, tuple[str, ...]]] = {
        1: ("components",),
        2: ("custom_id", "style", "label", "emoji", "url", "disabled"),
        3: (*_CHOOSING, "options"),
        4: ("custom_id", "style", "label", "value", "placeholder", "required", "min_length", "max_length"),
        5: _CHOOSING,
        6: _CHOOSING,
        7: _CHOOSING,
        8: (*_CHOOSING, "channel_types"),
        9: ("components", "accessory"),
        10: ("content",),
        11: ("media", "description", "spoiler"),
        12: ("items",),
        13: ("file", "spoiler", "name", "size"),
        14: ("divider", "spacing"),
        17: ("components", "accent_color", "spoiler"),
        18: ("label", "description", "component"),
        19: ("custom_id", "min_values", "max_values", "required"),
        21: ("custom_id", "required", "options"),
        22: _CHOICES,
        23: ("custom_id", "default"),
    }
    """By a component's type, what is kept beside `type` and `id`. A component of another type is not
    looked into here: `components.py` or `modals.py` refuses it.
    """

    type: Whole = ABSENT
    id: Whole = ABSENT
    custom_id: Text = ABSENT
    style: Whole = ABSENT
    label: Text = ABSENT
    title: Text = ABSENT
    description: Text = ABSENT
    content: Text = ABSENT
    placeholder: Text = ABSENT
    url: Text = ABSENT
    emoji: Emoji = ABSENT
    media: Media = ABSENT
    file: Media = ABSENT
    items: list[MediaItem] = ABSENT
    options: list[SelectOption] = ABSENT
    default_values: list[DefaultValue] = ABSENT
    channel_types: list[Whole] = ABSENT
    accent_color: Whole = ABSENT
    spacing: Whole = ABSENT
    value: Text = ABSENT
    name: Passed = ABSENT
    size: Passed = ABSENT
    min_values: Whole = ABSENT
    max_values: Whole = ABSENT
    min_length: Whole = ABSENT
    max_length: Whole = ABSENT
    disabled: Flag = ABSENT
    divider: Flag = ABSENT
    spoiler: Flag = ABSENT
    required: Flag = ABSENT
    default: Flag = ABSENT
    components: "list[Component]" = ABSENT
    component: "Component" = ABSENT
    accessory: "Component" = ABSENT

    @classmethod
    def kept(cls, kind: int | None) -> set[str] | None:
        fields = cls.KEPT.get(kind or 0)
        return None if fields is None else {"type", "id", *fields}


class EmbedFooter(Body):
    text: Text = ABSENT
    icon_url: Text = ABSENT
    proxy_icon_url: Passed = ABSENT


class EmbedAuthor(Body):
    name: Text = ABSENT
    url: Text = ABSENT
    icon_url: Text = ABSENT
    proxy_icon_url: Passed = ABSENT


class EmbedField(Body):
    name: Text = ABSENT
    value: Text = ABSENT
    inline: Flag = ABSENT


class Embed(Body):
    title: Text = ABSENT
    description: Text = ABSENT
    url: Text = ABSENT
    color: Whole = ABSENT
    timestamp: Moment = ABSENT
    footer: EmbedFooter = ABSENT
    author: EmbedAuthor = ABSENT
    image: Media = ABSENT
    thumbnail: Media = ABSENT
    fields: list[EmbedField] = ABSENT
    type: Passed = ABSENT
    provider: Passed = ABSENT
    video: Passed = ABSENT
    flags: Passed = ABSENT


class Attachment(Body):
    """A file that is described, or that an edit keeps; a bot may list it with all that Discord told of it."""

    id: Snowflake = ABSENT
    filename: Text = ABSENT
    description: Text = ABSENT
    is_spoiler: Off = ABSENT
    is_remix: Off = ABSENT
    url: Passed = ABSENT
    proxy_url: Passed = ABSENT
    size: Passed = ABSENT
    content_type: Passed = ABSENT
    width: Passed = ABSENT
    height: Passed = ABSENT
    ephemeral: Passed = ABSENT
    flags: Passed = ABSENT
    spoiler: Passed = ABSENT
    placeholder: Passed = ABSENT
    placeholder_version: Passed = ABSENT
    content_scan_version: Passed = ABSENT
    original_content_type: Passed = ABSENT


class AllowedMentions(Body):
    parse: list[Text] = ABSENT
    users: list[Snowflake] = ABSENT
    roles: list[Snowflake] = ABSENT
    replied_user: Flag = ABSENT


class MessageEdit(Body):
    """An edit may send all flags that the message has; only two of them are read (`message_form.py`), the rest is ignored.

    `pass_self_into_delete` is a parameter of the Python library interactions.py, which sends it by mistake; Discord ignores it.
    """

    content: Text = ABSENT
    tts: Off = ABSENT
    flags: Whole = ABSENT
    embeds: list[Embed] = ABSENT
    components: list[Component] = ABSENT
    attachments: list[Attachment] = ABSENT
    allowed_mentions: AllowedMentions = ABSENT
    sticker_ids: Annotated[list[Snowflake], Only(([],))] = ABSENT
    enforce_nonce: Off = ABSENT
    pass_self_into_delete: Passed = ABSENT


class MessageAnswer(MessageEdit):
    """A message by an interaction's token."""

    flags: Annotated[Whole, Bits(SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2)] = ABSENT


class MessageReference(Body):
    type: Whole = ABSENT
    message_id: Snowflake = ABSENT
    channel_id: Snowflake = ABSENT
    guild_id: Snowflake = ABSENT
    fail_if_not_exists: Flag = ABSENT


class MessageCreate(MessageAnswer):
    nonce: Scalar = ABSENT
    enforce_nonce: Flag = ABSENT
    message_reference: MessageReference = ABSENT


class Modal(Body):
    custom_id: Text = ABSENT
    title: Text = ABSENT
    components: list[Component] = ABSENT


class Choices(Body):
    """The answer to an autocomplete."""

    choices: list[Choice] = ABSENT


class Callback(Body):
    """The answer to an interaction; the model of its `data` depends on its type."""

    type: Whole = ABSENT
    data: Object = ABSENT


class Deferral(Body):
    """Some libraries send all fields of a message, empty. `allowed_mentions` may hold anything, since no one is mentioned."""

    flags: Annotated[Whole, Bits(EPHEMERAL)] = ABSENT
    tts: Off = ABSENT
    content: Annotated[Text, Only(("",))] = ABSENT
    embeds: NoList = ABSENT
    components: NoList = ABSENT
    attachments: NoList = ABSENT
    allowed_mentions: Any = ABSENT


class UpdateDeferral(Deferral):
    """The answer that promises to edit the message with the component later (type 6). It may set no flag."""

    flags: Annotated[Whole, Bits(0)] = ABSENT
