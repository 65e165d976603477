"""The members of a guild that a bot asks for over the gateway (op 8), as one GUILD_MEMBERS_CHUNK. `gateway.py` calls it."""

from typing import Any

from sandbox.discord.guild import Guild


def members_chunk(guild: Guild, asked: dict[str, Any], *, everyone: bool) -> dict[str, Any]:
    """Those whose ids were asked for, or whose names begin with `query`.

    `everyone` says whether the session has the members intent: an empty query finds nobody without it.
    """
    wanted = asked.get("user_ids")
    missing: list[str] = []
    if wanted is not None:
        wanted = wanted if isinstance(wanted, list) else [wanted]
        found = [guild.members[str(one)] for one in wanted if str(one) in guild.members]
        missing = [str(one) for one in wanted if str(one) not in guild.members]
    else:
        query, limit = str(asked.get("query") or "").lower(), asked.get("limit") or 0
        found = [m for m in guild.members.values() if m.name.lower().startswith(query)]
        found = found[:limit] if limit else found
        if not query and not everyone:
            found = []
    chunk: dict[str, Any] = {
        "guild_id": guild.id,
        "members": [member.payload() for member in found],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": missing,
    }
    if asked.get("nonce"):
        chunk["nonce"] = asked["nonce"]
    return chunk
