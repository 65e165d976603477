"""Bodies that make and change channels and threads, open direct messages and delete many messages at once."""

from sandbox.discord.bodies.messages import MessageAnswer
from sandbox.discord.bodies.values import ABSENT, Body, Flag, Passed, Slowmode, Snowflake, Text, Whole


class ChannelChange(Body):
    name: Text = ABSENT
    nsfw: Flag = ABSENT


class ThreadChange(Body):
    name: Text = ABSENT
    archived: Flag = ABSENT
    locked: Flag = ABSENT
    invitable: Flag = ABSENT
    auto_archive_duration: Whole = ABSENT
    rate_limit_per_user: Slowmode = ABSENT
    applied_tags: list[Snowflake] = ABSENT


class ThreadOnMessage(Body):
    """The channel decides the type of a thread on a message; a type that is sent is ignored."""

    name: Text = ABSENT
    auto_archive_duration: Whole = ABSENT
    rate_limit_per_user: Slowmode = ABSENT
    type: Passed = ABSENT


class ThreadAlone(ThreadOnMessage):
    type: Whole = ABSENT
    invitable: Flag = ABSENT


class Post(ThreadOnMessage):
    """A post of a forum or media channel, with its first message."""

    applied_tags: list[Snowflake] = ABSENT
    message: MessageAnswer = ABSENT


class DirectMessage(Body):
    recipient_id: Snowflake = ABSENT


class BulkDelete(Body):
    messages: list[Snowflake] = ABSENT
