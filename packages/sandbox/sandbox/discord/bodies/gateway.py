"""Frames that a bot sends to the gateway: the frame itself, and the data of each op."""

from typing import Annotated

from sandbox.discord.bodies.values import ABSENT, Body, Flag, Never, Number, Object, Only, Passed, Snowflake, Text, Whole


class Frame(Body):
    """`compress` belongs to an identify, inside `d`. One library puts it beside `d`, where it has no effect."""

    op: Whole = ABSENT
    d: Passed = ABSENT
    s: Passed = ABSENT
    t: Passed = ABSENT
    compress: Passed = ABSENT


class Presence(Body):
    since: Number = ABSENT
    status: Text = ABSENT
    afk: Flag = ABSENT
    activities: list[Object] = ABSENT
    game: Object = ABSENT


class Identify(Body):
    token: Text = ABSENT
    intents: Whole = ABSENT
    shard: list[Whole] = ABSENT
    properties: Object = ABSENT
    compress: Flag = ABSENT
    large_threshold: Whole = ABSENT
    capabilities: Annotated[Whole, Only((0,))] = ABSENT
    presence: Presence = ABSENT


class Resume(Body):
    token: Text = ABSENT
    session_id: Text = ABSENT
    seq: Whole = ABSENT


class RequestMembers(Body):
    guild_id: Passed = ABSENT
    query: Text = ABSENT
    limit: Whole = ABSENT
    nonce: Text = ABSENT
    user_ids: Passed = ABSENT
    presences: Flag = ABSENT


class VoiceState(Body):
    guild_id: Snowflake = ABSENT
    channel_id: Never = ABSENT
    self_mute: Flag = ABSENT
    self_deaf: Flag = ABSENT
