"""Records of the simulated Discord: channels, threads, messages, open interactions, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Message:
    """`files` are the names of its attachments, `named` those of files that a component shows.

    `texts` are those of its components, and `text` all of them. `loading`: it says that the bot is thinking. `mentions`: it
    notifies a member.

    `by_one_of_two`: its content was sent while two processes ran at the same time, and either may have been late.

    `sender` is the life that sent its content last; `known`: that life heard that it worked, as far as answers by token go.
    """

    id: int
    channel_id: int
    custom_ids: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    named: frozenset[str] = frozenset()
    texts: list[str] = field(default_factory=list)
    mentions: bool = False
    ephemeral: bool = False
    deleted: bool = False
    loading: bool = False
    by_one_of_two: bool = False
    sender: object = None
    known: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@dataclass
class Channel:
    """`member` is the member of a channel for direct messages. `closed`: from, until, and Discord's code. `locked`: from,
    until.

    An `archived` thread takes no edits; a post opens it. `old_edits`: when messages older than an hour were edited.
    """

    id: int
    member: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    closed: tuple[int, int, int] | None = None
    locked: tuple[int, int] = (0, 0)
    archived: bool = False
    opened_ms: int = 0
    """When it was last unarchived."""
    old_edits: list[int] = field(default_factory=list)


@dataclass
class Answer:
    """An interaction's token and the message that answers it, which is there once it is `taken`. `upload_limit` in bytes, as
    the interaction said. `asks`: it began without a first answer, so the bot owes its member one (`Answers.ask`). `follow_ups`:
    the messages that came after the first answer, with the same token.
    """

    interaction: int
    token: str
    message: Message
    expires_ms: int
    upload_limit: int
    taken: bool = True
    asks: bool = False
    follow_ups: list[Message] = field(default_factory=list)

    @property
    def shown(self) -> list[Message]:
        return [self.message, *self.follow_ups]


class Refusal(Exception):
    """A refusal of Discord: HTTP status and Discord's code."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
