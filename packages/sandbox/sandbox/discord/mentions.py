"""Whom a message mentions: what stands in its text, as far as its `allowed_mentions` lets it. `message_form.py` calls it."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.discord.errors import Problems

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True)
class Mentions:
    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False

    def and_user(self, user_id: str) -> "Mentions":
        return Mentions(tuple(dict.fromkeys((user_id, *self.users))), self.roles, self.everyone)


def mentioned(texts: list[str], allowed: dict[str, Any] | None, problems: Problems) -> Mentions:
    """Mentions inside code do not count, as on Discord."""
    text = _CODE.sub(" ", "\n".join(texts))
    users = tuple(dict.fromkeys(_USER.findall(text)))
    roles = tuple(dict.fromkeys(_ROLE.findall(text)))
    everyone = bool(_EVERYONE.search(text))
    if allowed is None:
        return Mentions(users, roles, everyone)
    parse = allowed.get("parse") or []
    chosen: dict[str, tuple[str, ...]] = {"users": users, "roles": roles}
    for kind, found in chosen.items():
        listed = allowed.get(kind)
        if kind in parse and listed:
            problems.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
        if kind not in parse:
            wanted = {str(one) for one in listed or []}
            chosen[kind] = tuple(one for one in found if one in wanted)
    return Mentions(chosen["users"], chosen["roles"], everyone and "everyone" in parse)
