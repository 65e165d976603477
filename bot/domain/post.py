"""A post: one message or thread of ours at Discord, which must be there once. Storage keeps it, and
`presentation/delivery` sends it.

Where and by which way it is sent is written down before it is sent for the first time, so that a later process knows where to
look for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from bot.domain.job import Job, Way, job_code

OPERATOR: Final = "operator"
"""The subject of lines to the operator."""


class Purpose(StrEnum):
    """What a post is for. `CARD`, `THREAD`, `PROGRESS` and `MENTION` belong to an order, `CLIP` to a job, `NOTICE` to a job or
    to what was asked for in vain, `LINE` to the operator.

    A card answers the command. A mention tells the member that an order of several clips is over; a single clip mentions them
    itself. A notice tells one member something that no other message can show.
    """

    CARD = "card"
    THREAD = "thread"
    PROGRESS = "progress"
    MENTION = "mention"
    CLIP = "clip"
    NOTICE = "notice"
    LINE = "line"


class Told(IntEnum):
    """What a notice of a job tells its member; the `part` of its post. The values stand in the database.

    `END`: the job has ended. `UNPOSTED`: its clip is made and waits for a place. `CREDITS`: what is left of their credits.
    """

    END = 1
    UNPOSTED = 2
    CREDITS = 3


class PostState(StrEnum):
    """`WANTED`: nothing was sent. `BEGUN`: it may be there. `SENT`: it is there. `DELETED`: it was there. `REFUSED`: Discord
    does not take it, or nobody wants it there, so nothing is sent.
    """

    WANTED = "wanted"
    BEGUN = "begun"
    SENT = "sent"
    DELETED = "deleted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Post:
    """One row of `posts`. `subject`, `purpose` and `part` name it; `part` is 0 where a subject has one of its purpose only.

    `id` contains the time when the post was first wanted (see `snowflake`). `way` and `channel_id` are where it is sent; None
    before that is decided, and `channel_id` also where Discord has not named the channel yet. `nonce` is the same for every
    try. `fence` is the job's when the sending began: under a later one, a process that died may have sent it. `content` is the
    text of a line; all other posts are drawn from their subjects. `asked_id` is the interaction that a card answers; None for
    one that the bot posts by itself, and for other posts.
    """

    id: int
    subject: str
    purpose: Purpose
    nonce: str
    part: int = 0
    way: Way | None = None
    channel_id: int | None = None
    message_id: int | None = None
    state: PostState = PostState.WANTED
    fence: int | None = None
    content: str = ""
    asked_id: int | None = None


def of_order(order_id: int) -> str:
    """The subject of an order's posts."""
    return f"order:{order_id}"


def of_job(job_id: int) -> str:
    """The subject of a job's posts."""
    return f"job:{job_id}"


def of_asked(asked_id: int) -> str:
    """The subject of the post that tells a member that what they asked for came to nothing, by the interaction's id."""
    return f"asked:{asked_id}"


def of_messages(job: Job) -> str:
    """The subject of the posts of a job's card, thread and progress message: its order's, or its own where its clip is posted
    elsewhere than the others of its order.
    """
    return of_job(job.id) if job.elsewhere else of_order(job.order_id)


def nonce_of(post_id: int) -> str:
    """What Discord knows a new post by: its id in base 36, at most 13 characters. Discord takes 25."""
    return job_code(post_id)


def jump_link(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """The link to a message. `guild_id` is None for direct messages."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"
