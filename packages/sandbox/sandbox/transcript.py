"""Writes a conversation as text: who said what, cards as their words, buttons in brackets. For the command line and the demo.

Takes messages as the control API gives them.
"""

import re
from datetime import UTC, datetime
from typing import Any

MAX_INDENT = 8
COMPONENTS_V2 = 1 << 15
THREAD_CREATED, THREAD_STARTER = 18, 21


def written(channels: list[dict[str, Any]]) -> str:
    """Return Markdown for channels with their messages; a thread stands under the message that it hangs on."""
    by_id = {channel["id"]: channel for channel in channels}
    lines: list[str] = []
    for channel in channels:
        hangs = channel.get("parent_id") in by_id and _starter(by_id[channel["parent_id"]], channel["id"])
        if hangs or not channel["messages"]:
            continue
        name = channel["name"] if channel.get("type") != 1 else f"direct message with {channel['name']}"
        lines += [f"## {'#' if channel.get('type', 0) == 0 else ''}{name}", ""]
        for message in channel["messages"]:
            lines += _message(message, 0)
            if thread := by_id.get(message["id"]):
                lines += [f"> thread “{thread['name']}”", ">"]
                for inner in thread["messages"]:
                    lines += [f"> {line}".rstrip() for line in _message(inner, 1)]
    return "\n".join(lines).rstrip() + "\n"


def _starter(parent: dict[str, Any], message_id: str) -> bool:
    return any(message["id"] == message_id for message in parent["messages"])


def _message(message: dict[str, Any], depth: int) -> list[str]:
    if message["type"] == THREAD_STARTER:
        return []  # it only repeats the message above, on which the thread was opened
    moment = datetime.fromisoformat(message["timestamp"])
    notes = [moment.strftime("%H:%M:%S")]
    if message["edited_timestamp"]:
        notes.append("edited " + datetime.fromisoformat(message["edited_timestamp"]).strftime("%H:%M:%S"))
    if message.get("ephemeral"):
        notes.append("only they see this")
    if command := (message.get("interaction_metadata") or {}).get("name"):
        notes.append(f"to {message['interaction_metadata']['user']['username']}’s /{command}")
    body = [line for line in said(message).splitlines() if line.strip()]
    return [f"**{message['author']['username']}** ({', '.join(notes)})", "", *body, ""] if depth < MAX_INDENT else body


def said(message: dict[str, Any]) -> str:
    """Everything that one message shows, as lines of text, with names and times for Discord's marks."""
    text = _shown(message)
    for user in message["mentions"]:
        text = re.sub(rf"<@!?{user['id']}>", f"@{user['username']}", text)
    return re.sub(r"<t:(\d+)(?::\w)?>", _moment, text)


def _moment(mark: re.Match[str]) -> str:
    try:
        return datetime.fromtimestamp(int(mark[1]), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return mark[0]  # no calendar reaches that far


def _shown(message: dict[str, Any]) -> str:
    if message["type"] == THREAD_CREATED:
        return f"started a thread: {message['content']}"
    lines = [message["content"]] if message["content"] else []
    for embed in message["embeds"]:
        lines += [str(embed[key]) for key in ("title", "description") if embed.get(key)]
        lines += [f"{field['name']}: {field['value']}" for field in embed.get("fields") or []]
    for component in message["components"]:
        lines += _component(component)
    if not message["flags"] & COMPONENTS_V2:  # with it, only components show files
        pictures = [(embed.get(key) or {}).get("url", "") for embed in message["embeds"] for key in ("image", "thumbnail")]
        used = {str(url).split("?", maxsplit=1)[0] for url in pictures}
        apart = [one for one in message["attachments"] if one["url"].split("?", maxsplit=1)[0] not in used]
        lines += [_file(one["filename"], one.get("description")) for one in apart]
    return "\n".join(lines)


def _component(component: dict[str, Any]) -> list[str]:
    kind = component["type"]
    if kind == 10:
        return str(component["content"]).splitlines()
    if kind == 1:
        return [" ".join(_control(one) for one in component["components"])]
    if kind == 12:
        return [_media(item["media"], item.get("description")) for item in component["items"]]
    if kind == 13:
        return [_file(component.get("name") or "file", None)]
    if kind == 14:
        return ["---"] if component.get("divider") else []
    lines = [line for one in component.get("components") or [] for line in _component(one)]
    accessory = component.get("accessory")
    if accessory:
        lines.append(
            _media(accessory["media"], accessory.get("description")) if accessory["type"] == 11 else _control(accessory)
        )
    return lines


def _control(component: dict[str, Any]) -> str:
    if component["type"] == 2:
        label = component.get("label") or (component.get("emoji") or {}).get("name") or "button"
        off = ", off" if component.get("disabled") else ""
        return f"[{label}{off}]({component['url']})" if component.get("url") else f"[ {label}{off} ]"
    chosen = component.get("placeholder") or component.get("custom_id") or "choose"
    return f"[ {chosen} ▾ ]"


def _media(media: dict[str, Any] | None, description: str | None) -> str:
    name = str((media or {}).get("url", "")).split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    return _file(name, description)


def _file(name: str, description: str | None) -> str:
    return f"📎 {name}" + (f" — {description}" if description else "")
