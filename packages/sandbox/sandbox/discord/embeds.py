"""Checks embeds by Discord's limits and returns them as Discord answers them. `message_form.py` calls it."""

from collections.abc import Callable
from typing import Any

from sandbox.discord.errors import Problems
from sandbox.strict_json import Json

MAX_EMBEDS, MAX_TOTAL, MAX_FIELDS = 10, 6000, 25
_LIMITS = {"title": 256, "description": 4096}


def embeds_of(given: Json, problems: Problems, media: Callable[[str], dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Check the embeds of one message and resolve `attachment://` pictures."""
    given = given if isinstance(given, list) else []
    problems.length(("embeds",), given, 0, MAX_EMBEDS)
    made = [_embed(index, embed, problems, media) for index, embed in enumerate(given)]
    if sum(map(_size, given)) > MAX_TOTAL:
        problems.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}")
    return made


def _embed(
    index: int, embed: dict[str, Any], problems: Problems, media: Callable[[str], dict[str, Any] | None]
) -> dict[str, Any]:
    path = ("embeds", index)
    for key, limit in _LIMITS.items():
        problems.length((*path, key), embed.get(key), 0, limit)
    fields = embed.get("fields") or []
    problems.length((*path, "fields"), fields, 0, MAX_FIELDS)
    for number, field in enumerate(fields):
        problems.length((*path, "fields", number, "name"), field.get("name"), 1, 256)
        problems.length((*path, "fields", number, "value"), field.get("value"), 1, 1024)
    problems.length((*path, "footer", "text"), (embed.get("footer") or {}).get("text"), 0, 2048)
    problems.length((*path, "author", "name"), (embed.get("author") or {}).get("name"), 0, 256)
    made = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
    for key in ("image", "thumbnail"):
        url = (embed.get(key) or {}).get("url")
        if not url:
            continue
        found = media(url)
        if found is None:
            problems.add((*path, key, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            continue
        made[key] = {name: found[name] for name in ("url", "proxy_url", "width", "height", "content_type") if found.get(name)}
    return made


def _size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text or "") for text in texts)
